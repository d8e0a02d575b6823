"""Text split into runs of one script, losing nothing; imports nothing of the project."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from typing import Final, NamedTuple

# Scripts that are written without blanks between words: every character of theirs counts.
HAN: Final = (
    "\u3005-\u3007\u3021-\u3029\u3038-\u303b"  # iteration mark, closing mark, zero, numerals
    "\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff"  # kana
    "\u3105-\u312f\u31a0-\u31bf"  # bopomofo
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # ideographs
)
WORD: Final = rf"[^\W_{HAN}]"

# A word longer than this is several tokens, one after the other: terms stay short, and the
# same word in a query is split in the same places.
LONGEST_WORD: Final = 200

_RUN = re.compile(
    rf"(?P<HAN>[{HAN}](?:\s*[{HAN}])*)"
    rf"|(?P<WORD>{WORD}{{1,{LONGEST_WORD}}})"
    rf"|(?P<SPACE>\s+)"
    rf"|(?P<BREAK>[^\w\s{HAN}]+|_+)"
)


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
    for match in _RUN.finditer(text):
        yield Run(Script[match.lastgroup or ""], match.start(), match.end())
