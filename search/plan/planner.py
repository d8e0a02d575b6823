"""Plan a query: decide which terms must match, at which positions, and which terms score.

A bare Chinese run is cut into words. A word *matches* where its characters occur in that order,
however the article's own text was cut, and *scores* by words and by bigrams.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from indexer.analysis import Analyzer, Token
from indexer.analysis.script import is_han
from indexer.schema import SEARCHED_FIELDS, TEXT_FIELDS
from search.language import query
from search.plan.interval_builder import (
    any_of,
    fuzzy_interval,
    in_order,
    is_bigram,
    near_chain,
    phrase_pattern,
    wildcard_interval,
)
from search.plan.intervals import Interval, Pattern, Slot, SlotKind
from search.plan.nodes import (
    Boosted,
    Conjunction,
    Disjunction,
    Exclusion,
    IntervalMatch,
    Plan,
    Rescored,
    ScoringTerm,
    TermGroup,
)
from search.weights import BIGRAM_WEIGHT

# Words with one of these between them are one word: co-operative, U.S., don't, R&D, 1,000.
_JOINT: Final = r"(?<=\d)[,:/](?=\d)|[-‐‑.'‘’&_]?"


def make_plan(
    tree: query.Query, analyzer: Analyzer, language: str | None = None, *, require_all: bool = True
) -> Plan:
    """Plan a query; ``language`` restricts it to the texts of that language.

    With ``require_all``, all words of a bare run must match, otherwise any of them. If any word
    is enough, an article also gains by single words of a phrase that it does not contain.
    """
    planner = _Planner(analyzer, language, require_all)
    plan = planner.plan(tree) or query.Nothing()
    if require_all or not planner.phrase_words or isinstance(plan, IntervalMatch):
        return plan
    return Rescored(plan, tuple(planner.phrase_words))


def index_fields(name: str | None, language: str | None = None) -> tuple[str, ...]:
    """Return the fields of the exact stream that a field name of the query language covers."""
    fields: tuple[str, ...] = SEARCHED_FIELDS
    if name is not None:
        fields = tuple(f for f in TEXT_FIELDS if f == name or f[:-3] == name)
    if language is None:
        return fields
    return tuple(f for f in fields if f[-3:] not in ("_en", "_zh") or f.endswith(language))


class _Planner:
    """Plans the nodes of one query tree.

    ``phrase_words`` collects the words of the phrases met so far, unless all words are required.
    """

    def __init__(self, analyzer: Analyzer, language: str | None, require_all: bool) -> None:
        self._analyzer = analyzer
        self._language = language
        self._require_all = require_all
        self.phrase_words: list[TermGroup] = []

    def plan(self, node: query.Query) -> Plan | None:
        """Return the plan of a node, or None if it contains nothing that can be looked up."""
        match node:
            case query.Words():
                return self._words(node)
            case query.Phrase() | query.Wildcard() | query.Fuzzy() | query.Near():
                return self._interval_match(node)
            case query.And(children) | query.Group(children):
                return self._several(Conjunction, children)
            case query.Or(children):
                disjunction = partial(Disjunction, explicit_or=self._require_all)
                return self._several(disjunction, children)
            case query.Not(child):
                # Use another planner, because excluded phrases must not add to the score.
                excluded = _Planner(self._analyzer, self._language, self._require_all).plan(child)
                return Exclusion(excluded) if excluded else None
            case query.Boost(child, factor):
                boosted = self.plan(child)
                return Boosted(boosted, factor) if boosted else None
            case _:
                return node

    def _several(
        self, make: Callable[[tuple[Plan, ...]], Plan], children: Sequence[query.Query]
    ) -> Plan | None:
        """Plan the children of a node; equal ones become one with a boost."""
        counts = Counter(p for p in map(self.plan, children) if p is not None)
        plans = tuple(Boosted(p, n) if n > 1 else p for p, n in counts.items())
        if len(plans) < 2:
            return plans[0] if plans else None
        return make(plans)

    def _fields(self, name: str | None) -> tuple[str, ...]:
        return index_fields(name, self._language)

    def _interval_match(
        self, node: query.Phrase | query.Wildcard | query.Fuzzy | query.Near
    ) -> IntervalMatch | None:
        interval = self._interval(node)
        fields = self._fields(node.field)
        if isinstance(node, query.Phrase) and not self._require_all:
            parts = self._bare_parts(node.text, fields)
            self.phrase_words += [part for part in parts if isinstance(part, TermGroup)]
        return IntervalMatch(interval, fields) if interval else None

    def _words(self, node: query.Words) -> Plan | None:
        parts = self._bare_parts(node.text, self._fields(node.field))
        if len(parts) < 2:
            return parts[0] if parts else None
        return (Conjunction if self._require_all else Disjunction)(tuple(parts))

    def _bare_parts(self, text: str, fields: tuple[str, ...]) -> list[TermGroup | IntervalMatch]:
        """Plan a bare run: its words as one group, then each hyphenated word as a phrase."""
        exact, ranking = self._analyzer.token_streams(text)
        units: list[Pattern] = []
        terms: defaultdict[tuple[Pattern, str | None], float] = defaultdict(float)
        hyphenated: list[IntervalMatch] = []
        for tokens in _hyphenated_groups(ranking, text):
            unit = _unit(tokens, exact)
            if unit is None:
                continue
            if len(tokens) > 1:
                hyphenated.append(IntervalMatch(unit, fields))
                continue
            word = tokens[0].term
            units.append(unit)
            terms[unit, word if is_han(word) and len(word) > 2 else None] += 1
        for token in exact:
            if is_bigram(token.term):
                terms[Pattern((Slot(SlotKind.TERM, token.term),), 2), None] += BIGRAM_WEIGHT
        scoring = tuple(ScoringTerm(unit, weight, word) for (unit, word), weight in terms.items())
        groups = [TermGroup(tuple(units), scoring, fields, self._require_all)] if units else []
        return [*groups, *hyphenated]

    def _interval(self, node: query.Query) -> Interval | None:
        """Return the interval of a node, or None if it contains no words."""
        match node:
            case query.Words(text):
                return self._near_word(text)
            case query.Phrase(text, 0):
                return phrase_pattern(self._analyzer.exact(text))
            case query.Phrase(text, slop):
                words = [phrase_pattern(self._analyzer.exact(part)) for part in text.split()]
                return near_chain(words, slop, ordered=False)
            case query.Wildcard(text):
                return wildcard_interval(text)
            case query.Fuzzy(text, distance):
                return fuzzy_interval(text, distance)
            case query.Near(left, right, distance):
                sides = [self._interval(left), self._interval(right)]
                return near_chain(in_order(sides), distance, ordered=False)
            case query.Or(children):
                return any_of(in_order({self._interval(child) for child in children}))
            case _:
                return None

    def _near_word(self, text: str) -> Interval | None:
        """Return the interval of a bare word beside NEAR.

        One English word matches by its stem, anything else as written.
        """
        exact = self._analyzer.exact(text)
        if len(exact) == 1 and not is_han(exact[0].term):
            return Pattern((Slot(SlotKind.STEM, self._analyzer.stem(exact[0].term)),), 1)
        return phrase_pattern(exact)


def _unit(tokens: Sequence[Token], exact: Sequence[Token]) -> Pattern | None:
    """Return where a word of the ranking stream matches in the exact stream.

    A single English word matches by its stem, a Chinese or hyphenated word as written.
    """
    word = tokens[0].term
    if is_han(word):
        return phrase_pattern(exact[tokens[0].position : tokens[-1].position + len(word)])
    if len(tokens) > 1:
        return phrase_pattern(exact[tokens[0].position : tokens[-1].position + 1])
    return Pattern((Slot(SlotKind.STEM, word),), 1)


def _hyphenated_groups(tokens: Sequence[Token], text: str) -> list[list[Token]]:
    """Group the tokens of words that are joined by a hyphen, a point …; others stay alone."""
    groups: list[list[Token]] = []
    for token in tokens:
        if groups and _are_joined(groups[-1][-1], token, text):
            groups[-1].append(token)
        else:
            groups.append([token])
    return groups


def _are_joined(left: Token, right: Token, text: str) -> bool:
    joint = re.compile(_JOINT).match(text, left.end)
    ends_there = joint is not None and joint.end() == right.start
    return ends_there and not is_han(left.term) and not is_han(right.term)
