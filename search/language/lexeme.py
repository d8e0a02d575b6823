"""What the lexer hands to the parser, and whom both report to."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Final, NamedTuple, TypeAlias

from search.language.query import Diagnostic, DiagnosticKind, QuerySpan

MAX_DIAGNOSTICS: Final = 20

Report: TypeAlias = Callable[[DiagnosticKind, str, QuerySpan], None]


class LexemeKind(Enum):
    """What a lexeme is; after the colon, its text where that is not simply what was typed."""

    WORD = "a bare run, or the raw value of a filter field"
    PHRASE = "a phrase: without its quotation marks, escapes resolved"
    RANGE = "[A TO B]: without the brackets"
    FIELD = "a field name and colon: the name, a key of FIELDS"
    OPEN = "an opening parenthesis"
    CLOSE = "a closing parenthesis"
    AND = "AND or &&"
    OR = "OR or ||"
    NOT = "NOT, - or !"
    PLUS = "+"
    NEAR = "NEAR or NEAR/n"
    TILDE = "~ or ~n behind a clause"
    BOOST = "^n behind a clause"


class Lexeme(NamedTuple):
    """A piece of the query, and its place in characters."""

    kind: LexemeKind
    text: str
    start: int
    end: int

    @property
    def span(self) -> QuerySpan:
        """Where it stands, for a leaf or a diagnostic."""
        return self.start, self.end

    @property
    def place(self) -> str:
        """Where it stands, for a reader."""
        return f"at column {self.start + 1}"

    @property
    def named(self) -> str:
        """What and where it is, for a reader: NEAR/5 at column 3."""
        return f"{self.text[:20]} {self.place}"


class Diagnostics:
    """A `Report` that keeps what it is told, up to `MAX_DIAGNOSTICS`: as much as one reads."""

    def __init__(self) -> None:
        self._found: list[Diagnostic] = []

    def __call__(self, kind: DiagnosticKind, message: str, span: QuerySpan) -> None:
        """Keep one."""
        if len(self._found) < MAX_DIAGNOSTICS:
            self._found.append(Diagnostic(kind, message, *span))

    def in_order(self) -> tuple[Diagnostic, ...]:
        """All of them, by place."""
        return tuple(sorted(self._found, key=lambda diagnostic: diagnostic.start))
