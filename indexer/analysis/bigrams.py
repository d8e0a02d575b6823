"""Numbers for terms of one or two Han characters, in the order of their code points.

The Han characters of the Basic Multilingual Plane have *codes* from 1 on, in the order of their
code points; there are fewer than 2 ** 15. Two characters have the *bigram code*
``code(first) << 15 | code(second)``, and a single character has ``code(first) << 15``.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import cache
from itertools import accumulate
from typing import Final

import numpy as np
import numpy.typing as npt

from indexer.analysis.script import HAN

CODE_BITS: Final = 15
CODE_MASK: Final = (1 << CODE_BITS) - 1

_PLANE_SIZE: Final = 1 << 16


def _ranges() -> list[tuple[int, int]]:
    """Return the half-open ranges of `HAN` that lie in the plane, in order."""
    bounds = zip(HAN[::3], HAN[2::3], strict=True)
    ranges = sorted((ord(first), ord(last) + 1) for first, last in bounds)
    return [(first, end) for first, end in ranges if end <= _PLANE_SIZE]


_RANGES: Final = _ranges()
_FIRSTS: Final = [first for first, _ in _RANGES]
_CODES: Final = [1, *accumulate((end - first for first, end in _RANGES), initial=1)][1:]


def han_code(character: str) -> int:
    """Return the code of a character; 0 if it has none."""
    point = ord(character)
    i = bisect_right(_FIRSTS, point) - 1
    if i < 0 or point >= _RANGES[i][1]:
        return 0
    return _CODES[i] + point - _FIRSTS[i]


def bigram_code(term: str) -> int | None:
    """Return the bigram code of a term; None unless it is one or two characters with codes."""
    if not 1 <= len(term) <= 2:
        return None
    codes = [*map(han_code, term)]
    return None if 0 in codes else codes[0] << CODE_BITS | (codes[1] if len(codes) > 1 else 0)


@cache
def code_points() -> npt.NDArray[np.uint32]:
    """Return the code point of each code; code 0 has 0."""
    parts = [np.arange(first, end, dtype=np.uint32) for first, end in _RANGES]
    return np.concatenate([np.zeros(1, np.uint32), *parts])


@cache
def han_codes() -> npt.NDArray[np.uint16]:
    """Return the code of each code point below 2 ** 16; 0 for a character without a code."""
    table = np.zeros(_PLANE_SIZE, np.uint16)
    points = code_points()
    table[points] = np.arange(len(points))
    table[0] = 0
    return table


def bigram_lines(bigrams: npt.NDArray[np.unsignedinteger]) -> bytes:
    """Return the terms of bigram codes in UTF-8, each followed by a newline."""
    points = code_points()
    characters = np.column_stack((points[bigrams >> CODE_BITS], points[bigrams & CODE_MASK]))
    text = np.full((len(bigrams), 7), ord("\n"), np.uint8)
    for i in (0, 1):  # all these characters take three bytes
        text[:, 3 * i] = 0xE0 | characters[:, i] >> 12
        text[:, 3 * i + 1] = 0x80 | characters[:, i] >> 6 & 0x3F
        text[:, 3 * i + 2] = 0x80 | characters[:, i] & 0x3F
    is_used = np.ones_like(text, np.bool_)
    is_used[:, 3:6] = characters[:, 1:] > 0
    return text[is_used].tobytes()
