"""A query analysed: which terms at which places match, and which terms score.

A bare Chinese run is cut into words; a word *matches* where its characters stand in that order,
however the article's own text was cut, and *scores* by words and by bigrams.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Final, NamedTuple

from indexer.analysis import Analyzer, Token
from indexer.analysis.script import is_han
from indexer.schema import SEARCHED_FIELDS, TEXT_FIELDS
from search.language import query
from search.plan.intervals import Kind, Pattern, Place, Slot
from search.plan.pattern import chain, choice, fuzzy, is_bigram, pattern, wildcard
from search.weights import BIGRAM_WEIGHT


class Term(NamedTuple):
    """What scores, and how much: a word, as it matches, or a bigram of the exact stream.

    A word of three or more Han characters scores by the ranking stream.
    """

    place: Pattern
    weight: float
    long_word: str | None = None


class Words(NamedTuple):
    """Units of which all, or with ``every`` false any, must match; scored by ``terms``."""

    units: tuple[Pattern, ...]
    terms: tuple[Term, ...]
    fields: tuple[str, ...]
    every: bool = True


class Found(NamedTuple):
    """A place that must be found; scored by how often."""

    place: Place
    fields: tuple[str, ...]


class Supported(NamedTuple):
    """What matches the child; the terms of ``words`` add to its scores, but match nothing."""

    child: Plan
    words: tuple[Words, ...]


class All(NamedTuple):
    """What matches every child; scores are added."""

    children: tuple[Plan, ...]


class Any(NamedTuple):
    """What matches at least one child; scores are added.

    ``alternatives``: the query says OR, so that nearness of one to the other means nothing.
    """

    children: tuple[Plan, ...]
    alternatives: bool = False


class Without(NamedTuple):
    """What does not match the child; scores nothing."""

    child: Plan


class Scaled(NamedTuple):
    """The child, its scores multiplied."""

    child: Plan
    factor: float


Filter = (
    query.DateRange
    | query.PageRange
    | query.Language
    | query.Identifier
    | query.Everything
    | query.Nothing
)
Plan = Words | Found | Supported | All | Any | Without | Scaled | Filter


def fields_of(name: str | None, language: str | None = None) -> tuple[str, ...]:
    """The exact-stream fields that a field name of the query language stands for."""
    fields: tuple[str, ...] = SEARCHED_FIELDS
    if name is not None:
        fields = tuple(f for f in TEXT_FIELDS if f == name or f[:-3] == name)
    if language is None:
        return fields
    return tuple(f for f in fields if f[-3:] not in ("_en", "_zh") or f.endswith(language))


def bare_words(plan: Plan, factor: float = 1.0) -> Iterator[tuple[Words, float]]:
    """The bare words that a plan looks for beside each other, and how much they count."""
    match plan:
        case Words():
            yield plan, factor
        case All(children) | Any(children, alternatives=False):
            for child in children:
                yield from bare_words(child, factor)
        case Scaled(child, more):
            yield from bare_words(child, factor * more)
        case Supported(child, _):
            yield from bare_words(child, factor)


# What joins words into one: co-operative, U.S., don't, R&D, 1,000.
_JOINT: Final = r"(?<=\d)[,:/](?=\d)|[-‐‑.'‘’&_]?"


def plan(
    tree: query.Query, analyzer: Analyzer, language: str | None = None, *, every: bool = True
) -> Plan:
    """Analyse a query; ``language`` restricts it to the texts of one.

    ``every``: all words of a bare run must match, rather than any. Where any will do, an article
    that has some words of a phrase, though not the phrase, is the better for them.
    """
    planner = _Planner(analyzer, language, every)
    planned = planner.plan(tree) or query.Nothing()
    if every or not planner.phrases or isinstance(planned, Found):
        return planned
    return Supported(planned, tuple(planner.phrases))


class _Planner:
    def __init__(self, analyzer: Analyzer, language: str | None, every: bool) -> None:
        self._analyzer = analyzer
        self._language = language
        self._every = every
        self.phrases: list[Words] = []  # as words

    def plan(self, node: query.Query) -> Plan | None:
        """The plan of a node, or None where it holds nothing that can be looked up."""
        match node:
            case query.Words():
                return self._words(node)
            case query.Phrase() | query.Wildcard() | query.Fuzzy() | query.Near():
                place = self._place(node)
                if isinstance(node, query.Phrase) and not self._every:
                    bare = self._bare(node.text, self._fields(node.field))
                    self.phrases += [part for part in bare if isinstance(part, Words)]
                return Found(place, self._fields(node.field)) if place else None
            case query.And(children) | query.Group(children):
                return self._several(All, children)
            case query.Or(children):
                return self._several(partial(Any, alternatives=self._every), children)
            case query.Not(child):
                planned = _Planner(self._analyzer, self._language, self._every).plan(child)
                return Without(planned) if planned else None
            case query.Boost(child, factor):
                planned = self.plan(child)
                return Scaled(planned, factor) if planned else None
            case _:
                return node

    def _several(
        self, kind: Callable[[tuple[Plan, ...]], Plan], children: Sequence[query.Query]
    ) -> Plan | None:
        counts = Counter(p for p in map(self.plan, children) if p is not None)
        planned = tuple(Scaled(p, n) if n > 1 else p for p, n in counts.items())
        if len(planned) < 2:
            return planned[0] if planned else None
        return kind(planned)

    def _fields(self, name: str | None) -> tuple[str, ...]:
        return fields_of(name, self._language)

    def _words(self, node: query.Words) -> Plan | None:
        parts = self._bare(node.text, self._fields(node.field))
        if len(parts) < 2:
            return parts[0] if parts else None
        return (All if self._every else Any)(tuple(parts))

    def _bare(self, text: str, fields: tuple[str, ...]) -> list[Words | Found]:
        """The words of a text, then those that are joined, each to be found as it stands."""
        exact, ranking = self._analyzer.both(text)
        units: list[Pattern] = []
        terms: defaultdict[tuple[Pattern, str | None], float] = defaultdict(float)
        joined: list[Found] = []
        for group in _groups(ranking, text):
            word, is_chinese = group[0].term, is_han(group[0].term)
            place: Pattern | None = Pattern((Slot(Kind.STEM, word),), 1)
            if is_chinese or len(group) > 1:
                end = group[-1].position + (len(word) if is_chinese else 1)
                place = pattern(exact[group[0].position : end])
            if place is None:
                continue
            if len(group) > 1:
                joined.append(Found(place, fields))
                continue
            units.append(place)
            terms[place, word if is_chinese and len(word) > 2 else None] += 1
        for token in exact:
            if is_bigram(token.term):
                terms[Pattern((Slot(Kind.TERM, token.term),), 2), None] += BIGRAM_WEIGHT
        scored = tuple(Term(place, weight, word) for (place, word), weight in terms.items())
        words = [Words(tuple(units), scored, fields, self._every)] if units else []
        return [*words, *joined]

    def _place(self, node: query.Query) -> Place | None:
        match node:
            case query.Words(text):
                return self._near_word(text)
            case query.Phrase(text, 0):
                return pattern(self._analyzer.exact(text))
            case query.Phrase(text, slop):
                words = [pattern(self._analyzer.exact(part)) for part in text.split()]
                return chain(words, slop, ordered=False)
            case query.Wildcard(text):
                return wildcard(text)
            case query.Fuzzy(text, distance):
                return fuzzy(text, distance)
            case query.Near(left, right, distance):
                return chain([self._place(left), self._place(right)], distance, ordered=False)
            case query.Or(children):
                return choice([self._place(child) for child in children])
            case _:
                return None

    def _near_word(self, text: str) -> Place | None:
        """A bare word beside NEAR: one English word by its stem, anything else as it stands."""
        exact = self._analyzer.exact(text)
        if len(exact) == 1 and not is_han(exact[0].term):
            return Pattern((Slot(Kind.STEM, self._analyzer.stem(exact[0].term)),), 1)
        return pattern(exact)


def _groups(tokens: list[Token], text: str) -> list[list[Token]]:
    """Tokens one by one, but words that are joined by a hyphen, a point … together."""
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
