"""Text split into runs of one script, losing nothing."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from enum import Enum
from functools import cache
from typing import Final, NamedTuple

# Scripts that are written without blanks between words: every character of theirs counts.
HAN: Final = (
    "\u3005-\u3007\u3021-\u3029\u3038-\u303b"  # iteration mark, closing mark, zero, numerals
    "\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff"  # kana
    "\U0001aff0-\U0001b16f"  # rarer kana
    "\u3105-\u312f\u31a0-\u31bf"  # bopomofo
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # ideographs
)

# Numerals that are words by themselves, whatever they touch: ½, ①, ⑴, ㈠.
NUMERAL: Final = (
    "\u00bc-\u00be\u2150-\u215f\u2189\u2460-\u249b\u24ea-\u24ff\u2776-\u2793"
    "\u3192-\u3195\u3220-\u3229\u3248-\u324f\u3251-\u325f\u3280-\u3289\u32b1-\u32bf"
)
WORD: Final = rf"[^\W_{HAN}{NUMERAL}]"

# A word longer than this is several tokens, one after the other: terms stay short, and the
# same word in a query is split in the same places.
MAX_WORD_LENGTH: Final = 200

_RUN: Final = (
    rf"(?P<HAN>[{HAN}]+(?:\s+[{HAN}]+)*)|(?P<WORD>{WORD}{{1,{MAX_WORD_LENGTH}}}|[{NUMERAL}])"
    rf"|(?P<SPACE>\s+)|(?P<BREAK>[^\w\s{HAN}]+|_+)"
)

# Where the ranges of `HAN` begin and where they have ended, in order.
_HAN_BOUNDS: Final = sorted([*HAN[::3], *(chr(ord(last) + 1) for last in HAN[2::3])])


def is_han(text: str) -> bool:
    """Whether a text begins with a character of `HAN`."""
    return bisect_right(_HAN_BOUNDS, text) % 2 == 1


class CharacterClasses(NamedTuple):
    """For regular expressions: the class of Han characters, of characters of words, of numerals."""

    han: str
    word: str
    numeral: str


# Plain texts do with classes that are compiled in a hundredth of the time that the others take.
_PLAIN: Final = CharacterClasses(r"[^\W_a-z0-9]", "[a-z0-9]", "(?!)")
_FULL: Final = CharacterClasses(f"[{HAN}]", WORD, f"[{NUMERAL}]")


def character_classes(folded: str) -> CharacterClasses:
    """What finds the same in a folded text as `HAN`, `WORD` and `NUMERAL` do."""
    return _PLAIN if folded.isascii() or all(map(is_plain, set(folded))) else _FULL


@cache
def is_plain(character: str) -> bool:
    """Whether it is ASCII, a Han character, or nothing that counts for tokens."""
    return character.isascii() or character.isalnum() is is_han(character)


class Script(Enum):
    """What a run consists of."""

    HAN = "HAN"  # written without blanks; blanks and line breaks inside do not end the run
    WORD = "WORD"  # one word or number of any other script
    SPACE = "SPACE"
    BREAK = "BREAK"  # punctuation and symbols


class Run(NamedTuple):
    """The characters ``start`` to ``end`` of a text, all of one script."""

    script: Script
    start: int
    end: int


def runs(text: str) -> Iterator[Run]:
    """Split ``text`` into runs; joined they are the text."""
    for match in re.finditer(_RUN, text):
        yield Run(Script[match.lastgroup or ""], match.start(), match.end())
