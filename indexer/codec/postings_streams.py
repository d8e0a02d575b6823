"""The stored streams of a field's postings, and where in them the data of a term lies.

See `indexer.codec.postings` for the format.
"""

from __future__ import annotations

import threading
from typing import NamedTuple

import numpy as np
import zstandard

from indexer.array_types import AnyArray, Int64Array, UInt8Array, UInt32Array
from indexer.codec.container import Container
from indexer.codec.postings import (
    BLOCK_SIZE,
    COUNTS,
    NEXT_POSITIONS,
    POSTINGS,
    STARTS,
    is_scattered,
)
from indexer.lazy import lazy


class TermLocations(NamedTuple):
    """Where the data of some terms lies: int64 ``starts`` (k, 7) and ``counts`` (k, 6).

    Each row has the `STARTS` or the `COUNTS` of a term, see `indexer.codec.postings`.
    """

    starts: Int64Array
    counts: Int64Array


class TitlePostings:
    """The numbers of the postings that have occurrences in titles, ascending."""

    def __init__(self, name: str, container: Container) -> None:
        self._lows = container[f"{name}/title_posting_lows"]
        self._starts = container[f"{name}/title_posting_starts"]

    def index(self, number: int) -> int:
        """Return how many of them are less than ``number``."""
        high = number >> 16
        if high + 1 >= len(self._starts):
            return len(self._lows)
        start, end = self._starts[high : high + 2].tolist()
        return int(start + self._lows[start:end].searchsorted(np.uint16(number & 0xFFFF)))

    @lazy
    def numbers(self) -> UInt32Array:
        """All of them."""
        counts = np.diff(self._starts)
        numbers = np.repeat(np.arange(len(counts), dtype=np.uint32) << np.uint32(16), counts)
        numbers |= self._lows
        return numbers


class PostingsStreams:
    """The streams and tables of the field ``name``. May be used from several threads."""

    def __init__(self, name: str, container: Container, doc_count: int) -> None:
        self._name = name
        self._container = container
        self.doc_count = doc_count
        self.has_positions = f"{name}/first_lows" in container
        self.term_count = container.count(f"{name}/counts") // len(COUNTS)
        self.title_postings = TitlePostings(name, container)
        self._local = threading.local()

    def array(self, stream: str) -> AnyArray:
        """Return an array of the field."""
        return self._container[f"{self._name}/{stream}"]

    def decompress(self, frame: UInt8Array) -> UInt8Array:
        """Return the content of a zstd frame."""
        if not hasattr(self._local, "decompressor"):  # each thread has one: it is not thread-safe
            self._local.decompressor = zstandard.ZstdDecompressor()
        return np.frombuffer(self._local.decompressor.decompress(frame.data), np.uint8)

    def locate(self, ordinals: Int64Array) -> TermLocations:
        """Find the data of some terms."""
        table = self._counts()
        counts = table[ordinals].astype(np.int64)
        starts = self._starts_of_rare(ordinals, table)
        frequent = self.array("frequent")
        rows = np.searchsorted(frequent, ordinals.astype(np.int32))
        rows[rows == len(frequent)] = 0
        is_frequent = (counts[:, POSTINGS] == 0) & (frequent.size > 0)
        is_frequent[is_frequent] = frequent[rows[is_frequent]] == ordinals[is_frequent]
        if is_frequent.any():
            rows = rows[is_frequent]
            starts[is_frequent] = self.array("frequent_starts").reshape(-1, len(STARTS))[rows]
            counts[is_frequent] = self._frequent_counts()[rows]
        return TermLocations(starts, counts)

    def _starts_of_rare(self, ordinals: Int64Array, table: UInt8Array) -> Int64Array:
        """Return where terms start if they are rare: after the rare terms before them."""
        blocks, inverse = np.unique(ordinals // BLOCK_SIZE, return_inverse=True)
        members = blocks[:, None] * BLOCK_SIZE + np.arange(BLOCK_SIZE)
        sizes = _sizes(table[np.minimum(members, self.term_count - 1)], self.doc_count)
        # No sum exceeds 128 times 255, so 16 bits hold it.
        before = np.cumsum(sizes, axis=1, dtype=np.uint16) - sizes
        block_starts = self.array("block_starts").reshape(-1, len(STARTS))
        starts: Int64Array = (
            block_starts[ordinals // BLOCK_SIZE] + before[inverse, ordinals % BLOCK_SIZE]
        )
        return starts

    def token_counts(self) -> Int64Array:
        """Return the number of positions of each term, or of postings without positions: (T,)."""
        counts = self._counts()
        totals = counts[:, POSTINGS].astype(np.int64) + counts[:, NEXT_POSITIONS]
        frequent = self._frequent_counts()
        totals[self.array("frequent")] = frequent[:, POSTINGS] + frequent[:, NEXT_POSITIONS]
        return totals

    def _counts(self) -> UInt8Array:
        return self.array("counts").reshape(-1, len(COUNTS))

    def _frequent_counts(self) -> Int64Array:
        return self.array("frequent_counts").reshape(-1, len(COUNTS))


def _sizes(counts: UInt8Array, doc_count: int) -> UInt8Array:
    """Return how much rare terms take of each of `STARTS`, given their `COUNTS`: (…, 7)."""
    postings = counts[..., POSTINGS]
    lows = np.where(is_scattered(postings.astype(np.int64), doc_count), postings, 0)
    sizes = np.concatenate((counts[..., :1], lows[..., None], counts[..., 1:]), axis=-1)
    return sizes.astype(np.uint8)
