"""Fragments: parts of a paragraph that can be shown, cut at good places.

A fragment consists of whole sentences if they fit. Otherwise it begins after a clause, or at least
between two words.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from indexer.align.sentences import MAX_LOOK_BEHIND, sentence_ends
from search.passage.cells import character_cells, running_cells

_CLAUSE_END = re.compile(r"[，、：]\s*|[,:—]\s+|\s*\n\s*")


def fragment(
    text: str, first: int, last: int, width: int, low: int = 0, high: int | None = None
) -> tuple[int, int]:
    """Return the start and end of a fragment that contains the characters ``first`` to ``last``.

    It takes at most ``width`` cells, unless these characters alone take more, and lies between
    ``low`` and ``high``, which is the end of the text by default.
    """
    high = len(text) if high is None else high
    if (high - low) * (1 if text.isascii() else 2) <= width:  # fits, whatever the characters are
        blanks = high - low - len(text[low:high].lstrip())
        return low + blanks, _without_blanks(text, low, high)
    # Consider only so much of the text that more than ``width`` cells lie on each side.
    reach = width + 1 if text.isascii() else width * 5 // 8 + 1
    while True:
        start, end = max(low, first - reach - MAX_LOOK_BEHIND), min(high, last + reach)
        part = text[start:end]
        cells = running_cells(part)
        before = cells[first - start] - cells[min(MAX_LOOK_BEHIND, first - start)]
        after = cells[end - start] - cells[last - start]
        if (start == low or before > width) and (end == high or after > width):
            break
        reach *= 2
    a, b = cut_out(part, cells, first - start, last - start, width)
    return a + start, b + start


def cut_out(text: str, cells: Sequence[int], first: int, last: int, width: int) -> tuple[int, int]:
    """Return the fragment of a text that contains the characters ``first`` to ``last``.

    ``cells`` is the result of `running_cells` for the text.
    """
    blanks = len(text) - len(text.lstrip())
    if cells[-1] - cells[blanks] <= width:
        return blanks, _without_blanks(text, blanks, len(text))
    ends = sentence_ends(text)
    starts = [blanks, *ends[:-1]]
    low = max(0, bisect_right(starts, first) - 1)  # the first sentence, and the last
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
    """Return a start at most ``room`` cells before ``first``, in a sentence that begins at low."""
    start = bisect_left(cells, cells[first] - room)
    if start <= low:
        return low
    if clause := _CLAUSE_END.search(text, start, first):
        return clause.end()
    while start < first and (_splits_word(text, start) or text[start].isspace()):
        start += 1
    return start


def _cut_end(text: str, cells: Sequence[int], start: int, last: int, high: int, width: int) -> int:
    """Return an end after ``last`` in a sentence that ends at ``high``."""
    end = max(last, min(high, bisect_right(cells, cells[start] + width) - 1))
    while end > last and _splits_word(text, end):
        end -= 1
    return max(last, _without_blanks(text, start, end))


def _splits_word(text: str, offset: int) -> bool:
    """Whether two characters belong together: no blank or wide character is at the cut."""
    if not 0 < offset < len(text):
        return False
    before, after = text[offset - 1], text[offset]
    narrow = character_cells(before) < 2 and character_cells(after) < 2
    return character_cells(after) == 0 or (narrow and not before.isspace() and not after.isspace())


def _without_blanks(text: str, start: int, end: int) -> int:
    """Return the end of a fragment without blanks at its end."""
    return start + len(text[start:end].rstrip())
