"""Reading of an index directory, one generation at a time.

`indexer.files` lists the files. The newest generation is the one of the newest table of contents,
which a commit renames into place as its last step. Only the name of the table of contents matters:
the descriptor of the generation lists its segments and other files.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from indexer.analysis.version import other_analysis
from indexer.array_types import BoolArray
from indexer.codec.container import Container
from indexer.codec.reader import SegmentReader
from indexer.deletions import unpack_deletions
from indexer.descriptor import Descriptor, outdated_error
from indexer.errors import DuizhaoError, IndexDamaged, IndexMissing
from indexer.files import (
    deletions_file_name,
    descriptor_file_name,
    dictionary_file_name,
    latest_generation,
    lost_generation,
    manifest_file_name,
    segment_file_name,
    toc_file_name,
)
from indexer.index_documents import IndexDocuments
from indexer.wording import for_index

if TYPE_CHECKING:
    from indexer.codec.manifest import Manifest

# The fingerprint for a user dictionary that the user has given, or a function that finds it from
# the text of the dictionary that is kept in the index (or None).
ExpectedFingerprint = str | Callable[[str | None], str]

# How often a reader tries again if commits remove the files that it is opening.
_MAX_ATTEMPTS: Final = 10


def open_index(directory: Path, fingerprint: ExpectedFingerprint | None = None) -> IndexReader:
    """Open the newest generation of an index.

    With ``fingerprint``, the index must have been made by an analyzer with this fingerprint. Raises
    IndexMissing, IndexOutdated, and IndexDamaged, whose messages contain the command that makes the
    index, and OSError if the directory cannot be read.
    """
    missing = None
    for _ in range(_MAX_ATTEMPTS):
        try:
            generation = latest_generation(directory)
        except (FileNotFoundError, NotADirectoryError):
            generation = None
        if generation is None:
            raise _missing_error(directory)
        if missing and missing[0] == generation:  # no commit has removed the file
            raise _with_command(IndexDamaged(missing[1], "missing"), directory)
        try:
            return IndexReader(directory, generation, fingerprint)
        except FileNotFoundError as error:
            missing = generation, Path(error.filename)
        except IndexDamaged as error:
            _with_command(error, directory)
            raise
    raise IndexDamaged(directory, "its files keep vanishing")


class IndexReader(IndexDocuments):
    """One generation of an index. It stays as it was when it was opened, whatever is committed.

    ``descriptor`` lists its files. ``dictionary`` is the text of the user
    dictionary, or None. ``lexicon`` contains the tables that `indexer.lexicon` reads, or is None.

    Large arrays are not compared with their checksums before they are used, because that would take
    longer than using them. Code that makes something of them runs within ``guard``.
    """

    def __init__(
        self, directory: Path, generation: int, fingerprint: ExpectedFingerprint | None = None
    ) -> None:
        self.directory = directory
        self.generation = generation
        self.toc_path = directory / toc_file_name(generation)
        self._identity = _identity(self.toc_path)
        self.descriptor = Descriptor.read(directory, generation)
        self.dictionary = _read_dictionary(directory, self.descriptor)
        self._check(fingerprint)
        with ExitStack() as opened:
            self.lexicon: Container | None = None
            if self.descriptor.lexicon:
                self.lexicon = Container(directory / self.descriptor.lexicon)
                opened.callback(self.lexicon.close)
            segments = []
            for segment_id, doc_count in self.descriptor.segments.items():
                segments.append(_open_segment(directory, segment_id, doc_count))
                opened.callback(segments[-1].close)
            super().__init__(segments, _read_deletions(directory, self.descriptor))
            if self.doc_count != self.descriptor.article_count:
                path = directory / descriptor_file_name(generation)
                raise IndexDamaged(path, "wrong number of articles")
            self._opened = opened.pop_all()

    def _check(self, fingerprint: ExpectedFingerprint | None) -> None:
        """Raise IndexOutdated if the index was made by an analyzer with another fingerprint."""
        found = self.descriptor.analyzer_fingerprint
        has_own_dictionary = not callable(fingerprint)
        expected = fingerprint(self.dictionary) if callable(fingerprint) else fingerprint
        if expected not in (None, found):
            other = "another user dictionary" if has_own_dictionary else "another analysis of texts"
            maker = other_analysis(found) or other
            raise outdated_error(self.directory, maker, other_dictionary=has_own_dictionary)

    @property
    def guard(self) -> Guard:
        """A context in which the index is read; made for each use, because it refers to this."""
        return Guard(self)

    def is_newest(self) -> bool:
        """Whether nothing has been committed since; this takes some microseconds.

        False also if the directory was removed and made again, which starts with generation 1.
        Raises OSError if the directory cannot be read.
        """
        try:
            if latest_generation(self.directory) != self.generation:
                return False
            return _identity(self.toc_path) == self._identity
        except FileNotFoundError:  # just removed
            return False

    def files(self) -> set[str]:
        """The names of all files that the generation consists of."""
        return self.descriptor.files()

    def verify(self) -> None:
        """Read every byte of segments and lexicon; raise IndexDamaged if one has changed."""
        try:
            for segment in self.segments:
                segment.verify()
            if self.lexicon:
                self.lexicon.verify()
        except IndexDamaged as error:
            _with_command(error, self.directory)
            raise

    def manifest(self) -> Manifest:
        """The manifest, with one row for each file that was indexed.

        Raises IndexDamaged; also if the file is missing, because a later commit has removed it.
        """
        from indexer.codec.manifest import Manifest

        path = self.directory / manifest_file_name(self.generation)
        try:
            return Manifest(path)
        except FileNotFoundError:
            raise _with_command(IndexDamaged(path, "missing"), self.directory) from None

    def close(self) -> None:
        """Close all files; arrays that are still in use stay valid until they are dropped."""
        self._opened.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Guard:
    """A context in which an index is read: damage to the index is raised as IndexDamaged.

    If anything unforeseen is raised, all checksums are compared. If they are right, it is a fault
    of the program, and is raised unchanged.
    """

    __slots__ = ("_index",)

    def __init__(self, index: IndexReader) -> None:
        self._index = index

    def __enter__(self) -> None:
        pass

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if isinstance(error, IndexDamaged):
            _with_command(error, self._index.directory)
        elif isinstance(error, Exception) and not isinstance(error, DuizhaoError):
            self._index.verify()


def _identity(path: Path) -> tuple[int, int]:
    """Numbers that differ between a file and another one that had or has the same name."""
    found = path.stat()
    return found.st_ino, found.st_mtime_ns


def _missing_error(directory: Path) -> IndexMissing | IndexDamaged:
    """The error for a directory without a table of contents."""
    with suppress(FileNotFoundError, NotADirectoryError):
        if generation := lost_generation(directory):
            path = directory / toc_file_name(generation)
            return _with_command(IndexDamaged(path, "missing"), directory)
    # Without paths, the command indexes the seeds, which belong into the default directory only.
    option = for_index(directory)
    command = f"duizhao index PATHS{option}" if option else "duizhao index"
    return IndexMissing(f"{directory}: there is no index; make one with: {command}")


def _with_command(error: IndexDamaged, directory: Path) -> IndexDamaged:
    """The same error, whose message now contains the command that rebuilds this index."""
    from indexer.remedy import rebuild_command

    error.command = rebuild_command(directory)
    return error


def _open_segment(directory: Path, segment_id: str, doc_count: int) -> SegmentReader:
    segment = SegmentReader(directory / segment_file_name(segment_id))
    if segment.doc_count != doc_count:
        segment.close()
        raise IndexDamaged(segment.path, "wrong number of documents")
    return segment


def _read_deletions(directory: Path, descriptor: Descriptor) -> list[BoolArray | None]:
    """The mask of the live documents of each segment, or None if all of them are live."""
    sizes = [*descriptor.segments.values()]
    if descriptor.deletions_checksum is None:
        return [None] * len(sizes)
    path = directory / deletions_file_name(descriptor.generation)
    bitmap = path.read_bytes()
    if zlib.crc32(bitmap) != descriptor.deletions_checksum:
        raise IndexDamaged(path, "wrong checksum")
    try:
        return unpack_deletions(bitmap, sizes)
    except ValueError as error:
        raise IndexDamaged(path, str(error)) from None


def _read_dictionary(directory: Path, descriptor: Descriptor) -> str | None:
    name = descriptor.dictionary
    if name is None:
        return None
    content = (directory / name).read_bytes()
    if dictionary_file_name(content) != name:
        raise IndexDamaged(directory / name, "changed")
    return content.decode(errors="replace")
