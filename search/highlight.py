"""Where a plan's places stand in a text; imports place, plan, terms and indexer.analysis."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from indexer.analysis import Analyzer, Token
from indexer.analysis.script import HAN
from indexer.schema import PARAGRAPH_GAP
from search.place import (
    NOWHERE,
    Choice,
    Keys,
    Kind,
    Near,
    Pattern,
    Place,
    Slot,
    Spans,
    locate,
)
from search.plan import All, Any, Found, Plan, Scaled, Words
from search.terms import predicate

_IS_HAN = re.compile(f"[{HAN}]").match


@dataclass(frozen=True, slots=True)
class Target:
    """A place that a query looks for, in which fields, and how much it tells."""

    place: Place
    fields: tuple[str, ...]
    weight: float = 1.0


def targets(plan: Plan) -> Iterator[Target]:
    """The places that a plan looks for; not those it shuts out."""
    match plan:
        case Words(units, _, fields):
            yield from (Target(unit, fields) for unit in units)
        case Found(place, fields):
            yield Target(place, fields)
        case All(children) | Any(children):
            for child in children:
                yield from targets(child)
        case Scaled(child, _):
            yield from targets(child)


@dataclass(frozen=True, slots=True)
class Mark:
    """A target found: characters ``start`` to ``end`` of a paragraph (both counted from 0)."""

    paragraph: int
    start: int
    end: int
    target: int


class AnalyzedText:
    """The tokens of a text of several paragraphs, as the index has them."""

    def __init__(self, paragraphs: Sequence[str], analyzer: Analyzer) -> None:
        self._analyzer = analyzer
        self._tokens: list[Token] = []  # with positions of the text as a whole
        self._firsts: list[int] = []  # of each paragraph, in tokens
        self._positions: list[int] = []  # of each token
        self._places: dict[str, list[int]] = {}
        first = 0
        for paragraph in paragraphs:
            tokens = analyzer.exact(paragraph)
            self._firsts.append(len(self._tokens))
            for token in tokens:
                self._places.setdefault(token.term, []).append(first + token.position)
            self._positions.extend(range(first, first + len(tokens)))
            self._tokens += tokens
            first += len(tokens) + PARAGRAPH_GAP

    def marks(self, place: Place, target: int = 0) -> Iterator[Mark]:
        """Where a place is found: the words that fill it, not what lies between them."""
        found = locate(place, self._occurrences)
        for pattern in _patterns(place):
            part = _within(locate(pattern, self._occurrences), found)
            for start, end in zip(part.starts.tolist(), part.ends.tolist(), strict=True):
                yield self._mark(start, end, target)

    def _occurrences(self, slot: Slot) -> Keys:
        if slot.kind is Kind.TERM:
            return np.array(self._places.get(slot.text, ()), np.int64)
        fits = predicate(slot, self._analyzer)
        found = [p for term, places in self._places.items() if fits(term) for p in places]
        return np.array(sorted(found), np.int64)

    def _mark(self, start: int, end: int, target: int) -> Mark:
        first = self._index(start)
        last = self._index(end - 1)
        paragraph = bisect_right(self._firsts, first) - 1
        return Mark(paragraph, self._tokens[first].start, self._end(last), target)

    def _index(self, position: int) -> int:
        """The token at a position; each paragraph before it left gaps."""
        return bisect_right(self._positions, position) - 1

    def _end(self, last: int) -> int:
        """Where the word or the character of the last token ends.

        A bigram ends a character later than the one it stands for, which is where the bigram
        before it ends.
        """
        token = self._tokens[last]
        if not _is_bigram(token.term):
            return token.end
        if last and _is_bigram(self._tokens[last - 1].term):
            return self._tokens[last - 1].end
        return token.start + 1


def _is_bigram(term: str) -> bool:
    return len(term) == 2 and _IS_HAN(term) is not None


def _patterns(place: Place) -> Iterator[Pattern]:
    match place:
        case Pattern():
            yield place
        case Choice(options):
            for option in options:
                yield from _patterns(option)
        case Near(left, right):
            yield from _patterns(left)
            yield from _patterns(right)


def _within(parts: Spans, wholes: Spans) -> Spans:
    """The spans of ``parts`` that lie inside one of ``wholes``."""
    if not wholes.starts.size:
        return NOWHERE
    furthest = np.maximum.accumulate(wholes.ends)
    whole = np.searchsorted(wholes.starts, parts.starts, side="right") - 1
    inside = (whole >= 0) & (parts.ends <= furthest[whole])
    return Spans(parts.starts[inside], parts.ends[inside])
