"""Windows: neighbouring matches of a text that a snippet can show together.

The best window has the rarest targets, each counted once. Among equals it is the one with the most
matches, then the first one in the text.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from functools import cache
from typing import Final, NamedTuple

from indexer.article import LanguageCode
from search.passage.article_text import ArticleText
from search.passage.cells import text_cells
from search.passage.highlight import Highlights, Mark, merge_spans

# The cells of most characters of a language.
_CELLS: Final[dict[LanguageCode, int]] = {"zh": 2, "en": 1}


class Window(NamedTuple):
    """Neighbouring marks of one paragraph.

    ``score`` consists of the weight of its targets without those that another snippet shows, the
    weight of all its targets, and the number of its marks.
    """

    score: tuple[float, float, int]
    marks: Sequence[Mark]


class WindowSelector:
    """Selects the windows to show in snippets of ``width`` cells.

    ``weigh`` returns the weight of a target, given its number.
    """

    def __init__(self, width: int, weigh: Callable[[int], float]) -> None:
        self._width = width
        self._weigh = cache(weigh)
        self._weights: dict[int, float] = {0: 0.0}

    def best(self, highlights: Highlights) -> tuple[Window, list[Mark]]:
        """Return the best window of a text, and the marks that were considered.

        Where the marks are incomplete, a window can only be better than the best known one if it
        has a target that this one lacks. So missing marks are only searched near the marks of such
        targets. Raises ValueError if the text has no marks.
        """
        text, reach = highlights.text, self._reach(highlights.text)
        known = bisect_left(highlights.body, (highlights.known_until,))
        marks, rest = highlights.body[:known], highlights.body[known:]
        best = self._select(text, marks, reach)
        shown = {mark[2] for mark in best.marks} if best else set()
        if lacking := [mark for mark in rest if mark[2] not in shown]:
            near = merge_spans((max(text.body, a - reach), b + reach) for a, b, _ in lacking)
            rest = [mark for low, high in near for mark in highlights.marks_between(low, high)]
            best = better(best, self._select(text, rest, reach))
            marks = sorted({*marks, *rest})
        if best is None:
            raise ValueError("no marks")
        return best, marks

    def best_addition(
        self, text: ArticleText, marks: Sequence[Mark], shown: set[int]
    ) -> Window | None:
        """Return the window that adds most to the targets ``shown``, or None if none adds any."""
        unseen = [mark for mark in marks if mark[2] not in shown]
        if not unseen:
            return None
        reach = self._reach(text)
        first = bisect_left(marks, (unseen[0][0] - reach,))
        last = bisect_left(marks, (unseen[-1][1] + reach,))
        return self._select(text, marks[first:last], reach, sum(1 << i for i in shown))

    def core_span(self, text: ArticleText, window: Window) -> tuple[int, int]:
        """Return the span of the marks of a window, or of the best of them if not all fit."""
        start, end = _span(window)
        fitting = self._width // 2  # characters; each takes at most 2 cells
        if end - start > fitting and text_cells(text.whole[start:end]) > self._width:
            narrower = self._select(text, window.marks, fitting)
            start, end = _span(narrower or window)
        return start, end

    def _reach(self, text: ArticleText) -> int:
        """Return the length of a window in characters: two thirds of a snippet.

        The other third is left for its context.
        """
        return self._width * 2 // 3 // _CELLS[text.language]

    def _select(
        self, text: ArticleText, marks: Sequence[Mark], reach: int, shown: int = 0
    ) -> Window | None:
        """Return the best window that has a target besides ``shown``, which has a bit for each."""
        size = len(marks)
        targets = _targets(marks)
        highest = self._weight(targets & ~shown), self._weight(targets)
        best, chosen = (-1.0, 0.0, 0), slice(0)
        last = paragraph_end = 0  # the end of the window among the marks, and of its paragraph
        for first, (start, _, _) in enumerate(marks):
            limit = start + reach
            if best[:2] == highest:  # only a window of more marks can be better
                needed = first + best[2]
                if needed >= size:
                    break
                if marks[needed][1] > limit:
                    continue
            if start >= paragraph_end:
                paragraph_end = text.paragraph_end(start)
            limit = min(limit, paragraph_end)
            before = last
            last = max(last, first + 1)
            while last < size and marks[last][1] <= limit:
                last += 1
            # A window that reaches no further than the one before is a part of that.
            if last > before and (targets := _targets(marks[first:last])) & ~shown:
                score = self._weight(targets & ~shown), self._weight(targets), last - first
                if score > best:
                    best, chosen = score, slice(first, last)
        return Window(best, marks[chosen]) if chosen.stop else None

    def _weight(self, targets: int) -> float:
        """Return the weight of some targets, which are given as one bit each."""
        if targets not in self._weights:
            numbers = (i for i in range(targets.bit_length()) if targets >> i & 1)
            self._weights[targets] = sum(map(self._weigh, numbers))
        return self._weights[targets]


def better(left: Window | None, right: Window | None) -> Window | None:
    """Return the window with the higher score, or the left one if the scores are equal."""
    return right if not left or (right and right.score > left.score) else left


def _targets(marks: Sequence[Mark]) -> int:
    """Return the targets of some marks, as one bit each."""
    targets = 0
    for _, _, target in marks:
        targets |= 1 << target
    return targets


def _span(window: Window) -> tuple[int, int]:
    return window.marks[0][0], max(end for _, end, _ in window.marks)
