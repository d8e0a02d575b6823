"""The postings of some terms, and their positions."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from indexer.codec.arrays import (
    BoolArray,
    Int64Array,
    UInt8Array,
    UInt32Array,
    range_indices,
    starts,
)
from indexer.codec.packing import FOUR_BITS, TWO_BITS, Packing, unescape
from indexer.codec.postings import (
    COUNTS,
    FIRST_ESCAPES,
    FREQUENCY_ESCAPES,
    GAPS,
    NEXT_ESCAPES,
    NEXT_POSITIONS,
    NO_POSITIONS,
    POSTING_NUMBERS,
    POSTINGS,
    is_scattered,
)
from indexer.lazy import lazy
from indexer.schema import POSITION_BITS, POSITION_MASK

if TYPE_CHECKING:
    from indexer.codec.postings_reader import PostingsReader

# What a posting takes in memory: document, number, what is before it, frequency.
_BYTES: Final = 32

_Numbers = Int64Array | slice

# About how many positions are computed at a time.
_BATCH_POSITIONS: Final = 1 << 17
# Of so many times as many, all are read.
_SPARSE: Final = 2


Frequencies = npt.NDArray[np.integer[Any]]

_MAX_BYTE: Final = 255


class Postings(NamedTuple):
    """Documents, int64 and ascending, and how often the term occurs in each, of some integer type.

    Or of several terms, one after the other; then documents ascend within each.
    """

    documents: Int64Array
    frequencies: Frequencies


class TermsPostings:
    """The postings of some terms, one term after the other; ``counts`` (k,): how many each has.

    ``documents`` ascend within a term.
    """

    def __init__(
        self,
        reader: PostingsReader,
        places: Int64Array,
        counts: Int64Array,
        single: Postings | None = None,
    ) -> None:
        self._reader = reader
        self._array = array = reader.array
        self._places = places
        self._counts = counts
        self.counts: Int64Array = counts[:, POSTINGS]
        if single is not None:
            self.documents, self.frequencies = single
            return
        self.documents = self._documents(is_scattered(self.counts, reader.doc_count))
        codes = TWO_BITS.gather(array("frequency_codes"), self._numbers)
        escapes = _runs(places[:, 3], counts[:, FREQUENCY_ESCAPES])
        self.frequencies = frequencies(codes, array("frequency_escapes")[escapes])

    @property
    def memory(self) -> int:
        """Bytes that it takes, and may take for its positions; an estimate."""
        return _BYTES * len(self.documents)

    @lazy
    def _numbers(self) -> Int64Array:
        return _runs(self._places[:, POSTING_NUMBERS], self.counts)

    @lazy
    def _others_before(self) -> Int64Array:
        """How many other positions than the first all postings before each have."""
        others = self.frequencies.astype(np.int64) - 1
        return np.cumsum(others) - others

    @lazy
    def _others_shift(self) -> Int64Array:
        """How much further those of each posting lie in the arrays."""
        shifts = self._places[:, 1 + NEXT_POSITIONS] - starts(self._counts[:, NEXT_POSITIONS])[:-1]
        return np.repeat(shifts, self.counts)

    def _documents(self, scattered: BoolArray) -> Int64Array:
        gaps = unescape(self._gap_code())
        is_scattered = np.repeat(scattered, self.counts)
        lows = _runs(self._places[:, 1], np.where(scattered, self.counts, 0))
        gaps[is_scattered] = gaps[is_scattered] << 8 | self._array("gap_lows")[lows]
        documents = np.cumsum(gaps)
        held = self.counts > 0
        first = starts(self.counts)[:-1][held]
        documents -= np.repeat(documents[first] - gaps[first] + 1, self.counts[held])
        return documents

    def _gap_code(self) -> UInt8Array:
        """The escape code of all gaps."""
        sizes = self._counts[:, GAPS]
        first = self._places[:, 0]
        code = self._array("gaps")
        compressed = np.flatnonzero(sizes < 0)
        parts = []
        done = 0
        for term in [*compressed.tolist(), len(sizes)]:
            parts.append(code[_runs(first[done:term], sizes[done:term])])
            if term < len(sizes):
                start = int(first[term])
                parts.append(self._reader.frames.read(code[start : start - int(sizes[term])]))
            done = term + 1
        return np.concatenate(parts)

    def title_frequencies(self) -> Int64Array:
        """For each posting, how many occurrences it has in titles."""
        first = self._places[:, POSTING_NUMBERS]
        numbers = self._reader.title_postings.numbers
        low = np.searchsorted(numbers, first.astype(np.uint32))
        high = np.searchsorted(numbers, (first + self.counts).astype(np.uint32))
        held = range_indices(low, high)
        shifts = np.repeat(first - starts(self.counts)[:-1], high - low)
        title_frequencies = np.zeros(len(self.documents), np.int64)
        title_frequencies[numbers[held] - shifts] = self._array("title_frequencies")[held]
        return title_frequencies

    def positions(self, kept: Int64Array) -> Int64Array:
        """The positions of some postings, whose indices ``kept`` ascend, one after the other.

        Each has as many as its frequency, ascending. The field must have positions.
        """
        return self.position_keys(kept) & POSITION_MASK

    def position_keys(self, kept: Int64Array) -> Int64Array:
        """The same as keys: document << `POSITION_BITS` | position."""
        ends = np.cumsum(self.frequencies[kept], dtype=np.int64)
        if not len(ends):
            return ends
        # A part of them at a time, so that what is computed stays near at hand.
        cuts = np.searchsorted(
            ends, np.arange(_BATCH_POSITIONS, ends[-1], _BATCH_POSITIONS)
        ).tolist()
        bounds = sorted({0, *cuts, len(kept)})
        return np.concatenate([self._keys(kept[low:high]) for low, high in pairwise(bounds)])

    def _keys(self, kept: Int64Array) -> Int64Array:
        firsts = self.documents[kept] << POSITION_BITS | self.first_positions(kept)
        frequencies = self.frequencies[kept]
        several = np.flatnonzero(frequencies > 1)
        if not several.size:
            return firsts
        others = frequencies[several].astype(np.int64) - 1
        ends = np.cumsum(others)
        begins = ends - others
        steps = self._nexts(kept[several], others).astype(np.int64)
        # One running sum: each posting's begins where that of the one before it ends.
        leaps = firsts[several]
        leaps[1:] -= leaps[:-1] + np.add.reduceat(steps, begins)[:-1]
        steps[begins] += leaps
        keys = np.empty(len(firsts) + len(steps), np.int64)
        is_first = np.zeros(len(keys), np.bool_)
        is_first[starts(frequencies)[:-1]] = True
        keys[is_first] = firsts
        keys[~is_first] = np.cumsum(steps, out=steps)
        return keys

    def contains_positions(self, keys: Int64Array) -> BoolArray:
        """At which of ascending keys the term, the only one of these, stands."""
        result = np.zeros(len(keys), np.bool_)
        if not len(self.documents):
            return result
        documents = keys >> POSITION_BITS
        at = np.minimum(np.searchsorted(self.documents, documents), len(self.documents) - 1)
        held = np.flatnonzero(self.documents[at] == documents)
        owners, inverse = np.unique(at[held], return_inverse=True)
        if not owners.size:
            return result
        distances = (keys[held] & POSITION_MASK) - self.first_positions(owners)[inverse]
        result[held] = distances == 0
        others = self.frequencies[owners].astype(np.int64) - 1
        later = np.flatnonzero((distances > 0) & (others[inverse] > 0))
        # A part of the postings at a time, so that what is computed stays near at hand.
        ends = np.cumsum(others)
        cuts = np.searchsorted(
            ends, np.arange(_BATCH_POSITIONS, ends[-1], _BATCH_POSITIONS)
        ).tolist()
        for low, high in pairwise(sorted({0, *cuts, len(owners)})):
            first, after = np.searchsorted(inverse[later], (low, high))
            part = later[first:after]
            if part.size:
                result[held[part]] = self._reached(
                    owners[low:high], others[low:high], inverse[part] - low, distances[part]
                )
        return result

    def _reached(
        self, postings: Int64Array, others: Int64Array, owners: Int64Array, distances: Int64Array
    ) -> BoolArray:
        """Whether a position lies at each distance, greater than 0, from the first of its posting.

        ``owners`` says which of the ``postings``, which have so many others each.
        """
        local = self._others_before[postings]
        numbers = local + self._others_shift[postings]
        span = int(numbers[-1] + others[-1] - numbers[0])
        if span < _SPARSE * int(others.sum()):  # reading on is quicker than skipping
            first, last = int(numbers[0]), int(numbers[0]) + span
            steps = self._steps(slice(first, last), local[:1], np.array([span]))
            begins = local - local[0]
        else:
            steps = self._steps(_runs(numbers, others), local, others)
            begins = np.cumsum(others) - others
        sums = steps.astype(np.int64)
        np.cumsum(sums, out=sums)
        before = np.where(begins > 0, sums[begins - 1], 0)
        wanted = distances + before[owners]
        found = np.searchsorted(sums, wanted)
        inside: BoolArray = found < (begins + others)[owners]
        inside[inside] = sums[found[inside]] == wanted[inside]
        return inside

    def position_gaps(self, kept: Int64Array) -> tuple[UInt32Array, UInt32Array]:
        """The first positions of the kept postings, and how far each other is from the one before.

        Of the others, each posting has one less than its frequency.
        """
        others = self.frequencies[kept].astype(np.int64) - 1
        nexts = self._nexts(kept, others) if others.any() else NO_POSITIONS
        return self.first_positions(kept), nexts

    def _nexts(self, kept: Int64Array, others: Int64Array) -> UInt32Array:
        """How far each other position of the kept postings is from the one before."""
        local = self._others_before[kept]
        return self._steps(_runs(local + self._others_shift[kept], others), local, others)

    def _steps(self, numbers: _Numbers, local: Int64Array, counts: Int64Array) -> UInt32Array:
        """How far some other positions are from the ones before.

        They are given by their ``numbers``, and as runs of ``counts`` among those of these terms.
        """
        steps = self._array("next_lows")[numbers].astype(np.uint32)
        codes = self._array("next_codes")
        if isinstance(numbers, slice):
            at, codes = TWO_BITS.nonzero(codes, numbers.start, len(steps))
        else:
            codes = TWO_BITS.gather(codes, numbers)
            at = np.flatnonzero(codes > 0)
            codes = codes[at]
        highs = codes.astype(np.uint32)
        escaped = np.flatnonzero(codes == TWO_BITS.max_code)
        if escaped.size:
            ends = np.cumsum(counts)
            runs_of = np.searchsorted(ends, at[escaped], side="right")
            held = (local - ends + counts)[runs_of] + at[escaped]
            places, excess = self._next_escapes
            highs[escaped] += excess[np.searchsorted(places, held)]
        steps[at] += highs << 8
        return steps

    def first_positions(self, kept: Int64Array) -> UInt32Array:
        """The first positions of some postings, whose indices ``kept`` ascend: uint32."""
        wanted = self._numbers[kept]
        highs = FOUR_BITS.gather(self._array("first_highs"), wanted).astype(np.uint32)
        large = np.flatnonzero(highs == FOUR_BITS.max_code)
        if large.size:
            places, excess = self._first_escapes
            highs[large] += excess[np.searchsorted(places, kept[large])]
        highs <<= 8
        highs |= self._array("first_lows").take(wanted)
        return highs

    @lazy
    def _first_escapes(self) -> _Escapes:
        return self._escapes(FOUR_BITS, "first_highs", POSTINGS, FIRST_ESCAPES)

    @lazy
    def _next_escapes(self) -> _Escapes:
        return self._escapes(TWO_BITS, "next_codes", NEXT_POSITIONS, NEXT_ESCAPES)

    def _escapes(self, packing: Packing, stream: str, items: int, column: int) -> _Escapes:
        """Which of all items of the terms are too large for a code, and what exceeds it."""
        first, counts = self._places[:, 1 + items], self._counts[:, items]
        if len(first) == 1:
            codes = packing.unpack(self._array(stream), int(first[0]), int(counts[0]))
        else:
            codes = packing.gather(self._array(stream), _runs(first, counts))
        held = _runs(self._places[:, 1 + column], self._counts[:, column])
        excess = unescape(self._array(COUNTS[column])[held])
        return _Escapes(np.flatnonzero(codes == packing.max_code), excess.astype(np.uint32))


class _Escapes(NamedTuple):
    """The places of items that a code is too small for, ascending, and what exceeds it."""

    places: Int64Array
    excess: UInt32Array


def _runs(first: Int64Array, counts: Int64Array) -> Int64Array:
    return range_indices(first, first + counts)


def frequencies(codes: UInt8Array, escapes: UInt8Array) -> Frequencies:
    """Frequencies by their codes, and what exceeds the largest code, in escape code."""
    result: Frequencies = codes + np.uint8(1)
    if escapes.size:
        values = unescape(escapes) + (1 + TWO_BITS.max_code)
        if int(values.max()) > _MAX_BYTE:
            result = result.astype(np.int64)
        result[np.flatnonzero(codes == TWO_BITS.max_code)] = values
    return result
