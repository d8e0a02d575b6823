"""The width of a line of text, and whether its author wrapped it by hand."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

# A line of at least this many cells was wrapped by hand: its sentence goes on in the next line.
# A shorter line was ended on purpose: it is a verse, a heading or an item of a list.
MIN_WRAPPED_CELLS: Final = 40


@cache
def _wide_run() -> re.Pattern[str]:
    """Compile the pattern of characters with two cells: Han, kana, hangul, full-width forms."""
    return re.compile(
        "[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]+"
    )


def line_cells(line: str) -> int:
    """Return the number of terminal cells that a line takes; a Chinese character takes two."""
    if line.isascii():
        return len(line)
    return len(line) + sum(map(len, _wide_run().findall(line)))


def is_wrapped_line(line: str) -> bool:
    """Say whether a line, given without its line break, is wide enough to go on in the next."""
    return line_cells(line) >= MIN_WRAPPED_CELLS
