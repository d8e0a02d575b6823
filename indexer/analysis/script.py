"""The classes of characters: Han, parts of words, and numerals.

The constants are texts for regular expressions. All but `WORD` belong between square
brackets. `HAN`, `CHINESE` and `NUMERAL` are series of ranges, each written with three characters
(first, hyphen, last).
"""

from __future__ import annotations

from bisect import bisect_right
from functools import cache
from typing import Final, NamedTuple

_RARE_IDEOGRAPHS: Final = "\U00020000-\U0003ffff"
_IDEOGRAPHS: Final = f"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff{_RARE_IDEOGRAPHS}"
_KANA: Final = "\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff"
_RARE_KANA: Final = "\U0001aff0-\U0001b16f"
_BOPOMOFO: Final = "\u3105-\u312f\u31a0-\u31bf"

# The characters, after folding, of scripts without blanks between words. Each of them is a token.
HAN: Final = (
    "\u3005-\u3007\u3021-\u3029\u3038-\u303b"  # iteration mark, closing mark, zero, numerals
    f"{_KANA}{_RARE_KANA}{_BOPOMOFO}{_IDEOGRAPHS}"
)

# The characters, before folding, that show that a text is Chinese. This differs from `HAN` on
# purpose: radicals count, because most of them fold to ideographs; kana and bopomofo do not.
CHINESE: Final = f"\u2e80-\u2fdf\u3005-\u3007{_IDEOGRAPHS}"

# The characters of `HAN` that only some versions of Python regard as letters, because each version
# of Unicode has more of them, and their neighbours.
RARE_HAN: Final = f"\uf900-\ufaff{_RARE_KANA}{_RARE_IDEOGRAPHS}"

# The letters and digits of all scripts, "_", and `HAN`.
WORD_OR_HAN: Final = rf"\w{RARE_HAN}"

# Numerals that are a word of their own, next to whatever character: ½, ①, ⑴, ㈠.
NUMERAL: Final = (
    "\u00bc-\u00be\u2150-\u215f\u2189\u2460-\u249b\u24ea-\u24ff\u2776-\u2793"
    "\u3192-\u3195\u3220-\u3229\u3248-\u324f\u3251-\u325f\u3280-\u3289\u32b1-\u32bf"
)

# One character of a word or number of any other script.
WORD: Final = rf"[^\W_{HAN}{NUMERAL}]"

# A longer word becomes several tokens, one after another. This bounds the length of terms, and a
# query is split at the same characters as the text.
MAX_WORD_LENGTH: Final = 200

# The first character of each range of `HAN` and the one after its last, in order.
_HAN_BOUNDS: Final = sorted([*HAN[::3], *(chr(ord(last) + 1) for last in HAN[2::3])])


def is_han(text: str) -> bool:
    """Say whether a text begins with a character of `HAN`."""
    return bisect_right(_HAN_BOUNDS, text) % 2 == 1


def is_word_or_han(character: str) -> bool:
    """Say whether a character is in `WORD_OR_HAN`, apart from "_"."""
    return character.isalnum() or is_han(character)


class CharacterClasses(NamedTuple):
    """Regular expressions for one Han character, one character of a word, and one numeral."""

    han: str
    word: str
    numeral: str


# `re` compiles the classes for plain texts a hundred times as fast as the full ones.
_PLAIN_CLASSES: Final = CharacterClasses(r"[^\W_a-z0-9]", "[a-z0-9]", "(?!)")
_FULL_CLASSES: Final = CharacterClasses(f"[{HAN}]", WORD, f"[{NUMERAL}]")


def character_classes(folded: str) -> CharacterClasses:
    """Return classes that find in a folded text what `HAN`, `WORD` and `NUMERAL` find there."""
    if folded.isascii() or all(map(is_plain, set(folded))):
        return _PLAIN_CLASSES
    return _FULL_CLASSES


@cache
def is_plain(character: str) -> bool:
    """Say whether a folded character is ASCII, an assigned Han character, or no part of a token."""
    return character.isascii() or character.isalnum() is is_han(character)
