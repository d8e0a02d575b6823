"""Places in a text that a query asks for, and how they are found.

A *place* is said in slots: which terms may stand at which offset of the exact stream. `locate`
finds places given how patterns are found; it does not care whether in an index or in one text.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from indexer.schema import POSITION_BITS, POSITION_MASK

Keys = npt.NDArray[np.int64]

# A key is document << POSITION_BITS | position, so that keys of one document are neighbours; or
# (document << ZONE_BITS | zone) << POSITION_BITS | position in the zone.
ZONE_BITS: Final = 3
LONGEST_PATTERN: Final = 1 << 16

# Of two places that are near each other more often than this, each is paired with its next
# neighbour alone. The same articles are found, by fewer spans; only a nearness to a nearness, of
# words so common, may miss some.
MOST_PAIRS: Final = 1 << 22


class Kind(Enum):
    """How a slot's text speaks of terms."""

    TERM = "is the text"
    STEM = "has the text as its stem"
    PREFIX = "begins with the text"
    BIGRAM_PREFIX = "is the text and one more character"
    BIGRAM_SUFFIX = "is one character and the text"
    GLOB = "fits the text, in which * and ? stand for characters"
    FUZZY = "is within `distance` edits of the text"

    __hash__ = object.__hash__  # Enum's own is many times slower


class Slot(NamedTuple):
    """The terms that may stand ``offset`` positions after the start of a pattern."""

    kind: Kind
    text: str
    offset: int = 0
    distance: int = 0

    @property
    def has_many_terms(self) -> bool:
        """Whether any number of terms may fit it, which are together as common as may be."""
        return self.kind in (Kind.PREFIX, Kind.GLOB, Kind.FUZZY)


class Pattern(NamedTuple):
    """Slots that must all be filled; ``length`` positions long."""

    slots: tuple[Slot, ...]
    length: int


class Choice(NamedTuple):
    """Any of several places."""

    options: tuple[Place, ...]


class Near(NamedTuple):
    """Two places with at most ``distance`` positions between them, in either order or in this."""

    left: Place
    right: Place
    distance: int
    ordered: bool = False


Place = Pattern | Choice | Near


def is_plain(place: Place) -> bool:
    """Whether a place cannot reach from one zone to another, nor begin before the text."""
    return isinstance(place, Pattern) and not place.slots[0].offset


class Spans(NamedTuple):
    """Where places were found: int64 keys ``starts`` and ``ends`` (exclusive), sorted by start."""

    starts: Keys
    ends: Keys


Finder = Callable[[Pattern], Spans]


class TooCommon(Exception):
    """The words of a nearness stand in more places than are looked at."""


def _free(pairs: int) -> None:
    """Any number of pairs is looked at."""


_NONE: Final = np.empty(0, np.int64)
NOWHERE: Final = Spans(_NONE, _NONE)


def locate(
    place: Place,
    find: Finder,
    spend: Callable[[int], None] = _free,
    *,
    innermost: bool = False,
) -> Spans:
    """Find ``place``, given how patterns are found.

    ``spend`` is told of so many pairs before they are made, and may raise. ``innermost``: of what
    is near each other, spans in which others lie may be left out.
    """
    if isinstance(place, Pattern):
        return find(place)
    if isinstance(place, Choice):
        options = [locate(option, find, spend, innermost=innermost) for option in place.options]
        return _union(options)
    left = locate(place.left, find, spend)
    right = locate(place.right, find, spend)
    found = [_follow(left, right, place.distance, spend, innermost)]
    if not place.ordered:
        found.append(_follow(right, left, place.distance, spend, innermost))
    return _union(found)


def pattern_spans(pattern: Pattern, keys: Keys | None) -> Spans:
    """The spans of a pattern, given the sorted keys at which it starts."""
    if keys is None or not keys.size:
        return NOWHERE
    # A start before the text would be taken for a place at the end of the document before.
    keys = keys[keys & POSITION_MASK < POSITION_MASK - LONGEST_PATTERN]
    return Spans(keys, keys + pattern.length)


def find_pattern(pattern: Pattern, occurrences: Callable[[Slot], Keys]) -> Spans:
    """Find a pattern, given the sorted keys at which each slot's terms occur."""
    keys: Keys | None = None
    for slot in pattern.slots:
        starts = occurrences(slot) - slot.offset
        keys = starts if keys is None else intersect(keys, starts)
        if not keys.size:
            break
    return pattern_spans(pattern, keys)


def intersect(left: Keys, right: Keys) -> Keys:
    """The values of two sorted arrays without repetition that stand in both."""
    small, large = (left, right) if left.size <= right.size else (right, left)
    if not small.size:
        return small
    at = np.searchsorted(large, small)
    at[at == large.size] = 0
    return np.compress(large[at] == small, small)


def _union(parts: list[Spans]) -> Spans:
    """All spans of the parts, each once."""
    parts = [part for part in parts if part.starts.size]
    if len(parts) < 2:
        return parts[0] if parts else NOWHERE
    starts = np.concatenate([part.starts for part in parts])
    ends = np.concatenate([part.ends for part in parts])
    order = np.lexsort((ends, starts))
    starts, ends = starts[order], ends[order]
    first = np.concatenate(([True], (starts[1:] != starts[:-1]) | (ends[1:] != ends[:-1])))
    return Spans(starts[first], ends[first])


def _follow(
    left: Spans, right: Spans, distance: int, spend: Callable[[int], None], innermost: bool
) -> Spans:
    """Pairs of which the right begins at most ``distance`` positions after the left's end."""
    low = np.searchsorted(right.starts, left.ends)
    high = np.searchsorted(right.starts, left.ends + distance, side="right")
    counts = high - low
    # If none of the right lies in another, the span to the next neighbour is the innermost.
    if counts.sum() > MOST_PAIRS or (innermost and bool((np.diff(right.ends) > 0).all())):
        counts = np.minimum(counts, 1)
    total = int(counts.sum())
    spend(total)
    if not total:
        return NOWHERE
    first = np.repeat(low - (np.cumsum(counts) - counts), counts)
    pairs = first + np.arange(total)
    starts, ends = np.repeat(left.starts, counts), right.ends[pairs]
    same = starts >> POSITION_BITS == ends >> POSITION_BITS
    return Spans(starts[same], ends[same])
