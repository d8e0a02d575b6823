"""What of a text matches a plan.

Of a word that stands in a text a hundred times, not all places are looked for: the first
`MAX_MARKS`, and those near to words that are rarer.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, islice, starmap, takewhile
from sys import maxsize
from typing import Final, NamedTuple

from indexer.analysis import Analyzer
from indexer.analysis.fold_tables import may_contain_han
from indexer.analysis.script import is_han
from indexer.article import LanguageCode
from search.hit import Spans
from search.passage.folded_block import FoldedBlock, fold_block
from search.passage.interval_finder import find_interval
from search.passage.pattern_regex import SEPARATOR, PatternRegex, pattern_regex
from search.plan.intervals import Alternatives, Interval, Pattern, Slot, SlotKind
from search.plan.nodes import (
    Boosted,
    Conjunction,
    Disjunction,
    IntervalMatch,
    Plan,
    Rescored,
    TermGroup,
)

MAX_MARKS: Final = 32
_FIRST_BLOCK: Final = 4096  # characters
ANY_WORD: Final = Pattern((Slot(SlotKind.PREFIX, ""),), 1)

# A target found: the characters from the first to the second of a text, and the target's number.
Mark = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Target:
    """A place that a query looks for, and in which fields."""

    interval: Interval
    fields: tuple[str, ...]


def targets(plan: Plan) -> Iterator[Target]:
    """The places that a plan looks for; not those it shuts out, nor any word at all (title:*)."""
    match plan:
        case TermGroup(units, _, fields):
            yield from (Target(unit, fields) for unit in units)
        case IntervalMatch(interval, fields) if interval != ANY_WORD:
            yield Target(interval, fields)
        case Conjunction(children) | Disjunction(children):
            for child in children:
                yield from targets(child)
        case Boosted(child, _) | Rescored(child, _):
            yield from targets(child)


class _Block(NamedTuple):
    """Whole paragraphs of a text, its characters ``start`` to ``end``."""

    start: int
    end: int
    text: FoldedBlock


class ArticleText:
    """The title and the paragraphs of an article in one language, in one string.

    ``whole`` holds them with a `SEPARATOR` between each two; ``body`` is where the first paragraph
    begins. It is folded block by block, as far as it is looked into.
    """

    def __init__(self, language: LanguageCode, title: str, paragraphs: Sequence[str]) -> None:
        self.language: LanguageCode = language
        self.title = title
        self.paragraphs = paragraphs
        self.body = len(title) + 1
        self.whole = SEPARATOR.join((title, *paragraphs))
        if self.whole.count(SEPARATOR) > len(paragraphs):  # it has such characters itself
            parts = (part.replace(SEPARATOR, "\x02") for part in (title, *paragraphs))
            self.whole = SEPARATOR.join(parts)
        self._is_ascii = self.whole.isascii()
        self._may_contain_han: bool | None = None if language == "en" else not self._is_ascii
        self._size = maxsize if self._is_ascii else _FIRST_BLOCK
        self._blocks: list[_Block] = []

    def find(self, sought: PatternRegex, low: int = 0) -> Iterator[tuple[int, int]]:
        """Where an expression is found from ``low`` on, in characters of ``whole``, in order."""
        if not sought.letters.isascii() and not self._may_contain(sought.letters):
            return iter(())
        if self._blocks or self._fold_more():
            _, end, text = self._blocks[0]
            if end == len(self.whole) and text.starts is None:
                return sought.find(text, low)
        return chain.from_iterable(self._find(sought, low))

    def _may_contain(self, letters: str) -> bool:
        """Whether letters beyond ASCII may be found, as far as that is quick to tell."""
        if self._may_contain_han is None:
            self._may_contain_han = may_contain_han(self.whole)
        return self._may_contain_han or not (self._is_ascii or is_han(letters))

    def _find(self, sought: PatternRegex, low: int) -> Iterator[Iterable[tuple[int, int]]]:
        """The same block by block, each of which is folded when it is asked for."""
        number = 0
        while number < len(self._blocks) or self._fold_more():
            origin, end, text = self._blocks[number]
            number += 1
            if end <= low:
                continue
            found = sought.find(text, text.first(low - origin) if low > origin else 0)
            if text.starts is not None:
                found = starmap(text.span, found)
            yield ((a + origin, b + origin) for a, b in found) if origin else found

    def _fold_more(self) -> bool:
        """Fold another block, twice as long as the one before; whether there is another."""
        start = self._blocks[-1].end if self._blocks else 0
        if start == len(self.whole):
            return False
        end = self.whole.find(SEPARATOR, start + self._size) + 1 or len(self.whole)
        self._blocks.append(_Block(start, end, fold_block(self.whole[start:end])))
        self._size *= 2
        return True

    def paragraph_start(self, offset: int) -> int:
        """Where the paragraph that contains ``offset`` begins."""
        return self.whole.rfind(SEPARATOR, 0, offset) + 1

    def offset_of_paragraph(self, number: int) -> int:
        """Where paragraph ``number`` begins, counted from 0."""
        return self.body + sum(map(len, self.paragraphs[:number])) + number

    def paragraph_end(self, offset: int) -> int:
        """Where the paragraph that contains ``offset`` ends."""
        end = self.whole.find(SEPARATOR, offset)
        return len(self.whole) if end < 0 else end

    def paragraph_number(self, offset: int) -> int:
        """The number of the paragraph that contains ``offset``, counted from 1."""
        return self.whole.count(SEPARATOR, 0, offset)


class _TargetOption(NamedTuple):
    """A target, or one option of it, in the texts of one language; what finds it, if anything."""

    number: int
    interval: Interval
    regex: PatternRegex | None
    in_title: bool
    in_body: bool


class Highlighter:
    """Finds the targets of a query in texts."""

    def __init__(self, sought: Sequence[Target], analyzer: Analyzer) -> None:
        self._analyzer = analyzer
        self._sought: dict[LanguageCode, list[_TargetOption]] = {"zh": [], "en": []}
        for number, target in enumerate(sought):
            options = _options(target.interval, analyzer)
            for language, held in self._sought.items():
                in_title = f"title_{language}" in target.fields
                in_body = f"body_{language}" in target.fields
                if in_title or in_body:
                    held += [
                        _TargetOption(number, *option, in_title, in_body) for option in options
                    ]

    def highlight(self, text: ArticleText) -> Highlights:
        """What is found in a text."""
        sought = self._sought[text.language]
        known_until = maxsize
        found: list[Mark] = []
        for target in sought:
            if target.regex is None:
                found += self._located(target, text)
                continue
            spans = text.find(target.regex, 0 if target.in_title else text.body)
            if not target.in_body:
                spans = takewhile(lambda span: span[0] < text.body, spans)
            marks = [(start, end, target.number) for start, end in islice(spans, MAX_MARKS)]
            if len(marks) == MAX_MARKS:
                known_until = min(known_until, marks[-1][0])
            found += marks
        return Highlights(
            text, sorted(set(found)) if len(sought) > 1 else found, known_until, sought
        )

    def _located(self, target: _TargetOption, text: ArticleText) -> Iterator[Mark]:
        """All marks of a target that takes positions to find it."""
        if target.in_title:
            for _, start, end in find_interval(target.interval, (text.title,), self._analyzer):
                yield start, end, target.number
        if target.in_body:
            firsts = [*accumulate((len(p) + 1 for p in text.paragraphs), initial=text.body)]
            for paragraph, start, end in find_interval(
                target.interval, text.paragraphs, self._analyzer
            ):
                yield firsts[paragraph] + start, firsts[paragraph] + end, target.number


def _options(interval: Interval, analyzer: Analyzer) -> list[tuple[Interval, PatternRegex | None]]:
    """The patterns between which a place is a choice, with their expressions; or else itself."""
    options = interval.options if isinstance(interval, Alternatives) else (interval,)
    return [(o, pattern_regex(o, analyzer) if isinstance(o, Pattern) else None) for o in options]


class Highlights:
    """What of a text matches: the marks of its ``title`` and of its paragraphs, ``body``, in order.

    They are all that begin before ``known_until``, and after it all but those of the words that are
    commonest in the text.
    """

    def __init__(
        self,
        text: ArticleText,
        marks: list[Mark],
        known_until: int,
        sought: Sequence[_TargetOption],
    ) -> None:
        first = bisect_left(marks, (text.body,))
        self.text = text
        self.title = marks[:first]
        self.body = marks[first:]
        self.known_until = known_until
        self._sought = sought

    def marks_between(self, low: int, high: int) -> list[Mark]:
        """All marks of the paragraphs from ``low`` to ``high``, in order."""
        first, last = bisect_left(self.body, (low,)), bisect_left(self.body, (high,))
        found = self.body[first:last]
        if high > self.known_until:
            found = sorted({*found, *self._search_between(low, high)})
        return [mark for mark in found if mark[1] <= high]

    def _search_between(self, low: int, high: int) -> Iterator[Mark]:
        for number, _, regex, _, in_body in self._sought:
            if regex and in_body:
                spans = self.text.find(regex, low)
                for start, end in takewhile(lambda span: span[0] < high, spans):
                    yield start, end, number


def merged(spans: Iterable[tuple[int, int]]) -> Spans:
    """The spans in order, those that overlap or touch as one."""
    result: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if result and start <= result[-1][1]:
            result[-1] = result[-1][0], max(end, result[-1][1])
        else:
            result.append((start, end))
    return tuple(result)
