"""An index directory, changed: one atomic commit at a time.

The one module that talks to Whoosh's storage, lock and table of contents. A commit writes new
files first; its last act is to rename the table of contents into place, which is what readers go
by. Whatever fails before, or whenever the machine stops, the old generation stands.
"""

from __future__ import annotations

import os
import socket
import uuid
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
from whoosh.filedb.filestore import FileStorage, RamStorage
from whoosh.index import TOC

from indexer.codec.arrays import BoolArray
from indexer.codec.manifest import write_manifest
from indexer.codec.merge import merge
from indexer.codec.reader import SegmentReader
from indexer.descriptor import (
    Descriptor,
    descriptor_file_name,
    dictionary_file_name,
    is_ours,
    lexicon_file_name,
    manifest_file_name,
)
from indexer.errors import DuizhaoError, IndexDamaged, IndexLocked, IndexMissing
from indexer.memory import give_back
from indexer.merge_policy import MAX_SEGMENT_SIZE, is_mostly_live, merge_groups
from indexer.schema import INDEX_VERSION
from indexer.store import ExpectedFingerprint, IndexDocuments, IndexReader, open_index
from indexer.whoosh.codec import ColumnarSegment
from indexer.whoosh.schema import whoosh_schema
from indexer.whoosh.toc import INDEX_NAME, latest_generation, segment_file_name, toc_file_name

LOCK: Final = f"{INDEX_NAME}_WRITELOCK"  # Whoosh's own, so that its writers are kept out too
HOLDER: Final = f"{LOCK}.holder"

# Whoosh is untyped: mypy takes each base class of its for Any.
# mypy: disable-error-code="misc"

# What makes a lexicon of documents at a path; whether it did.
Learn = Callable[[IndexDocuments, Path], bool]
# What finds better beads for a segment, and writes it with these to a path; whether it did.
Realign = Callable[[SegmentReader, Path], bool]


class IndexWriter:
    """The right to change an index, and its state when that was taken.

    A context manager: leaving it without a `commit` undoes everything. Raises IndexLocked if
    another writer is at work, and what `open_index` raises, but IndexMissing.

    ``base`` is the generation to build upon; None if there is no index yet, or if all is to be
    made anew (``rebuild``), when nothing of the old index is read.
    """

    def __init__(
        self,
        directory: Path,
        fingerprint: ExpectedFingerprint | None = None,
        *,
        rebuild: bool = False,
    ) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.directory = directory
        self.base: IndexReader | None = None
        self._lock = _lock(directory)
        self._committed = False
        try:
            if not rebuild:
                with suppress(IndexMissing):
                    self.base = open_index(directory, fingerprint)
                # What a writer has left that was killed.
                self._remove_all_but(self.base.files() if self.base else ())
            self._before = {path.name for path in directory.iterdir()}
        except BaseException:
            self.close()
            raise

    def existing_articles(self) -> int | None:
        """Return the number of articles in the directory's index, or None if it cannot be read."""
        if self.base is not None:
            return self.base.doc_count
        try:
            with open_index(self.directory) as index:
                return index.doc_count
        except IndexMissing:
            return 0
        except DuizhaoError:
            return None

    def new_segment_path(self) -> Path:
        """Where to write a segment that is to be committed; each time another name."""
        return self.directory / segment_file_name(uuid.uuid4().hex)

    def find_documents(self, ids: Iterable[str]) -> list[int]:
        """The base's documents with these ids; raises IndexDamaged if one is not there."""
        return [*map(self._find_document, ids)]

    def _find_document(self, name: str) -> int:
        document = self.base.find_document(name) if self.base else None
        if document is None:
            raise IndexDamaged(self.directory, f"no article {name}")
        return document

    def commit(
        self,
        segments: Sequence[Path],
        deleted: Iterable[int],
        manifest: Iterable[tuple[str, str, int, int, str]],
        *,
        fingerprint: str,
        dictionary: str | None = None,
        learn: Learn | None = None,
        realign: Realign | None = None,
        largest: int = MAX_SEGMENT_SIZE,
    ) -> Descriptor:
        """Make a new generation: the base's documents but ``deleted``, then those of ``segments``.

        ``segments`` are complete files at paths of `new_segment_path`; ``manifest`` has rows as
        `ManifestRow` says. ``learn`` makes a lexicon of the documents at the path that it is told,
        or says that the base's is still good; then ``realign`` may write segments anew, to the
        paths that it is told. Segments that are small, or mostly deleted, are merged, to
        ``largest`` bytes or less. If anything is raised, nothing is changed.
        """
        parts = [*self._base_parts(deleted), *(_Part(SegmentReader(path)) for path in segments)]
        parts = [part for part in parts if part.live_count]
        groups = merge_groups([part.size for part in parts], largest)
        parts = [self._merged(parts[group]) for group in groups]
        content = None if dictionary is None else dictionary.encode()
        generation = (latest_generation(self.directory) or 0) + 1
        lexicon = self._learnt(generation, parts, learn)
        if realign:
            parts = [self._realigned(part, realign) for part in parts]
        toc = _toc(TOC(whoosh_schema(dictionary), [part.entry() for part in parts], generation))
        descriptor = Descriptor(
            index_version=INDEX_VERSION,
            generation=generation,
            analyzer_fingerprint=fingerprint,
            article_count=sum(part.live_count for part in parts),
            dictionary=None if content is None else dictionary_file_name(content),
            lexicon=lexicon,
            toc_checksum=zlib.crc32(toc),
        )
        self._write_beside(descriptor, content, manifest)
        if not self._has_lock():
            raise IndexLocked(
                f"{self.directory}: removed while it was being written to, and made anew by "
                "another process; try again"
            )
        _publish(self.directory / toc_file_name(generation), toc)
        self._committed = True
        self._remove_all_but(descriptor.files(part.reader.path.name for part in parts))
        return descriptor

    def _base_parts(self, deleted: Iterable[int]) -> Iterator[_Part]:
        if self.base is None:
            return
        is_live = np.ones(self.base.doc_count_all, np.bool_)
        is_live[np.fromiter(deleted, np.int64)] = False
        for base, reader, live in zip(
            self.base.bases, self.base.segments, self.base.live, strict=True
        ):
            mask = is_live[base : base + reader.doc_count]
            yield _Part(reader, mask if live is None else mask & live)

    def _merged(self, parts: Sequence[_Part]) -> _Part:
        """The parts as one; a single one stays as it is while most of it is live."""
        first = parts[0]
        if len(parts) == 1 and is_mostly_live(first.live_count, first.reader.doc_count):
            return first
        for part in parts:
            part.reader.verify()  # else damage would be written anew, with the right checksums
        path = self.new_segment_path()
        merge([(part.reader, part.live) for part in parts], path)
        give_back()
        return _Part(SegmentReader(path))

    def _learnt(self, generation: int, parts: Sequence[_Part], learn: Learn | None) -> str | None:
        """The name of the lexicon that is learnt of the parts, or else of the base's."""
        path = self.directory / lexicon_file_name(generation)
        path.unlink(missing_ok=True)  # one of a commit that did not come to its end
        documents = IndexDocuments([part.reader for part in parts], [part.live for part in parts])
        if learn and learn(documents, path):
            return path.name
        return self.base.descriptor.lexicon if self.base else None

    def _realigned(self, part: _Part, realign: Realign) -> _Part:
        """The part, or one with better beads."""
        part.reader.verify()  # as before a merge
        path = self.new_segment_path()
        return _Part(SegmentReader(path), part.live) if realign(part.reader, path) else part

    def _write_beside(
        self,
        descriptor: Descriptor,
        dictionary: bytes | None,
        manifest: Iterable[tuple[str, str, int, int, str]],
    ) -> None:
        """Write what belongs to a generation beside segments and table of contents."""
        generation = descriptor.generation
        _write(self.directory / descriptor_file_name(generation), descriptor.to_json().encode())
        if dictionary is not None:
            _write(self.directory / dictionary_file_name(dictionary), dictionary)
        path = self.directory / manifest_file_name(generation)
        path.unlink(missing_ok=True)  # one of a commit that did not come to its end
        write_manifest(manifest, path)
        _sync_directory(self.directory)

    def _has_lock(self) -> bool:
        """Whether the lock that is held is still that of the directory, which may be a new one."""
        try:
            there = os.stat(self.directory / LOCK)
        except OSError:
            return False
        return os.path.samestat(os.fstat(self._lock.fd), there)

    def _remove_all_but(self, names: Collection[str]) -> None:
        if not self._has_lock():
            return  # it is all of another writer
        for path in self.directory.iterdir():
            if is_ours(path.name) and path.name not in names:
                with suppress(OSError):  # in use, where that matters: the next commit's task
                    path.unlink()

    def rollback(self) -> None:
        """Remove all that was written since the writer was opened, unless it was committed."""
        if not self._committed:
            self._remove_all_but(self._before)

    def close(self) -> None:
        """Give up the right to write."""
        if self.base is not None:
            self.base.close()
        if self._has_lock():
            (self.directory / HOLDER).unlink(missing_ok=True)
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        try:
            self.rollback()
            if isinstance(error, OSError):
                if error.errno and error.filename is None:  # a write that fails does not say where
                    error.filename = str(self.directory)
            elif self.base:
                self.base.guard.__exit__(kind, error, trace)
        finally:
            self.close()


