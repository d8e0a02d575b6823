"""Where intervals occur: extents of positions, computed on whole arrays.

`locate` finds an interval, given a function that finds patterns. So it serves the index and a
single text alike.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from indexer.schema import POSITION_BITS, POSITION_MASK
from search.plan.intervals import Alternatives, Interval, Pattern, Slot

# A position key is document << POSITION_BITS | position, so keys of one document are neighbours.
# A key by zone is (document << ZONE_BITS | zone) << POSITION_BITS | position in the zone.
PositionKeys = npt.NDArray[np.int64]

ZONE_BITS: Final = 3
MAX_PATTERN_LENGTH: Final = 1 << 16  # positions

# If two intervals have more pairs of occurrences than this, each occurrence is paired with its
# next neighbour only. The same articles are found, with fewer extents. Only a NEAR inside a NEAR,
# of words as common as this, may miss some articles.
MAX_PAIRS: Final = 1 << 22


class Extents(NamedTuple):
    """Where intervals occur: int64 keys ``starts`` and ``ends`` (exclusive), sorted by start."""

    starts: PositionKeys
    ends: PositionKeys


PatternFinder = Callable[[Pattern], Extents]


class TooCommon(Exception):
    """The words of a query have more occurrences than the executor may read."""


def _spend_nothing(pairs: int) -> None:
    """Allow any number of pairs."""


_NO_KEYS: Final = np.empty(0, np.int64)
NO_EXTENTS: Final = Extents(_NO_KEYS, _NO_KEYS)


def locate(
    interval: Interval,
    find: PatternFinder,
    spend: Callable[[int], None] = _spend_nothing,
    *,
    innermost: bool = False,
) -> Extents:
    """Find the extents of an interval, given a function that finds patterns.

    ``spend`` is called with a number of pairs before they are made, and may raise. With
    ``innermost``, extents of a NEAR that contain other extents may be missing.
    """
    if isinstance(interval, Pattern):
        return find(interval)
    if isinstance(interval, Alternatives):
        return _union(
            [locate(option, find, spend, innermost=innermost) for option in interval.options]
        )
    left = locate(interval.left, find, spend)
    right = locate(interval.right, find, spend)
    extents = [_follow(left, right, interval.distance, spend, innermost)]
    if not interval.ordered:
        extents.append(_follow(right, left, interval.distance, spend, innermost))
    return _union(extents)


def pattern_extents(pattern: Pattern, keys: PositionKeys | None) -> Extents:
    """Make the extents of a pattern from the sorted keys at which it starts."""
    if keys is None or not keys.size:
        return NO_EXTENTS
    # A start before the text has the key of a position at the end of the document before.
    keys = keys[keys & POSITION_MASK < POSITION_MASK - MAX_PATTERN_LENGTH]
    return Extents(keys, keys + pattern.length)


def find_pattern(pattern: Pattern, occurrences: Callable[[Slot], PositionKeys]) -> Extents:
    """Find a pattern, given a function that returns the sorted keys of a slot's terms."""
    keys: PositionKeys | None = None
    for slot in pattern.slots:
        starts = occurrences(slot) - slot.offset
        keys = starts if keys is None else intersect(keys, starts)
        if not keys.size:
            break
    return pattern_extents(pattern, keys)


def intersect(left: PositionKeys, right: PositionKeys) -> PositionKeys:
    """Return the values that two sorted arrays without duplicates have in common."""
    small, large = (left, right) if left.size <= right.size else (right, left)
    if not small.size:
        return small
    at = np.searchsorted(large, small)
    at[at == large.size] = 0
    return np.compress(large[at] == small, small)


def _union(parts: list[Extents]) -> Extents:
    """Merge extents and drop duplicates."""
    parts = [part for part in parts if part.starts.size]
    if len(parts) < 2:
        return parts[0] if parts else NO_EXTENTS
    starts = np.concatenate([part.starts for part in parts])
    ends = np.concatenate([part.ends for part in parts])
    order = np.lexsort((ends, starts))
    starts, ends = starts[order], ends[order]
    first = np.concatenate(([True], (starts[1:] != starts[:-1]) | (ends[1:] != ends[:-1])))
    return Extents(starts[first], ends[first])


def _follow(
    left: Extents, right: Extents, distance: int, spend: Callable[[int], None], innermost: bool
) -> Extents:
    """Pair each left extent with the right ones that begin within ``distance`` of its end."""
    low = np.searchsorted(right.starts, left.ends)
    high = np.searchsorted(right.starts, left.ends + distance, side="right")
    counts = high - low
    # If no right extent contains another, the pair with the next neighbour is the innermost.
    if counts.sum() > MAX_PAIRS or (innermost and bool((np.diff(right.ends) > 0).all())):
        counts = np.minimum(counts, 1)
    total = int(counts.sum())
    spend(total)
    if not total:
        return NO_EXTENTS
    first = np.repeat(low - (np.cumsum(counts) - counts), counts)
    pairs = first + np.arange(total)
    starts, ends = np.repeat(left.starts, counts), right.ends[pairs]
    same = starts >> POSITION_BITS == ends >> POSITION_BITS
    return Extents(starts[same], ends[same])
