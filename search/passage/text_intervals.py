"""Intervals in a text, found by the positions of its terms.

This is the thorough way, for intervals that no `pattern_regex` expresses, above all NEAR: the text
is analyzed as for the index.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate

import numpy as np

from indexer.align import ParagraphSpan
from indexer.analysis import Analyzer, Token, fold
from indexer.schema import PARAGRAPH_GAP
from search.plan.extents import NO_EXTENTS, Extents, PositionKeys, find_pattern, locate
from search.plan.interval_builder import is_bigram
from search.plan.intervals import Alternatives, Interval, NearInterval, Pattern, Slot, SlotKind
from search.plan.slot_terms import slot_predicate


def find_interval(
    interval: Interval, paragraphs: Sequence[str], analyzer: Analyzer
) -> list[ParagraphSpan]:
    """Return the spans that an interval matches in a text, in order.

    For a NEAR these are the spans of its patterns, without the text between them. A pattern that a
    ? extends beyond its paragraph is cut at the paragraph's ends.
    """
    return sorted(set(_AnalyzedText(paragraphs, analyzer).spans(interval)))


class _AnalyzedText:
    """The terms of a text's paragraphs, in one sequence of positions."""

    def __init__(self, paragraphs: Sequence[str], analyzer: Analyzer) -> None:
        self._analyzer = analyzer
        self._paragraphs = paragraphs
        self._terms = [analyzer.exact_terms(paragraph) for paragraph in paragraphs]
        self._tokens: dict[int, list[Token]] = {}  # of paragraphs that have a match
        lengths = (len(terms) + PARAGRAPH_GAP for terms in self._terms)
        self._first_positions = [*accumulate(lengths, initial=0)]

    def spans(self, interval: Interval) -> Iterator[ParagraphSpan]:
        """Yield the spans of the interval's patterns, possibly some twice."""
        extents = locate(interval, self._find_pattern)
        for pattern in _patterns(interval):
            parts = extents
            if pattern is not interval:
                parts = _within(self._find_pattern(pattern), extents)
            # The first slot is inside of the paragraph, even if a ? before it is not.
            anchor = pattern.slots[0].offset
            for start, end in zip(parts.starts.tolist(), parts.ends.tolist(), strict=True):
                paragraph = bisect_right(self._first_positions, start + anchor) - 1
                yield self._paragraph_span(paragraph, start, end)

    def _paragraph_span(self, number: int, start: int, end: int) -> ParagraphSpan:
        """Convert positions of the text to characters, limited to one paragraph."""
        paragraph, first = self._paragraphs[number], self._first_positions[number]
        if number not in self._tokens:
            self._tokens[number] = self._analyzer.exact(paragraph)
        tokens = self._tokens[number]
        last = min(len(tokens), end - first) - 1
        start = tokens[max(0, start - first)].start
        return ParagraphSpan(number, start, _token_end(paragraph, tokens, last))

    def _find_pattern(self, pattern: Pattern) -> Extents:
        return find_pattern(pattern, self._slot_positions)

    def _slot_positions(self, slot: Slot) -> PositionKeys:
        """Return the positions of a slot's terms, int64 (n,), ascending."""
        fitting = {slot.text}
        if slot.kind is not SlotKind.TERM:
            fits = slot_predicate(slot, self._analyzer)
            fitting = set(filter(fits, set().union(*self._terms)))
        return np.array(
            [
                first + i
                for first, terms in zip(self._first_positions, self._terms, strict=False)
                for i, term in enumerate(terms)
                if term in fitting
            ],
            np.int64,
        )


def _token_end(paragraph: str, tokens: Sequence[Token], last: int) -> int:
    """Return the end of the word or the Han character at the position of token ``last``.

    The token of a bigram ends one character later. The bigram before it ends where its first
    character does.
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
    """Yield the patterns in an interval."""
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
    """Return those of ``parts`` that lie inside one of ``wholes``."""
    if not wholes.starts.size:
        return NO_EXTENTS
    furthest = np.maximum.accumulate(wholes.ends)
    whole = np.searchsorted(wholes.starts, parts.starts, side="right") - 1
    inside = (whole >= 0) & (parts.ends <= furthest[whole])
    return Extents(parts.starts[inside], parts.ends[inside])
