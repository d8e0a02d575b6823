"""Intervals: patterns of terms of the exact stream that a query searches for.

A *slot* says which terms may fill one position, a *pattern* is slots at fixed offsets, and an
*interval* is a pattern, a choice of intervals, or two intervals near each other.
`search.plan.extents` finds intervals in texts.
"""

from __future__ import annotations

from enum import Enum
from typing import Final, NamedTuple

_WILDCARDS: Final = str.maketrans("", "", "*?")


class SlotKind(Enum):
    """How the text of a slot decides which terms may fill it."""

    TERM = "the term is the text"
    STEM = "the term has the text as its stem"
    PREFIX = "the term begins with the text"
    BIGRAM_PREFIX = "the term is the text and one more character"
    BIGRAM_SUFFIX = "the term is one character and the text"
    GLOB = "the term fits the text, which has the wildcards * and ?"
    FUZZY = "the term is within `Slot.distance` edits of the text"

    __hash__ = object.__hash__  # the hash function of Enum is many times slower


class Slot(NamedTuple):
    """The terms that may fill one position of a pattern.

    ``offset`` counts positions from the start of the pattern. ``distance`` is the largest number
    of edits, for the kind FUZZY only.
    """

    kind: SlotKind
    text: str
    offset: int = 0
    distance: int = 0

    @property
    def has_many_terms(self) -> bool:
        """Whether the number of terms that may fill the slot is unbounded."""
        return self.kind in (SlotKind.PREFIX, SlotKind.GLOB, SlotKind.FUZZY)


class Pattern(NamedTuple):
    """Slots that must all be filled, such as a phrase; ``length`` is in positions."""

    slots: tuple[Slot, ...]
    length: int


class Alternatives(NamedTuple):
    """Any one of several intervals."""

    options: tuple[Interval, ...]


class NearInterval(NamedTuple):
    """Two intervals with at most ``distance`` positions between them.

    ``ordered``: the left one must come first; otherwise they may come in either order.
    """

    left: Interval
    right: Interval
    distance: int
    ordered: bool = False


Interval = Pattern | Alternatives | NearInterval


def is_bounded(interval: Interval) -> bool:
    """Whether an interval is a word or phrase of known terms, which a query may always look for."""
    return isinstance(interval, Pattern) and not any(slot.has_many_terms for slot in interval.slots)


def letter_count(interval: Interval) -> int:
    """Return the number of letters that an interval requires."""
    match interval:
        case Pattern(slots, _):
            return sum(len(slot.text.translate(_WILDCARDS)) for slot in slots)
        case Alternatives(options):
            return min(map(letter_count, options))
        case NearInterval(left, right):
            return letter_count(left) + letter_count(right)


def stays_in_zone(interval: Interval) -> bool:
    """Whether an interval can neither cross from one zone to the next nor begin before the text."""
    return isinstance(interval, Pattern) and not interval.slots[0].offset
