"""Bound the clauses of a query, its wildcards and its fuzzy words.

Each distinct clause is charged once, in an order that depends on the clauses only. So parentheses,
repetitions and the order of clauses change nothing, even where a limit is exceeded.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from search.language.expansion import count_expansions, shorten_wildcard
from search.language.lexeme import Report, at_character
from search.language.limits import MAX_CLAUSES, MAX_EXPANSIONS
from search.language.normal_form import boost, join_clauses, negate
from search.language.query import (
    And,
    Boost,
    Fuzzy,
    Group,
    Leaf,
    Near,
    Not,
    Or,
    Query,
    QuerySpan,
    TextLeaf,
    Wildcard,
    Words,
    leaves,
)


def limit_clauses(tree: Query | None, report: Report) -> Query | None:
    """Return a tree within the limits; None if nothing is left of it.

    A clause beyond the limits is dropped, but a fuzzy word is kept as written.
    """
    return _ClauseLimits(tree, report).apply(tree) if tree else None


class _ClauseLimits:
    """The limits applied to one tree. ``_changes`` maps clauses to what becomes of them."""

    def __init__(self, tree: Query, report: Report) -> None:
        self._report = report
        self._spans: dict[Leaf, QuerySpan] = {}  # of each distinct clause, where it is first
        self._changes: dict[Leaf, Query | None] = {}
        for leaf in leaves(tree):
            self._spans.setdefault(leaf, leaf.span)
        self._limit_expansions(self._limit_number())

    def apply(self, node: Query) -> Query | None:
        """Return a node with its changes."""
        if not self._changes:
            return node
        match node:
            case And(children) | Or(children) | Group(children):
                return join_clauses(type(node), map(self.apply, children))
            case Not(child):
                changed = self.apply(child)
                return changed and negate(changed)
            case Boost(child, factor):
                changed = self.apply(child)
                return changed and boost(changed, factor)
            case Near(left, right, distance, field):
                left_side, right_side = self.apply(left), self.apply(right)
                if left_side and right_side:
                    return Near(left_side, right_side, distance, field)
                rest = left_side or right_side
                return _in_field(rest, field) if rest and field else rest
            case _:
                return self._changes.get(node, node)

    def _limit_number(self) -> list[Leaf]:
        """Keep `MAX_CLAUSES` clauses: filters, and the longest words, which are rare words."""
        clauses = [*self._spans]
        if len(clauses) <= MAX_CLAUSES:
            return clauses
        clauses.sort(key=lambda leaf: (isinstance(leaf, TextLeaf), _longest_first(leaf)))
        dropped = clauses[MAX_CLAUSES:]
        self._changes |= dict.fromkeys(dropped)
        span = self._first_span(dropped)
        message = (
            f"the query has more than {MAX_CLAUSES:,} different clauses; the shortest ones were "
            f"ignored, beginning {at_character(span[0])}"
        )
        self._report("too-many-clauses", message, span)
        return clauses[:MAX_CLAUSES]

    def _limit_expansions(self, clauses: Iterable[Leaf]) -> None:
        """Allow wildcards and fuzzy words up to `MAX_EXPANSIONS`, the cheapest first."""
        shortened = {
            leaf: shorten_wildcard(leaf, self._report) if isinstance(leaf, Wildcard) else leaf
            for leaf in clauses
            if isinstance(leaf, Wildcard | Fuzzy)
        }
        costs = {leaf: count_expansions(leaf) for leaf in shortened.values()}
        spent = 0
        for leaf in sorted(costs, key=lambda leaf: (costs[leaf], _longest_first(leaf))):
            spent += costs[leaf]
            costs[leaf] = spent  # the sum up to this leaf
        dropped = [leaf for leaf, short in shortened.items() if costs[short] > MAX_EXPANSIONS]
        self._changes |= {leaf: short for leaf, short in shortened.items() if leaf != short}
        self._changes |= {leaf: _as_written(leaf) for leaf in dropped}
        if dropped:
            span = self._first_span(dropped)
            message = (
                "the query has too many wildcards and fuzzy words; some of them, beginning "
                f"{at_character(span[0])}, were ignored, or searched as written if they are fuzzy"
            )
            self._report("too-many-expansions", message, span)

    def _first_span(self, clauses: Iterable[Leaf]) -> QuerySpan:
        return min(self._spans[leaf] for leaf in clauses)


def _as_written(leaf: Leaf) -> Words | None:
    """Return a fuzzy word without its ~; None for a wildcard."""
    if isinstance(leaf, Fuzzy):
        return Words(leaf.text, field=leaf.field, span=leaf.span)
    return None


def _in_field(node: Query, field: str) -> Query:
    """Return one side of a Near in the field of the Near."""
    if isinstance(node, Or):
        return join_clauses(Or, [_in_field(child, field) for child in node.children]) or node
    return dataclasses.replace(node, field=field) if isinstance(node, TextLeaf) else node


def _longest_first(leaf: Leaf) -> tuple[int, str, tuple[str, ...]]:
    """Return a key that sorts leaves by length, longest first, then by all that they differ in."""
    values = tuple(
        str(getattr(leaf, field.name)) for field in dataclasses.fields(leaf) if field.compare
    )
    return -sum(map(len, values)), type(leaf).__name__, values
