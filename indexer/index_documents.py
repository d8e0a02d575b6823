"""The documents of several segments under one numbering."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from indexer.align import Alignment
from indexer.array_types import BoolArray
from indexer.article import Article
from indexer.codec.reader import SegmentReader
from indexer.errors import IndexDamaged
from indexer.schema import ID_FIELD


class IndexDocuments:
    """The documents of some segments.

    They are numbered from 0 to ``doc_count_all`` - 1 through all segments, deleted ones included;
    the documents of segment i are numbered from ``bases[i]``. ``live[i]`` is the mask of its live
    documents, or None if all are live. ``doc_count`` is the number of live documents. May be used
    from several threads.
    """

    def __init__(self, segments: Sequence[SegmentReader], live: Sequence[BoolArray | None]) -> None:
        self.segments = segments
        self.live = live
        sizes = [segment.doc_count for segment in segments]
        *self.bases, self.doc_count_all = accumulate(sizes, initial=0)
        self.doc_count = sum(map(_live_count, segments, live))

    def locate(self, document: int) -> tuple[SegmentReader, int]:
        """The segment of a document, and the document's number there."""
        index = bisect_right(self.bases, document) - 1
        return self.segments[index], document - self.bases[index]

    def stored(self, document: int) -> bytes:
        """The stored article of a document, as `Article.from_bytes` reads it."""
        segment, number = self.locate(document)
        return segment.stored(number)

    def alignment(self, document: int, article: Article) -> Alignment | None:
        """The alignment of a document, whose ``article`` this is.

        None if the article has one language only, or if a text was too long to be aligned.
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
        """The live document with that id, or None."""
        for base, segment, live in zip(self.bases, self.segments, self.live, strict=True):
            field = segment.field(ID_FIELD)
            if field is not None and (ordinal := field.words.find(id)) >= 0:
                for number in field.postings.read_term(ordinal).documents.tolist():
                    if live is None or live[number]:
                        return base + int(number)
        return None

    def trained_dictionary(self) -> bytes:
        """The zstd dictionary with which most articles are compressed; empty if there is none."""
        for segment in sorted(self.segments, key=lambda segment: -segment.doc_count):
            for dictionary in segment.articles.dictionaries().values():
                return dictionary
        return b""


def _live_count(segment: SegmentReader, live: BoolArray | None) -> int:
    return segment.doc_count if live is None else int(live.sum())