class _Part:
    """A segment that is to be in the next generation."""

    def __init__(self, reader: SegmentReader, live: BoolArray | None = None) -> None:
        self.reader = reader
        self.live = live
        self.live_count = reader.doc_count if live is None else int(np.count_nonzero(live))
        # In bytes; of the documents that are not deleted, about.
        self.size = reader.size * self.live_count // max(1, reader.doc_count)

    def entry(self) -> ColumnarSegment:
        """What Whoosh's table of contents says of it."""
        deleted = b"" if self.live is None else np.flatnonzero(~self.live).astype("<u4").tobytes()
        segid = self.reader.path.stem.removeprefix(f"{INDEX_NAME}_")
        return ColumnarSegment(INDEX_NAME, segid, self.reader.doc_count, deleted)


def _toc(toc: TOC) -> bytes:
    """A table of contents as Whoosh writes it."""
    storage = RamStorage()
    toc.write(storage, INDEX_NAME)
    (content,) = storage.files.values()
    return bytes(content)


def _publish(path: Path, content: bytes) -> None:
    """Put a file in its place at once, on the disk before and after."""
    new = path.with_name(f"{path.name}.new")
    _write(new, content)
    new.rename(path)
    _sync_directory(path.parent)


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_directory(directory: Path) -> None:
    """Make sure that the names of new files are on the disk."""
    if os.name == "posix":
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _lock(directory: Path) -> Any:
    """Take Whoosh's lock and say who did; raises IndexLocked."""
    lock = FileStorage(str(directory)).lock(LOCK)
    if not lock.acquire():
        raise IndexLocked(
            f"{directory}: {_holder(directory)} is writing to the index; try again later"
        )
    try:
        holder = f"process {os.getpid()} on {socket.gethostname()}"
        (directory / HOLDER).write_text(holder, encoding="utf-8")
    except BaseException:
        lock.release()
        raise
    return lock


def _holder(directory: Path) -> str:
    try:
        return (directory / HOLDER).read_text(encoding="utf-8") or "another process"
    except OSError:
        return "another process"
