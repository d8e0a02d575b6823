"""Where places stand in a text by the positions of its terms.

The thorough way, for what no `expression` says, above all for nearness: the text is analysed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

import numpy as np

from indexer.analysis import Analyzer, Token, fold
from indexer.schema import PARAGRAPH_GAP
from search.plan.extents import NO_EXTENTS, Extents, PositionKeys, find_pattern, locate
from search.plan.interval_builder import is_bigram
from search.plan.intervals import Alternatives, Interval, NearInterval, Pattern, Slot, SlotKind
from search.plan.slot_terms import slot_predicate


class ParagraphSpan(NamedTuple):
    """A place where an interval occurs: the characters ``start`` to ``end`` of a paragraph."""

    paragraph: int
    start: int
    end: int


def find_interval(
    interval: Interval, paragraphs: Sequence[str], analyzer: Analyzer
) -> list[ParagraphSpan]:
    """Where an interval stands in a text, in order.

    Of a nearness, what is near, not what lies between.

    Of a pattern that reaches out of its paragraph with a ?, what is inside.
    """
    text = _AnalyzedText(paragraphs, analyzer)
    return sorted(set(text.find_interval(interval)))


class _AnalyzedText:
    """The terms of a text's paragraphs, and the position of each paragraph's first."""

    def __init__(self, paragraphs: Sequence[str], analyzer: Analyzer) -> None:
        self._analyzer = analyzer
        self._paragraphs = paragraphs
        self._terms = [analyzer.exact_terms(paragraph) for paragraph in paragraphs]
        self._tokens: dict[int, list[Token]] = {}  # of paragraphs in which something was found
        lengths = (len(terms) + PARAGRAPH_GAP for terms in self._terms)
        self._firsts = [*accumulate(lengths, initial=0)]

    def find_interval(self, interval: Interval) -> Iterator[ParagraphSpan]:
        found = locate(interval, self._find)
        for pattern in _patterns(interval):
            parts = found
            if pattern is not interval:
                parts = _within(self._find(pattern), found)
            anchor = pattern.slots[0].offset  # a ? may reach out of the paragraph, a slot does not
            for start, end in zip(parts.starts.tolist(), parts.ends.tolist(), strict=True):
                yield self._characters(bisect_right(self._firsts, start + anchor) - 1, start, end)

    def _characters(self, number: int, start: int, end: int) -> ParagraphSpan:
        """What stands at positions of the whole text, as far as it is in a paragraph."""
        paragraph, first = self._paragraphs[number], self._firsts[number]
        if number not in self._tokens:
            self._tokens[number] = self._analyzer.exact(paragraph)
        tokens = self._tokens[number]
        last = min(len(tokens), end - first) - 1
        start = tokens[max(0, start - first)].start
        return ParagraphSpan(number, start, _end(paragraph, tokens, last))

    def _find(self, pattern: Pattern) -> Extents:
        return find_pattern(pattern, self._occurrences)

    def _occurrences(self, slot: Slot) -> PositionKeys:
        fits = {slot.text}
        if slot.kind is not SlotKind.TERM:
            fit = slot_predicate(slot, self._analyzer)
            fits = set(filter(fit, set().union(*self._terms)))
        return np.array(
            [
                first + i
                for first, terms in zip(self._firsts, self._terms, strict=False)
                for i, term in enumerate(terms)
                if term in fits
            ],
            np.int64,
        )


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


def _patterns(interval: Interval) -> Iterator[Pattern]:
    match interval:
        case Pattern():
            yield interval
        case Alternatives(options):
            for option in options:
                yield from _patterns(option)
        case NearInterval(left, right):
            yield from _patterns(left)
            yield from _patterns(right)


def _within(parts: Extents, wholes: Extents) -> Extents:
    """The spans of ``parts`` that lie inside one of ``wholes``."""
    if not wholes.starts.size:
        return NO_EXTENTS
    furthest = np.maximum.accumulate(wholes.ends)
    whole = np.searchsorted(wholes.starts, parts.starts, side="right") - 1
    inside = (whole >= 0) & (parts.ends <= furthest[whole])
    return Extents(parts.starts[inside], parts.ends[inside])
