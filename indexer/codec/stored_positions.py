"""The positions of the postings of some terms, decoded at first use."""

from __future__ import annotations

from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np

from indexer.array_types import BoolArray, Int64Array, IntegerArray, UInt32Array
from indexer.codec.arrays import batch_bounds, range_indices, starts
from indexer.codec.packing import FOUR_BITS, TWO_BITS, Packing, unescape
from indexer.codec.postings import (
    COUNTS,
    FIRST_ESCAPES,
    NEXT_ESCAPES,
    NEXT_POSITIONS,
    NEXT_START,
    NO_POSITIONS,
    POSTINGS,
    start_index,
)
from indexer.codec.postings_streams import PostingsStreams, TermLocations
from indexer.lazy import lazy
from indexer.schema import POSITION_BITS, POSITION_MASK

# About how many positions are computed at a time, so that intermediate arrays stay in the cache.
_BATCH_POSITIONS: Final = 1 << 17
# Next positions are read without gaps if there are at most this many times as many as are needed.
_SPARSE: Final = 2


class _Escapes(NamedTuple):
    """The indices, ascending, of numbers too large for a code, and their excess over it."""

    indices: Int64Array
    excess: UInt32Array


class StoredPositions:
    """The positions of the postings of some terms; the field must have positions.

    Arguments named ``kept`` are indices of postings, ascending: int64. ``documents``,
    ``frequencies`` and ``numbers`` (p,) are the document, the frequency and the number of each
    posting. A *next position* is any position of a posting after its first.
    """

    def __init__(
        self,
        streams: PostingsStreams,
        locations: TermLocations,
        documents: Int64Array,
        frequencies: IntegerArray,
        numbers: Int64Array,
    ) -> None:
        self._array = streams.array
        self._starts, self._counts = locations
        self._documents = documents
        self._frequencies = frequencies
        self._numbers = numbers

    def of(self, kept: Int64Array) -> Int64Array:
        """Return the positions of the kept postings, posting by posting, ascending in each.

        Each posting has as many as its frequency.
        """
        return self.keys(kept) & POSITION_MASK

    def keys(self, kept: Int64Array) -> Int64Array:
        """Return the same as position keys: document << `POSITION_BITS` | position."""
        if not len(kept):
            return np.empty(0, np.int64)
        bounds = batch_bounds(self._frequencies[kept].astype(np.int64), _BATCH_POSITIONS)
        return np.concatenate([self._keys(kept[low:high]) for low, high in pairwise(bounds)])

    def _keys(self, kept: Int64Array) -> Int64Array:
        firsts = self._documents[kept] << POSITION_BITS | self.firsts(kept)
        frequencies = self._frequencies[kept]
        several = np.flatnonzero(frequencies > 1)
        if not several.size:
            return firsts
        next_counts = frequencies[several].astype(np.int64) - 1
        ends = np.cumsum(next_counts)
        begins = ends - next_counts
        steps = self._gaps(kept[several], next_counts).astype(np.int64)
        # All next positions are one running sum: the first step of each posting is corrected by
        # the distance from the last key of the posting before it.
        leaps = firsts[several]
        leaps[1:] -= leaps[:-1] + np.add.reduceat(steps, begins)[:-1]
        steps[begins] += leaps
        keys = np.empty(len(firsts) + len(steps), np.int64)
        is_first = np.zeros(len(keys), np.bool_)
        is_first[starts(frequencies)[:-1]] = True
        keys[is_first] = firsts
        keys[~is_first] = np.cumsum(steps, out=steps)
        return keys

    def firsts(self, kept: Int64Array) -> UInt32Array:
        """Return the first positions of the kept postings."""
        wanted = self._numbers[kept]
        highs = FOUR_BITS.gather(self._array("first_highs"), wanted).astype(np.uint32)
        large = np.flatnonzero(highs == FOUR_BITS.max_code)
        if large.size:
            indices, excess = self._first_escapes
            highs[large] += excess[np.searchsorted(indices, kept[large])]
        highs <<= 8
        highs |= self._array("first_lows").take(wanted)
        return highs

    def gaps(self, kept: Int64Array) -> tuple[UInt32Array, UInt32Array]:
        """Return the first positions of the kept postings, and the gaps before next positions.

        A gap is the distance of a next position from the position before it. Each posting has one
        gap less than its frequency.
        """
        next_counts = self._frequencies[kept].astype(np.int64) - 1
        gaps = self._gaps(kept, next_counts) if next_counts.any() else NO_POSITIONS
        return self.firsts(kept), gaps

    def contains(self, keys: Int64Array) -> BoolArray:
        """Return which of ascending position keys are positions of the term.

        There must be only one term.
        """
        result = np.zeros(len(keys), np.bool_)
        if not len(self._documents):
            return result
        documents = keys >> POSITION_BITS
        at = np.minimum(np.searchsorted(self._documents, documents), len(self._documents) - 1)
        known = np.flatnonzero(self._documents[at] == documents)
        postings, inverse = np.unique(at[known], return_inverse=True)
        if not postings.size:
            return result
        distances = (keys[known] & POSITION_MASK) - self.firsts(postings)[inverse]
        result[known] = distances == 0
        next_counts = self._frequencies[postings].astype(np.int64) - 1
        later = np.flatnonzero((distances > 0) & (next_counts[inverse] > 0))
        for low, high in pairwise(batch_bounds(next_counts, _BATCH_POSITIONS)):
            first, after = np.searchsorted(inverse[later], (low, high))
            part = later[first:after]
            if part.size:
                result[known[part]] = self._are_reached(
                    postings[low:high], next_counts[low:high], inverse[part] - low, distances[part]
                )
        return result

    def _are_reached(
        self,
        postings: Int64Array,
        next_counts: Int64Array,
        owners: Int64Array,
        distances: Int64Array,
    ) -> BoolArray:
        """Return whether a position lies at each distance, > 0, from the first of its posting.

        ``owners`` has the index among ``postings`` for each distance, ascending.
        """
        sums, begins = self._running_gaps(postings, next_counts)
        before = np.where(begins > 0, sums[begins - 1], 0)
        wanted = distances + before[owners]
        found = np.searchsorted(sums, wanted)
        inside: BoolArray = found < (begins + next_counts)[owners]
        inside[inside] = sums[found[inside]] == wanted[inside]
        return inside

    def _running_gaps(
        self, postings: Int64Array, next_counts: Int64Array
    ) -> tuple[Int64Array, Int64Array]:
        """Return running sums of the gaps of postings, and where in them each posting begins."""
        local = self._nexts_before[postings]
        numbers = local + self._next_shifts[postings]
        span = int(numbers[-1] + next_counts[-1] - numbers[0])
        if span < _SPARSE * int(next_counts.sum()):  # reading all is faster than skipping
            first, last = int(numbers[0]), int(numbers[0]) + span
            gaps = self._gaps_at(slice(first, last), local[:1], np.array([span]))
            begins = local - local[0]
        else:
            indices = range_indices(numbers, numbers + next_counts)
            gaps = self._gaps_at(indices, local, next_counts)
            begins = np.cumsum(next_counts) - next_counts
        sums = gaps.astype(np.int64)
        np.cumsum(sums, out=sums)
        return sums, begins

    def _gaps(self, kept: Int64Array, next_counts: Int64Array) -> UInt32Array:
        """Return the gaps before the next positions of the kept postings."""
        local = self._nexts_before[kept]
        numbers = local + self._next_shifts[kept]
        return self._gaps_at(range_indices(numbers, numbers + next_counts), local, next_counts)

    def _gaps_at(
        self, numbers: Int64Array | slice, local: Int64Array, counts: Int64Array
    ) -> UInt32Array:
        """Return the gaps before the next positions that have some numbers.

        The same next positions are given once more by their indices among all next positions of
        the terms, as runs of ``counts`` that start at ``local``.
        """
        gaps = self._array("next_lows")[numbers].astype(np.uint32)
        codes = self._array("next_codes")
        if isinstance(numbers, slice):
            at, codes = TWO_BITS.nonzero(codes, numbers.start, len(gaps))
        else:
            codes = TWO_BITS.gather(codes, numbers)
            at = np.flatnonzero(codes > 0)
            codes = codes[at]
        highs = codes.astype(np.uint32)
        escaped = np.flatnonzero(codes == TWO_BITS.max_code)
        if escaped.size:
            ends = np.cumsum(counts)
            runs = np.searchsorted(ends, at[escaped], side="right")
            escaped_indices = (local - ends + counts)[runs] + at[escaped]
            indices, excess = self._next_escapes
            highs[escaped] += excess[np.searchsorted(indices, escaped_indices)]
        gaps[at] += highs << 8
        return gaps

    @lazy
    def _nexts_before(self) -> Int64Array:
        """For each posting, how many next positions all postings before it have."""
        next_counts = self._frequencies.astype(np.int64) - 1
        return np.cumsum(next_counts) - next_counts

    @lazy
    def _next_shifts(self) -> Int64Array:
        """For each posting, the numbers of its next positions less their index among all."""
        shifts = self._starts[:, NEXT_START] - starts(self._counts[:, NEXT_POSITIONS])[:-1]
        return np.repeat(shifts, self._counts[:, POSTINGS])

    @lazy
    def _first_escapes(self) -> _Escapes:
        return self._escapes(FOUR_BITS, "first_highs", POSTINGS, FIRST_ESCAPES)

    @lazy
    def _next_escapes(self) -> _Escapes:
        return self._escapes(TWO_BITS, "next_codes", NEXT_POSITIONS, NEXT_ESCAPES)

    def _escapes(self, packing: Packing, stream: str, items: int, escapes: int) -> _Escapes:
        """Find the items of all terms that are too large for a code.

        ``items`` and ``escapes`` are indices among `COUNTS`.
        """
        first, counts = self._starts[:, start_index(items)], self._counts[:, items]
        if len(first) == 1:
            codes = packing.unpack(self._array(stream), int(first[0]), int(counts[0]))
        else:
            codes = packing.gather(self._array(stream), range_indices(first, first + counts))
        first, sizes = self._starts[:, start_index(escapes)], self._counts[:, escapes]
        excess = unescape(self._array(COUNTS[escapes])[range_indices(first, first + sizes)])
        return _Escapes(np.flatnonzero(codes == packing.max_code), excess.astype(np.uint32))
