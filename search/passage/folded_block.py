"""Texts folded as `indexer.analysis` folds them, at once by an array.

What `fold_with_spans` does by a loop over the characters is here one look-up in a table, which is
filled as characters are met. Texts of a whole article are folded in microseconds.
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

_UNKNOWN: Final = 0  # not yet met, or folded to something else than one plain character
_UNIFIED: Final = (0x4E00, 0xA000)  # fold to themselves or to a simplified character
_CODES: Final = 1 << 16

Indices = npt.NDArray[np.int64]


# What folds to a Han character is not below this, but for the circles that stand for zero.
_LOWEST_HAN: Final = 0x2E80
_CIRCLES: Final = "○◯"


class FoldedBlock(NamedTuple):
    """A folded text, and where in the original each of its characters comes from.

    Character i of ``text`` comes from the original characters ``starts[i]`` to ``ends[i]``, marks
    on it included; both are None where it comes from character i. ``plain``: of what counts for
    tokens there are but ASCII letters and digits and Han characters.
    """

    text: str
    starts: Indices | None = None
    ends: Indices | None = None
    plain: bool = True

    def first(self, place: int) -> int:
        """The first folded character that comes from a place of the original or from after it."""
        return place if self.starts is None else int(np.searchsorted(self.starts, place))

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The place in the original of the folded characters ``start`` to ``end``."""
        if self.starts is None or self.ends is None:
            return start, end
        return int(self.starts[start]), int(self.ends[end - 1])


def may_contain_han(text: str) -> bool:
    """Whether a text, once it is folded, may have Han characters; quicker than to fold it."""
    if text.isascii():
        return False
    return bool(_units(text).max() >= _LOWEST_HAN) or any(circle in text for circle in _CIRCLES)


def fold_block(text: str) -> FoldedBlock:
    """Fold a text, knowing where each character comes from."""
    if text.isascii():
        return FoldedBlock(text.lower())
    table = _table()
    letters = _look_up(table, _units(text))
    if "\0" not in letters:
        return FoldedBlock(letters)
    codes = _codes(text)
    _learn(table, {text[i] for i in np.flatnonzero(table.take(codes, mode="clip") == _UNKNOWN)})
    odd = np.flatnonzero(table.take(codes, mode="clip") == _UNKNOWN)
    return _spliced(text, _look_up(table, codes), odd)


def _units(text: str) -> npt.NDArray[np.uint16]:
    """The units of UTF-16, which is quicker; what is beyond its first 2 ** 16 codes has two."""
    return np.frombuffer(text.encode("utf-16-le", "surrogatepass"), "<u2")


def _codes(text: str) -> npt.NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")


def _look_up(
    table: npt.NDArray[np.uint16], codes: npt.NDArray[np.uint16] | npt.NDArray[np.uint32]
) -> str:
    """The folded characters, NUL for what the table does not hold."""
    return table.take(codes, mode="clip").tobytes().decode("utf-16-le")


def _spliced(text: str, letters: str, odd: Indices) -> FoldedBlock:
    """A folded text, given it with gaps at the ``odd`` characters that the table does not hold."""
    lengths = np.ones(len(text), np.int64)
    parts: list[str] = []
    last = 0
    for i in odd.tolist():
        parts += letters[last:i], fold(text[i])
        lengths[i] = len(parts[-1])
        last = i + 1
    whole = "".join([*parts, letters[last:]])
    plain = all(map(is_plain, set("".join(parts[1::2]))))
    if (lengths == 1).all():
        return FoldedBlock(whole, plain=plain)
    kept = np.flatnonzero(lengths)
    repeats = lengths[kept]
    ends = np.append(kept, len(text))[1:]  # what leaves nothing belongs to what is before it
    return FoldedBlock(whole, np.repeat(kept, repeats), np.repeat(ends, repeats), plain)


def _learn(table: npt.NDArray[np.uint16], characters: Iterable[str]) -> None:
    """Enter characters into the table, as far as it can hold them."""
    for character in characters:
        letters = fold(character)
        is_one = len(letters) == 1 and is_plain(letters) and _fits(ord(letters))
        if is_one and ord(character) < _CODES - 1:
            table[ord(character)] = ord(letters)


def _fits(code: int) -> bool:
    """Whether a character is one of UTF-16's units, and neither of the two that mean something."""
    return _UNKNOWN < code < 0xD800 or 0xE000 <= code < _CODES


@cache
def _table() -> npt.NDArray[np.uint16]:
    """Code point to code point, _UNKNOWN where the fold is not known.

    The last entry stands for all code points after it. The table is shared by all threads: an
    entry is written once, or again with the same value.
    """
    table = np.full(_CODES, _UNKNOWN, "<u2")
    table[1:0x80] = [ord(chr(code).lower()) for code in range(1, 0x80)]
    table[slice(*_UNIFIED)] = np.arange(*_UNIFIED)
    known = simplified_characters()
    traditional, others = _codes("".join(known)), _codes("".join(known.values()))
    inside = (traditional >= _UNIFIED[0]) & (traditional < _UNIFIED[1])
    table[traditional[inside]] = np.where(others < _CODES, others, _UNKNOWN)[inside]
    return table
