"""Postings read: of one term, the way of most queries, or of several; imports indexer.codec."""

from __future__ import annotations

import threading
from functools import cached_property
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import zstandard

from indexer.codec.arrays import BoolArray, Int64Array, runs, starts
from indexer.codec.container import Container
from indexer.codec.packing import NIBBLES, PAIRS_OF_BITS, Bytes, Packing, running_sums, unescape
from indexer.codec.postings import (
    BLOCK,
    COUNTS,
    FIRST_ESCAPES,
    FREQUENCY_ESCAPES,
    GAPS,
    NEXT_ESCAPES,
    NEXTS,
    NO_GAPS,
    POSTING_NUMBERS,
    POSTINGS,
    SCATTERED,
    STARTS,
    Gaps,
    is_scattered,
)

Frequencies = npt.NDArray[np.integer[Any]]

_LARGEST_BYTE: Final = 255


class Postings(NamedTuple):
    """Documents, int64 and ascending, and how often the term occurs in each, of some integer type.

    Or of several terms, one after the other; then documents ascend within each.
    """

    documents: Int64Array
    frequencies: Frequencies


class _Term(NamedTuple):
    """Where a term's data lies: ``starts`` and ``counts`` as the columns say."""

    starts: list[int]
    counts: list[int]
    boosted: tuple[int, int]  # which of the postings in titles are its own


class _Frames:
    """Reads zstd frames, in several threads."""

    def __init__(self) -> None:
        self._local = threading.local()

    def read(self, frame: Bytes) -> Bytes:
        if not hasattr(self._local, "decompressor"):  # one a thread: it is not thread-safe
            self._local.decompressor = zstandard.ZstdDecompressor()
        return np.frombuffer(self._local.decompressor.decompress(frame.data), np.uint8)


class _Boosted:
    """The numbers of the postings that have occurrences in titles, ascending."""

    def __init__(self, name: str, container: Container) -> None:
        self._lows = container[f"{name}/boost_lows"]
        self._starts = container[f"{name}/boost_starts"]

    def place(self, number: int) -> int:
        """How many are less than ``number``."""
        part = number >> 16
        if part + 1 >= len(self._starts):
            return len(self._lows)
        low, high = self._starts[part : part + 2].tolist()
        return int(low + self._lows[low:high].searchsorted(np.uint16(number & 0xFFFF)))

    @cached_property
    def numbers(self) -> npt.NDArray[np.uint32]:
        """All of them."""
        counts = np.diff(self._starts)
        numbers = np.repeat(np.arange(len(counts), dtype=np.uint32) << np.uint32(16), counts)
        numbers |= self._lows
        return numbers


# What a posting takes in memory: document, number, what is before it, frequency.
_BYTES: Final = 32

# So many terms' places are kept, since the words of one query are often those of the next.
_LARGEST_CACHE: Final = 1 << 14


