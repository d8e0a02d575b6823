"""An index directory, read: one generation at a time; imports indexer.{codec,errors,schema}.

    _MAIN_<generation>.toc         Whoosh's table of contents: segments and their deleted documents
    MAIN_<segment>.columns         a segment
    duizhao_<generation>.json      the descriptor: version, analyzer, number of articles
    manifest_<generation>.columns  the files that the index was made of
    dictionary_<hash>.words        the user dictionary, if there is one

The newest table of contents counts; `indexer.commit` writes it last. Nothing that an index holds
is ever run.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Callable
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, Self

from indexer.codec.arrays import BoolArray
from indexer.codec.container import damaged
from indexer.codec.reader import SegmentReader
from indexer.codec.toc import SegmentEntry, latest_generation, read_toc
from indexer.errors import IndexMissing, IndexOutdated
from indexer.schema import ID_FIELD, INDEX_VERSION

if TYPE_CHECKING:
    from indexer.codec.manifest import ManifestRow

# A fingerprint, or how to find it from the text of the index's user dictionary.
Fingerprint = str | Callable[[str | None], str]

# How often a reader tries again when commits remove files under its feet.
_ATTEMPTS: Final = 10


class Descriptor(NamedTuple):
    """What an index is: ``dictionary`` is the name of the user dictionary's file, or None."""

    index_version: int
    generation: int
    analyzer_fingerprint: str
    article_count: int
    dictionary: str | None

    def to_json(self) -> str:
        """The descriptor as one JSON object."""
        return json.dumps(self._asdict())

    @classmethod
    def read(cls, directory: Path, generation: int) -> Self:
        """Read that of a generation; raises IndexDamaged, IndexOutdated, OSError."""
        path = directory / descriptor_file_name(generation)
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
            version = values["index_version"]
        except (ValueError, KeyError, TypeError, RecursionError):
            raise damaged(path, "not a descriptor") from None
        if version != INDEX_VERSION:
            raise _outdated(directory, "another version of duizhao")
        if values.keys() != {*cls._fields} or values["generation"] != generation:
            raise damaged(path, "not a descriptor")
        return cls(**values)


def descriptor_file_name(generation: int) -> str:
    """The name of a descriptor."""
    return f"duizhao_{generation}.json"


def manifest_file_name(generation: int) -> str:
    """The name of a manifest."""
    return f"manifest_{generation}.columns"


def _outdated(directory: Path, maker: str) -> IndexOutdated:
    return IndexOutdated(
        f"{directory}: the index was made with {maker}; make it anew with: duizhao index --rebuild"
    )


def open_index(directory: Path, fingerprint: Fingerprint | None = None) -> IndexReader:
    """Open the newest generation of an index.

    ``fingerprint`` is what the analyzer's must be, if given. Raises IndexMissing, IndexOutdated,
    IndexDamaged, each with the command that mends it; OSError if the directory cannot be read.
    """
    missing = None
    for _ in range(_ATTEMPTS):
        try:
            generation = latest_generation(directory)
        except (FileNotFoundError, NotADirectoryError):
            generation = None
        if generation is None:
            raise IndexMissing(f"{directory}: there is no index; make one with: duizhao index")
        if missing and missing[0] == generation:  # no commit took the file away
            raise damaged(missing[1], "missing")
        try:
            return IndexReader(directory, generation, fingerprint)
        except FileNotFoundError as error:
            missing = generation, Path(error.filename)
    raise damaged(directory, "its files keep vanishing")


class IndexReader:
    """One generation of an index, as it was when it was opened, whatever is committed since.

    Documents are numbered from 0 to ``doc_count_all`` - 1 through all segments, deleted ones
    included: segment i has those from ``bases[i]`` on; ``live[i]`` is the mask of its documents
    that are not deleted, or None if none is. ``doc_count`` counts these. ``dictionary`` is the
    text of the user dictionary, or None. May be used from several threads.
    """

    def __init__(
        self, directory: Path, generation: int, fingerprint: Fingerprint | None = None
    ) -> None:
        self.directory = directory
        self.generation = generation
        self.descriptor = Descriptor.read(directory, generation)
        self.dictionary = _read_dictionary(directory, self.descriptor)
        if callable(fingerprint):
            fingerprint = fingerprint(self.dictionary)
        if fingerprint not in (None, self.descriptor.analyzer_fingerprint):
            raise _outdated(directory, "another analysis of texts")
        self.segments: list[SegmentReader] = []
        self.live: list[BoolArray | None] = []
        try:
            for entry in read_toc(directory, generation):
                self._open(entry)
        except BaseException:
            self.close()
            raise
        sizes = [segment.doc_count for segment in self.segments]
        *self.bases, self.doc_count_all = accumulate(sizes, initial=0)
        self.doc_count = sum(map(_live_count, self.segments, self.live))
        if self.doc_count != self.descriptor.article_count:
            self.close()
            raise damaged(directory / descriptor_file_name(generation), "another article count")

    def _open(self, entry: SegmentEntry) -> None:
        segment = SegmentReader(self.directory / entry.file_name)
        self.segments.append(segment)
        self.live.append(entry.live())
        if segment.doc_count != entry.doccount:
            raise damaged(segment.path, "another number of documents")

    def locate(self, document: int) -> tuple[SegmentReader, int]:
        """The segment of a document, and its number there."""
        index = bisect_right(self.bases, document) - 1
        return self.segments[index], document - self.bases[index]

    def stored(self, document: int) -> bytes:
        """What was stored with a document."""
        segment, number = self.locate(document)
        return segment.stored(number)

    def document(self, id: str) -> int | None:  # noqa: A002 - the field's name
        """The document with that id that is not deleted; None if there is none."""
        for base, segment, live in zip(self.bases, self.segments, self.live, strict=True):
            field = segment.field(ID_FIELD)
            if field is not None and (ordinal := field.words.find(id)) >= 0:
                for number in field.postings.postings(ordinal).documents.tolist():
                    if live is None or live[number]:
                        return base + int(number)
        return None

    def trained_dictionary(self) -> bytes:
        """What most articles are compressed with; empty if with nothing."""
        for segment in sorted(self.segments, key=lambda segment: -segment.doc_count):
            for dictionary in segment.articles.dictionaries().values():
                return dictionary
        return b""

    def manifest(self) -> list[ManifestRow]:
        """The files that the index was made of.

        Raises IndexDamaged, also if the file is gone: a later commit removes it.
        """
        from indexer.codec.manifest import read_manifest

        path = self.directory / manifest_file_name(self.generation)
        try:
            return read_manifest(path)
        except FileNotFoundError:
            raise damaged(path, "missing") from None

    def close(self) -> None:
        """Close all files; arrays that are still in use stay valid until they are dropped."""
        for segment in self.segments:
            segment.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _live_count(segment: SegmentReader, live: BoolArray | None) -> int:
    return segment.doc_count if live is None else int(live.sum())


def dictionary_file_name(content: bytes) -> str:
    """The name of a user dictionary: it tells its content."""
    import hashlib

    return f"dictionary_{hashlib.sha256(content).hexdigest()[:16]}.words"


def _read_dictionary(directory: Path, descriptor: Descriptor) -> str | None:
    name = descriptor.dictionary
    if name is None:
        return None
    if not isinstance(name, str) or not re.fullmatch(r"dictionary_[0-9a-f]+\.words", name):
        raise damaged(directory / descriptor_file_name(descriptor.generation), "not a descriptor")
    content = (directory / name).read_bytes()
    if dictionary_file_name(content) != name:
        raise damaged(directory / name, "changed")
    return content.decode(errors="replace")
