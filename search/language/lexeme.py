"""Lexemes, the pieces of a query text, and the collector of diagnostics."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import NamedTuple, TypeAlias

from search.language.limits import MAX_DIAGNOSTICS
from search.language.query import Diagnostic, DiagnosticKind, QuerySpan

Report: TypeAlias = Callable[[DiagnosticKind, str, QuerySpan], None]


class LexemeKind(Enum):
    """The kind of a lexeme; its description also says how the text differs from the query."""

    WORD = "a bare run, or the raw value of a filter field"
    PHRASE = "a phrase; the text lacks the quotation marks and has its escapes resolved"
    RANGE = "[A TO B]; the text lacks the brackets"
    FIELD = "a field name and a colon; the text is the name, a key of FIELD_OF_NAME"
    OPEN = "an opening parenthesis"
    CLOSE = "a closing parenthesis"
    GROUP = "a pair of parentheses whose content is parsed"
    AND = "AND or &&"
    OR = "OR or ||"
    NOT = "NOT, - or !"
    PLUS = "+"
    NEAR = "NEAR or NEAR/n"
    TILDE = "~ or ~n after a clause"
    BOOST = "^n after a clause"


class Lexeme(NamedTuple):
    """A piece of the query text, and its start and end there in characters."""

    kind: LexemeKind
    text: str
    start: int
    end: int

    @property
    def span(self) -> QuerySpan:
        """The query offsets of the lexeme, for a leaf or a diagnostic."""
        return self.start, self.end

    @property
    def location(self) -> str:
        """Where the lexeme begins, as diagnostics say it: "at character 3"."""
        return at_character(self.start)

    @property
    def name(self) -> str:
        """The lexeme and where it begins, as diagnostics say it: "NEAR/5 at character 3"."""
        return f"{self.text[:20]} {self.location}"


def at_character(offset: int) -> str:
    """Say a query offset in a diagnostic, which counts from 1."""
    return f"at character {offset + 1}"


class Diagnostics:
    """A `Report` that keeps the first `MAX_DIAGNOSTICS` diagnostics."""

    def __init__(self) -> None:
        self._diagnostics: list[Diagnostic] = []

    def __call__(self, kind: DiagnosticKind, message: str, span: QuerySpan) -> None:
        """Keep a diagnostic, unless there are too many already."""
        if len(self._diagnostics) < MAX_DIAGNOSTICS:
            self._diagnostics.append(Diagnostic(kind, message, *span))

    def in_order(self) -> tuple[Diagnostic, ...]:
        """Return the diagnostics in the order of their query offsets."""
        return tuple(sorted(self._diagnostics, key=lambda diagnostic: diagnostic.start))