class PostingsReader:
    """Reads the postings of a field. May be used from several threads."""

    def __init__(self, name: str, container: Container, doc_count: int) -> None:
        self._name = name
        self._container = container
        self.doc_count = doc_count
        self.has_positions = f"{name}/first_lows" in container
        self.term_count = container.count(f"{name}/counts") // len(COUNTS)
        self.frames = _Frames()
        self.boosted = _Boosted(name, container)
        self._known: dict[int, _Term] = {}

    def array(self, stream: str) -> npt.NDArray[np.uint8]:
        """An array of the field."""
        return self._container[f"{self._name}/{stream}"]

    def _counts(self) -> Bytes:
        return self.array("counts").reshape(-1, len(COUNTS))

    def _term(self, ordinal: int) -> _Term:
        term = self._known.get(ordinal)
        if term is None:
            if len(self._known) >= _LARGEST_CACHE:
                self._known.clear()
            rows = self._rows(np.array([ordinal]))
            places, counts = rows[0][0].tolist(), rows[1][0].tolist()
            bounds = places[POSTING_NUMBERS], places[POSTING_NUMBERS] + counts[POSTINGS]
            low, high = map(self.boosted.place, bounds)
            term = self._known[ordinal] = _Term(places, counts, (low, high))
        return term

    def _rows(self, ordinals: Int64Array) -> tuple[Int64Array, Int64Array]:
        """Where terms start, int64 (k, 7), and their counts, int64 (k, 6)."""
        table = self._counts()
        counts = table[ordinals].astype(np.int64)
        blocks, inverse = np.unique(ordinals // BLOCK, return_inverse=True)
        members = np.minimum(blocks[:, None] * BLOCK + np.arange(BLOCK), self.term_count - 1)
        # No sum exceeds 128 times 255.
        sizes = _sizes(table[members], self.doc_count)
        before = np.cumsum(sizes, axis=1, dtype=np.uint16) - sizes
        block_starts = self.array("block_starts").reshape(-1, len(STARTS))
        result: Int64Array = block_starts[ordinals // BLOCK] + before[inverse, ordinals % BLOCK]
        frequent = self.array("frequent")
        rows = np.searchsorted(frequent, ordinals.astype(np.int32))
        rows[rows == len(frequent)] = 0
        is_frequent = (counts[:, POSTINGS] == 0) & (frequent.size > 0)
        is_frequent[is_frequent] = frequent[rows[is_frequent]] == ordinals[is_frequent]
        if is_frequent.any():
            rows = rows[is_frequent]
            frequent_starts = self.array("frequent_starts").reshape(-1, len(STARTS))
            result[is_frequent] = frequent_starts[rows]
            counts[is_frequent] = self.array("frequent_counts").reshape(-1, len(COUNTS))[rows]
        return result, counts

    def document_frequency(self, ordinal: int) -> int:
        """The number of documents that have the term."""
        return self._term(ordinal).counts[POSTINGS]

    def token_counts(self) -> Int64Array:
        """How many positions each term has, or postings in a field without: int64 (T,)."""
        counts = self._counts()
        totals = counts[:, POSTINGS].astype(np.int64) + counts[:, NEXTS]
        frequent = self.array("frequent_counts").reshape(-1, len(COUNTS))
        totals[self.array("frequent")] = frequent[:, POSTINGS] + frequent[:, NEXTS]
        return totals

    def postings(self, ordinal: int) -> Postings:
        """Documents and frequencies of a term."""
        places, counts, _ = self._term(ordinal)
        code = self.array("gaps")[places[0] : places[0] + abs(counts[GAPS])]
        if counts[GAPS] < 0:
            code = self.frames.read(code)
        count = counts[POSTINGS]
        if count * SCATTERED < self.doc_count:
            gaps = unescape(code) << 8
            gaps |= self.array("gap_lows")[places[1] : places[1] + count]
            documents = np.cumsum(gaps, out=gaps)
        else:
            documents = running_sums(code)
        documents -= 1
        codes = PAIRS_OF_BITS.unpack(self.array("frequency_codes"), places[POSTING_NUMBERS], count)
        escapes = slice(places[3], places[3] + counts[FREQUENCY_ESCAPES])
        return Postings(documents, _frequencies(codes, self.array("frequency_escapes")[escapes]))

    def boosts(self, ordinal: int) -> tuple[Int64Array, Bytes]:
        """Which of the term's postings have occurrences in titles, and how many each."""
        places, _, (low, high) = self._term(ordinal)
        numbers = self.boosted.numbers[low:high].astype(np.int64)
        return numbers - places[POSTING_NUMBERS], self.array("boosts")[low:high]

    def read(self, ordinals: Int64Array) -> TermsPostings:
        """The postings of several terms, one after the other."""
        if len(ordinals) != 1:
            return TermsPostings(self, *self._rows(ordinals))
        ordinal = int(ordinals[0])
        places, counts, _ = self._term(ordinal)
        rows = np.array([places]), np.array([counts])
        return TermsPostings(self, *rows, self.postings(ordinal))


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
        codes = PAIRS_OF_BITS.gather(array("frequency_codes"), self._numbers)
        escapes = _runs(places[:, 3], counts[:, FREQUENCY_ESCAPES])
        self.frequencies = _frequencies(codes, array("frequency_escapes")[escapes])

    @property
    def memory(self) -> int:
        """Bytes that it takes, and may take for its positions; an estimate."""
        return _BYTES * len(self.documents)

    @cached_property
    def _numbers(self) -> Int64Array:
        return _runs(self._places[:, POSTING_NUMBERS], self.counts)

    @cached_property
    def _others_before(self) -> Int64Array:
        """How many other positions than the first all postings before each have."""
        others = self.frequencies.astype(np.int64) - 1
        return np.cumsum(others) - others

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

    def _gap_code(self) -> Bytes:
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

    def boosts(self) -> Int64Array:
        """For each posting, how many occurrences it has in titles."""
        first = self._places[:, POSTING_NUMBERS]
        numbers = self._reader.boosted.numbers
        low = np.searchsorted(numbers, first.astype(np.uint32))
        high = np.searchsorted(numbers, (first + self.counts).astype(np.uint32))
        held = runs(low, high)
        shifts = np.repeat(first - starts(self.counts)[:-1], high - low)
        boosts = np.zeros(len(self.documents), np.int64)
        boosts[numbers[held] - shifts] = self._array("boosts")[held]
        return boosts

    def positions(self, kept: Int64Array) -> Int64Array:
        """The positions of some postings, whose indices ``kept`` ascend, one after the other.

        Each has as many as its frequency, ascending. The field must have positions.
        """
        firsts, nexts = self.gaps(kept)
        if not nexts.size:
            return firsts.astype(np.int64)
        return _running_positions(firsts, nexts, self.frequencies[kept].astype(np.int64) - 1)

    def gaps(self, kept: Int64Array) -> tuple[Gaps, Gaps]:
        """The first positions of the kept postings, and how far each other is from the one before.

        Of the others, each posting has one less than its frequency.
        """
        firsts = self._firsts(kept)
        others = self.frequencies[kept].astype(np.int64) - 1
        if not others.any():
            return firsts, NO_GAPS
        # Where each kept posting's other positions lie, among those of these terms and in all.
        local = self._others_before[kept]
        shifts = self._places[:, 1 + NEXTS] - starts(self._counts[:, NEXTS])[:-1]
        first = local + (shifts if len(shifts) == 1 else np.repeat(shifts, self.counts)[kept])
        codes, lows = self._array("next_codes"), self._array("next_lows")
        if len(shifts) == 1 and len(kept) == len(self.documents):
            start, count = int(first[0]), int(self._counts[0, NEXTS])
            nexts = PAIRS_OF_BITS.unpack(codes, start, count).astype(np.uint32)
            lows = lows[start : start + count]
        else:
            numbers = _runs(first, others)
            nexts = PAIRS_OF_BITS.gather(codes, numbers).astype(np.uint32)
            lows = lows.take(numbers)
        if self._counts[:, NEXT_ESCAPES].any():
            _add_escapes(nexts, PAIRS_OF_BITS, self._next_escapes, local, others)
        nexts <<= 8
        nexts |= lows
        return firsts, nexts

    def _firsts(self, kept: Int64Array) -> Gaps:
        """The first positions of the kept postings."""
        wanted = self._numbers[kept]
        highs = NIBBLES.gather(self._array("first_highs"), wanted).astype(np.uint32)
        if self._counts[:, FIRST_ESCAPES].any():
            _add_escapes(highs, NIBBLES, self._first_escapes, kept)
        highs <<= 8
        highs |= self._array("first_lows").take(wanted)
        return highs

    @cached_property
    def _first_escapes(self) -> _Escapes:
        return self._escapes(NIBBLES, "first_highs", POSTINGS, FIRST_ESCAPES)

    @cached_property
    def _next_escapes(self) -> _Escapes:
        return self._escapes(PAIRS_OF_BITS, "next_codes", NEXTS, NEXT_ESCAPES)

    def _escapes(self, packing: Packing, stream: str, items: int, column: int) -> _Escapes:
        """Which of all items of the terms are too large for a code, and what exceeds it."""
        first, counts = self._places[:, 1 + items], self._counts[:, items]
        if len(first) == 1:
            codes = packing.unpack(self._array(stream), int(first[0]), int(counts[0]))
        else:
            codes = packing.gather(self._array(stream), _runs(first, counts))
        held = _runs(self._places[:, 1 + column], self._counts[:, column])
        excess = unescape(self._array(COUNTS[column])[held])
        return _Escapes(np.flatnonzero(codes == packing.largest), excess)


class _Escapes(NamedTuple):
    """The places of items that a code is too small for, ascending, and what exceeds it."""

    places: Int64Array
    excess: Int64Array


def _add_escapes(
    highs: Gaps,
    packing: Packing,
    escapes: _Escapes,
    places: Int64Array,
    counts: Int64Array | None = None,
) -> None:
    """Add to those of ``highs`` that are too large for a code what exceeds it.

    They are those at ``places``, or runs of ``counts`` from there on.
    """
    large = np.flatnonzero(highs == packing.largest)
    if not large.size:
        return
    if counts is not None:
        ends = np.cumsum(counts)
        owner = np.searchsorted(ends, large, side="right")
        held = places[owner] + large - (ends - counts)[owner]
    else:
        held = places[large]
    highs[large] = packing.largest + escapes.excess[np.searchsorted(escapes.places, held)]


def _sizes(counts: Bytes, doc_count: int) -> Bytes:
    """Counts (…, 6) as what terms take of each of the seven streams."""
    postings = counts[..., POSTINGS]
    lows = np.where(is_scattered(postings.astype(np.int64), doc_count), postings, 0)
    sizes = np.concatenate((counts[..., :1], lows[..., None], counts[..., 1:]), axis=-1)
    return sizes.astype(np.uint8)


def _runs(first: Int64Array, counts: Int64Array) -> Int64Array:
    return runs(first, first + counts)


def _frequencies(codes: Bytes, escapes: Bytes) -> Frequencies:
    frequencies: Frequencies = codes + np.uint8(1)
    if escapes.size:
        values = unescape(escapes) + (1 + PAIRS_OF_BITS.largest)
        if int(values.max()) > _LARGEST_BYTE:
            frequencies = frequencies.astype(np.int64)
        frequencies[np.flatnonzero(codes == PAIRS_OF_BITS.largest)] = values
    return frequencies


def _running_positions(firsts: Gaps, gaps: Gaps, others: Int64Array) -> Int64Array:
    """All positions of postings that have so many others after the first."""
    begins = starts(others + 1)[:-1]
    steps = np.empty(len(firsts) + len(gaps), np.int64)
    is_first = np.zeros(len(steps), np.bool_)
    is_first[begins] = True
    steps[is_first] = firsts
    steps[~is_first] = gaps
    sums = np.cumsum(steps)
    sums -= np.repeat(sums[begins] - firsts, others + 1)
    return sums
