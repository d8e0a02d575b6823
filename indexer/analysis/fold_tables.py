"""Tables from code points to folded code points, which fold whole texts at once as arrays.

`indexer.analysis.folding` has the rules, and these tables keep its results. An entry is computed
when its character is first met. All threads share the tables: an entry is written once, or again
with the same value.

There are two tables, because their users need different things:

- Indexing needs, for any code point, the folded character and its kind: see `look_up`.
- Highlighting needs only the folded characters, but as quickly as possible: see `fold_plain`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Final

import numpy as np

from indexer.analysis.folding import fold, single_folds
from indexer.analysis.script import NUMERAL, WORD, is_han, is_plain
from indexer.array_types import IntpArray, UInt16Array, UInt32Array

# The kinds of folded characters. A character of SEVERAL_KIND folds to none or to several, so its
# entry has no folded character. `indexer.analysis.encoder` relies on the order of the kinds.
UNKNOWN_KIND, BREAK_KIND, SPACE_KIND, WORD_KIND, HAN_KIND, NUMERAL_KIND, SEVERAL_KIND = range(7)

# An entry has the kind in its high bits, from this one on, and the folded code point below.
KIND_SHIFT: Final = 21
POINT_MASK: Final = np.uint32((1 << KIND_SHIFT) - 1)


def to_code_points(text: str) -> UInt32Array:
    """Return the code points of a text, including halves of surrogate pairs."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def look_up(points: UInt32Array) -> UInt32Array:
    """Return the entry of each code point: its kind and the code point that it folds to."""
    table = _entries()
    entries = table.take(points)
    if not entries.all():
        for point in np.unique(points[entries == UNKNOWN_KIND]).tolist():
            table[point] = _entry(chr(point))
        entries = table.take(points)
    return entries


@cache
def _entries() -> UInt32Array:
    return np.zeros(0x110000, np.uint32)  # the system provides its memory where it is used


def _entry(character: str) -> int:
    folded = fold(character)
    if len(folded) != 1:
        return SEVERAL_KIND << KIND_SHIFT
    kind = BREAK_KIND
    # `re` compiles and keeps the patterns when they are first needed: a search may do without.
    if is_han(folded):
        kind = HAN_KIND
    elif is_numeral(folded):
        kind = NUMERAL_KIND
    elif re.match(WORD, folded):
        kind = WORD_KIND
    elif folded.isspace():
        kind = SPACE_KIND
    return kind << KIND_SHIFT | ord(folded)


def is_numeral(character: str) -> bool:
    """Say whether a character is in the class `NUMERAL`."""
    return re.match(f"[{NUMERAL}]", character) is not None


# The second table is for highlighting. It has an entry for each plain character (see `is_plain`)
# that is one unit of UTF-16 and folds to exactly one such character, once it has been met.
_NO_ENTRY: Final = 0
_TABLE_SIZE: Final = 1 << 16
_UNIFIED: Final = (0x4E00, 0xA000)  # Han characters, which fold to themselves or simplified ones

# Apart from the circles that are written for zero, no smaller code point folds to a Han character.
_MIN_HAN: Final = 0x2E80
_CIRCLES: Final = "○◯"


def may_contain_han(text: str) -> bool:
    """Return False only if the folded text has no Han character. This is faster than folding."""
    if text.isascii():
        return False
    return bool(_utf16(text).max() >= _MIN_HAN) or any(circle in text for circle in _CIRCLES)


def fold_plain(text: str) -> str | None:
    """Fold a text if each of its characters has an entry; return None if one has not.

    Character i of the result comes from character i of the text.
    """
    folded = _take(_utf16(text))
    return None if "\0" in folded else folded


def fold_partly(text: str) -> tuple[str, IntpArray]:
    """Fold the characters of a text that have an entry, or can have one.

    Returns a text of the same length, with NUL for all other characters, and the offsets of these.
    """
    points = to_code_points(text)
    table = _plain_table()
    unknown = np.flatnonzero(table.take(points, mode="clip") == _NO_ENTRY)
    _extend({text[i] for i in unknown.tolist()})
    return _take(points), np.flatnonzero(table.take(points, mode="clip") == _NO_ENTRY)


def _utf16(text: str) -> UInt16Array:
    """Return the code units of UTF-16; a character beyond the table has two, without entries."""
    return np.frombuffer(text.encode("utf-16-le", "surrogatepass"), "<u2")


def _take(codes: UInt16Array | UInt32Array) -> str:
    """Return the folded characters, with NUL for each one without an entry."""
    return _plain_table().take(codes, mode="clip").tobytes().decode("utf-16-le")


def _extend(characters: Iterable[str]) -> None:
    """Enter those characters into the table that it can represent."""
    table = _plain_table()
    for character in characters:
        folded = fold(character)
        fits = len(folded) == 1 and is_plain(folded) and _is_valid_entry(ord(folded))
        if fits and ord(character) < _TABLE_SIZE - 1:
            table[ord(character)] = ord(folded)


def _is_valid_entry(code: int) -> bool:
    """Say whether a code point is one unit of UTF-16 and does not mean that there is no entry."""
    return _NO_ENTRY < code < 0xD800 or 0xE000 <= code < _TABLE_SIZE


@cache
def _plain_table() -> UInt16Array:
    """Make the table from code points to folded code points, or `_NO_ENTRY`.

    Look-ups beyond its end return the last entry, so that one always stays empty.
    """
    table = np.full(_TABLE_SIZE, _NO_ENTRY, "<u2")
    table[1:0x80] = [ord(chr(code).lower()) for code in range(1, 0x80)]
    table[slice(*_UNIFIED)] = np.arange(*_UNIFIED)
    sources, targets = map(to_code_points, single_folds())
    is_inside = (sources >= _UNIFIED[0]) & (sources < _UNIFIED[1])
    entries = np.where(targets < _TABLE_SIZE, targets, _NO_ENTRY)
    table[sources[is_inside]] = entries[is_inside]
    return table
