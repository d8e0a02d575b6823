"""Postings read, found by the terms' ordinals."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import zstandard

from indexer.codec.arrays import Int64Array, UInt8Array
from indexer.codec.container import Container
from indexer.codec.packing import TWO_BITS, running_sums, unescape
from indexer.codec.postings import (
    BLOCK_SIZE,
    COUNTS,
    FREQUENCY_ESCAPES,
    GAPS,
    NEXT_POSITIONS,
    POSTING_NUMBERS,
    POSTINGS,
    SCATTERED,
    STARTS,
    is_scattered,
)
from indexer.codec.terms_postings import Postings, TermsPostings, frequencies
from indexer.lazy import lazy


class _Term(NamedTuple):
    """Where a term's data lies: ``starts`` and ``counts`` as the columns say."""

    starts: list[int]
    counts: list[int]
    title_postings: tuple[int, int]  # which of the postings in titles are its own


class _Frames:
    """Reads zstd frames, in several threads."""

    def __init__(self) -> None:
        self._local = threading.local()

    def read(self, frame: UInt8Array) -> UInt8Array:
        if not hasattr(self._local, "decompressor"):  # one a thread: it is not thread-safe
            self._local.decompressor = zstandard.ZstdDecompressor()
        return np.frombuffer(self._local.decompressor.decompress(frame.data), np.uint8)


class TitlePostings:
    """The numbers of the postings that have occurrences in titles, ascending."""

    def __init__(self, name: str, container: Container) -> None:
        self._lows = container[f"{name}/title_posting_lows"]
        self._starts = container[f"{name}/title_posting_starts"]

    def place(self, number: int) -> int:
        """How many are less than ``number``."""
        part = number >> 16
        if part + 1 >= len(self._starts):
            return len(self._lows)
        low, high = self._starts[part : part + 2].tolist()
        return int(low + self._lows[low:high].searchsorted(np.uint16(number & 0xFFFF)))

    @lazy
    def numbers(self) -> npt.NDArray[np.uint32]:
        """All of them."""
        counts = np.diff(self._starts)
        numbers = np.repeat(np.arange(len(counts), dtype=np.uint32) << np.uint32(16), counts)
        numbers |= self._lows
        return numbers


# So many terms' places are kept, since the words of one query are often those of the next.
_MAX_CACHE: Final = 1 << 14
# So many postings are read at a time, where all together may be too many to hold.
_BATCH_POSTINGS: Final = 1 << 19


class PostingsReader:
    """Reads the postings of a field. May be used from several threads."""

    def __init__(self, name: str, container: Container, doc_count: int) -> None:
        self._name = name
        self._container = container
        self.doc_count = doc_count
        self.has_positions = f"{name}/first_lows" in container
        self.term_count = container.count(f"{name}/counts") // len(COUNTS)
        self.frames = _Frames()
        self.title_postings = TitlePostings(name, container)
        self._known: dict[int, _Term] = {}

    def array(self, stream: str) -> npt.NDArray[np.uint8]:
        """An array of the field."""
        return self._container[f"{self._name}/{stream}"]

    def _counts(self) -> UInt8Array:
        return self.array("counts").reshape(-1, len(COUNTS))

    def _term(self, ordinal: int) -> _Term:
        term = self._known.get(ordinal)
        if term is None:
            if len(self._known) >= _MAX_CACHE:
                self._known.clear()
            rows = self._rows(np.array([ordinal]))
            places, counts = rows[0][0].tolist(), rows[1][0].tolist()
            bounds = places[POSTING_NUMBERS], places[POSTING_NUMBERS] + counts[POSTINGS]
            low, high = map(self.title_postings.place, bounds)
            term = self._known[ordinal] = _Term(places, counts, (low, high))
        return term

    def _rows(self, ordinals: Int64Array) -> tuple[Int64Array, Int64Array]:
        """Where terms start, int64 (k, 7), and their counts, int64 (k, 6)."""
        table = self._counts()
        counts = table[ordinals].astype(np.int64)
        blocks, inverse = np.unique(ordinals // BLOCK_SIZE, return_inverse=True)
        members = blocks[:, None] * BLOCK_SIZE + np.arange(BLOCK_SIZE)
        np.minimum(members, self.term_count - 1, out=members)
        # No sum exceeds 128 times 255.
        sizes = _sizes(table[members], self.doc_count)
        before = np.cumsum(sizes, axis=1, dtype=np.uint16) - sizes
        block_starts = self.array("block_starts").reshape(-1, len(STARTS))
        result: Int64Array = (
            block_starts[ordinals // BLOCK_SIZE] + before[inverse, ordinals % BLOCK_SIZE]
        )
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
        totals = counts[:, POSTINGS].astype(np.int64) + counts[:, NEXT_POSITIONS]
        frequent = self.array("frequent_counts").reshape(-1, len(COUNTS))
        totals[self.array("frequent")] = frequent[:, POSTINGS] + frequent[:, NEXT_POSITIONS]
        return totals

    def read_term(self, ordinal: int) -> Postings:
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
        codes = TWO_BITS.unpack(self.array("frequency_codes"), places[POSTING_NUMBERS], count)
        escapes = slice(places[3], places[3] + counts[FREQUENCY_ESCAPES])
        return Postings(documents, frequencies(codes, self.array("frequency_escapes")[escapes]))

    def title_frequencies(self, ordinal: int) -> tuple[Int64Array, UInt8Array]:
        """Which of the term's postings have occurrences in titles, and how many each."""
        places, _, (low, high) = self._term(ordinal)
        numbers = self.title_postings.numbers[low:high].astype(np.int64)
        return numbers - places[POSTING_NUMBERS], self.array("title_frequencies")[low:high]

    def read_batches(self, ordinals: Int64Array) -> Iterator[TermsPostings]:
        """As `read`, so many terms at a time that they have about half a million postings.

        More, if one term has.
        """
        if len(ordinals) == 1:
            yield self.read_terms(ordinals)
            return
        places, counts = self._rows(ordinals)
        ends = np.cumsum(counts[:, POSTINGS])
        cuts = np.searchsorted(
            ends, np.arange(_BATCH_POSTINGS, ends[-1:].sum(), _BATCH_POSTINGS)
        ).tolist()
        for low, high in pairwise(sorted({0, *cuts, len(ordinals)})):
            yield TermsPostings(self, places[low:high], counts[low:high])

    def read_terms(self, ordinals: Int64Array) -> TermsPostings:
        """The postings of several terms, one after the other."""
        if len(ordinals) != 1:
            return TermsPostings(self, *self._rows(ordinals))
        ordinal = int(ordinals[0])
        places, counts, _ = self._term(ordinal)
        rows = np.array([places]), np.array([counts])
        return TermsPostings(self, *rows, self.read_term(ordinal))


def _sizes(counts: UInt8Array, doc_count: int) -> UInt8Array:
    """Counts (…, 6) as what terms take of each of the seven streams."""
    postings = counts[..., POSTINGS]
    lows = np.where(is_scattered(postings.astype(np.int64), doc_count), postings, 0)
    sizes = np.concatenate((counts[..., :1], lows[..., None], counts[..., 1:]), axis=-1)
    return sizes.astype(np.uint8)
