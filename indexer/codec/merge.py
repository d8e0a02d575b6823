"""Merge several segments into one, without their deleted documents.

Postings are read in ranges of terms, with a bounded number of tokens at a time. So memory grows
with the number of terms and documents, and with the most frequent term, but not with the number of
postings.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import compress, pairwise
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from indexer.array_types import AnyArray, BoolArray, Int64Array, IntegerArray, UInt32Array
from indexer.codec.arrays import Ranges, batch_bounds, distinct, narrow, starts
from indexer.codec.categories import write_category
from indexer.codec.container_writer import ContainerWriter
from indexer.codec.postings import NO_POSITIONS, PostingsBatch
from indexer.codec.postings_writer import PostingsWriter
from indexer.codec.reader import FieldReader, SegmentReader
from indexer.codec.records import merge_records
from indexer.codec.segment_arrays import BEADS, STEM_OF_WORD, ZONE_LENGTHS, ZONE_STARTS
from indexer.codec.stems import stores_postings
from indexer.codec.stored import merge_articles
from indexer.codec.term_dictionary import write_terms
from indexer.schema import CATEGORIES, DOCUMENT_ARRAYS, ID_FIELD, OTHER_FIELDS, RANKING, TEXT

# About how many tokens are in memory at a time. It grows with the number of sources, because each
# range of terms costs some small steps for every source.
_TOKENS_PER_SOURCE: Final = 1 << 13
_MIN_TOKENS: Final = 1 << 18
_MAX_TOKENS: Final = 1 << 20


def merge(sources: Sequence[tuple[SegmentReader, BoolArray | None]], path: Path) -> None:
    """Write the live documents of all sources, in order, to a new segment file.

    Each source is a segment and the mask of its live documents (None if all are live). The result
    is the same as if a builder had written these documents. Raises FileExistsError or another
    OSError; then no file is left.
    """
    segments = [_MergeSource(reader, live) for reader, live in sources]
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
            _FieldMerge(name, segments).write(doc_count, out)
        _merge_text(segments, doc_count, out)


def _merge_text(segments: Sequence[_MergeSource], doc_count: int, out: ContainerWriter) -> None:
    """Merge the text, and the ranking stream with the stems of its words."""
    text, ranking = _FieldMerge(TEXT, segments), _FieldMerge(RANKING, segments)
    ordinals = text.write(doc_count, out)
    stem_of = ranking.stems_of(text)
    remain = ordinals[: len(stem_of)] >= 0
    word_counts = np.bincount(stem_of[remain], minlength=ranking.term_count)
    stems = ranking.write(doc_count, out, word_counts)
    out.add(STEM_OF_WORD, stems[stem_of[remain]].astype(np.int32))


def _joined(parts: Sequence[AnyArray]) -> AnyArray:
    return narrow(np.concatenate([part.ravel() for part in parts]))


class _MergeSource:
    """A segment and the mask of its live documents."""

    def __init__(self, reader: SegmentReader, live: BoolArray | None) -> None:
        self.reader = reader
        self.live = np.ones(reader.doc_count, np.bool_) if live is None else live
        self.live_count = int(np.count_nonzero(self.live))
        self.is_whole = self.live_count == reader.doc_count

    def category(self, name: str) -> Iterator[str]:
        """Yield the values of the live documents."""
        category = self.reader.category(name)
        return (category.values[number] for number in category.numbers[self.live].tolist())


class _SourceField:
    """A field of a source. ``terms`` has the ordinal of each of its terms among all terms.

    ``base`` is the number of live documents of the sources before it.
    """

    def __init__(self, source: _MergeSource, reader: FieldReader, base: int) -> None:
        self.source = source
        self.reader = reader
        self.terms = np.empty(0, np.int64)
        self._numbers = np.cumsum(source.live, dtype=np.int32) + np.int32(base - 1)

    def words(self) -> list[str]:
        """Return the words of the source."""
        return self.reader.words.terms(0, len(self.reader.words))

    def find_terms(self, words: dict[str, int], bigrams: UInt32Array) -> None:
        """Set ``terms``, given the words and the bigrams of all sources."""
        count = len(self.reader.words)
        numbers = np.fromiter(map(words.__getitem__, self.words()), np.int64, count)
        found = np.searchsorted(bigrams, self.reader.bigrams) + len(words)
        self.terms = np.concatenate((numbers, found)).astype(np.int32)
        self.source.reader.release_pages()

    def token_counts(self) -> Int64Array:
        """Return how many tokens each term takes in memory while it is merged."""
        counts = self.reader.postings.token_counts()
        self.source.reader.release_pages()
        return counts

    def postings(self, low: int, high: int) -> _SourcePostings:
        """Return the live postings of a range of all terms."""
        first, after = np.searchsorted(self.terms, (low, high)).tolist()
        found = self.reader.postings.read_terms(np.arange(first, after))
        owners = np.repeat(self.terms[first:after], found.counts)
        kept = np.arange(len(found.documents))
        title_frequencies = found.title_frequencies()
        if not self.source.is_whole:
            kept = np.flatnonzero(self.source.live[found.documents])
            owners, title_frequencies = owners[kept], title_frequencies[kept]
        postings = _SourcePostings(
            owners,
            self._numbers[found.documents[kept]],
            found.frequencies[kept],
            title_frequencies.astype(np.uint8),
            *(found.positions.gaps(kept) if self.reader.has_positions else ()),
        )
        self.source.reader.release_pages()
        return postings


class _SourcePostings(NamedTuple):
    """Some postings of a source, as in `PostingsBatch`; ``owners`` (p,) are their terms."""

    owners: IntegerArray
    documents: IntegerArray
    frequencies: IntegerArray
    title_frequencies: IntegerArray
    first_positions: UInt32Array = NO_POSITIONS
    next_gaps: UInt32Array = NO_POSITIONS


class _FieldMerge:
    """Merges one field of all sources."""

    def __init__(self, name: str, sources: Sequence[_MergeSource]) -> None:
        self._name = name
        self._fields: list[_SourceField] = []
        base = 0
        for source in sources:
            reader = source.reader.field(name)
            if reader is not None:
                self._fields.append(_SourceField(source, reader, base))
            base += source.live_count
        self._words = sorted({word for field in self._fields for word in field.words()})
        bigrams = [np.empty(0, np.uint32), *(field.reader.bigrams for field in self._fields)]
        self._bigrams = distinct(np.concatenate(bigrams))
        numbers = {word: number for number, word in enumerate(self._words)}
        for field in self._fields:
            field.find_terms(numbers, self._bigrams)

    @property
    def term_count(self) -> int:
        """The number of terms of all sources, also of those that only deleted documents have."""
        return len(self._words) + len(self._bigrams)

    def write(
        self, doc_count: int, out: ContainerWriter, word_counts: Int64Array | None = None
    ) -> Int64Array:
        """Write the field; returns for each of all terms its ordinal there, or -1 if it is gone.

        ``word_counts``, for the ranking stream, says of how many words each term is the stem.
        """
        counts = np.zeros(self.term_count, np.int64) if word_counts is None else word_counts
        has_positions = self._name in (TEXT, *OTHER_FIELDS)
        postings = PostingsWriter(self._name, doc_count, out, has_positions=has_positions)
        stored, remain = stores_postings(counts), counts > 0
        for low, high in pairwise(self._ranges()):
            parts = [field.postings(low, high) for field in self._fields]
            batch = _merged(parts, stored, low, high)
            remain[low:high] |= batch.document_frequencies > 0
            frequencies = batch.document_frequencies[remain[low:high]]
            postings.add(batch._replace(document_frequencies=frequencies))
        postings.finish()
        word_count = len(self._words)
        write_terms(self._name, [*compress(self._words, remain[:word_count].tolist())], out)
        if has_positions:
            out.add(f"{self._name}/bigrams", self._bigrams[remain[word_count:]])
        return np.where(remain, np.cumsum(remain) - 1, -1)

    def _ranges(self) -> list[int]:
        """Divide the terms into ranges with few enough tokens; returns the bounds."""
        size = min(max(_MIN_TOKENS, _TOKENS_PER_SOURCE * len(self._fields)), _MAX_TOKENS)
        totals = np.zeros(self.term_count, np.int64)
        for field in self._fields:
            totals[field.terms] += field.token_counts()
        return batch_bounds(totals, size)

    def stems_of(self, text: _FieldMerge) -> Int64Array:
        """Return for each word of the text which of the terms here is its stem."""
        stems = {field.source: field.terms for field in self._fields}
        result = np.zeros(len(text._words), np.int64)
        for field in text._fields:
            words = field.terms[: len(field.reader.words)]
            if not len(words):  # a source without words may have no ranking stream
                continue
            result[words] = stems[field.source][field.source.reader.stem_of_word]
        return result


def _merged(parts: list[_SourcePostings], stored: BoolArray, low: int, high: int) -> PostingsBatch:
    """Merge the postings of a range of terms; empties ``parts`` to save memory.

    ``stored`` is the mask of those of all terms that keep their postings.
    """
    arrays = [np.concatenate(array) for array in zip(*parts, strict=True)]
    parts.clear()
    owners, documents, frequencies, title_frequencies, first_positions, next_gaps = arrays
    order = np.argsort(owners, kind="stable")
    order = order[stored[owners[order]]]
    counts = np.bincount(owners[order] - low, minlength=high - low)
    if len(order) < len(owners) or (np.diff(owners) < 0).any():
        if len(first_positions):
            bounds = starts(frequencies - 1)
            next_gaps = Ranges(bounds[:-1][order], bounds[1:][order]).take(next_gaps)
            first_positions = first_positions[order]
        documents, frequencies = documents[order], frequencies[order]
        title_frequencies = title_frequencies[order]
    return PostingsBatch(
        counts, documents, frequencies, title_frequencies, first_positions, next_gaps
    )
