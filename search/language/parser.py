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

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import NamedTuple, TypeAlias

from search.language.clause_limits import limit_clauses
from search.language.fields import FIELD_OF_NAME
from search.language.leaves import bare_run, make_leaf
from search.language.lexeme import Diagnostics, Lexeme, LexemeKind, Report, at_character
from search.language.lexer import lex
from search.language.limits import MAX_DEPTH
from search.language.normal_form import join_clauses, normalize
from search.language.query import (
    And,
    Group,
    Near,
    Not,
    Nothing,
    Or,
    ParsedQuery,
    Query,
    TextLeaf,
    first_leaf,
)
from search.language.suffixes import apply_suffix, read_distance

_Rule: TypeAlias = Callable[[], Query | None]


def parse(text: str) -> ParsedQuery:
    """Parse a query; raises nothing, for any string."""
    diagnostics = Diagnostics()
    raw = _parse_groups(lex(text, diagnostics), diagnostics)
    tree = normalize(raw, partial(_report_too_deep, report=diagnostics)) if raw else None
    tree = limit_clauses(tree, diagnostics)
    return ParsedQuery(tree or Nothing(), diagnostics.in_order())


def _report_too_deep(node: Query, *, report: Report) -> None:
    start, end = first_leaf(node).span
    message = (
        f"AND, OR and clauses side by side are inside each other more than {MAX_DEPTH} times; "
        f"the innermost clauses, {at_character(start)}, were ignored"
    )
    report("too-deep", message, (start, end))


def _parse_groups(lexemes: Iterable[Lexeme], report: Report) -> Query | None:
    """Parse lexemes with balanced parentheses.

    The content of a pair of parentheses is parsed when they close. So there is no recursion,
    however deep they are.
    """
    opened = [_Parser(None, report)]
    for lexeme in lexemes:
        if lexeme.kind is LexemeKind.OPEN:
            opened.append(_Parser(opened[-1].field_of_group(), report, lexeme.start))
        elif lexeme.kind is LexemeKind.CLOSE:
            group = opened.pop().parse(lexeme.end)
            opened[-1].items.append(group)
        else:
            opened[-1].items.append(lexeme)
    return opened[0].parse(0).node


class _ParsedGroup(NamedTuple):
    """A pair of parentheses, with the tree of its content.

    ``is_required`` says whether the content is a single clause with a + before it.
    """

    node: Query | None
    is_required: bool
    start: int
    end: int
    kind: LexemeKind = LexemeKind.GROUP


