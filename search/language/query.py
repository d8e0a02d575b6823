"""The query tree as typed: frozen data, text not yet terms.

A tree is made by `search.language.parser`. Leaves know their `span`, the place in the query text in
characters (start, end); it takes no part in equality. A leaf's `field` is one of `TEXT_FIELDS`, or
None where the query names none. No tree made by the parser is so deep that recursion is a danger.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

TEXT_FIELDS = ("title", "author", "column", "section", "body", "glossary")

QuerySpan: TypeAlias = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """A clause as typed; the default span is that of a tree not made from text."""

    span: QuerySpan = dataclasses.field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextLeaf(Leaf):
    """A clause that is looked for in a text field."""

    field: str | None = None


@dataclass(frozen=True, slots=True)
class Words(TextLeaf):
    """A bare run without blanks, in any script or several; no punctuation at its ends."""

    text: str


@dataclass(frozen=True, slots=True)
class Phrase(TextLeaf):
    """Words in quotation marks: as they stand, or with a `slop` so many positions apart."""

    text: str
    slop: int = 0


@dataclass(frozen=True, slots=True)
class Wildcard(TextLeaf):
    """A run with `*` (any characters, or none) or `?` (one); "*" alone: the field is not empty."""

    pattern: str


@dataclass(frozen=True, slots=True)
class Fuzzy(TextLeaf):
    """A run, or what is at most `distance` (1 or 2) edits from it."""

    text: str
    distance: int = 1


@dataclass(frozen=True, slots=True)
class DateRange(Leaf):
    """The days from `since` to `until`, both included; None: open; both None: any date at all."""

    since: date | None
    until: date | None


@dataclass(frozen=True, slots=True)
class PageRange(Leaf):
    """The pages from `low` to `high`, both included; None: open; both None: any page at all."""

    low: int | None
    high: int | None


@dataclass(frozen=True, slots=True)
class LanguageFilter(Leaf):
    """Articles that are present in a language."""

    code: Literal["en", "zh"]


@dataclass(frozen=True, slots=True)
class Identifier(Leaf):
    """The article of this id (`id:` or `path:`), as typed."""

    text: str


@dataclass(frozen=True, slots=True)
class Everything(Leaf):
    """Every article."""


@dataclass(frozen=True, slots=True)
class Nothing(Leaf):
    """No article: an empty query, or one of punctuation only; never inside another node."""


@dataclass(frozen=True, slots=True)
class Near:
    """`left` and `right` at most `distance` positions apart, in either order, in one field.

    The sides are Words, Phrase, Wildcard, Fuzzy, or an Or of these; `field` is the one that they
    name, or None.
    """

    left: Query
    right: Query
    distance: int
    field: str | None = None


@dataclass(frozen=True, slots=True)
class And:
    """All of the children, by an explicit AND or +; two or more."""

    children: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of the children; two or more."""

    children: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Clauses set side by side, two or more: all of them, until the tree is `relaxed`."""

    children: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """What the child does not match; the child is never a Not."""

    child: Query


@dataclass(frozen=True, slots=True)
class Boost:
    """The child, its score multiplied by `factor` (0 or more); the child is never a Boost."""

    child: Query
    factor: float


FilterClause: TypeAlias = DateRange | PageRange | LanguageFilter | Identifier
TextClause: TypeAlias = Words | Phrase | Wildcard | Fuzzy
Query: TypeAlias = (
    TextClause | FilterClause | Everything | Nothing | Near | And | Or | Group | Not | Boost
)

DiagnosticKind: TypeAlias = Literal[
    "unknown-field", "empty-field", "unclosed-quote", "unmatched-parenthesis", "missing-operand",
    "bad-date", "bad-page", "bad-language", "backwards-range", "misplaced-range", "misplaced-tilde",
    "misplaced-near", "number-out-of-range", "too-long", "too-many-clauses", "too-deep", "no-words",
    "too-many-expansions", "too-common",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """What could not be read, or was read otherwise than typed, as one line for the reader.

    `start` and `end` are its place in the query text, in characters; the message counts from 1.
    """

    kind: DiagnosticKind
    message: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """A query's tree, and its diagnostics in the order of their places."""

    tree: Query
    diagnostics: tuple[Diagnostic, ...] = ()


def join_clauses(kind: type[And | Or | Group], clauses: Iterable[Query | None]) -> Query | None:
    """The clauses that are not None as one node, if any; And in And, and Or in Or, made one."""
    children: list[Query] = []
    for clause in clauses:
        if kind is not Group and isinstance(clause, kind):
            children += clause.children
        elif clause:
            children.append(clause)
    if len(children) < 2:
        return children[0] if children else None
    return kind(tuple(children))


def relax(tree: Query) -> Query | None:
    """The tree with each Group's ordinary clauses as alternatives; None when nothing changes.

    Filters, negations and clauses required by + or AND stay required. What stands under NOT stays
    as it is: to relax it would shut out more.
    """
    loose = _relax_node(tree)
    return None if loose == tree else loose


def _relax_node(node: Query) -> Query:
    match node:
        case Group(children):
            restricting = [_only_restricts(child) for child in children]
            loose = [*map(_relax_node, children)]  # of each once: they may be deep
            if restricting.count(False) < 2:
                return Group(tuple(loose))
            pairs = [*zip(loose, restricting, strict=True)]
            required = [clause for clause, restricts in pairs if restricts]
            ordinary = [clause for clause, restricts in pairs if not restricts]
            return join_clauses(And, [*required, join_clauses(Or, ordinary)]) or node
        case And(children) | Or(children):
            return join_clauses(type(node), map(_relax_node, children)) or node
        case Boost(child, factor):
            return Boost(_relax_node(child), factor)
        case _:
            return node


def _only_restricts(node: Query) -> bool:
    """Whether a clause only narrows, so that taking it as an alternative would make no sense."""
    match node:
        case Not() | DateRange() | PageRange() | LanguageFilter() | Identifier() | Everything():
            return True
        case And(children) | Or(children) | Group(children):
            return all(_only_restricts(child) for child in children)
        case Boost(child, _):
            return _only_restricts(child)
        case _:
            return False
