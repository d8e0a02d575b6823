"""Where a plan's places stand in a text; imports place, plan, terms and indexer.analysis."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from indexer.analysis import Analyzer, Token, fold
from indexer.analysis.script import HAN
from indexer.schema import PARAGRAPH_GAP
from search.pattern import is_bigram
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
from search.plan import All, Any, Found, Plan, Scaled, Supported, Words
from search.terms import predicate

_HAN_BLANK = re.compile(rf"(?<=[{HAN}])\s+(?=[{HAN}])")
ANY_WORD: Final = Pattern((Slot(Kind.PREFIX, ""),), 1)


@dataclass(frozen=True, slots=True)
class Target:
    """A place that a query looks for, in which fields, and how much it tells."""

    place: Place
    fields: tuple[str, ...]
    weight: float = 1.0


def targets(plan: Plan) -> Iterator[Target]:
    """The places that a plan looks for; not those it shuts out, nor any word at all (title:*)."""
    match plan:
        case Words(units, _, fields):
            yield from (Target(unit, fields) for unit in units)
        case Found(place, fields) if place != ANY_WORD:
            yield Target(place, fields)
        case All(children) | Any(children):
            for child in children:
                yield from targets(child)
        case Scaled(child, _) | Supported(child, _):
            yield from targets(child)


class Mark(NamedTuple):
    """A target found: positions ``start`` to ``end`` (exclusive) of a paragraph's exact stream."""

    paragraph: int
    start: int
    end: int
    target: int


def marks(
    paragraphs: Sequence[str], sought: Sequence[tuple[int, Place]], analyzer: Analyzer
) -> list[Mark]:
    """Where the places ``sought`` (with the numbers of their targets) stand in a text, in order.

    Of a nearness, what is near, not what lies between. Paragraphs that can hold none of the
    places are passed over; where a nearness is sought, which reaches across paragraphs, none is.
    """
    text = _Text(paragraphs, [place for _, place in sought], analyzer)
    found = {mark for target, place in sought for mark in text.marks(place, target)}
    return sorted(found)


def characters(paragraph: str, found: Sequence[Mark], analyzer: Analyzer) -> list[tuple[int, int]]:
    """The characters of a paragraph that each of its marks covers."""
    tokens = analyzer.exact(paragraph)
    return [(tokens[mark.start].start, _end(paragraph, tokens, mark.end - 1)) for mark in found]


def _end(paragraph: str, tokens: Sequence[Token], last: int) -> int:
    """Where the word or the character of a token ends.

    A bigram ends a character later than the one it stands for, which is where the bigram before
    it ends.
    """
    if not is_bigram(tokens[last].term):
        return tokens[last].end
    if last and is_bigram(tokens[last - 1].term):
        return tokens[last - 1].end
    end = tokens[last].start + 1
    while end < tokens[last].end and not fold(paragraph[end]):  # a mark on the character
        end += 1
    return end


class _Text:
    """The terms of a text's paragraphs, as far as they can hold what is sought."""

    def __init__(
        self, paragraphs: Sequence[str], places: Sequence[Place], analyzer: Analyzer
    ) -> None:
        self._analyzer = analyzer
        self._firsts: list[int] = []  # position of each paragraph's first term, in the whole text
        self._numbers: list[int] = []  # which paragraph of the text it is
        self._terms: list[list[str]] = []
        needles = _needles(places)
        first = 0
        for number, paragraph in enumerate(paragraphs):
            if needles is None or _holds_any(paragraph, needles):
                self._firsts.append(first)
                self._numbers.append(number)
                self._terms.append(analyzer.exact_terms(paragraph))
                first += len(self._terms[-1])
            first += PARAGRAPH_GAP

    def marks(self, place: Place, target: int) -> Iterator[Mark]:
        found = locate(place, self._occurrences)
        for pattern in _patterns(place):
            parts = found
            if pattern is not place:
                parts = _within(locate(pattern, self._occurrences), found)
            anchor = pattern.slots[0].offset  # a ? may reach out of the paragraph, a slot does not
            for start, end in zip(parts.starts.tolist(), parts.ends.tolist(), strict=True):
                i = bisect_right(self._firsts, start + anchor) - 1
                first, length = self._firsts[i], len(self._terms[i])
                inside = max(0, start - first), min(length, end - first)
                yield Mark(self._numbers[i], *inside, target)

    def _occurrences(self, slot: Slot) -> Keys:
        text = slot.text
        if slot.kind is Kind.TERM:
            fits: set[str] = {text}
        else:
            fit = predicate(slot, self._analyzer)
            fits = {term for term in set().union(*self._terms) if fit(term)}
        return np.array(
            [
                first + i
                for first, terms in zip(self._firsts, self._terms, strict=True)
                for i, term in enumerate(terms)
                if term in fits
            ],
            np.int64,
        )


def _needles(places: Sequence[Place]) -> list[tuple[str, ...]] | None:
    """For each pattern, what a paragraph must hold to match; None: analyse them all."""
    patterns: list[Pattern] = []
    for place in places:
        options = place.options if isinstance(place, Choice) else (place,)
        for option in options:
            if not isinstance(option, Pattern):
                return None
            patterns.append(option)
    needles = [tuple(_needle(slot) for slot in pattern.slots) for pattern in patterns]
    return None if any(not all(pattern) for pattern in needles) else needles


def _needle(slot: Slot) -> str:
    """Letters that stand together in every term of a slot; "" if there are none."""
    match slot.kind:
        case Kind.STEM:
            return slot.text[: 1 if slot.text.endswith("ie") else max(2, len(slot.text) - 2)]
        case Kind.GLOB:
            return max(re.split(r"[*?]", slot.text), key=len)
        case Kind.FUZZY:
            return ""
        case _:
            return slot.text


def _holds_any(paragraph: str, needles: Sequence[tuple[str, ...]]) -> bool:
    """Whether all needles of one pattern occur, blanks between Han characters left out."""
    folded = fold(paragraph)
    closed = folded if folded.isascii() else _HAN_BLANK.sub("", folded)
    return any(all(needle in closed for needle in pattern) for pattern in needles)


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
