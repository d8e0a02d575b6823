"""The query tree: a query as the user wrote it, in frozen data. Its text is not yet terms.

`search.language.parser` makes the trees. They are in the normal form that
`search.language.normal_form` describes, so parentheses that change nothing leave no trace. No tree
is so deep that recursion is a danger.

The `span` of a leaf is its place in the query text, as query offsets (start, end) in characters;
it plays no part in equality. The `field` of a leaf is one of `TEXT_FIELD_NAMES`, or None if the
query names no field.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

from indexer.article import LanguageCode

QuerySpan: TypeAlias = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """A single clause; a leaf that was not made from text keeps the default span."""

    span: QuerySpan = dataclasses.field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextLeaf(Leaf):
    """A clause that is searched in text fields."""

    field: str | None = None


@dataclass(frozen=True, slots=True)
class Words(TextLeaf):
    """A bare run: no blanks, no punctuation at its ends, in one script or several."""

    text: str


@dataclass(frozen=True, slots=True)
class Phrase(TextLeaf):
    """Text in quotation marks; with a `slop`, its words may be that many positions apart."""

    text: str
    slop: int = 0


@dataclass(frozen=True, slots=True)
class Wildcard(TextLeaf):
    """A run with `*` (any number of characters) or `?` (one character).

    The pattern "*" alone matches wherever the field is not empty.
    """

    pattern: str


@dataclass(frozen=True, slots=True)
class Fuzzy(TextLeaf):
    """A run that may be spelt differently, by at most `distance` edits (1 or 2)."""

    text: str
    distance: int = 1


@dataclass(frozen=True, slots=True)
class DateRange(Leaf):
    """Articles dated from `since` to `until`, both included.

    None leaves an end open. With both ends open, any article that has a date matches.
    """

    since: date | None
    until: date | None


@dataclass(frozen=True, slots=True)
class PageRange(Leaf):
    """Articles on the pages from `low` to `high`, both included.

    None leaves an end open. With both ends open, any article that has a page matches.
    """

    low: int | None
    high: int | None


@dataclass(frozen=True, slots=True)
class LanguageFilter(Leaf):
    """Articles that have a text in a language."""

    code: LanguageCode


@dataclass(frozen=True, slots=True)
class Identifier(Leaf):
    """The article with this ID (`id:` or `path:`), as typed."""

    text: str


@dataclass(frozen=True, slots=True)
class Everything(Leaf):
    """Every article."""


@dataclass(frozen=True, slots=True)
class Nothing(Leaf):
    """No article: the query is empty or has only punctuation. Never inside another node."""


@dataclass(frozen=True, slots=True)
class Near:
    """`left` and `right` in one field, at most `distance` positions apart, in either order.

    The sides are Words, Phrase, Wildcard, Fuzzy, or an Or of these. `field` is the field that
    they name, or None.
    """

    left: Query
    right: Query
    distance: int
    field: str | None = None


@dataclass(frozen=True, slots=True)
class And:
    """All of the children, required by AND or +; two or more."""

    children: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of the children; two or more."""

    children: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Clauses side by side, two or more: all must match, unless the query is relaxed."""

    children: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The articles that the child does not match: a leaf, a Near or a Group."""

    child: Query


@dataclass(frozen=True, slots=True)
class Boost:
    """The child with its score multiplied by `factor` (0 or more); the child is never a Boost."""

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
    "too-many-expansions", "too-common", "question-mark",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A part of a query that was changed, ignored or limited, with a message for the user.

    `start` and `end` are the query offsets of the part. The message, one line, counts characters
    from 1.
    """

    kind: DiagnosticKind
    message: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """The tree of a query, and its diagnostics in the order of their query offsets."""

    tree: Query
    diagnostics: tuple[Diagnostic, ...] = ()


def leaves(node: Query) -> Iterator[Leaf]:
    """Yield the leaves of a tree, in the order of the query."""
    match node:
        case And(children) | Or(children) | Group(children):
            for child in children:
                yield from leaves(child)
        case Not(child) | Boost(child, _):
            yield from leaves(child)
        case Near(left, right, _):
            yield from leaves(left)
            yield from leaves(right)
        case _:
            yield node


def first_leaf(node: Query) -> Leaf:
    """Return the first leaf of a tree; the tree may be too deep for recursion."""
    while True:
        match node:
            case And(children) | Or(children) | Group(children):
                node = children[0]
            case Not(child) | Boost(child, _):
                node = child
            case Near(left, _, _):
                node = left
            case _:
                return node
