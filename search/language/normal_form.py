"""The normal form of query trees.

A compound never contains a compound of the same class. A NOT of AND or OR becomes NOT of each of
their clauses (De Morgan 1847), and two NOTs cancel. So queries that differ only in parentheses, or
in how a negation is written, have the same tree, apart from the order of clauses.

NOT of a Group stays as it is, because a negated OR could not say which of AND and Group it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple, TypeAlias

from search.language.limits import MAX_BOOST, MAX_DEPTH
from search.language.query import And, Boost, Group, Not, Or, Query

_Compound: TypeAlias = And | Or | Group


def join_clauses(kind: type[_Compound], clauses: Iterable[Query | None]) -> Query | None:
    """Join clauses into one compound, skipping None; return None if no clause remains.

    A compound of the same class is dissolved into the new one.
    """
    children: list[Query] = []
    for clause in clauses:
        if isinstance(clause, kind):
            children += clause.children
        elif clause:
            children.append(clause)
    if len(children) < 2:
        return children[0] if children else None
    return kind(tuple(children))


def negate(node: Query) -> Query:
    """Return the negation of a node in normal form; boosts vanish, since a NOT scores nothing."""
    match node:
        case Not(child):
            return child
        case Boost(child, _):
            return negate(child)
        case And(children) | Or(children):
            return join_clauses(_kind_of(node, is_negated=True), map(negate, children)) or node
        case _:
            return Not(node)


def boost(node: Query, factor: float) -> Query:
    """Multiply the score of a node, together with the boost that it has, by a factor."""
    match node:
        case Boost(child, inner):
            node, factor = child, min(inner * factor, MAX_BOOST)
    factor = round(factor, 4)
    return Boost(node, factor) if factor != 1 else node


def normalize(tree: Query, report_too_deep: Callable[[Query], None]) -> Query | None:
    """Return the normal form of any tree, however deep it is.

    A compound that is inside of `MAX_DEPTH` others is reported and left out.
    """
    root = _Open(None, 0, [])
    steps: list[_Visit | _Close] = [_Visit(tree, False, root)]
    while steps:
        step = steps.pop()
        if isinstance(step, _Close):
            step.run()
        elif step.is_too_deep:
            report_too_deep(step.node)
        else:
            steps += reversed(step.run())
    return join_clauses(And, root.clauses)


class _Open(NamedTuple):
    """A compound of the result that is not complete; ``kind`` is None for a single clause.

    It is inside of ``level`` - 1 compounds.
    """

    kind: type[_Compound] | None
    level: int
    clauses: list[Query]


class _Close(NamedTuple):
    """The step that completes a compound and adds it to its ``parent``, boosted or negated."""

    done: _Open
    parent: _Open
    factor: float = 1
    is_negated: bool = False

    def run(self) -> None:
        node = join_clauses(self.done.kind or And, self.done.clauses)
        if node is not None:
            node = negate(node) if self.is_negated else boost(node, self.factor)
            if isinstance(node, And | Or | Group) and type(node) is self.parent.kind:
                self.parent.clauses.extend(node.children)
            else:
                self.parent.clauses.append(node)


class _Visit(NamedTuple):
    """The step that adds a node, or its negation, to a compound."""

    node: Query
    is_negated: bool
    parent: _Open

    @property
    def kind(self) -> type[_Compound] | None:
        """The class that a compound has in normal form; None for other nodes."""
        if isinstance(self.node, And | Or | Group):
            return _kind_of(self.node, is_negated=self.is_negated)
        return None

    @property
    def keeps_not(self) -> bool:
        """Whether the node is a Group under a NOT that stays."""
        return self.is_negated and isinstance(self.node, Group)

    @property
    def is_dissolved(self) -> bool:
        """Whether the clauses of the node become clauses of the parent."""
        return self.kind is not None and self.kind is self.parent.kind and not self.keeps_not

    @property
    def is_too_deep(self) -> bool:
        return self.kind is not None and self.parent.level == MAX_DEPTH and not self.is_dissolved

    def run(self) -> list[_Visit | _Close]:
        """Return the steps that remain."""
        node, is_negated, parent = self
        match node:
            case Not(child):
                return [_Visit(child, not is_negated, parent)]
            case Boost(child, factor):
                single = _Open(None, parent.level, [])
                factor = 1 if is_negated else factor  # a NOT scores nothing
                return [_Visit(child, is_negated, single), _Close(single, parent, factor)]
            case And(children) | Or(children) | Group(children):
                if self.is_dissolved:
                    return [_Visit(child, is_negated, parent) for child in children]
                inner = _Open(self.kind, parent.level + 1, [])
                negates = is_negated and not self.keeps_not
                visits = [_Visit(child, negates, inner) for child in children]
                return [*visits, _Close(inner, parent, is_negated=self.keeps_not)]
            case _:
                parent.clauses.append(Not(node) if is_negated else node)
                return []


def _kind_of(node: _Compound, *, is_negated: bool) -> type[_Compound]:
    """Return the class that a compound has in normal form."""
    if not is_negated or isinstance(node, Group):
        return type(node)
    return And if isinstance(node, Or) else Or
