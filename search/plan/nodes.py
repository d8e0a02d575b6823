"""The plan of a query, as frozen data: what must match, and what adds to the score."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from search.language import query
from search.plan.intervals import Interval, Pattern


class ScoringTerm(NamedTuple):
    """A word or a bigram that adds to the score.

    It is counted where ``pattern`` occurs. A Chinese word of three or more characters is counted
    in the ranking stream instead, by its term there, ``long_word``.
    """

    pattern: Pattern
    weight: float
    long_word: str | None = None


class TermGroup(NamedTuple):
    """Bare words: ``units`` must match, ``terms`` score.

    With ``require_all`` every unit must match, otherwise at least one.
    """

    units: tuple[Pattern, ...]
    terms: tuple[ScoringTerm, ...]
    fields: tuple[str, ...]
    require_all: bool = True


class IntervalMatch(NamedTuple):
    """An interval that must occur; scored by its frequency."""

    interval: Interval
    fields: tuple[str, ...]


class Rescored(NamedTuple):
    """The matches of the child, to whose scores the terms of ``groups`` are added."""

    child: Plan
    groups: tuple[TermGroup, ...]


class Conjunction(NamedTuple):
    """The documents that match every child; scores are added."""

    children: tuple[Plan, ...]


class Disjunction(NamedTuple):
    """The documents that match at least one child; scores are added.

    ``explicit_or``: the query says OR, so nearness of one child to another earns nothing.
    """

    children: tuple[Plan, ...]
    explicit_or: bool = False


class Exclusion(NamedTuple):
    """The documents that do not match the child; they score nothing."""

    child: Plan


class Boosted(NamedTuple):
    """The child with its scores multiplied by ``factor``."""

    child: Plan
    factor: float


# Conditions on a document's attributes. They score nothing.
Filter = (
    query.DateRange
    | query.PageRange
    | query.LanguageFilter
    | query.Identifier
    | query.Everything
    | query.Nothing
)
Plan = (
    TermGroup | IntervalMatch | Rescored | Conjunction | Disjunction | Exclusion | Boosted | Filter
)


def intervals_of(plan: Plan) -> Iterator[tuple[Interval, tuple[str, ...]]]:
    """Yield all intervals that decide what matches, each with the fields in which it is searched.

    They include those under exclusions.
    """
    match plan:
        case TermGroup(units, _, fields):
            yield from ((unit, fields) for unit in units)
        case IntervalMatch(interval, fields):
            yield interval, fields
        case Conjunction(children) | Disjunction(children):
            for child in children:
                yield from intervals_of(child)
        case Boosted(child, _) | Rescored(child, _) | Exclusion(child):
            yield from intervals_of(child)


def proximity_groups(plan: Plan, factor: float = 1.0) -> Iterator[tuple[TermGroup, float]]:
    """Yield the groups whose words should be near each other, with the boost of each."""
    match plan:
        case TermGroup():
            yield plan, factor
        case Conjunction(children) | Disjunction(children, explicit_or=False):
            for child in children:
                yield from proximity_groups(child, factor)
        case Boosted(child, boost):
            yield from proximity_groups(child, factor * boost)
        case Rescored(child, _):
            yield from proximity_groups(child, factor)
