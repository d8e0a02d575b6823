"""A query analysed: which terms at which places match, and which terms score.

Imports query, place, and of the indexer its analysis and schema.

A bare Chinese run is cut into words; a word *matches* where its characters stand in that order,
however the article's own text was cut, and *scores* by words and by bigrams.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from indexer.analysis import Analyzer, Token, fold
from indexer.analysis.script import HAN, WORD
from indexer.schema import SEARCHED_FIELDS, TEXT_FIELDS
from search import query
from search.place import Choice, Kind, Near, Pattern, Place, Slot

# How far a * between Chinese characters reaches.
STAR_REACH: Final = 10


@dataclass(frozen=True, slots=True)
class Term:
    """A term that scores: of the ranking stream, or a bigram of the exact stream."""

    text: str
    ranking: bool


@dataclass(frozen=True, slots=True)
class Words:
    """Units of which all, or with ``every`` false any, must match; scored by ``terms``."""

    units: tuple[Pattern, ...]
    terms: tuple[Term, ...]
    fields: tuple[str, ...]
    every: bool = True


@dataclass(frozen=True, slots=True)
class Found:
    """A place that must be found; scored by how often."""

    place: Place
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Supported:
    """What matches the child; the terms of ``words`` add to its scores, but match nothing."""

    child: Plan
    words: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class All:
    """What matches every child; scores are added."""

    children: tuple[Plan, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """What matches at least one child; scores are added."""

    children: tuple[Plan, ...]


@dataclass(frozen=True, slots=True)
class Without:
    """What does not match the child; scores nothing."""

    child: Plan


@dataclass(frozen=True, slots=True)
class Scaled:
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
    """The bare words that a plan looks for, not those it shuts out, and how much they count."""
    match plan:
        case Words():
            yield plan, factor
        case All(children) | Any(children):
            for child in children:
                yield from bare_words(child, factor)
        case Scaled(child, more):
            yield from bare_words(child, factor * more)
        case Supported(child, _):
            yield from bare_words(child, factor)


_IS_HAN = re.compile(f"[{HAN}]").match
_ELEMENT = re.compile(rf"(?:{WORD}|[*?])*{WORD}(?:{WORD}|[*?])*|[{HAN}]|[*?]")
# What joins words into one: co-operative, U.S., don't, R&D, 1,000.
_JOINT = re.compile(r"(?<=\d)[,:/](?=\d)|[-‐‑.'‘’&_]?")


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
                if isinstance(node, query.Phrase):
                    bare = self._bare(node.text, self._fields(node.field))
                    self.phrases += [part for part in bare if isinstance(part, Words)]
                return Found(place, self._fields(node.field)) if place else None
            case query.And(children) | query.Group(children):
                return self._several(All, children)
            case query.Or(children):
                return self._several(Any, children)
            case query.Not(child):
                planned = _Planner(self._analyzer, self._language, self._every).plan(child)
                return Without(planned) if planned else None
            case query.Boost(child, factor):
                planned = self.plan(child)
                return Scaled(planned, factor) if planned else None
            case _:
                return node

    def _several(self, kind: type[All] | type[Any], children: Sequence[query.Query]) -> Plan | None:
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
        exact = self._analyzer.exact(text)
        units: list[Pattern] = []
        terms = [Term(t.term, ranking=False) for t in exact if _is_bigram(t)]
        joined: list[Found] = []
        for group in _groups(self._analyzer.ranking(text), text):
            first = group[0]
            if _IS_HAN(first.term):
                place = pattern(exact[first.position : first.position + len(first.term)])
                units += [place] if place else []
                terms.append(Term(first.term, ranking=True))
            elif len(group) == 1:
                units.append(Pattern((Slot(Kind.STEM, first.term),), 1))
                terms.append(Term(first.term, ranking=True))
            else:
                place = pattern(exact[first.position : group[-1].position + 1])
                joined += [Found(place, fields)] if place else []
        words = [Words(tuple(units), tuple(terms), fields, self._every)] if units else []
        return [*words, *joined]

    def _place(self, node: query.Query) -> Place | None:
        match node:
            case query.Words(text):
                return self._near_word(text)
            case query.Phrase(text, 0):
                return pattern(self._analyzer.exact(text))
            case query.Phrase(text, slop):
                words = [pattern(self._analyzer.exact(part)) for part in text.split()]
                return _chain(words, slop, ordered=False)
            case query.Wildcard(text):
                return _wildcard(fold(text))
            case query.Fuzzy(text, distance):
                return _fuzzy(_ELEMENT.findall(fold(text)), distance)
            case query.Near(left, right, distance):
                return _chain([self._place(left), self._place(right)], distance, ordered=False)
            case query.Or(children):
                return _choice([self._place(child) for child in children])
            case _:
                return None

    def _near_word(self, text: str) -> Place | None:
        """A bare word beside NEAR: one English word by its stem, anything else as it stands."""
        exact = self._analyzer.exact(text)
        if len(exact) == 1 and not _IS_HAN(exact[0].term):
            return Pattern((Slot(Kind.STEM, self._analyzer.stem(exact[0].term)),), 1)
        return pattern(exact)


def _is_bigram(token: Token) -> bool:
    return len(token.term) == 2 and _IS_HAN(token.term) is not None


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
    joint = _JOINT.match(text, left.end)
    ends_there = joint is not None and joint.end() == right.start
    return ends_there and not _IS_HAN(left.term) and not _IS_HAN(right.term)


def pattern(tokens: Sequence[Token]) -> Pattern | None:
    """The place where the text of these neighbouring tokens of the exact stream stands.

    A last Han character is covered by the bigram before it; alone, it is any term that begins
    with it.
    """
    slots = []
    covered = False
    for offset, token in enumerate(tokens):
        if not _IS_HAN(token.term):
            slots.append(Slot(Kind.TERM, token.term, offset))
            covered = False
        elif _is_bigram(token) and offset + 1 < len(tokens):
            slots.append(Slot(Kind.TERM, token.term, offset))
            covered = True
        elif not covered:
            slots.append(Slot(Kind.PREFIX, token.term[0], offset))
        else:
            covered = False
    return Pattern(tuple(slots), len(tokens)) if slots else None


def _wildcard(folded: str) -> Place | None:
    if folded == "*":
        return Pattern((Slot(Kind.PREFIX, ""),), 1)
    groups: list[list[str]] = [[]]
    for element in _ELEMENT.findall(folded):
        if element == "*":
            groups.append([])
        else:
            groups[-1].append(element)
    parts = [_element_pattern(group) for group in groups if group]
    return _chain(parts, STAR_REACH, ordered=True)


def _element_pattern(elements: Sequence[str]) -> Pattern | None:
    """The place of Han characters, words (perhaps with wildcards) and ``?`` in their order."""
    slots = []
    covered = False  # by a bigram that begins one character earlier
    for offset, element in enumerate(elements):
        follower = elements[offset + 1] if offset + 1 < len(elements) else ""
        before, covered = covered, False
        if _IS_HAN(element) and (follower == "?" or _IS_HAN(follower)):
            kind = Kind.BIGRAM_PREFIX if follower == "?" else Kind.TERM
            text = element if follower == "?" else element + follower
            slots.append(Slot(kind, text, offset))
            covered = True
        elif _IS_HAN(element):
            if not before:
                slots.append(Slot(Kind.PREFIX, element, offset))
        elif element == "?":
            if _IS_HAN(follower):
                slots.append(Slot(Kind.BIGRAM_SUFFIX, follower, offset))
                covered = True
        else:
            kind = Kind.GLOB if "*" in element or "?" in element else Kind.TERM
            slots.append(Slot(kind, element, offset))
    return Pattern(tuple(slots), len(elements)) if slots else None


def _fuzzy(elements: list[str], distance: int) -> Place | None:
    """A word within so many edits, or a Chinese run with so many characters otherwise.

    Of a Chinese run, characters may be others, missing or additional; its ends stand, but for
    others in their place, and two characters at least remain.
    """
    if not any(map(_IS_HAN, elements)):
        words = [Pattern((Slot(Kind.FUZZY, word, 0, distance),), 1) for word in elements]
        return _chain(words, 0, ordered=True)
    variants = {tuple(elements)}
    for _ in range(max(0, min(distance, len(elements) - 2))):
        variants |= {edited for variant in variants for edited in _edits(variant)}
    return _choice([_element_pattern(variant) for variant in sorted(variants)])


def _edits(elements: tuple[str, ...]) -> set[tuple[str, ...]]:
    inner = range(1, len(elements) - 1)
    replaced = {(*elements[:i], "?", *elements[i + 1 :]) for i in range(len(elements))}
    removed = {elements[:i] + elements[i + 1 :] for i in inner}
    added = {(*elements[:i], "?", *elements[i:]) for i in range(1, len(elements))}
    return replaced | removed | added


def _chain(parts: Sequence[Place | None], distance: int, *, ordered: bool) -> Place | None:
    whole: Place | None = None
    for part in parts:
        if whole is None or part is None:
            whole = whole or part
        else:
            whole = Near(whole, part, distance, ordered)
    return whole


def _choice(options: Sequence[Place | None]) -> Place | None:
    known = tuple(option for option in options if option is not None)
    return Choice(known) if len(known) > 1 else known[0] if known else None
