"""Token keys: tokens as single integers, so that sorting them brings those of a term together.

A token key is an int64: the number of the term, and below it `PAYLOAD_BITS` bits for the place of
the token. Sorted keys are handed on in batches of whole terms.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from typing import Final

import numpy as np

from indexer.array_types import Int64Array

PAYLOAD_BITS: Final = 33
PAYLOAD_MASK: Final = (1 << PAYLOAD_BITS) - 1

# About how many tokens become postings at a time.
_BATCH_TOKENS: Final = 1 << 16


class TokenKeys:
    """A growing list of int64 keys, which is sorted in place."""

    def __init__(self) -> None:
        self._keys = array("q")

    def __len__(self) -> int:
        return len(self._keys)

    def extend(self, keys: Int64Array) -> None:
        """Add keys."""
        self._keys.frombytes(keys.tobytes())

    def truncate(self, count: int) -> None:
        """Keep the first ``count`` keys only."""
        del self._keys[count:]

    def renumber(self, ranks: Int64Array) -> None:
        """Replace the number of each term by its rank."""
        keys = np.frombuffer(self._keys, np.int64)
        for start in range(0, len(keys), _BATCH_TOKENS):
            batch = keys[start : start + _BATCH_TOKENS]
            batch[:] = ranks[batch >> PAYLOAD_BITS] << PAYLOAD_BITS | batch & PAYLOAD_MASK

    def sorted_batches(self, term_shift: int) -> Iterator[Int64Array]:
        """Sort the keys, and yield them in batches of whole terms.

        The number of a key's term is above its lowest ``term_shift`` bits.
        """
        keys = np.frombuffer(self._keys, np.int64)
        keys.sort()
        return whole_terms(keys, term_shift)


def whole_terms(keys: Int64Array, term_shift: int) -> Iterator[Int64Array]:
    """Divide sorted keys into batches of whole terms."""
    start = 0
    while start < len(keys):
        end = start + _BATCH_TOKENS
        if end < len(keys):  # leave the term there to the next batch, or take it as a whole
            term = keys[end] >> term_shift
            first, after = np.searchsorted(keys, (term << term_shift, term + 1 << term_shift))
            end = int(first if first > start else after)
        yield keys[start:end]
        start = end
