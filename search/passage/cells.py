"""How wide characters are on a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Final

import numpy as np


class _Widths(dict[str, int]):
    """Character to columns, filled as characters are met."""

    def __missing__(self, character: str) -> int:
        if unicodedata.east_asian_width(character) in "WF":
            width = 2
        else:
            width = 0 if unicodedata.category(character) in ("Mn", "Me", "Cf") else 1
        self[character] = width
        return width


_WIDTHS: Final = _Widths()

# The same by code point, for as many as are met often; 255: not yet met.
_UNKNOWN: Final = 255
_TABLE: Final = np.full(1 << 16, _UNKNOWN, np.uint8)
_TABLE[0x4E00:0xA000] = 2


def character_cells(character: str) -> int:
    """Columns of one character: 2 for Chinese and full-width ones, 0 for marks."""
    return _WIDTHS[character]


def text_cells(text: str) -> int:
    """Columns of a text without line breaks."""
    return len(text) if text.isascii() else sum(map(_WIDTHS.__getitem__, text))


def running_cells(text: str) -> Sequence[int]:
    """Columns of the first 0, 1, … len(text) characters."""
    if text.isascii():
        return range(len(text) + 1)
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
    widths = _TABLE.take(codes, mode="clip")
    if _UNKNOWN in widths.tobytes():
        for i in np.flatnonzero(widths == _UNKNOWN).tolist():
            widths[i] = _WIDTHS[text[i]]
            if codes[i] < _TABLE.size - 1:  # the last stands for all after it
                _TABLE[codes[i]] = widths[i]
    columns = np.zeros(len(text) + 1, np.int64)
    np.cumsum(widths, out=columns[1:])
    return columns.data
