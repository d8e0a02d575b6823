"""Segments to one segment, without their deleted documents.

Postings are read in ranges of terms, a bounded number of tokens at a time. So memory grows with
the number of terms and documents, and with the most frequent term, but not with the number of
postings.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import compress, pairwise
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from indexer.codec.arrays import (
    BEADS,
    STEM_OF_WORD,
    ZONE_LENGTHS,
    ZONE_STARTS,
    AnyArray,
    BoolArray,
    Int64Array,
    IntegerArray,
    Ranges,
    UInt32Array,
    batch_bounds,
    distinct,
    narrow,
    starts,
)
from indexer.codec.categories import write_category
from indexer.codec.container import ContainerWriter
from indexer.codec.postings import NO_POSITIONS, PostingsBatch
from indexer.codec.postings_writer import PostingsWriter
from indexer.codec.reader import FieldReader, SegmentReader
from indexer.codec.records import merge_records
from indexer.codec.stored import merge_articles
from indexer.codec.term_dictionary import write_terms
from indexer.codec.terms_postings import TermsPostings
from indexer.schema import CATEGORIES, DOCUMENT_ARRAYS, ID_FIELD, OTHER_FIELDS, RANKING, TEXT

# About how many tokens are in memory at a time: more of more sources, for each range of terms
# costs every source a number of small steps.
_TOKENS_OF_SOURCE: Final = 1 << 13
_MIN_TOKENS: Final = 1 << 18
_MAX_TOKENS: Final = 1 << 20


def merge(sources: Sequence[tuple[SegmentReader, BoolArray | None]], path: Path) -> None:
    """Write the live documents of all sources, in order, to a new segment file.

    Each source is a segment and the mask of its live documents (None: all are). The result holds
    what a builder would have written. Raises FileExistsError or another OSError; then no file is
    left.
    """
    segments = [_Segment(reader, live) for reader, live in sources]
    with ContainerWriter(path) as out:
        for name in DOCUMENT_ARRAYS:
            out.add(name, np.concatenate([getattr(s.reader, name)[s.live] for s in segments]))
        for name in CATEGORIES:
            write_category(name, [text for s in segments for text in s.category(name)], out)
        merge_articles([(segment.reader.articles, segment.live) for segment in segments], out)
        merge_records([(segment.reader.beads, segment.live) for segment in segments], BEADS, out)
        out.add(ZONE_STARTS, _joined([s.reader.zone_starts[s.live] for s in segments]))
        out.add(ZONE_LENGTHS, _joined([s.reader.zone_lengths[s.live] for s in segments]))
        doc_count = sum(segment.live_count for segment in segments)
        for name in (ID_FIELD, *OTHER_FIELDS):
            _Merge(name, segments).write(doc_count, out)
        _merge_text(segments, doc_count, out)


def _merge_text(segments: Sequence[_Segment], doc_count: int, out: ContainerWriter) -> None:
    """The text, and of its words the ranking stream."""
    text, ranking = _Merge(TEXT, segments), _Merge(RANKING, segments)
    ordinals = text.write(doc_count, out)
    stem_of = ranking.stems_of(text)
    left = ordinals[: len(stem_of)] >= 0
    family_sizes = np.bincount(stem_of[left], minlength=ranking.term_count)
    stems = ranking.write(doc_count, out, family_sizes)
    out.add(STEM_OF_WORD, stems[stem_of[left]].astype(np.int32))


def _joined(parts: Sequence[AnyArray]) -> AnyArray:
    return narrow(np.concatenate([part.ravel() for part in parts]))


class _Segment:
    """A source and its live documents."""

    def __init__(self, reader: SegmentReader, live: BoolArray | None) -> None:
        self.reader = reader
        self.live = np.ones(reader.doc_count, np.bool_) if live is None else live
        self.live_count = int(np.count_nonzero(self.live))
        self.is_whole = self.live_count == reader.doc_count

    def category(self, name: str) -> Iterator[str]:
        """The values of the live documents."""
        category = self.reader.category(name)
        return (category.values[number] for number in category.numbers[self.live].tolist())


class _Field:
    """A field of a source: ``terms`` are the ordinals its terms have in the result."""

    def __init__(self, segment: _Segment, reader: FieldReader, base: int) -> None:
        self.segment = segment
        self.reader = reader
        self.terms = np.empty(0, np.int64)
        self._numbers = np.cumsum(segment.live, dtype=np.int32) + np.int32(base - 1)

    def words(self) -> list[str]:
        """The words that the source has."""
        return self.reader.words.terms(0, len(self.reader.words))

    def place(self, words: dict[str, int], bigrams: AnyArray) -> None:
        """Find the terms among all sources' words, and all pairs."""
        count = len(self.reader.words)
        numbers = np.fromiter(map(words.__getitem__, self.words()), np.int64, count)
        places = np.searchsorted(bigrams, self.reader.bigrams) + len(words)
        self.terms = np.concatenate((numbers, places)).astype(np.int32)
        self.segment.reader.release_pages()

    def token_counts(self) -> Int64Array:
        """How much memory each term takes, in tokens."""
        counts = self.segment.reader.token_counts(self.reader)
        self.segment.reader.release_pages()
        return counts

    def postings(self, low: int, high: int) -> list[_Postings]:
        """The live postings of a range of terms of the result."""
        first, after = np.searchsorted(self.terms, (low, high)).tolist()
        found = self.segment.reader.read(self.reader, first, after)
        parts = [self._live(self.terms[ordinals], postings) for ordinals, postings in found]
        self.segment.reader.release_pages()
        return parts

    def _live(self, terms: Int64Array, found: TermsPostings) -> _Postings:
        owners = np.repeat(terms, found.counts)
        kept = np.arange(len(found.documents))
        title_frequencies = found.title_frequencies()
        if not self.segment.is_whole:
            kept = np.flatnonzero(self.segment.live[found.documents])
            owners, title_frequencies = owners[kept], title_frequencies[kept]
        return _Postings(
            owners,
            self._numbers[found.documents[kept]],
            found.frequencies[kept],
            title_frequencies.astype(np.uint8),
            *(found.position_gaps(kept) if self.reader.has_positions else ()),
        )


