"""The suffixes ~n and ^n of a clause, and the number of a NEAR."""

from __future__ import annotations

from search.language.expansion import loosen_phrase, loosen_words
from search.language.lexeme import Lexeme, LexemeKind, Report
from search.language.limits import DEFAULT_NEAR_DISTANCE, MAX_BOOST, MAX_DISTANCE, MAX_EDITS
from search.language.normal_form import boost
from search.language.query import Phrase, Query, Words


def apply_suffix(node: Query, suffix: Lexeme, report: Report) -> Query:
    """Return a clause with a TILDE or BOOST applied to it; a ~ in a wrong place is ignored."""
    if suffix.kind is LexemeKind.BOOST:
        return boost(node, _number(suffix, 1, 0, MAX_BOOST, report))
    match node:
        case Words():
            distance = int(_number(suffix, 1, 1, MAX_EDITS, report))
            return loosen_words(node, distance, suffix, report)
        case Phrase():
            slop = int(_number(suffix, DEFAULT_NEAR_DISTANCE, 0, MAX_DISTANCE, report))
            return loosen_phrase(node, slop, report)
        case _:
            message = f"~ {suffix.location} must follow a plain word or a phrase; it was ignored"
            report("misplaced-tilde", message, suffix.span)
            return node


def read_distance(near: Lexeme, report: Report) -> int:
    """Return the number of positions that a NEAR allows between its sides."""
    return int(_number(near, DEFAULT_NEAR_DISTANCE, 1, MAX_DISTANCE, report))


def _number(lexeme: Lexeme, default: int, low: int, high: int, report: Report) -> float:
    """Return the number of an operator or suffix, moved into the range from low to high."""
    written = float(lexeme.text.lstrip("NEAR/~～^") or default)
    number = min(max(written, low), high)
    if number != written:
        message = f"{lexeme.name} is out of range; {number:g} was used"
        report("number-out-of-range", message, lexeme.span)
    return number
