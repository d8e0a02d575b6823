"""An index directory, read: one generation at a time.

    _MAIN_<generation>.toc         Whoosh's table of contents: segments and their deleted documents
    MAIN_<segment>.columns         a segment
    duizhao_<generation>.json      the descriptor: version, analyzer, number of articles
    manifest_<generation>.columns  the files that the index was made of
    dictionary_<hash>.words        the user dictionary, if there is one
    lexicon_<generation>.columns   what was learnt of words that render each other, if it was

The newest table of contents counts; `indexer.commit` writes it last. Nothing that an index holds
is ever run.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from indexer.align import Alignment
from indexer.article import Article
from indexer.codec.arrays import BoolArray
from indexer.codec.container import Container
from indexer.codec.reader import SegmentReader
from indexer.descriptor import (
    Descriptor,
    descriptor_file_name,
    dictionary_file_name,
    manifest_file_name,
    outdated,
)
from indexer.errors import DuizhaoError, IndexDamaged, IndexMissing
from indexer.schema import ID_FIELD
from indexer.whoosh.toc import SegmentEntry, latest_generation, read_toc, toc_file_name

if TYPE_CHECKING:
    from indexer.codec.manifest import ManifestRow

# A fingerprint, or how to find it from the text of the index's user dictionary.
ExpectedFingerprint = str | Callable[[str | None], str]

# How often a reader tries again when commits remove files under its feet.
_MAX_ATTEMPTS: Final = 10


def open_index(directory: Path, fingerprint: ExpectedFingerprint | None = None) -> IndexReader:
    """Open the newest generation of an index.

    ``fingerprint`` is what the analyzer's must be, if given. Raises IndexMissing, IndexOutdated,
    IndexDamaged, each with the command that mends it; OSError if the directory cannot be read.
    """
    missing = None
    for _ in range(_MAX_ATTEMPTS):
        try:
            generation = latest_generation(directory)
        except (FileNotFoundError, NotADirectoryError):
            generation = None
        if generation is None:
            raise IndexMissing(f"{directory}: there is no index; make one with: duizhao index")
        if missing and missing[0] == generation:  # no commit took the file away
            raise IndexDamaged(missing[1], "missing")
        try:
            return IndexReader(directory, generation, fingerprint)
        except FileNotFoundError as error:
            missing = generation, Path(error.filename)
    raise IndexDamaged(directory, "its files keep vanishing")


class IndexDocuments:
    """The documents of some segments.

    They are numbered from 0 to ``doc_count_all`` - 1 through all segments, deleted ones included:
    segment i has those from ``bases[i]`` on; ``live[i]`` is the mask of its documents that are not
    deleted, or None if none is. ``doc_count`` counts these. May be used from several threads.
    """

    def __init__(self, segments: Sequence[SegmentReader], live: Sequence[BoolArray | None]) -> None:
        self.segments = segments
        self.live = live
        sizes = [segment.doc_count for segment in segments]
        *self.bases, self.doc_count_all = accumulate(sizes, initial=0)
        self.doc_count = sum(map(_live_count, segments, live))

    def locate(self, document: int) -> tuple[SegmentReader, int]:
        """The segment of a document, and its number there."""
        index = bisect_right(self.bases, document) - 1
        return self.segments[index], document - self.bases[index]

    def stored(self, document: int) -> bytes:
        """What was stored with a document."""
        segment, number = self.locate(document)
        return segment.stored(number)

    def alignment(self, document: int, article: Article) -> Alignment | None:
        """Which passages of a document's ``article`` say the same, if it is known.

        It is where there are two languages, and neither text is far too long.
        """
        if not (article.paragraphs_zh and article.paragraphs_en):
            return None
        segment, number = self.locate(document)
        record = segment.beads[number]
        if not record:
            return None
        try:
            return Alignment(article, record)
        except ValueError as error:
            raise IndexDamaged(segment.path, str(error)) from None

    def find_document(self, id: str) -> int | None:  # noqa: A002 - the field's name
        """The document with that id that is not deleted; None if there is none."""
        for base, segment, live in zip(self.bases, self.segments, self.live, strict=True):
            field = segment.field(ID_FIELD)
            if field is not None and (ordinal := field.words.find(id)) >= 0:
                for number in field.postings.read_term(ordinal).documents.tolist():
                    if live is None or live[number]:
                        return base + int(number)
        return None

    def trained_dictionary(self) -> bytes:
        """What most articles are compressed with; empty if with nothing."""
        for segment in sorted(self.segments, key=lambda segment: -segment.doc_count):
            for dictionary in segment.articles.dictionaries().values():
                return dictionary
        return b""


class IndexReader(IndexDocuments):
    """One generation of an index, as it was when it was opened, whatever is committed since.

    ``dictionary`` is the text of the user dictionary, or None; ``lexicon`` holds the tables that
    `indexer.lexicon` reads, or is None.

    Large arrays are not compared with their checksums before they are read, for that would take
    longer than to read them. Whatever makes something of them stands in ``guard``.
    """

    def __init__(
        self, directory: Path, generation: int, fingerprint: ExpectedFingerprint | None = None
    ) -> None:
        self.directory = directory
        self.generation = generation
        self._toc = directory / toc_file_name(generation)
        self._identity = _identity(self._toc)
        self.descriptor = Descriptor.read(directory, generation)
        self.dictionary = _read_dictionary(directory, self.descriptor)
        if callable(fingerprint):
            fingerprint = fingerprint(self.dictionary)
        if fingerprint not in (None, self.descriptor.analyzer_fingerprint):
            raise outdated(directory, "another analysis of texts")
        with ExitStack() as opened:
            self.lexicon: Container | None = None
            if self.descriptor.lexicon:
                self.lexicon = Container(directory / self.descriptor.lexicon)
                opened.callback(self.lexicon.close)
            segments, live = [], []
            for entry in read_toc(directory, generation, self.descriptor.toc_checksum):
                segments.append(_open_segment(directory, entry))
                opened.callback(segments[-1].close)
                live.append(entry.live())
            super().__init__(segments, live)
            if self.doc_count != self.descriptor.article_count:
                path = directory / descriptor_file_name(generation)
                raise IndexDamaged(path, "another article count")
            self._opened = opened.pop_all()

    @property
    def guard(self) -> Guard:
        """What errors in reading it are told by; not kept, since it keeps this."""
        return Guard(self)

    def is_newest(self) -> bool:
        """Whether nothing was committed since; it takes some microseconds.

        Nor was the directory removed and made anew, where generations are counted afresh. Raises
        OSError if the directory cannot be read.
        """
        try:
            if latest_generation(self.directory) != self.generation:
                return False
            return _identity(self._toc) == self._identity
        except FileNotFoundError:  # removed just now
            return False

    def files(self) -> set[str]:
        """The names of all files that it consists of."""
        return self.descriptor.files(segment.path.name for segment in self.segments)

    def verify(self) -> None:
        """Read every byte of segments and lexicon; raises IndexDamaged if one has changed."""
        for segment in self.segments:
            segment.verify()
        if self.lexicon:
            self.lexicon.verify()

    def manifest(self) -> list[ManifestRow]:
        """The files that the index was made of.

        Raises IndexDamaged, also if the file is gone: a later commit removes it.
        """
        from indexer.codec.manifest import read_manifest

        path = self.directory / manifest_file_name(self.generation)
        try:
            return read_manifest(path)
        except FileNotFoundError:
            raise IndexDamaged(path, "missing") from None

    def close(self) -> None:
        """Close all files; arrays that are still in use stay valid until they are dropped."""
        self._opened.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Guard:
    """A context in which an index is read: errors that it is to blame for become IndexDamaged.

    Where anything unforeseen is raised, checksums tell whether the index is as it was written.
    If so, it is a fault of the program, and raised as it is.
    """

    __slots__ = ("_index",)

    def __init__(self, index: IndexReader) -> None:
        self._index = index

    def __enter__(self) -> None:
        pass

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if isinstance(error, Exception) and not isinstance(error, DuizhaoError):
            self._index.verify()


def _identity(path: Path) -> tuple[int, int]:
    """What tells a file from another of the same name."""
    found = path.stat()
    return found.st_ino, found.st_mtime_ns


def _live_count(segment: SegmentReader, live: BoolArray | None) -> int:
    return segment.doc_count if live is None else int(live.sum())


def _open_segment(directory: Path, entry: SegmentEntry) -> SegmentReader:
    segment = SegmentReader(directory / entry.file_name)
    if segment.doc_count != entry.doccount:
        segment.close()
        raise IndexDamaged(segment.path, "another number of documents")
    return segment


def _read_dictionary(directory: Path, descriptor: Descriptor) -> str | None:
    name = descriptor.dictionary
    if name is None:
        return None
    content = (directory / name).read_bytes()
    if dictionary_file_name(content) != name:
        raise IndexDamaged(directory / name, "changed")
    return content.decode(errors="replace")
