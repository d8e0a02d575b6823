"""Write a query tree as canonical query text."""

from __future__ import annotations

import re
from typing import Final

from search.language.query import (
    And,
    Boost,
    DateRange,
    Everything,
    FilterClause,
    Fuzzy,
    Group,
    Identifier,
    LanguageFilter,
    Leaf,
    Near,
    Not,
    Nothing,
    Or,
    PageRange,
    Phrase,
    Query,
    TextClause,
    Wildcard,
    Words,
)

_BINDING: Final[dict[type, int]] = {Or: 0, Group: 1, And: 2, Not: 3, Near: 4}
_LEAF_BINDING: Final = 5
_BETWEEN: Final[dict[type, str]] = {Or: " OR ", Group: " ", And: " AND "}


def unparse(tree: Query) -> str:
    """A canonical query text for a tree of the parser: parsing it gives an equal tree.

    It may need more parentheses than were typed; what passes the parser's limits is not read back.
    """
    match tree:
        case And(children) | Or(children) | Group(children):
            return _BETWEEN[type(tree)].join(_operand(child, tree) for child in children)
        case Not(child):
            return f"NOT {_operand(child, tree)}"
        case Near(left, right, distance):
            return f"{_operand(left, tree)} NEAR/{distance} {_operand(right, tree)}"
        case Boost(child, factor):
            inner = unparse(child)
            return f"{inner if isinstance(child, Leaf) else f'({inner})'}^{factor:.7g}"
        case DateRange() | PageRange() | LanguageFilter() | Identifier():
            return _unparse_filter(tree)
        case _:
            return _unparse_text(tree)


def _operand(node: Query, parent: Query) -> str:
    """A child's text, in parentheses unless it binds more tightly than its parent."""
    tighter = _BINDING.get(type(node), _LEAF_BINDING) > _BINDING[type(parent)]
    return unparse(node) if tighter else f"({unparse(node)})"


def _unparse_filter(node: FilterClause) -> str:
    match node:
        case DateRange(None, None):
            return "date:*"
        case DateRange(since, until):
            return f"date:[{since or '*'} TO {until or '*'}]"
        case PageRange(None, None):
            return "page:*"
        case PageRange(low, high):
            return f"page:[{low or '*'} TO {high or '*'}]"
        case LanguageFilter(code):
            return f"lang:{code}"
        case Identifier(text):
            return f"id:{_quoted(text)}"


def _unparse_text(node: TextClause | Everything | Nothing) -> str:
    match node:
        case Everything():
            return "*"
        case Nothing():
            return ""
        case Words(text):
            inner = _shielded(text)
        case Wildcard(pattern):
            inner = _shielded(pattern)
        case Fuzzy(text, distance):
            inner = f"{_shielded(text)}~{distance}"
        case Phrase(text, slop):
            inner = _quoted(text) + (f"~{slop}" if slop else "")
    return f"{node.field}:{inner}" if node.field else inner


def _shielded(run: str) -> str:
    """A run in apostrophes, which the parser strips, where it might be read as syntax."""
    plain = re.sub(r"\*|\?(?!\Z)", "", run)  # a ? at the end might be a question mark
    is_plain = plain.isalnum() and plain not in ("AND", "OR", "NOT", "NEAR")
    return run if is_plain else f"'{run}'"


def _quoted(text: str) -> str:
    return '"' + re.sub(r'([\\"＂“”])', r"\\\1", text) + '"'
