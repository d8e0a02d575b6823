"""Hits made of articles: titles and the best passages, with what matches in them marked.

Imports hit, highlight, plan, sentences, columns and the index contract. A passage is chosen by the
rarity of the different words in it, then by how many there are, then by its place.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Final, Literal, NamedTuple

from indexer.analysis import Analyzer
from indexer.article import Article
from search.columns import running_width
from search.highlight import Mark, characters, marks, targets
from search.hit import Hit, Snippet, Spans
from search.place import Place
from search.plan import Plan
from search.sentences import sentence_ends

DEFAULT_WIDTH: Final = 240
MOST_SNIPPETS: Final = 2

Language = Literal["en", "zh"]
LANGUAGES: Final[tuple[Language, ...]] = ("zh", "en")
# About how many columns a word takes with its blank, and a Chinese character.
_COLUMNS_A_POSITION: Final[dict[Language, int]] = {"zh": 2, "en": 6}

# Where a fragment may be cut that cannot keep whole sentences: after a clause, else between words.
_CLAUSE_END = re.compile(r"[，、：,:—]\s*")
_WORD_START = re.compile(r"(?<=\s)\S|(?<=[^\x00-\u02ff])[^\s\W]|[\u3400-\u9fff]")
_WORD = re.compile(r"[^\W\u3400-\u9fff]")


class Presenter:
    """Makes hits of the articles that a plan has found.

    ``rarity`` weighs a place in its fields; ``width`` is that of a snippet in columns, 0 for none.
    """

    def __init__(
        self,
        plan: Plan,
        analyzer: Analyzer,
        rarity: Callable[[Place, Sequence[str]], float],
        width: int = DEFAULT_WIDTH,
    ) -> None:
        self._targets = [
            replace(target, weight=rarity(target.place, target.fields)) for target in targets(plan)
        ]
        self._analyzer = analyzer
        self._width = width

    def hit(self, rank: int, score: float, article: Article) -> Hit:
        """The hit of an article."""
        return Hit(
            rank=rank,
            score=score,
            article=article,
            snippets=self._snippets(article) if self._width else (),
            title_spans_en=self._title_spans("title_en", article.title_en),
            title_spans_zh=self._title_spans("title_zh", article.title_zh),
        )

    def _marks(self, field: str, paragraphs: Sequence[str]) -> list[Mark]:
        """Where the targets of a field stand in it, in order."""
        sought = [(i, t.place) for i, t in enumerate(self._targets) if field in t.fields]
        return marks(paragraphs, sought, self._analyzer) if sought and any(paragraphs) else []

    def _title_spans(self, field: str, title: str) -> Spans:
        found = self._marks(field, (title,))
        return _merged(characters(title, found, self._analyzer)) if found else ()

    def _snippets(self, article: Article) -> tuple[Snippet, ...]:
        bodies = {"en": article.paragraphs_en, "zh": article.paragraphs_zh}
        found = {
            language: held
            for language in LANGUAGES
            if (held := self._marks(f"body_{language}", bodies[language]))
        }
        if not found:
            return tuple(
                self._fragment(language, 0, bodies[language][0], (0, 0), ())
                for language in LANGUAGES
                if bodies[language]
            )
        chosen = []
        for language, held in found.items():
            windows = self._windows(language, held)
            best = max(windows, key=self._worth)
            chosen.append((language, best))
            if len(found) < MOST_SNIPPETS:
                chosen += [(language, other) for other in self._addition(best, windows)]
        return tuple(
            self._snippet(language, bodies[language], window, found[language])
            for language, window in chosen
        )

    def _windows(self, language: Language, marks: list[Mark]) -> list[_Window]:
        """For each mark, the window that it begins: what should fit into a snippet with it."""
        reach = self._width * 2 // 3 // _COLUMNS_A_POSITION[language]  # the rest is for context
        windows = []
        end = 0
        for i, first in enumerate(marks):
            end = max(end, i + 1)
            while (
                end < len(marks)
                and marks[end].paragraph == first.paragraph
                and marks[end].end - first.start <= reach
            ):
                end += 1
            windows.append(_Window(marks[i:end], frozenset(m.target for m in marks[i:end])))
        return windows

    def _worth(self, window: _Window) -> tuple[float, int]:
        return self._weight(window.targets), len(window.marks)

    def _weight(self, chosen: Iterable[int]) -> float:
        return sum(self._targets[i].weight for i in chosen)

    def _addition(self, best: _Window, windows: list[_Window]) -> list[_Window]:
        """The window that adds most to the best, if any adds a word that it lacks."""
        others = [w for w in windows if w.targets - best.targets and not w.overlaps(best)]
        if not others:
            return []
        return [
            max(others, key=lambda w: (self._weight(w.targets - best.targets), *self._worth(w)))
        ]

    def _snippet(
        self, language: Language, paragraphs: Sequence[str], window: _Window, marks: list[Mark]
    ) -> Snippet:
        """The window with what fits around it; all that matches there is marked."""
        number = window.marks[0].paragraph
        text = paragraphs[number]
        places = [mark for mark in marks if mark.paragraph == number]
        spans = characters(text, places, self._analyzer)
        core = [span for mark, span in zip(places, spans, strict=True) if mark in window.marks]
        first, last = core[0][0], max(end for _, end in core)
        return self._fragment(language, number, text, (first, last), spans)

    def _fragment(
        self,
        language: Language,
        number: int,
        text: str,
        core: tuple[int, int],
        spans: Iterable[tuple[int, int]],
    ) -> Snippet:
        """The fragment of a paragraph that holds the characters ``core``, with its ``spans``."""
        start, end = _extent(text, *core, self._width)
        fragment = text[start:end]
        inside = [(a - start, b - start) for a, b in spans if start <= a and b <= end]
        return Snippet(
            language=language,
            paragraph=number + 1,
            start=start,
            text=fragment,
            spans=_merged(inside),
            cut_before=start > 0,
            cut_after=end < len(text),
        )


class _Window(NamedTuple):
    """Neighbouring marks of one paragraph that should fit into a snippet."""

    marks: list[Mark]
    targets: frozenset[int]

    def overlaps(self, other: _Window) -> bool:
        (first, last), (start, end) = (self._extent(), other._extent())
        return first < end and start < last

    def _extent(self) -> tuple[tuple[int, int], tuple[int, int]]:
        number = self.marks[0].paragraph
        return (number, self.marks[0].start), (number, self.marks[-1].end)


def _extent(text: str, first: int, last: int, width: int) -> tuple[int, int]:
    """Where a fragment of some ``width`` columns begins and ends that holds first to last."""
    columns = running_width(text)
    ends = sentence_ends(text)
    starts = [0, *ends[:-1]]
    low = bisect_right(starts, first) - 1
    high = max(low, bisect_left(ends, last))
    if columns[ends[high]] - columns[starts[low]] > width:
        return _cut(text, columns, (starts[low], first, last, ends[high]), width)
    while high + 1 < len(ends) and columns[ends[high + 1]] - columns[starts[low]] <= width:
        high += 1
    while low and columns[ends[high]] - columns[starts[low - 1]] <= width:
        low -= 1
    end = ends[high]
    return starts[low], starts[low] + len(text[starts[low] : end].rstrip())


def _cut(
    text: str, columns: list[int], places: tuple[int, int, int, int], width: int
) -> tuple[int, int]:
    """A part of a sentence too long to be shown: some words before ``first``, more behind."""
    sentence_start, first, last, sentence_end = places
    room = max(0, width - (columns[last] - columns[first]))
    start = bisect_left(columns, columns[first] - room // 3)
    start = max(sentence_start, start)
    if start > sentence_start:
        start = _next_start(text, start, first)
    end = min(sentence_end, max(last, bisect_right(columns, columns[start] + width) - 1))
    if end < len(text) and end > last:
        end = _last_end(text, last, end)
    return start, max(last, start + len(text[start:end].rstrip()))


def _next_start(text: str, low: int, high: int) -> int:
    """The first place from ``low`` to ``high`` where a clause, or else a word, begins."""
    if (clause := _CLAUSE_END.search(text, low, high)) and clause.end() <= high:
        return clause.end()
    while low < high and _splits_word(text, low):
        low += 1
    while low < high and text[low].isspace():
        low += 1
    return low


def _last_end(text: str, low: int, high: int) -> int:
    """The last place from ``low`` to ``high`` that is not inside a word."""
    while high > low and _splits_word(text, high):
        high -= 1
    return high


def _splits_word(text: str, place: int) -> bool:
    """Whether a cut there would part two letters of an alphabetic script."""
    return bool(0 < place < len(text) and _WORD.match(text[place - 1]) and _WORD.match(text[place]))


def _merged(spans: Iterable[tuple[int, int]]) -> Spans:
    """The spans in order, those that overlap or touch as one."""
    result: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if result and start <= result[-1][1]:
            result[-1] = result[-1][0], max(end, result[-1][1])
        else:
            result.append((start, end))
    return tuple(result)
