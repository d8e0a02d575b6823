"""Which marks of a text a snippet should show together.

Windows are weighed by the rarity of the different words in them, then by how many there are, then
by their place.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from functools import cache
from typing import Final, NamedTuple

from indexer.article import LanguageCode
from search.passage.cells import text_cells
from search.passage.highlight import ArticleText, Highlights, Mark, merged

# The columns of most characters.
_CELLS: Final[dict[LanguageCode, int]] = {"zh": 2, "en": 1}


class Window(NamedTuple):
    """Neighbouring marks of one paragraph that should fit into a snippet.

    ``score``: the weight of its targets, without those that are shown elsewhere; of all of them;
    and the number of its marks.
    """

    score: tuple[float, float, int]
    marks: Sequence[Mark]


class WindowSelector:
    """Chooses windows for snippets of ``width`` columns; ``weigh`` tells a target's weight."""

    def __init__(self, width: int, weigh: Callable[[int], float]) -> None:
        self._width = width
        self._weigh = cache(weigh)
        self._weights: dict[int, float] = {0: 0.0}

    def best(self, found: Highlights) -> tuple[Window, list[Mark]]:
        """The best window of a text, and the marks that were considered.

        Raises ValueError if the text has none.

        Where not all marks are known, what is better than the best window so far has a target
        which that lacks; so the others are looked for around the marks of these alone.
        """
        reach = self._reach(found.text)
        known = bisect_left(found.body, (found.known_until,))
        marks, rest = found.body[:known], found.body[known:]
        best = self._choose(found.text, marks, reach)
        held = {mark[2] for mark in best.marks} if best else set()
        if lacking := [mark for mark in rest if mark[2] not in held]:
            around = merged((max(found.text.body, a - reach), b + reach) for a, b, _ in lacking)
            rest = [mark for low, high in around for mark in found.marks_between(low, high)]
            best = better(best, self._choose(found.text, rest, reach))
            marks = sorted({*marks, *rest})
        if best is None:
            raise ValueError("no marks")
        return best, marks

    def best_addition(
        self, text: ArticleText, marks: Sequence[Mark], shown: set[int]
    ) -> Window | None:
        """The window that adds most to the targets that are shown, if any adds anything."""
        unseen = [mark for mark in marks if mark[2] not in shown]
        if not unseen:
            return None
        reach = self._reach(text)
        first = bisect_left(marks, (unseen[0][0] - reach,))
        last = bisect_left(marks, (unseen[-1][1] + reach,))
        return self._choose(text, marks[first:last], reach, sum(1 << i for i in shown))

    def core_span(self, text: ArticleText, window: Window) -> tuple[int, int]:
        """The first character and the end of those marks of a window that fit best."""
        first, last = _extent(window)
        fitting = self._width // 2  # so many characters fit, whatever they are
        if last - first > fitting and text_cells(text.whole[first:last]) > self._width:
            narrower = self._choose(text, window.marks, fitting)
            first, last = _extent(narrower or window)
        return first, last

    def _reach(self, text: ArticleText) -> int:
        """How many characters of a text a window has; the rest of a snippet is for context."""
        return self._width * 2 // 3 // _CELLS[text.language]

    def _choose(
        self, text: ArticleText, marks: Sequence[Mark], reach: int, shown: int = 0
    ) -> Window | None:
        """The best window of marks that has other targets than ``shown``, a bit for each."""
        size = len(marks)
        held = _held(marks)
        most = self._weight(held & ~shown), self._weight(held)
        best, chosen = (-1.0, 0.0, 0), slice(0)
        last = limit = 0  # where a window and its paragraph end
        for first, (start, _, _) in enumerate(marks):
            furthest = start + reach
            if best[:2] == most:  # then only a window of more marks is worth more
                another = first + best[2]
                if another >= size:
                    break
                if marks[another][1] > furthest:
                    continue
            if start >= limit:
                limit = text.paragraph_end(start)
            furthest = min(furthest, limit)
            before = last
            last = max(last, first + 1)
            while last < size and marks[last][1] <= furthest:
                last += 1
            # Unless it reaches further than the one before, a window is a part of it.
            if last > before and (held := _held(marks[first:last])) & ~shown:
                score = self._weight(held & ~shown), self._weight(held), last - first
                if score > best:
                    best, chosen = score, slice(first, last)
        return Window(best, marks[chosen]) if chosen.stop else None

    def _weight(self, targets: int) -> float:
        """The weight of targets, a bit for each."""
        if targets not in self._weights:
            numbers = (i for i in range(targets.bit_length()) if targets >> i & 1)
            self._weights[targets] = sum(map(self._weigh, numbers))
        return self._weights[targets]


def better(left: Window | None, right: Window | None) -> Window | None:
    """The window that is worth more, the left if they are worth the same."""
    return right if not left or (right and right.score > left.score) else left


def _held(marks: Sequence[Mark]) -> int:
    """The targets of marks, a bit for each."""
    held = 0
    for _, _, target in marks:
        held |= 1 << target
    return held


def _extent(window: Window) -> tuple[int, int]:
    return window.marks[0][0], max(end for _, end, _ in window.marks)
