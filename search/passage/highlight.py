"""Highlights: where the targets of a query occur in the texts of an article.

A word that occurs a hundred times in a text is not marked a hundred times. The highlighter finds
its first `MAX_MARKS` occurrences, and later those near the matches of rarer words.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, islice, takewhile
from sys import maxsize
from typing import Final, NamedTuple

from indexer.analysis import Analyzer
from indexer.article import LanguageCode
from search.hit import Spans
from search.passage.article_text import ArticleText
from search.passage.pattern_regex import PatternRegex, pattern_regex
from search.passage.targets import Target
from search.passage.text_intervals import find_interval
from search.plan.intervals import Alternatives, Interval, Pattern

MAX_MARKS: Final = 32

# One match: start and end, as characters of `ArticleText.whole`, and the number of its target.
Mark = tuple[int, int, int]


class _TargetOption(NamedTuple):
    """A target, or one of its alternatives, for the texts of one language.

    ``regex`` is None if only the positions of terms can find the interval.
    """

    number: int
    interval: Interval
    regex: PatternRegex | None
    in_title: bool
    in_body: bool


class Highlighter:
    """Finds the targets of a query in texts."""

    def __init__(self, targets: Sequence[Target], analyzer: Analyzer) -> None:
        self._analyzer = analyzer
        self._options: dict[LanguageCode, list[_TargetOption]] = {"zh": [], "en": []}
        for number, target in enumerate(targets):
            found = _options(target.interval, analyzer)
            for language, options in self._options.items():
                in_title = f"title_{language}" in target.fields
                in_body = f"body_{language}" in target.fields
                if in_title or in_body:
                    options += [
                        _TargetOption(number, *option, in_title, in_body) for option in found
                    ]

    def highlight(self, text: ArticleText) -> Highlights:
        """Find all targets in a text."""
        options = self._options[text.language]
        known_until = maxsize
        found: list[Mark] = []
        for option in options:
            if option.regex is None:
                found += self._find_by_positions(option, text)
                continue
            spans = text.find(option.regex, 0 if option.in_title else text.body)
            if not option.in_body:
                spans = takewhile(lambda span: span[0] < text.body, spans)
            marks = [(start, end, option.number) for start, end in islice(spans, MAX_MARKS)]
            if len(marks) == MAX_MARKS:
                known_until = min(known_until, marks[-1][0])
            found += marks
        marks = sorted(set(found)) if len(options) > 1 else found
        return Highlights(text, marks, known_until, options)

    def _find_by_positions(self, option: _TargetOption, text: ArticleText) -> Iterator[Mark]:
        """Yield all marks of an option that has no regular expression."""
        interval, number = option.interval, option.number
        if option.in_title:
            for _, start, end in find_interval(interval, (text.title,), self._analyzer):
                yield start, end, number
        if option.in_body:
            starts = [*accumulate((len(p) + 1 for p in text.paragraphs), initial=text.body)]
            for paragraph, start, end in find_interval(interval, text.paragraphs, self._analyzer):
                yield starts[paragraph] + start, starts[paragraph] + end, number


def _options(interval: Interval, analyzer: Analyzer) -> list[tuple[Interval, PatternRegex | None]]:
    """Return the alternatives of an interval, or the interval itself, each with its expression."""
    options = interval.options if isinstance(interval, Alternatives) else (interval,)
    return [(o, pattern_regex(o, analyzer) if isinstance(o, Pattern) else None) for o in options]


class Highlights:
    """The marks of a text: those of its ``title`` and those of its paragraphs, ``body``, in order.

    All marks that begin before the offset ``known_until`` are there. After it, the words that are
    most frequent in the text may have more; `marks_between` finds these too.
    """

    def __init__(
        self,
        text: ArticleText,
        marks: list[Mark],
        known_until: int,
        options: Sequence[_TargetOption],
    ) -> None:
        first = bisect_left(marks, (text.body,))
        self.text = text
        self.title = marks[:first]
        self.body = marks[first:]
        self.known_until = known_until
        self._options = options

    def marks_between(self, low: int, high: int) -> list[Mark]:
        """Return all marks of the paragraphs that lie between two offsets, in order."""
        first, last = bisect_left(self.body, (low,)), bisect_left(self.body, (high,))
        marks = self.body[first:last]
        if high > self.known_until:
            marks = sorted({*marks, *self._search_between(low, high)})
        return [mark for mark in marks if mark[1] <= high]

    def _search_between(self, low: int, high: int) -> Iterator[Mark]:
        for number, _, regex, _, in_body in self._options:
            if regex and in_body:
                spans = self.text.find(regex, low)
                for start, end in takewhile(lambda span: span[0] < high, spans):
                    yield start, end, number


def merge_spans(spans: Iterable[tuple[int, int]]) -> Spans:
    """Sort spans, and merge those that overlap or touch."""
    result: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if result and start <= result[-1][1]:
            result[-1] = result[-1][0], max(end, result[-1][1])
        else:
            result.append((start, end))
    return tuple(result)
