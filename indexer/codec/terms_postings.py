"""The decoded postings of one term or of several."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Final, NamedTuple

import numpy as np

from indexer.array_types import Int64Array, IntegerArray, UInt8Array
from indexer.codec.arrays import range_indices, starts
from indexer.codec.packing import TWO_BITS, running_sums, unescape
from indexer.codec.postings import (
    FREQUENCY_ESCAPES,
    FREQUENCY_ESCAPES_START,
    GAP_LOWS_START,
    GAPS,
    GAPS_START,
    POSTINGS,
    POSTINGS_START,
    SCATTERED,
    is_scattered,
)
from indexer.codec.postings_streams import PostingsStreams, TermLocations
from indexer.codec.stored_positions import StoredPositions
from indexer.lazy import lazy

# Bytes that a posting takes in memory: its document, its number, the number of next positions
# before it, and its frequency.
_POSTING_SIZE: Final = 32
_MAX_BYTE: Final = 255


class Postings(NamedTuple):
    """The documents of a term, ascending, and its frequency in each of them."""

    documents: Int64Array
    frequencies: IntegerArray


class TermsPostings(ABC):
    """The postings of some terms, term after term.

    ``counts`` (k,) is the number of postings of each term. ``documents`` and ``frequencies`` (p,)
    have one item for each posting; documents ascend within a term.
    """

    def __init__(self, counts: Int64Array, postings: Postings) -> None:
        self.counts = counts
        self.documents, self.frequencies = postings

    @abstractmethod
    def title_frequencies(self) -> Int64Array:
        """Return how many occurrences each posting has in titles, 255 at most: int64 (p,)."""

    @property
    @abstractmethod
    def positions(self) -> StoredPositions:
        """The positions of the postings; the field must have positions."""

    @property
    def memory(self) -> int:
        """An estimate of the bytes that the postings take once positions have been read."""
        return _POSTING_SIZE * len(self.documents)


class StoredPostings(TermsPostings):
    """Postings that are read from the streams of a field.

    ``decoded`` has the documents and frequencies if they have been read before.
    """

    def __init__(
        self, streams: PostingsStreams, locations: TermLocations, decoded: Postings | None = None
    ) -> None:
        self._streams = streams
        self._locations = locations
        super().__init__(locations.counts[:, POSTINGS], decoded or self._decoded())

    def _decoded(self) -> Postings:
        locations, array = self._locations, self._streams.array
        codes = TWO_BITS.gather(array("frequency_codes"), self._numbers)
        first = locations.starts[:, FREQUENCY_ESCAPES_START]
        escapes = range_indices(first, first + locations.counts[:, FREQUENCY_ESCAPES])
        frequencies = _frequencies(codes, array("frequency_escapes")[escapes])
        return Postings(self._documents(), frequencies)

    @lazy
    def _numbers(self) -> Int64Array:
        """The number of each posting."""
        first = self._locations.starts[:, POSTINGS_START]
        return range_indices(first, first + self._locations.counts[:, POSTINGS])

    def _documents(self) -> Int64Array:
        counts = self._locations.counts[:, POSTINGS]
        scattered = is_scattered(counts, self._streams.doc_count)
        gaps = unescape(self._gap_code())
        has_lows = np.repeat(scattered, counts)
        first = self._locations.starts[:, GAP_LOWS_START]
        lows = range_indices(first, first + np.where(scattered, counts, 0))
        gaps[has_lows] = gaps[has_lows] << 8 | self._streams.array("gap_lows")[lows]
        # One running sum over all terms, less the sum up to the first posting of each term.
        documents = np.cumsum(gaps)
        has_postings = counts > 0
        firsts = starts(counts)[:-1][has_postings]
        documents -= np.repeat(documents[firsts] - gaps[firsts] + 1, counts[has_postings])
        return documents

    def _gap_code(self) -> UInt8Array:
        """Return the escape code of all gaps, decompressed where it is compressed."""
        sizes = self._locations.counts[:, GAPS]
        first = self._locations.starts[:, GAPS_START]
        code = self._streams.array("gaps")
        parts = []
        done = 0
        for term in [*np.flatnonzero(sizes < 0).tolist(), len(sizes)]:
            begins = first[done:term]
            parts.append(code[range_indices(begins, begins + sizes[done:term])])
            if term < len(sizes):
                start = int(first[term])
                parts.append(self._streams.decompress(code[start : start - int(sizes[term])]))
            done = term + 1
        return np.concatenate(parts)

    def title_frequencies(self) -> Int64Array:
        """Return how many occurrences each posting has in titles, 255 at most: int64 (p,)."""
        first = self._locations.starts[:, POSTINGS_START]
        numbers = self._streams.title_postings.numbers
        low = np.searchsorted(numbers, first.astype(np.uint32))
        high = np.searchsorted(numbers, (first + self.counts).astype(np.uint32))
        indices = range_indices(low, high)
        shifts = np.repeat(first - starts(self.counts)[:-1], high - low)
        result = np.zeros(len(self.documents), np.int64)
        result[numbers[indices] - shifts] = self._streams.array("title_frequencies")[indices]
        return result

    @lazy
    def positions(self) -> StoredPositions:
        """The positions of the postings; the field must have positions."""
        return StoredPositions(
            self._streams, self._locations, self.documents, self.frequencies, self._numbers
        )


def decode_term(streams: PostingsStreams, starts: list[int], counts: list[int]) -> Postings:
    """Decode the documents and frequencies of one term, faster than those of several.

    ``starts`` and ``counts`` are the term's rows of `TermLocations`.
    """
    code = streams.array("gaps")[starts[GAPS_START] : starts[GAPS_START] + abs(counts[GAPS])]
    if counts[GAPS] < 0:
        code = streams.decompress(code)
    count = counts[POSTINGS]
    if count * SCATTERED < streams.doc_count:
        gaps = unescape(code) << 8
        first = starts[GAP_LOWS_START]
        gaps |= streams.array("gap_lows")[first : first + count]
        documents = np.cumsum(gaps, out=gaps)
    else:
        documents = running_sums(code)
    documents -= 1
    codes = TWO_BITS.unpack(streams.array("frequency_codes"), starts[POSTINGS_START], count)
    first = starts[FREQUENCY_ESCAPES_START]
    escapes = streams.array("frequency_escapes")[first : first + counts[FREQUENCY_ESCAPES]]
    return Postings(documents, _frequencies(codes, escapes))


def _frequencies(codes: UInt8Array, escapes: UInt8Array) -> IntegerArray:
    """Return frequencies, given their codes, and the excess over the largest in escape code."""
    result: IntegerArray = codes + np.uint8(1)
    if escapes.size:
        values = unescape(escapes) + (1 + TWO_BITS.max_code)
        if int(values.max()) > _MAX_BYTE:
            result = result.astype(np.int64)
        result[np.flatnonzero(codes == TWO_BITS.max_code)] = values
    return result
