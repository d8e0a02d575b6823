"""Query text -> tree and diagnostics.

    query   = group (OR group)*
    group   = and+                        side by side: all of them, unless the tree is relaxed
    and     = unary (AND unary)*          so `a AND b c` is (a AND b) beside c
    unary   = (NOT | - | ! | +)* near
    near    = primary (NEAR primary)*     a NEAR b NEAR c: a near b, and b near c
    primary = [field:] (word | phrase | range | "(" query ")") [~n] [^n]

NOT takes in the whole of a NEAR, since nothing can be near what is absent. What cannot be read is
taken as words and reported.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final, TypeAlias

from indexer.analysis.script import CHINESE
from search.language.leaves import leaf, run
from search.language.lexeme import Diagnostics, Lexeme, LexemeKind
from search.language.lexer import FIELDS, lex
from search.language.query import (
    And,
    Boost,
    Fuzzy,
    Group,
    Near,
    Not,
    Nothing,
    Or,
    ParsedQuery,
    Phrase,
    Query,
    TextLeaf,
    Wildcard,
    Words,
    join_clauses,
)

NEAR_DISTANCE: Final = 10  # of NEAR and "…"~ without a number
MAX_DISTANCE: Final = 1_000
MAX_EDITS: Final = 2
MAX_FUZZY: Final = 64  # characters to be spelt otherwise; above any word
MAX_SPELLINGS: Final = 450  # those of 10 Chinese characters with two edits
MAX_BOOST: Final = 1_000
MAX_PARTS: Final = 32  # of a wildcard between its stars, or words of a phrase to be near each other
# Of wildcards and words spelt otherwise, each of which stands for any number of terms; one that
# begins with its wildcard counts for more, since it may be any of all terms, and a Chinese run for
# each so many of its spellings.
MAX_EXPANSIONS: Final = 40
_OPEN_EXPANSION: Final = 8
_SPELLINGS: Final = 12

_Rule: TypeAlias = Callable[[str | None], Query | None]


def parse(text: str) -> ParsedQuery:
    """The tree of a query and what is to be said about it; raises nothing, for any string."""
    diagnostics = Diagnostics()
    tree = _Parser(lex(text, diagnostics), diagnostics).parse()
    return ParsedQuery(tree, diagnostics.in_order())


class _Parser:
    """Recursive descent; the lexer bounds the depth of parentheses, and with it the recursion.

    Each rule takes the field in force, and returns None where there is nothing to look for.
    """

    def __init__(self, lexemes: Sequence[Lexeme], report: Diagnostics) -> None:
        self._lexemes = lexemes
        self._report = report
        self._next = 0
        self._expansions = 0

    def parse(self) -> Query:
        return self._or(None) or Nothing()

    def _peek(self) -> LexemeKind | None:
        return self._lexemes[self._next].kind if self._next < len(self._lexemes) else None

    def _take(self, *kinds: LexemeKind) -> Lexeme | None:
        if self._peek() not in kinds:
            return None
        self._next += 1
        return self._lexemes[self._next - 1]

    def _or(self, field: str | None) -> Query | None:
        return join_clauses(Or, self._operands(LexemeKind.OR, self._group, field))

    def _group(self, field: str | None) -> Query | None:
        required: list[Query | None] = []
        ordinary: list[Query | None] = []
        while self._peek() not in (None, LexemeKind.CLOSE, LexemeKind.OR):
            clauses = required if self._peek() is LexemeKind.PLUS else ordinary
            clauses.append(self._and(field))
        return join_clauses(And, [*required, join_clauses(Group, ordinary)])

    def _and(self, field: str | None) -> Query | None:
        return join_clauses(And, self._operands(LexemeKind.AND, self._unary, field))

    def _operands(self, kind: LexemeKind, rule: _Rule, field: str | None) -> list[Query]:
        """What an operator joins, each read by a rule; one without both its sides is reported."""
        first = rule(field)
        operands = [first] if first else []
        while operator := self._take(kind):
            operand = rule(field)
            self._check_sides(operator, bool(operands), bool(operand))
            if operand:
                operands.append(operand)
        return operands

    def _unary(self, field: str | None) -> Query | None:
        negated = False
        last = None
        while operator := self._take(LexemeKind.NOT, LexemeKind.PLUS):
            negated ^= operator.kind is LexemeKind.NOT
            last = operator
        node = self._near(field)
        if last and not node:
            self._missing(last, "after")
        return _negated(node) if node and negated else node

    def _near(self, field: str | None) -> Query | None:
        left = self._primary(field)
        clauses: list[Query] = []
        while operator := self._take(LexemeKind.NEAR):
            right = self._primary(field)
            self._check_sides(operator, bool(left), bool(right))
            if left and right:
                clauses += self._near_pair(operator, left, right)
            left = right or left
        return join_clauses(And, clauses) or left

    def _near_pair(self, operator: Lexeme, left: Query, right: Query) -> list[Query]:
        distance = self._whole_number(operator, NEAR_DISTANCE, 1, MAX_DISTANCE)
        sides = [*_alternatives(left), *_alternatives(right)]
        texts = [side for side in sides if isinstance(side, TextLeaf)]
        fields = {text.field for text in texts if text.field}
        if len(texts) == len(sides) and len(fields) < 2:
            return [Near(left, right, distance, *fields)]
        rule = "needs words, phrases or alternatives of one field on both sides: read as AND"
        self._report("misplaced-near", f"{operator.named} {rule}", operator.span)
        return [left, right]

    def _primary(self, field: str | None) -> Query | None:
        while self._take(LexemeKind.TILDE, LexemeKind.BOOST):
            pass  # follows no clause: punctuation
        name = None
        while following := self._take(LexemeKind.FIELD):
            if name:
                self._without_value(name)
            name = following
        if name:
            field = FIELDS[name.text]
        if self._take(LexemeKind.OPEN):
            node = self._or(field)
            self._take(LexemeKind.CLOSE)
        elif lexeme := self._take(LexemeKind.WORD, LexemeKind.PHRASE, LexemeKind.RANGE):
            node = leaf(lexeme, field, self._report)
        else:
            return self._without_value(name) if name else None
        return self._limited(self._with_suffixes(node))

    def _limited(self, node: Query | None) -> Query | None:
        """The node without wildcards that are too many, and misspelt words then as they stand."""
        if isinstance(node, Group):
            return join_clauses(Group, [*map(self._limited, node.children)])
        if isinstance(node, Boost):
            child = self._limited(node.child)
            return child and replace(node, child=child)
        if not isinstance(node, (Wildcard, Fuzzy)):
            return node
        was_within = self._expansions <= MAX_EXPANSIONS
        self._expansions += _expansions(node)
        if self._expansions <= MAX_EXPANSIONS:
            return self._shortened(node) if isinstance(node, Wildcard) else node
        if was_within:
            message = (
                "more wildcards and misspelt words than are looked for: those from column "
                f"{node.span[0] + 1} on are left out, or taken as they stand"
            )
            self._report("too-many-expansions", message, node.span)
        return (
            Words(node.text, field=node.field, span=node.span) if isinstance(node, Fuzzy) else None
        )

    def _shortened(self, node: Wildcard) -> Wildcard:
        """A wildcard of not too many parts, which stands wherever the whole does."""
        parts = node.pattern.split("*", MAX_PARTS)
        if len(parts) <= MAX_PARTS:
            return node
        self._report_long(f"{node.pattern[:20]}…", f"{MAX_PARTS} parts", node.span)
        return replace(node, pattern="*".join(parts[:MAX_PARTS]))

    def _report_long(self, what: str, most: str, span: tuple[int, int]) -> None:
        message = f"{what} at column {span[0] + 1} is too long: its first {most} are looked for"
        self._report("too-long", message, span)

    def _without_value(self, name: Lexeme) -> Query | None:
        self._report("empty-field", f"{name.text}: {name.place} has no value", name.span)
        return run(name.text, name.start, None)

    def _with_suffixes(self, node: Query | None) -> Query | None:
        end = self._lexemes[self._next - 1].end
        while suffix := self._take(LexemeKind.TILDE, LexemeKind.BOOST):
            if node is None or suffix.start != end:
                continue
            end = suffix.end
            node = (self._loosened if suffix.kind is LexemeKind.TILDE else self._boosted)(
                node, suffix
            )
        return node

    def _loosened(self, node: Query, tilde: Lexeme) -> Query:
        match node:
            case Words(text):
                distance = self._whole_number(tilde, 1, 1, MAX_EDITS)
                if len(text) > MAX_FUZZY or _spellings(text, distance) > MAX_SPELLINGS:
                    found = f"{text[:20]}… is too long to be looked for spelt otherwise"
                    self._report("too-long", f"{found} {tilde.place}", tilde.span)
                    return node
                return Fuzzy(text, distance, field=node.field, span=node.span)
            case Phrase():
                slop = self._whole_number(tilde, NEAR_DISTANCE, 0, MAX_DISTANCE)
                words = node.text.split(None, MAX_PARTS)
                if len(words) > MAX_PARTS:
                    self._report_long("the phrase", f"{MAX_PARTS} words", node.span)
                    node = replace(node, text=" ".join(words[:MAX_PARTS]))
                return replace(node, slop=slop)
            case _:
                message = f"~ {tilde.place} follows neither a plain word nor a phrase: left out"
                self._report("misplaced-tilde", message, tilde.span)
                return node

    def _boosted(self, node: Query, boost: Lexeme) -> Query:
        factor = self._number(boost, 1, 0, MAX_BOOST)
        match node:
            case Boost(child, inner):
                node, factor = child, min(inner * factor, MAX_BOOST)
        factor = round(factor, 4)
        return Boost(node, factor) if factor != 1 else node

    def _whole_number(self, lexeme: Lexeme, default: int, low: int, high: int) -> int:
        return int(self._number(lexeme, default, low, high))

    def _number(self, lexeme: Lexeme, default: int, low: int, high: int) -> float:
        """The number that an operator or suffix carries, brought between `low` and `high`."""
        written = float(lexeme.text.lstrip("NEAR/~～^") or default)
        kept = min(max(written, low), high)
        if kept != written:
            message = f"{lexeme.named} is out of range: {kept:g} is used"
            self._report("number-out-of-range", message, lexeme.span)
        return kept

    def _check_sides(self, operator: Lexeme, left: bool, right: bool) -> None:
        if not left:
            self._missing(operator, "before")
        if not right:
            self._missing(operator, "after")

    def _missing(self, operator: Lexeme, side: str) -> None:
        if self._expansions > MAX_EXPANSIONS:
            return  # what it has is left out
        message = f"{operator.named} has nothing {side} it"
        self._report("missing-operand", message, operator.span)


def _expansions(node: Wildcard | Fuzzy) -> int:
    """As how many expansions a node counts."""
    if isinstance(node, Fuzzy):
        return -(-_spellings(node.text, node.distance) // _SPELLINGS)
    return _OPEN_EXPANSION if node.pattern[0] in "*?" else 1


def _spellings(text: str, distance: int) -> int:
    """In how many ways a Chinese run is spelt with so many edits, about; a word is looked up once.

    Each character may be another, missing, or followed by one more.
    """
    plain = unicodedata.normalize("NFKC", text)
    if not re.search(f"[{CHINESE}]", plain):
        return 1
    return int((3 * len(plain)) ** distance) // max(1, distance)


def _negated(node: Query) -> Query:
    return node.child if isinstance(node, Not) else Not(node)


def _alternatives(node: Query) -> Sequence[Query]:
    return node.children if isinstance(node, Or) else (node,)
