"""Folded texts with offsets into the original, made by one look-up in an array.

`fold_with_spans` of `indexer.analysis` gives the same result by a loop over the characters. Here a
table maps code points to folded code points, so the text of an article is folded in microseconds.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from indexer.analysis import fold
from indexer.analysis.folding import simplified_characters
from indexer.analysis.script import is_plain

Indices = npt.NDArray[np.int64]

# Table entry of a character that is new, or does not fold to exactly one plain character.
_UNKNOWN: Final = 0
_UNIFIED: Final = (0x4E00, 0xA000)  # Han characters, which fold to themselves or simplified ones
_TABLE_SIZE: Final = 1 << 16

# Apart from the circles that are written for zero, no smaller code point folds to a Han character.
_MIN_HAN: Final = 0x2E80
_CIRCLES: Final = "○◯"


class FoldedBlock(NamedTuple):
    """A folded text, and the original offsets of each of its characters.

    Character i of ``text`` comes from the original characters ``starts[i]`` to ``ends[i]``
    (exclusive), which include the combining marks on it. Both arrays, int64 (n,), are None if each
    character i comes from the original character i. ``plain``: ASCII letters, ASCII digits and Han
    characters are the only characters that can be part of a token.
    """

    text: str
    starts: Indices | None = None
    ends: Indices | None = None
    plain: bool = True

    def first(self, offset: int) -> int:
        """Return the first folded character that comes from an original ``offset`` or later."""
        return offset if self.starts is None else int(np.searchsorted(self.starts, offset))

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the original offsets of the folded characters ``start`` to ``end``."""
        if self.starts is None or self.ends is None:
            return start, end
        return int(self.starts[start]), int(self.ends[end - 1])


def may_contain_han(text: str) -> bool:
    """Return False only if the folded text has no Han character. It is faster than folding."""
    if text.isascii():
        return False
    return bool(_utf16(text).max() >= _MIN_HAN) or any(circle in text for circle in _CIRCLES)


def fold_block(text: str) -> FoldedBlock:
    """Fold a text, keeping the original offsets of its characters."""
    if text.isascii():
        return FoldedBlock(text.lower())
    table = _table()
    folded = _look_up(table, _utf16(text))
    if "\0" not in folded:
        return FoldedBlock(folded)
    codes = _code_points(text)
    _extend(table, {text[i] for i in np.flatnonzero(table.take(codes, mode="clip") == _UNKNOWN)})
    unknown = np.flatnonzero(table.take(codes, mode="clip") == _UNKNOWN)
    return _fill_gaps(text, _look_up(table, codes), unknown)


def _utf16(text: str) -> npt.NDArray[np.uint16]:
    """Return the code units of UTF-16; a character beyond the table has two, both unknown."""
    return np.frombuffer(text.encode("utf-16-le", "surrogatepass"), "<u2")


def _code_points(text: str) -> npt.NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")


def _look_up(
    table: npt.NDArray[np.uint16], codes: npt.NDArray[np.uint16] | npt.NDArray[np.uint32]
) -> str:
    """Return the folded characters, with NUL for each one that the table does not know."""
    return table.take(codes, mode="clip").tobytes().decode("utf-16-le")


def _fill_gaps(text: str, folded: str, unknown: Indices) -> FoldedBlock:
    """Fold the ``unknown`` characters of ``text`` one by one and insert them into ``folded``."""
    lengths = np.ones(len(text), np.int64)
    parts: list[str] = []
    last = 0
    for i in unknown.tolist():
        parts += folded[last:i], fold(text[i])
        lengths[i] = len(parts[-1])
        last = i + 1
    whole = "".join([*parts, folded[last:]])
    plain = all(map(is_plain, set("".join(parts[1::2]))))
    if (lengths == 1).all():
        return FoldedBlock(whole, plain=plain)
    kept = np.flatnonzero(lengths)
    repeats = lengths[kept]
    # A character that folds to nothing, such as an accent, belongs to the one before it.
    ends = np.append(kept, len(text))[1:]
    return FoldedBlock(whole, np.repeat(kept, repeats), np.repeat(ends, repeats), plain)


def _extend(table: npt.NDArray[np.uint16], characters: Iterable[str]) -> None:
    """Enter those characters into the table that it can represent."""
    for character in characters:
        folded = fold(character)
        fits = len(folded) == 1 and is_plain(folded) and _is_valid_entry(ord(folded))
        if fits and ord(character) < _TABLE_SIZE - 1:
            table[ord(character)] = ord(folded)


def _is_valid_entry(code: int) -> bool:
    """Whether a code point is a single unit of UTF-16 and does not mean "unknown"."""
    return _UNKNOWN < code < 0xD800 or 0xE000 <= code < _TABLE_SIZE


@cache
def _table() -> npt.NDArray[np.uint16]:
    """Make the table from code points to folded code points, or _UNKNOWN.

    Look-ups beyond its end return the last entry, so that one always stays unknown. All threads
    share the table: an entry is written once, or again with the same value.
    """
    table = np.full(_TABLE_SIZE, _UNKNOWN, "<u2")
    table[1:0x80] = [ord(chr(code).lower()) for code in range(1, 0x80)]
    table[slice(*_UNIFIED)] = np.arange(*_UNIFIED)
    simplified = simplified_characters()
    sources, targets = _code_points("".join(simplified)), _code_points("".join(simplified.values()))
    inside = (sources >= _UNIFIED[0]) & (sources < _UNIFIED[1])
    table[sources[inside]] = np.where(targets < _TABLE_SIZE, targets, _UNKNOWN)[inside]
    return table