class _Postings(NamedTuple):
    """Some postings of a source, see `PostingsBatch`; ``owners`` are their terms."""

    owners: IntegerArray
    documents: IntegerArray
    frequencies: IntegerArray
    title_frequencies: IntegerArray
    first_positions: UInt32Array = NO_POSITIONS
    next_gaps: UInt32Array = NO_POSITIONS


class _Merge:
    """One field of all sources."""

    def __init__(self, name: str, segments: Sequence[_Segment]) -> None:
        self._name = name
        self._fields: list[_Field] = []
        base = 0
        for segment in segments:
            reader = segment.reader.field(name)
            if reader is not None:
                self._fields.append(_Field(segment, reader, base))
            base += segment.live_count
        self._words = sorted({word for field in self._fields for word in field.words()})
        bigrams = [np.empty(0, np.uint32), *(field.reader.bigrams for field in self._fields)]
        self._bigrams = distinct(np.concatenate(bigrams))
        numbers = {word: number for number, word in enumerate(self._words)}
        for field in self._fields:
            field.place(numbers, self._bigrams)

    @property
    def term_count(self) -> int:
        """How many terms there are, those of deleted documents included."""
        return len(self._words) + len(self._bigrams)

    def write(
        self, doc_count: int, out: ContainerWriter, family_sizes: Int64Array | None = None
    ) -> Int64Array:
        """Write the field; returns the ordinal that each of all terms has then, -1 for none.

        ``family_sizes``, of stems: how many words each stands for; of one, it has no postings.
        """
        sizes = np.zeros(self.term_count, np.int64) if family_sizes is None else family_sizes
        has_positions = self._name in (TEXT, *OTHER_FIELDS)
        postings = PostingsWriter(self._name, doc_count, out, has_positions=has_positions)
        used = sizes > 0
        for low, high in pairwise(self._ranges()):
            parts = [part for field in self._fields for part in field.postings(low, high)]
            counts, chunk = _by_term(parts, sizes, low, high)
            used[low:high] |= counts > 0
            postings.add(chunk._replace(document_frequencies=counts[used[low:high]]))
        postings.finish()
        count = len(self._words)
        write_terms(self._name, [*compress(self._words, used[:count].tolist())], out)
        if has_positions:
            out.add(f"{self._name}/bigrams", self._bigrams[used[count:]])
        return np.where(used, np.cumsum(used) - 1, -1)

    def _ranges(self) -> list[int]:
        """Between which terms there are few enough tokens, or only one term."""
        size = min(max(_MIN_TOKENS, _TOKENS_OF_SOURCE * len(self._fields)), _MAX_TOKENS)
        totals = np.zeros(self.term_count, np.int64)
        for field in self._fields:
            totals[field.terms] += field.token_counts()
        return batch_bounds(totals, size)

    def stems_of(self, text: _Merge) -> Int64Array:
        """For each word of the text, which of these stems it has."""
        stem_places = {field.segment: field.terms for field in self._fields}
        result = np.zeros(len(text._words), np.int64)
        for field in text._fields:
            words = field.terms[: len(field.reader.words)]
            if not len(words):  # there may be no stems at all
                continue
            result[words] = stem_places[field.segment][field.segment.reader.stem_of_word]
        return result


def _by_term(
    parts: list[_Postings], family_sizes: Int64Array, low: int, high: int
) -> tuple[Int64Array, PostingsBatch]:
    """How many postings each term of a range has; and all of them, of a term source by source."""
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    parts.clear()
    owners, documents, frequencies, title_frequencies, first_positions, next_gaps = columns
    order = np.argsort(owners, kind="stable")
    order = order[family_sizes[owners[order]] != 1]
    counts = np.bincount(owners[order] - low, minlength=high - low)
    if len(order) < len(owners) or (np.diff(owners) < 0).any():
        if len(first_positions):
            bounds = starts(frequencies - 1)
            next_gaps = Ranges(bounds[:-1][order], bounds[1:][order]).of(next_gaps)
            first_positions = first_positions[order]
        documents, frequencies = documents[order], frequencies[order]
        title_frequencies = title_frequencies[order]
    return counts, PostingsBatch(
        counts, documents, frequencies, title_frequencies, first_positions, next_gaps
    )