class _Parser:
    """A recursive-descent parser of the content of one pair of parentheses.

    ``field`` is the field that is in force. Each rule returns None if there is nothing to search
    for.
    """

    def __init__(self, field: str | None, report: Report, start: int = 0) -> None:
        self.items: list[Lexeme | _ParsedGroup] = []
        self._field = field
        self._report = report
        self._start = start
        self._next = 0
        self._is_required = False  # the items read last are one clause with a +

    def field_of_group(self) -> str | None:
        """Return the field that is in force in parentheses that open now."""
        last = self.items[-1] if self.items else None
        if isinstance(last, Lexeme) and last.kind is LexemeKind.FIELD:
            return FIELD_OF_NAME[last.text]
        return self._field

    def parse(self, end: int) -> _ParsedGroup:
        """Parse all items."""
        node = self._or()
        return _ParsedGroup(node, self._is_required, self._start, end)

    def _peek(self) -> LexemeKind | None:
        return self.items[self._next].kind if self._next < len(self.items) else None

    def _take(self, *kinds: LexemeKind) -> Lexeme | None:
        """Consume the next lexeme if it is of one of the kinds."""
        item = self.items[self._next] if self._next < len(self.items) else None
        if not isinstance(item, Lexeme) or item.kind not in kinds:
            return None
        self._next += 1
        return item

    def _or(self) -> Query | None:
        operands = self._operands(LexemeKind.OR, self._group)
        self._is_required &= len(operands) == 1
        return join_clauses(Or, operands)

    def _group(self) -> Query | None:
        required: list[Query] = []
        ordinary: list[Query] = []
        while self._peek() not in (None, LexemeKind.OR):
            clauses = required if self._is_plus_next() else ordinary
            if clause := self._and():
                clauses.append(clause)
        self._is_required = len(required) == 1 and not ordinary
        return join_clauses(And, [*required, join_clauses(Group, ordinary)])

    def _is_plus_next(self) -> bool:
        """Return whether a + comes next, in or before parentheses."""
        at = self._next
        while at + 1 < len(self.items) and self.items[at].kind is LexemeKind.FIELD:
            at += 1
        item = self.items[at]
        return item.is_required if isinstance(item, _ParsedGroup) else item.kind is LexemeKind.PLUS

    def _and(self) -> Query | None:
        return join_clauses(And, self._operands(LexemeKind.AND, self._unary))

    def _operands(self, kind: LexemeKind, rule: _Rule) -> list[Query]:
        """Read the operands of an operator by a rule; report an operator that lacks a side."""
        first = rule()
        operands = [first] if first else []
        while operator := self._take(kind):
            operand = rule()
            self._check_sides(operator, bool(operands), bool(operand))
            if operand:
                operands.append(operand)
        return operands

    def _unary(self) -> Query | None:
        is_negated = False
        last = None
        while operator := self._take(LexemeKind.NOT, LexemeKind.PLUS):
            is_negated ^= operator.kind is LexemeKind.NOT
            last = operator
        node = self._near()
        if last and not node:
            self._report_missing(last, "after")
        return _negate(node) if node and is_negated else node

    def _near(self) -> Query | None:
        left = self._primary()
        clauses: list[Query] = []
        while operator := self._take(LexemeKind.NEAR):
            right = self._primary()
            self._check_sides(operator, bool(left), bool(right))
            if left and right:
                clauses += self._near_pair(operator, left, right)
            left = right or left
        return join_clauses(And, clauses) or left

    def _near_pair(self, operator: Lexeme, left: Query, right: Query) -> list[Query]:
        """Return a Near as the only clause, or both sides if they cannot be near each other."""
        distance = read_distance(operator, self._report)
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

    def _primary(self) -> Query | None:
        while self._take(LexemeKind.TILDE, LexemeKind.BOOST):
            pass  # they follow no clause, so they are punctuation
        name = None
        while following := self._take(LexemeKind.FIELD):
            if name:
                self._without_value(name)
            name = following
        item = self.items[self._next] if self._next < len(self.items) else None
        if isinstance(item, _ParsedGroup):
            self._next += 1
            return self._with_suffixes(item.node, item.end)
        lexeme = self._take(LexemeKind.WORD, LexemeKind.PHRASE, LexemeKind.RANGE)
        if lexeme is None:
            return self._without_value(name) if name else None
        field = FIELD_OF_NAME[name.text] if name else self._field
        return self._with_suffixes(make_leaf(lexeme, field, self._report), lexeme.end)

    def _without_value(self, name: Lexeme) -> Query | None:
        """Report a field name without a value, and return the name as words."""
        message = f"{name.text}: {name.location} has no value"
        self._report("empty-field", message, name.span)
        return bare_run(name.text, name.start, None)

    def _with_suffixes(self, node: Query | None, end: int) -> Query | None:
        """Apply each ~ and ^ that follows a clause without a blank; ignore others."""
        while suffix := self._take(LexemeKind.TILDE, LexemeKind.BOOST):
            if node is None or suffix.start != end:
                continue
            end = suffix.end
            node = apply_suffix(node, suffix, self._report)
        return node

    def _check_sides(self, operator: Lexeme, left: bool, right: bool) -> None:
        if not left:
            self._report_missing(operator, "before")
        if not right:
            self._report_missing(operator, "after")

    def _report_missing(self, operator: Lexeme, side: str) -> None:
        message = f"{operator.name} has nothing {side} it"
        self._report("missing-operand", message, operator.span)


def _negate(node: Query) -> Query:
    """Return the negation of a node that is not yet in normal form."""
    return node.child if isinstance(node, Not) else Not(node)


def _alternatives(node: Query) -> Sequence[Query]:
    return node.children if isinstance(node, Or) else (node,)
