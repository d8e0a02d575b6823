"""Width of text in terminal cells: 2 for Chinese and full-width characters, 0 for combining marks.

All other characters take 1 cell. Texts have no line breaks here.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Final

import numpy as np


class _CellsByCharacter(dict[str, int]):
    """Map a character to its cells. Entries are computed at the first look-up."""

    def __missing__(self, character: str) -> int:
        if unicodedata.east_asian_width(character) in "WF":
            cells = 2
        else:
            cells = 0 if unicodedata.category(character) in ("Mn", "Me", "Cf") else 1
        self[character] = cells
        return cells


_CELLS: Final = _CellsByCharacter()

# The same by code point, for `running_cells`. The last entry covers all code points after it, so
# it always stays unknown.
_UNKNOWN: Final = 255
_TABLE: Final = np.full(1 << 16, _UNKNOWN, np.uint8)
_TABLE[0x4E00:0xA000] = 2


def character_cells(character: str) -> int:
    """Return the cells of one character."""
    return _CELLS[character]


def text_cells(text: str) -> int:
    """Return the cells of a text."""
    return len(text) if text.isascii() else sum(map(_CELLS.__getitem__, text))


def running_cells(text: str) -> Sequence[int]:
    """Return the cells of the first 0, 1, … len(text) characters."""
    if text.isascii():
        return range(len(text) + 1)
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
    cells = _TABLE.take(codes, mode="clip")
    if _UNKNOWN in cells.tobytes():
        for i in np.flatnonzero(cells == _UNKNOWN).tolist():
            cells[i] = _CELLS[text[i]]
            if codes[i] < _TABLE.size - 1:
                _TABLE[codes[i]] = cells[i]
    sums = np.zeros(len(text) + 1, np.int64)
    np.cumsum(cells, out=sums[1:])
    return sums.data


def first_cells(text: str, cells: int) -> str:
    """Return the longest beginning of a text that takes at most ``cells``."""
    return text[: bisect_right(running_cells(text), cells) - 1]


def last_cells(text: str, cells: int) -> str:
    """Return the longest end of a text that takes at most ``cells``."""
    sums = running_cells(text)
    return text[bisect_left(sums, sums[-1] - cells) :]


def align_left(text: str, cells: int) -> str:
    """Return a text with blanks after it, so that it takes at least ``cells``."""
    return text + " " * (cells - text_cells(text))


def align_right(text: str, cells: int) -> str:
    """Return a text with blanks before it, so that it takes at least ``cells``."""
    return " " * (cells - text_cells(text)) + text
