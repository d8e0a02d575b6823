"""Folding: each character is mapped to one form of width, case, accents and Chinese script.

Each character is folded by itself, without regard to its neighbours. So a part of a text folds to
the corresponding part of the folded text, and offsets into the original are always known.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

UNICODE_VERSION: Final = "14.0.0"

# A character that this version of Unicode does not define folds to this one, which is part of no
# token. So all versions of Python, whatever Unicode they know, agree on which characters of a
# folded text are letters, digits and blanks. Only rare ideographs are an exception: they fold to
# themselves, and `indexer.analysis.script` knows their ranges.
UNKNOWN: Final = "\ufffd"

# `indexer.analysis.fold_rules` makes this file. Its lines are those of `_FoldFile`.
TABLE_FILE: Final = Path(__file__).with_name("folding.txt")


class _FoldFile(NamedTuple):
    """The file of folds. It has all characters that do not fold to themselves.

    ``folded[i]`` is the fold of ``single[i]``, and the i-th part of ``parts``, which are separated
    by blanks, is the fold of ``several[i]``. ``nothing`` are ranges of characters that fold to
    nothing, and ``unknown`` of those that fold to `UNKNOWN`; a range is its first and its last
    character. The characters in each of these texts are in order.
    """

    version: str
    single: str
    folded: str
    several: str
    parts: str
    nothing: str
    unknown: str

    def fold(self, character: str) -> str:
        """Fold one character."""
        i = bisect_left(self.single, character)
        if self.single[i : i + 1] == character:
            return self.folded[i]
        if character in self.several:
            return self.parts.split(" ")[self.several.index(character)]
        if _is_in(self.nothing, character):
            return ""
        return UNKNOWN if _is_in(self.unknown, character) else character


def _is_in(ranges: str, character: str) -> bool:
    i = bisect_right(ranges, character)
    return i % 2 == 1 or ranges[i - 1 : i] == character


@cache
def _fold_file() -> _FoldFile:
    return _FoldFile(*TABLE_FILE.read_bytes().decode().split("\n"))


def single_folds() -> tuple[str, str]:
    """Return all characters that fold to one other character, in order, and their folds."""
    file = _fold_file()
    return file.single, file.folded


class _FoldTable(dict[int, str]):
    """Code point to folded text. An entry is made when it is first needed."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _fold_file().fold(chr(code))
        return folded


_TABLE: Final = _FoldTable()
# Characters known to fold to exactly one character, and those known not to fold to `UNKNOWN`.
_SINGLE: Final[set[str]] = set()
_KNOWN: Final[set[str]] = set()


def fold(text: str) -> str:
    """Fold a text: NFKC width, case, accents and marks, traditional to simplified."""
    return text.lower() if text.isascii() else text.translate(_TABLE)


def without_unknown(text: str) -> str:
    """Return a text with `UNKNOWN` in place of each character that folds to it.

    All versions of Python agree on which characters of the result are letters, digits and blanks,
    apart from rare ideographs (see `indexer.analysis.script.is_word_or_han`).
    """
    if text.isascii():
        return text
    new = set(text) - _KNOWN
    _KNOWN.update([character for character in new if _TABLE[ord(character)] != UNKNOWN])
    unknown = new - _KNOWN
    return text.translate({ord(c): UNKNOWN for c in unknown}) if unknown else text


class FoldedText(NamedTuple):
    """A folded text and, for each of its characters, the span of the original it comes from.

    ``spans`` is None where character i comes from character i, which is by far the usual case.
    """

    text: str
    spans: list[tuple[int, int]] | None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of the original for the folded characters ``start`` to ``end``."""
        if self.spans is None:
            return start, end
        return self.spans[start][0], self.spans[end - 1][1]

    def character_spans(self, offsets: Iterable[int]) -> list[tuple[int, int]]:
        """Return the span of the original for each of the folded characters at ``offsets``."""
        if self.spans is None:
            return [(offset, offset + 1) for offset in offsets]
        return [self.spans[offset] for offset in offsets]


def _folds_one_to_one(text: str) -> bool:
    """Say whether each character of a text folds to exactly one."""
    unknown = set(text) - _SINGLE
    _SINGLE.update([character for character in unknown if len(_TABLE[ord(character)]) == 1])
    return unknown <= _SINGLE


def fold_with_spans(text: str) -> FoldedText:
    """Fold a text, and keep where each character of the result comes from."""
    folded = fold(text)
    if text.isascii() or _folds_one_to_one(text):
        return FoldedText(folded, None)
    spans: list[tuple[int, int]] = []
    last = 0  # the offset in ``spans`` at which the last character of the original begins
    for index, character in enumerate(text):
        letters = _TABLE[ord(character)]
        if letters:
            last = len(spans)
            spans.extend([(index, index + 1)] * len(letters))
        elif spans:  # a mark belongs to the character before it
            spans[last:] = [(spans[last][0], index + 1)] * (len(spans) - last)
    return FoldedText(folded, spans)
