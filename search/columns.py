"""How wide characters are on a terminal; imports the standard library only."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from itertools import accumulate


@lru_cache(maxsize=1 << 14)
def column_width(character: str) -> int:
    """Columns of one character: 2 for Chinese and full-width ones, 0 for marks."""
    if unicodedata.east_asian_width(character) in "WF":
        return 2
    return 0 if unicodedata.category(character) in ("Mn", "Me", "Cf") else 1


def text_width(text: str) -> int:
    """Columns of a text without line breaks."""
    return len(text) if text.isascii() else sum(map(column_width, text))


def running_width(text: str) -> list[int]:
    """Columns of the first 0, 1, … len(text) characters."""
    return list(accumulate(map(column_width, text), initial=0))
