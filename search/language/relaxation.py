"""Relaxed queries: any of the words instead of all of them."""

from __future__ import annotations

from search.language.normal_form import join_clauses, negate
from search.language.query import (
    And,
    Boost,
    DateRange,
    Everything,
    Group,
    Identifier,
    LanguageFilter,
    Not,
    Or,
    PageRange,
    Query,
)


def relax(tree: Query) -> Query | None:
    """Turn the ordinary clauses of each Group into alternatives; None if that changes nothing.

    Filters, negations and clauses required by + or AND stay required. A Group under a NOT stays
    unchanged, because relaxing it would exclude more articles.
    """
    relaxed = _relax_node(tree)
    return None if relaxed == tree else relaxed


def _relax_node(node: Query) -> Query:
    match node:
        case Group(children):
            restricting = [_only_restricts(child) for child in children]
            relaxed = [*map(_relax_node, children)]  # once each, because they may be deep
            if restricting.count(False) < 2:
                return Group(tuple(relaxed))
            pairs = [*zip(relaxed, restricting, strict=True)]
            required = [clause for clause, restricts in pairs if restricts]
            ordinary = [clause for clause, restricts in pairs if not restricts]
            return join_clauses(And, [*required, join_clauses(Or, ordinary)]) or node
        case And(children) | Or(children):
            return join_clauses(type(node), map(_relax_node, children)) or node
        case Boost(child, factor):
            return Boost(_relax_node(child), factor)
        case Not(Group(children)):  # an Or of the negated clauses
            negated = [*map(negate, children)]
            relaxed = [*map(_relax_node, negated)]
            return node if relaxed == negated else join_clauses(Or, relaxed) or node
        case _:
            return node


def _only_restricts(node: Query) -> bool:
    """Return whether a clause only narrows the result, and so is no sensible alternative."""
    match node:
        case Not(Group(children)):
            return all(_only_restricts(negate(child)) for child in children)
        case Not() | DateRange() | PageRange() | LanguageFilter() | Identifier() | Everything():
            return True
        case And(children) | Or(children) | Group(children):
            return all(_only_restricts(child) for child in children)
        case Boost(child, _):
            return _only_restricts(child)
        case _:
            return False
