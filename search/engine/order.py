"""The order of matches and the page cut from it."""

from __future__ import annotations

from typing import Final, Literal, get_args

import numpy as np
import numpy.typing as npt

from indexer.codec.arrays import Int64Array
from search.engine.matches import Matches
from search.engine.snapshot import Snapshot

SortOrder = Literal["relevance", "date", "-date"]
SORT_ORDERS: Final[tuple[SortOrder, ...]] = get_args(SortOrder)


def top_k(
    matches: Matches, snapshot: Snapshot, sort: SortOrder, offset: int, limit: int
) -> Int64Array:
    """The indices into ``matches`` of those from ``offset`` on, at most ``limit``, in order.

    Equals are in the order of their document numbers, so pages neither overlap nor leave gaps.
    Without scores, as for a date alone, relevance is the order of time. Undated articles come
    last.
    """
    if sort == "relevance" and not matches.scores.any():
        sort = "date"
    if sort == "relevance":
        return smallest_keys(-matches.scores, offset + limit)[offset:]
    dates = snapshot.newest_first if sort == "-date" else snapshot.oldest_first
    return smallest_keys(dates.take(matches.documents), offset + limit)[offset:]


# A key in so many is the smallest of its row.
_ROW: Final = 64


def smallest_keys(keys: npt.NDArray[np.float32] | npt.NDArray[np.int32], count: int) -> Int64Array:
    """The indices of the ``count`` smallest keys, ascending; equal ones in their order."""
    indices: Int64Array = np.arange(keys.size if count else 0)
    if 0 < count < keys.size:
        rows = keys.size // _ROW
        some = keys
        if rows > 2 * count:  # the smallest of rows are a bound, though not the least
            some = keys[: rows * _ROW].reshape(_ROW, rows).min(axis=0)
        indices = np.flatnonzero(keys <= np.partition(some, count - 1)[count - 1])
    order = np.argsort(keys[indices], kind="stable")
    return indices[order[:count]]
