"""Changes to an index directory, by one atomic commit at a time.

A commit first writes all files of the new generation, Whoosh's table of contents under a temporary
name. Then it renames the table of contents. By its name, our readers and Whoosh learn of the new
generation at the same instant. If an error occurs before the rename, or the machine stops, the old
generation remains as it was. The next writer removes the files of the unfinished one.
"""

from __future__ import annotations

import uuid
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

import numpy as np

from indexer.array_types import Int64Array
from indexer.codec.manifest import write_manifest
from indexer.codec.merge import merge
from indexer.codec.reader import SegmentReader
from indexer.deletions import pack_deletions
from indexer.descriptor import Descriptor
from indexer.disk import publish_file, sync_directory, write_file
from indexer.errors import DuizhaoError, IndexDamaged, IndexLocked, IndexMissing
from indexer.files import (
    deletions_file_name,
    descriptor_file_name,
    dictionary_file_name,
    is_ours,
    latest_generation,
    lexicon_file_name,
    manifest_file_name,
    segment_file_name,
    toc_file_name,
)
from indexer.index_documents import IndexDocuments
from indexer.live_segment import LiveSegment
from indexer.memory import give_back
from indexer.merge_policy import MAX_SEGMENT_SIZE, is_mostly_live, merge_groups
from indexer.schema import INDEX_VERSION
from indexer.store import ExpectedFingerprint, IndexReader, open_index
from indexer.whoosh.toc import toc_content
from indexer.whoosh.write_lock import WriteLock

# Writes a lexicon of documents to a path and returns True, or returns False if it wrote none.
Learn = Callable[[IndexDocuments, Path], bool]
# Writes a segment with better beads to a path and returns True, or returns False if it found none.
Realign = Callable[[SegmentReader, Path], bool]
# The values of a `ManifestRow`.
ManifestValues = tuple[str, str, int, int, str]


