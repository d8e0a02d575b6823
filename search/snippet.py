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
from search.highlight import AnalyzedText, Mark, Target, targets
from search.hit import Hit, Snippet, Spans
from search.place import Place
from search.plan import Plan
from search.sentences import sentence_ends

DEFAULT_WIDTH: Final = 240
MOST_SNIPPETS: Final = 2

Language = Literal["en", "zh"]
LANGUAGES: Final[tuple[Language, ...]] = ("zh", "en")

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
        wanted = [(i, t) for i, t in enumerate(self._targets) if field in t.fields]
        if not wanted or not any(paragraphs):
            return []
        text = AnalyzedText(paragraphs, self._analyzer)
        marks = {mark for i, target in wanted for mark in text.marks(target.place, i)}
        return sorted(marks, key=lambda mark: (mark.paragraph, mark.start, mark.end))

    def _title_spans(self, field: str, title: str) -> Spans:
        return _merged(title, [(mark.start, mark.end) for mark in self._marks(field, (title,))])

    def _snippets(self, article: Article) -> tuple[Snippet, ...]:
        bodies = {"en": article.paragraphs_en, "zh": article.paragraphs_zh}
        found: list[tuple[Language, list[_Window]]] = []
        for language in LANGUAGES:
            marks = self._marks(f"body_{language}", bodies[language])
            if marks:
                found.append((language, self._windows(bodies[language], marks)))
        if not found:
            return tuple(
                self._fragment(language, bodies[language], 0, 0, 0, ())
                for language in LANGUAGES
                if bodies[language]
            )
        chosen = [(language, windows[0]) for language, windows in found]
        if len(chosen) < MOST_SNIPPETS:
            language, (best, *others) = found[0]
            chosen += [(language, other) for other in others[:1] if other.targets - best.targets]
        return tuple(self._snippet(language, bodies[language], w) for language, w in chosen)

    def _windows(self, paragraphs: Sequence[str], marks: Sequence[Mark]) -> list[_Window]:
        """The best window, and the one that adds most to it."""
        windows = [
            window
            for paragraph in dict.fromkeys(mark.paragraph for mark in marks)
            for window in _windows(
                paragraphs[paragraph],
                [mark for mark in marks if mark.paragraph == paragraph],
                self._width,
            )
        ]
        best = max(windows, key=self._worth)
        rest = [window for window in windows if not window.overlaps(best)]
        if not rest:
            return [best]
        return [best, max(rest, key=lambda w: (self._weight(w.targets - best.targets), self._worth(w)))]

    def _weight(self, chosen: Iterable[int]) -> float:
        return sum(self._targets[i].weight for i in chosen)

    def _worth(self, window: _Window) -> tuple[float, int, int]:
        return self._weight(window.targets), len(window.marks), -window.marks[0].paragraph

    def _snippet(self, language: Language, paragraphs: Sequence[str], window: _Window) -> Snippet:
        first, last = window.marks[0], max(window.marks, key=lambda mark: mark.end)
        spans = [(mark.start, mark.end) for mark in window.all_marks]
        return self._fragment(language, paragraphs, first.paragraph, first.start, last.end, spans)

    def _fragment(
        self,
        language: Language,
        paragraphs: Sequence[str],
        number: int,
        first: int,
        last: int,
        spans: Iterable[tuple[int, int]],
    ) -> Snippet:
        text = paragraphs[number]
        start, end = _extent(text, first, last, self._width)
        inside = [(a - start, b - start) for a, b in spans if start <= a and b <= end]
        fragment = text[start:end]
        return Snippet(
            language=language,
            paragraph=number + 1,
            start=start,
            text=fragment,
            spans=_merged(fragment, inside),
            cut_before=start > 0,
            cut_after=end < len(text),
        )


class _Window(NamedTuple):
    """Neighbouring marks of one paragraph that fit into a snippet; and all marks there are."""

    marks: list[Mark]
    all_marks: list[Mark]
    targets: frozenset[int]

    def overlaps(self, other: _Window) -> bool:
        return bool(set(self.marks) & set(other.marks))


def _windows(text: str, marks: list[Mark], width: int) -> list[_Window]:
    """For each mark, the window that it begins."""
    columns = running_width(text)
    starts = [columns[mark.start] for mark in marks]
    result = []
    for i, mark in enumerate(marks):
        high = max(i + 1, bisect_right(starts, starts[i] + width * 3 // 4))
        inside = [
            m for m in marks[i:high] if columns[m.end] - columns[mark.start] <= width or m is mark
        ]
        result.append(_Window(inside, marks, frozenset(m.target for m in inside)))
    return result


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
    return bool(
        0 < place < len(text) and _WORD.match(text[place - 1]) and _WORD.match(text[place])
    )


def _merged(text: str, spans: Iterable[tuple[int, int]]) -> Spans:
    """The spans in order, those that overlap or touch as one."""
    result: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if result and start <= result[-1][1]:
            result[-1] = result[-1][0], max(end, result[-1][1])
        else:
            result.append((start, end))
    return tuple(result)
