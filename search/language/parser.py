"""Parse the text of a query into a query tree and diagnostics.

    query   = group (OR group)*
    group   = and+                        side by side: all of them, unless the tree is relaxed
    and     = unary (AND unary)*          so `a AND b c` is (a AND b) beside c
    unary   = (NOT | - | ! | +)* near
    near    = primary (NEAR primary)*     a NEAR b NEAR c: a near b, and b near c
    primary = [field:] (word | phrase | range | "(" query ")") [~n] [^n]

NOT covers a whole NEAR, since nothing can be near what is absent. Text that cannot be parsed is
read as words and reported.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from search.language.expansion import ExpansionBudget, loosen_phrase, loosen_words
from search.language.fields import FIELD_OF_NAME
from search.language.leaves import bare_run, make_leaf
from search.language.lexeme import Diagnostics, Lexeme, LexemeKind
from search.language.lexer import lex
from search.language.limits import DEFAULT_NEAR_DISTANCE, MAX_BOOST, MAX_DISTANCE, MAX_EDITS
from search.language.query import (
    And,
    Boost,
    Group,
    Near,
    Not,
    Nothing,
    Or,
    ParsedQuery,
    Phrase,
    Query,
    TextLeaf,
    Words,
    join_clauses,
)

_Rule: TypeAlias = Callable[[str | None], Query | None]


def parse(text: str) -> ParsedQuery:
    """Parse a query; raises nothing, for any string."""
    diagnostics = Diagnostics()
    tree = _Parser(lex(text, diagnostics), diagnostics).parse()
    return ParsedQuery(tree, diagnostics.in_order())


class _Parser:
    """A recursive-descent parser.

    The lexer bounds the depth of parentheses, and so the recursion. Each rule takes the field
    that is in force, and returns None if there is nothing to search for.
    """

    def __init__(self, lexemes: Sequence[Lexeme], report: Diagnostics) -> None:
        self._lexemes = lexemes
        self._report = report
        self._next = 0
        self._budget = ExpansionBudget(report)

    def parse(self) -> Query:
        return self._or(None) or Nothing()

    def _peek(self) -> LexemeKind | None:
        return self._lexemes[self._next].kind if self._next < len(self._lexemes) else None

    def _take(self, *kinds: LexemeKind) -> Lexeme | None:
        """Consume the next lexeme if it is of one of the kinds."""
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
        """Read the operands of an operator by a rule; report an operator that lacks a side."""
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
            self._report_missing(last, "after")
        return _negate(node) if node and negated else node

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
        """Return a Near as the only clause, or both sides if they cannot be near each other."""
        distance = self._whole_number(operator, DEFAULT_NEAR_DISTANCE, 1, MAX_DISTANCE)
        sides = [*_alternatives(left), *_alternatives(right)]
        texts = [side for side in sides if isinstance(side, TextLeaf)]
        fields = {text.field for text in texts if text.field}
        if len(texts) == len(sides) and len(fields) < 2:
            return [Near(left, right, distance, *fields)]
        message = (
            f"{operator.name} needs words, phrases or alternatives (OR) of one field "
            "on both sides; it was read as AND"
        )
        self._report("misplaced-near", message, operator.span)
        return [left, right]

    def _primary(self, field: str | None) -> Query | None:
        while self._take(LexemeKind.TILDE, LexemeKind.BOOST):
            pass  # they follow no clause, so they are punctuation
        name = None
        while following := self._take(LexemeKind.FIELD):
            if name:
                self._without_value(name)
            name = following
        if name:
            field = FIELD_OF_NAME[name.text]
        if self._take(LexemeKind.OPEN):
            node = self._or(field)
            self._take(LexemeKind.CLOSE)
        elif lexeme := self._take(LexemeKind.WORD, LexemeKind.PHRASE, LexemeKind.RANGE):
            node = make_leaf(lexeme, field, self._report)
        else:
            return self._without_value(name) if name else None
        return self._budget.limit(self._with_suffixes(node))

    def _without_value(self, name: Lexeme) -> Query | None:
        """Report a field name without a value, and return the name as words."""
        message = f"{name.text}: {name.location} has no value"
        self._report("empty-field", message, name.span)
        return bare_run(name.text, name.start, None)

    def _with_suffixes(self, node: Query | None) -> Query | None:
        """Apply each ~ and ^ that follows a clause without a blank; ignore others."""
        end = self._lexemes[self._next - 1].end
        while suffix := self._take(LexemeKind.TILDE, LexemeKind.BOOST):
            if node is None or suffix.start != end:
                continue
            end = suffix.end
            apply = self._loosened if suffix.kind is LexemeKind.TILDE else self._boosted
            node = apply(node, suffix)
        return node

    def _loosened(self, node: Query, tilde: Lexeme) -> Query:
        match node:
            case Words():
                distance = self._whole_number(tilde, 1, 1, MAX_EDITS)
                return loosen_words(node, distance, tilde, self._report)
            case Phrase():
                slop = self._whole_number(tilde, DEFAULT_NEAR_DISTANCE, 0, MAX_DISTANCE)
                return loosen_phrase(node, slop, self._report)
            case _:
                message = f"~ {tilde.location} must follow a plain word or a phrase; it was ignored"
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
        """Return the number of an operator or suffix, moved into the range from low to high."""
        written = float(lexeme.text.lstrip("NEAR/~～^") or default)
        number = min(max(written, low), high)
        if number != written:
            message = f"{lexeme.name} is out of range; {number:g} was used"
            self._report("number-out-of-range", message, lexeme.span)
        return number

    def _check_sides(self, operator: Lexeme, left: bool, right: bool) -> None:
        if not left:
            self._report_missing(operator, "before")
        if not right:
            self._report_missing(operator, "after")

    def _report_missing(self, operator: Lexeme, side: str) -> None:
        if self._budget.is_exhausted:
            return  # the operand may be a dropped expansion
        message = f"{operator.name} has nothing {side} it"
        self._report("missing-operand", message, operator.span)


def _negate(node: Query) -> Query:
    return node.child if isinstance(node, Not) else Not(node)


def _alternatives(node: Query) -> Sequence[Query]:
    return node.children if isinstance(node, Or) else (node,)
