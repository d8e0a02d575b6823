"""The order of matches, and the selection of a page."""

from __future__ import annotations

from typing import Final, Literal, get_args

import numpy as np
import numpy.typing as npt

from indexer.array_types import Int64Array
from search.engine.matches import Matches
from search.engine.snapshot import Snapshot

SortOrder = Literal["relevance", "date", "-date"]
SORT_ORDERS: Final[tuple[SortOrder, ...]] = get_args(SortOrder)

# The keys are divided into this many rows to find a bound for the smallest.
_ROWS: Final = 64


def top_k(
    matches: Matches, snapshot: Snapshot, sort: SortOrder, offset: int, limit: int
) -> Int64Array:
    """Return the indices of ``limit`` matches from ``offset`` on, in the order ``sort``.

    Matches with the same score or date are in the order of their document numbers, so pages neither
    overlap nor leave gaps. If all scores are 0, as for a query with a date only, "relevance" means
    "date". Undated articles come last.
    """
    if sort == "relevance" and not matches.scores.any():
        sort = "date"
    if sort == "relevance":
        return smallest_keys(-matches.scores, offset + limit)[offset:]
    dates = snapshot.newest_first if sort == "-date" else snapshot.oldest_first
    return smallest_keys(dates.take(matches.documents), offset + limit)[offset:]


def smallest_keys(keys: npt.NDArray[np.float32] | npt.NDArray[np.int32], count: int) -> Int64Array:
    """Return the indices of the ``count`` smallest keys, sorted by key, then by index."""
    indices: Int64Array = np.arange(keys.size if count else 0)
    if 0 < count < keys.size:
        length = keys.size // _ROWS
        some = keys
        if length > 2 * count:
            # These minima over the rows are few, and their count-th smallest is an upper bound.
            some = keys[: length * _ROWS].reshape(_ROWS, length).min(axis=0)
        indices = np.flatnonzero(keys <= np.partition(some, count - 1)[count - 1])
    order = np.argsort(keys[indices], kind="stable")
    return indices[order[:count]]
