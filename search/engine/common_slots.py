"""Leaving out the slots of an interval that are too common to look for."""

from __future__ import annotations

from collections.abc import Callable

from search.plan.intervals import Alternatives, Interval, Pattern, Slot


def without_common_slots(
    interval: Interval, is_too_common: Callable[[Slot], bool]
) -> Interval | None:
    """Drop slots that are assumed to match because they are too common; None if none remain.

    A pattern of one slot is kept if it is the whole interval or one of several alternatives,
    because nothing else would remain to look for.
    """
    if isinstance(interval, Alternatives):
        kept = [without_common_slots(option, is_too_common) for option in interval.options]
        options = tuple(option for option in kept if option is not None)
        return Alternatives(options) if options else None
    if isinstance(interval, Pattern) and len(interval.slots) == 1:
        return interval
    return _drop(interval, is_too_common)


def _drop(interval: Interval, is_too_common: Callable[[Slot], bool]) -> Interval | None:
    """Drop all common slots of an interval, even if it then has none."""
    if isinstance(interval, Pattern):
        slots = tuple(slot for slot in interval.slots if not is_too_common(slot))
        return interval._replace(slots=slots) if slots else None
    if isinstance(interval, Alternatives):
        kept = [_drop(option, is_too_common) for option in interval.options]
        options = tuple(option for option in kept if option is not None)
        # If one of the alternatives is assumed to match, so are all of them.
        return Alternatives(options) if len(options) == len(kept) else None
    left, right = (_drop(side, is_too_common) for side in (interval.left, interval.right))
    if left is None or right is None:
        return left or right
    return interval._replace(left=left, right=right)