class IndexWriter:
    """The right to change an index, and the index as it was when the right was taken.

    A context manager: leaving it without a `commit` undoes everything. Raises IndexLocked if
    another writer is at work, and what `open_index` raises except IndexMissing.

    ``base`` is the generation on which a commit builds. It is None if there is no index yet, or
    with ``rebuild``, which does not read the old index at all.
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
        self._lock = WriteLock(directory)
        self._committed = False
        try:
            if not rebuild:
                with suppress(IndexMissing):
                    self.base = open_index(directory, fingerprint)
                # A writer that was killed has left files behind.
                self._remove_all_but(self.base.files() if self.base else ())
            self._before = {path.name for path in directory.iterdir()}
        except BaseException:
            self.close()
            raise

    def existing_articles(self) -> int | None:
        """The number of articles in the directory's index, or None if it cannot be read."""
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
        """A new path, to which the caller writes a segment for the commit."""
        return self.directory / segment_file_name(uuid.uuid4().hex)

    def find_documents(self, ids: Iterable[str]) -> Int64Array:
        """The base's documents with these ids; raises IndexDamaged if there is none for one."""
        return np.fromiter(map(self._find_document, ids), np.int64)

    def _find_document(self, name: str) -> int:
        document = self.base.find_document(name) if self.base else None
        if document is None:
            raise IndexDamaged(self.directory, f"no article {name}")
        return document

    def commit(
        self,
        segments: Sequence[Path],
        deleted: Iterable[int],
        manifest: Iterable[ManifestValues],
        *,
        fingerprint: str,
        dictionary: str | None = None,
        learn: Learn | None = None,
        realign: Realign | None = None,
        max_segment_size: int = MAX_SEGMENT_SIZE,
    ) -> Descriptor:
        """Commit a new generation: the base's documents without ``deleted``, and new ``segments``.

        ``segments`` are complete files at paths from `new_segment_path`. ``fingerprint`` is the
        analyzer's, ``dictionary`` the text of the user dictionary.

        Small segments, and those with many deletions, are merged into segments of at most
        ``max_segment_size`` bytes. Then ``learn`` may write a lexicon of all documents (otherwise
        the base's is kept), and after it ``realign`` may rewrite each segment. If anything is
        raised, the index is unchanged.
        """
        parts = self._merged_parts(
            [*self._base_parts(deleted), *map(LiveSegment.open, segments)], max_segment_size
        )
        generation = (latest_generation(self.directory) or 0) + 1
        lexicon = self._learnt(generation, parts, learn)
        if realign:
            parts = [self._realigned(part, realign) for part in parts]
        descriptor, toc = self._describe(generation, parts, fingerprint, dictionary, lexicon)
        self._write_manifest(generation, manifest)
        self._publish(descriptor, toc)
        return descriptor

    def _base_parts(self, deleted: Iterable[int]) -> Iterator[LiveSegment]:
        """The segments of the base, without the deleted documents."""
        if self.base is None:
            return
        is_live = np.ones(self.base.doc_count_all, np.bool_)
        is_live[np.fromiter(deleted, np.int64)] = False
        for base, reader, live in zip(
            self.base.bases, self.base.segments, self.base.live, strict=True
        ):
            mask = is_live[base : base + reader.doc_count]
            yield LiveSegment(reader, mask if live is None else mask & live)

    def _merged_parts(
        self, parts: Sequence[LiveSegment], max_segment_size: int
    ) -> list[LiveSegment]:
        """Drop segments without live documents, and merge the others by the merge policy."""
        parts = [part for part in parts if part.live_count]
        groups = merge_groups([part.live_size for part in parts], max_segment_size)
        return [self._merged(parts[group]) for group in groups]

    def _merged(self, parts: Sequence[LiveSegment]) -> LiveSegment:
        """The segments of a group as one; a single one with few deletions stays as it is."""
        first = parts[0]
        if len(parts) == 1 and is_mostly_live(first.live_count, first.doc_count):
            return first
        for part in parts:
            part.reader.verify()  # otherwise damage would be copied, and get the right checksums
        path = self.new_segment_path()
        merge([(part.reader, part.live) for part in parts], path)
        give_back()
        return LiveSegment.open(path)

    def _learnt(
        self, generation: int, parts: Sequence[LiveSegment], learn: Learn | None
    ) -> str | None:
        """The name of the lexicon: the one that ``learn`` writes, or else the base's."""
        path = self.directory / lexicon_file_name(generation)
        path.unlink(missing_ok=True)  # left by a commit that did not finish
        documents = IndexDocuments([part.reader for part in parts], [part.live for part in parts])
        if learn and learn(documents, path):
            return path.name
        return self.base.descriptor.lexicon if self.base else None

    def _realigned(self, part: LiveSegment, realign: Realign) -> LiveSegment:
        """The segment, with better beads if there are any."""
        part.reader.verify()  # as before a merge
        path = self.new_segment_path()
        return LiveSegment.open(path, part.live) if realign(part.reader, path) else part

    def _describe(
        self,
        generation: int,
        parts: Sequence[LiveSegment],
        fingerprint: str,
        dictionary: str | None,
        lexicon: str | None,
    ) -> tuple[Descriptor, bytes]:
        """Write deletions and dictionary; return the descriptor and the table of contents."""
        toc = toc_content(generation, [part.toc_entry() for part in parts], dictionary)
        descriptor = Descriptor(
            index_version=INDEX_VERSION,
            generation=generation,
            analyzer_fingerprint=fingerprint,
            article_count=sum(part.live_count for part in parts),
            segments={part.id: part.doc_count for part in parts},
            deletions_checksum=self._write_deletions(generation, parts),
            dictionary=self._write_dictionary(dictionary),
            lexicon=lexicon,
            toc_checksum=zlib.crc32(toc),
        )
        return descriptor, toc

    def _write_deletions(self, generation: int, parts: Sequence[LiveSegment]) -> int | None:
        """Write the bitmap of deleted documents; return its checksum, or None if it is empty."""
        bitmap = pack_deletions([part.live for part in parts], [part.doc_count for part in parts])
        if not bitmap:
            return None
        write_file(self.directory / deletions_file_name(generation), bitmap)
        return zlib.crc32(bitmap)

    def _write_dictionary(self, dictionary: str | None) -> str | None:
        """Write the user dictionary, if there is one; return the name of its file."""
        if dictionary is None:
            return None
        content = dictionary.encode()
        name = dictionary_file_name(content)
        write_file(self.directory / name, content)
        return name

    def _write_manifest(self, generation: int, manifest: Iterable[ManifestValues]) -> None:
        path = self.directory / manifest_file_name(generation)
        path.unlink(missing_ok=True)  # left by a commit that did not finish
        write_manifest(manifest, path)

    def _publish(self, descriptor: Descriptor, toc: bytes) -> None:
        """Write the descriptor, rename the table of contents, then remove the old generation."""
        generation = descriptor.generation
        content = descriptor.to_json().encode()
        write_file(self.directory / descriptor_file_name(generation), content)
        sync_directory(self.directory)
        if not self._lock.is_valid():
            raise IndexLocked(
                f"{self.directory}: it was removed during the run, and another process has made a "
                "new one; try again"
            )
        publish_file(self.directory / toc_file_name(generation), toc)
        self._committed = True
        self._remove_all_but(descriptor.files())

    def _remove_all_but(self, names: Collection[str]) -> None:
        """Remove the files of other generations; other programs' files are left alone."""
        if not self._lock.is_valid():
            return  # the files belong to another writer's index
        for path in self.directory.iterdir():
            if is_ours(path.name) and path.name not in names:
                with suppress(OSError):  # a file in use, on some systems: left for the next commit
                    path.unlink()

    def rollback(self) -> None:
        """Remove all that was written since the writer was opened, unless it was committed."""
        if not self._committed:
            self._remove_all_but(self._before)

    def close(self) -> None:
        """Give up the right to write."""
        if self.base is not None:
            self.base.close()
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        try:
            self.rollback()
            if isinstance(error, OSError):
                if error.errno and error.filename is None:  # a write that fails names no file
                    error.filename = str(self.directory)
            elif self.base:
                self.base.guard.__exit__(kind, error, trace)
        finally:
            self.close()
