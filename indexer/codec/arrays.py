"""Small functions over whole arrays that several modules need."""

from __future__ import annotations

from typing import Final

import numpy as np

from indexer.array_types import AnyArray, Int64Array, IntegerArray

# Ranges whose mean length is greater than this are copied one by one, because an array of their
# indices would take more time than the copies.
_LONG_RANGE: Final = 256


def narrow(numbers: AnyArray) -> AnyArray:
    """Convert numbers, none of them negative, to the narrowest unsigned type that holds them."""
    largest = int(numbers.max()) if numbers.size else 0
    return numbers.astype(np.min_scalar_type(largest))


def starts(counts: IntegerArray) -> Int64Array:
    """Return where each of consecutive runs starts, given their lengths: int64 (n + 1,).

    The last number is where the last run ends.
    """
    result = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=result[1:])
    return result


def distinct(values: AnyArray) -> AnyArray:
    """Return the different values, ascending.

    `numpy.unique` does the same by hashing, which takes 50 times as long.
    """
    ordered = np.sort(values)
    is_first = np.ones(ordered.size, np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=is_first[1:])
    return ordered[is_first]


def batch_bounds(sizes: Int64Array, max_size: int) -> list[int]:
    """Divide consecutive items into batches; returns the bounds, from 0 to the number of items.

    The sizes of the items of a batch, without its last item, add up to ``max_size`` at most.
    """
    ends = np.cumsum(sizes)
    marks = np.arange(max_size, ends[-1] if ends.size else 0, max_size)
    return sorted({0, *(np.searchsorted(ends, marks) + 1).tolist(), len(sizes)})


def range_indices(first: Int64Array, after: Int64Array) -> Int64Array:
    """Return the numbers of all ranges ``first[i] <= number < after[i]``, range by range."""
    counts = after - first
    ends = np.cumsum(counts)
    return np.repeat(first - ends + counts, counts) + np.arange(ends[-1] if ends.size else 0)


class Ranges:
    """Ranges of indices, ``first[i] <= index < after[i]``, by which parts of arrays are joined."""

    def __init__(self, first: Int64Array, after: Int64Array) -> None:
        self._indices: Int64Array | None = None
        self._bounds: list[tuple[int, int]] = []
        if int((after - first).sum()) > _LONG_RANGE * len(first):
            self._bounds = [*zip(first.tolist(), after.tolist(), strict=True)]
        else:
            self._indices = range_indices(first, after)

    def take(self, values: AnyArray) -> AnyArray:
        """Return the items of an array that lie in the ranges, range by range."""
        if self._indices is not None:
            return values[self._indices]
        return np.concatenate([values[start:end] for start, end in self._bounds])
