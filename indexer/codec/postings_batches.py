"""Prepare a batch of postings for `indexer.codec.postings_writer`."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from indexer.array_types import BoolArray, Int64Array, IntegerArray, UInt8Array, UInt32Array
from indexer.codec.arrays import Ranges, range_indices, starts
from indexer.codec.packing import FOUR_BITS, TWO_BITS, Packing, escape_size
from indexer.codec.postings import (
    COUNTS,
    FIRST_ESCAPES,
    FREQUENCY_ESCAPES,
    GAPS,
    NEXT_ESCAPES,
    NEXT_POSITIONS,
    POSTINGS,
    UNIT_ALIGNMENT,
    PostingsBatch,
    is_scattered,
)


class StreamValues(NamedTuple):
    """The numbers that are written for a batch, one array for each stream.

    All have one item for each posting, but ``gap_lows`` only for those of scattered terms, and
    ``next_gaps`` one for each next position. ``lows`` and ``scattered`` are not written:
    ``gap_lows`` is made of them whenever the terms get another order.
    """

    gaps: IntegerArray
    gap_lows: UInt8Array
    lows: IntegerArray
    scattered: BoolArray
    frequencies: IntegerArray
    title_frequencies: IntegerArray
    first_positions: UInt32Array
    next_gaps: UInt32Array

    @classmethod
    def of(cls, batch: PostingsBatch, term_postings: Int64Array, doc_count: int) -> StreamValues:
        """Make them of a batch, in which term i has the postings from ``term_postings[i]`` on."""
        documents = batch.documents
        gaps = np.diff(documents, prepend=-1)
        first = term_postings[:-1][batch.document_frequencies > 0]
        gaps[first] = documents[first] + 1
        scattered = np.repeat(
            is_scattered(batch.document_frequencies, doc_count), batch.document_frequencies
        )
        lows = gaps & 0xFF
        return cls(
            np.where(scattered, gaps >> 8, gaps), lows[scattered].astype(np.uint8), lows, scattered,
            batch.frequencies, batch.title_frequencies, batch.first_positions, batch.next_gaps,
        )  # fmt: skip

    def counts(self, document_frequencies: Int64Array, term_postings: Int64Array) -> Int64Array:
        """Return the `COUNTS` of each term: int64 (t, 6)."""
        counts = np.zeros((len(document_frequencies), len(COUNTS)), np.int64)
        counts[:, GAPS] = np.diff(starts(escape_size(self.gaps))[term_postings])
        counts[:, POSTINGS] = document_frequencies
        counts[:, FREQUENCY_ESCAPES] = _escape_sizes(
            self.frequencies, 1 + TWO_BITS.max_code, term_postings
        )
        if len(self.first_positions):
            term_nexts = starts(self.frequencies - 1)[term_postings]
            counts[:, NEXT_POSITIONS] = np.diff(term_nexts)
            counts[:, FIRST_ESCAPES] = _high_sizes(self.first_positions, FOUR_BITS, term_postings)
            counts[:, NEXT_ESCAPES] = _high_sizes(self.next_gaps, TWO_BITS, term_nexts)
        return counts

    def reordered(self, term_postings: Int64Array, order: Int64Array) -> StreamValues:
        """Return the same with the terms in another order."""
        postings = Ranges(term_postings[:-1][order], term_postings[1:][order])
        scattered, lows = postings.take(self.scattered), postings.take(self.lows)
        first_positions, next_gaps = self.first_positions, self.next_gaps
        if len(first_positions):
            first_positions = postings.take(first_positions)
            term_nexts = starts(self.frequencies - 1)[term_postings]
            next_gaps = Ranges(term_nexts[:-1][order], term_nexts[1:][order]).take(next_gaps)
        return StreamValues(
            postings.take(self.gaps), lows[scattered].astype(np.uint8), lows, scattered,
            postings.take(self.frequencies), postings.take(self.title_frequencies),
            first_positions, next_gaps,
        )  # fmt: skip


def _escape_sizes(values: IntegerArray, least: int, bounds: Int64Array) -> Int64Array:
    """Return how many bytes of escape code each run has for its values from ``least`` on.

    Run i extends from ``bounds[i]`` up to ``bounds[i + 1]``.
    """
    large = np.flatnonzero(values >= least)
    sizes = starts(escape_size(values[large].astype(np.int64) - least))
    return np.diff(sizes[large.searchsorted(bounds)])


def _high_sizes(gaps: UInt32Array, packing: Packing, bounds: Int64Array) -> Int64Array:
    """Return the same for the excess of ``gaps >> 8`` over the largest code of a packing."""
    large = np.flatnonzero(gaps >= packing.max_code << 8)
    sizes = starts(escape_size((gaps[large] >> 8).astype(np.int64) - packing.max_code))
    return np.diff(sizes[large.searchsorted(bounds)])


class AlignedNumbers:
    """The numbers that the items of terms get where each unit starts at an aligned number.

    ``counts`` (t,) is the number of items of each term, and ``units`` (t,) the unit to which it
    belongs. ``term_starts`` (t,) is the number of the first item of each term, from 0 on, and
    ``padding`` how many numbers remain unused.
    """

    def __init__(self, counts: Int64Array, units: Int64Array) -> None:
        sizes = np.bincount(units, counts, minlength=int(units[-1]) + 1).astype(np.int64)
        self._paddings = -sizes % UNIT_ALIGNMENT
        self._ends = np.cumsum(sizes + self._paddings)
        self.padding = int(self._paddings.sum())
        before = np.cumsum(self._paddings) - self._paddings
        self.term_starts = np.cumsum(counts) - counts + before[units]

    def padded(self, items: IntegerArray) -> UInt8Array:
        """Return items, each less than 256, at their numbers, and 0 at unused numbers."""
        result = np.zeros(int(self._ends[-1]), np.uint8)
        is_item = np.ones(len(result), np.bool_)
        is_item[range_indices(self._ends - self._paddings, self._ends)] = False
        result[is_item] = items
        return result
