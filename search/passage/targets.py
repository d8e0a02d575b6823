"""Targets: the intervals of a plan that are highlighted and listed, without its filters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from search.plan.intervals import Interval, Pattern, Slot, SlotKind
from search.plan.nodes import (
    Boosted,
    Conjunction,
    Disjunction,
    IntervalMatch,
    Plan,
    Rescored,
    TermGroup,
)

_ANY_WORD: Final = Pattern((Slot(SlotKind.PREFIX, ""),), 1)


class Target(NamedTuple):
    """An interval, and the fields in which a query looks for it."""

    interval: Interval
    fields: tuple[str, ...]


def targets(plan: Plan) -> Iterator[Target]:
    """Yield the targets of a plan, but not what must be absent, and not any word (title:*)."""
    match plan:
        case TermGroup(units, _, fields):
            yield from (Target(unit, fields) for unit in units)
        case IntervalMatch(interval, fields) if interval != _ANY_WORD:
            yield Target(interval, fields)
        case Conjunction(children) | Disjunction(children):
            for child in children:
                yield from targets(child)
        case Boosted(child, _) | Rescored(child, _):
            yield from targets(child)
