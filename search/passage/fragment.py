"""Which fragment of a text to show around what matches.

Whole sentences where they fit; else it begins after a clause, or at least between words.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from indexer.align.sentences import LOOK_BEHIND, sentence_ends
from search.passage.cells import character_cells, running_cells

_CLAUSE_END = re.compile(r"[，、：]\s*|[,:—]\s+|\s*\n\s*")


def fragment(
    text: str, first: int, last: int, width: int, low: int = 0, high: int | None = None
) -> tuple[int, int]:
    """The start and end of a fragment that holds the characters from ``first`` to ``last``.

    It takes at most ``width`` columns, unless these characters alone take more, and nothing of
    what is before ``low`` and after ``high``.
    """
    high = len(text) if high is None else high
    if (high - low) * (1 if text.isascii() else 2) <= width:  # whatever the characters are
        blanks = high - low - len(text[low:high].lstrip())
        return low + blanks, _without_blanks(text, low, high)
    reach = width + 1 if text.isascii() else width * 5 // 8 + 1
    while True:
        start, end = max(low, first - reach - LOOK_BEHIND), min(high, last + reach)
        piece = text[start:end]
        cells = running_cells(piece)
        before = cells[first - start] - cells[min(LOOK_BEHIND, first - start)]
        after = cells[end - start] - cells[last - start]
        if (start == low or before > width) and (end == high or after > width):
            break
        reach *= 2
    a, b = cut_out(piece, cells, first - start, last - start, width)
    return a + start, b + start


def cut_out(text: str, cells: Sequence[int], first: int, last: int, width: int) -> tuple[int, int]:
    """The fragment of a text, or of so much of it that what lies beyond does not fit.

    ``cells`` are the text's, as `running_cells` tells them.
    """
    blank = len(text) - len(text.lstrip())
    if cells[-1] - cells[blank] <= width:
        return blank, _without_blanks(text, blank, len(text))
    ends = sentence_ends(text)
    starts = [blank, *ends[:-1]]
    low = max(0, bisect_right(starts, first) - 1)
    high = max(low, bisect_left(ends, last))
    if cells[ends[high]] - cells[starts[low]] > width:
        room = width - (cells[last] - cells[first])
        after = cells[ends[high]] - cells[last]
        before = max(0, room // 3, room - after)
        start = _cut_start(text, cells, starts[low], first, before)
        return start, _cut_end(text, cells, start, last, ends[high], width)
    while high + 1 < len(ends) and cells[ends[high + 1]] - cells[starts[low]] <= width:
        high += 1
    while low and cells[ends[high]] - cells[starts[low - 1]] <= width:
        low -= 1
    return starts[low], _without_blanks(text, starts[low], ends[high])


def _cut_start(text: str, cells: Sequence[int], low: int, first: int, room: int) -> int:
    """Where to begin in a sentence that begins at ``low``, ``room`` columns before ``first``."""
    start = bisect_left(cells, cells[first] - room)
    if start <= low:
        return low
    if clause := _CLAUSE_END.search(text, start, first):
        return clause.end()
    while start < first and (_splits_word(text, start) or text[start].isspace()):
        start += 1
    return start


def _cut_end(text: str, cells: Sequence[int], start: int, last: int, high: int, width: int) -> int:
    """Where to end in a sentence that ends at ``high``."""
    end = max(last, min(high, bisect_right(cells, cells[start] + width) - 1))
    while end > last and _splits_word(text, end):
        end -= 1
    return max(last, _without_blanks(text, start, end))


def _splits_word(text: str, place: int) -> bool:
    """Whether a cut there would part what no blank and no Chinese character parts."""
    if not 0 < place < len(text):
        return False
    before, after = text[place - 1], text[place]
    narrow = character_cells(before) < 2 and character_cells(after) < 2
    return character_cells(after) == 0 or (narrow and not before.isspace() and not after.isspace())


def _without_blanks(text: str, start: int, end: int) -> int:
    """The end of a fragment, without blanks at its end."""
    return start + len(text[start:end].rstrip())
