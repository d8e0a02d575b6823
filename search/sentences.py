"""Where sentences end, in Chinese and in English; imports nothing of the project."""

from __future__ import annotations

import re
from typing import Final

_CLOSING: Final = "”’」』）)》〉】\\]\"'"
_CHINESE_END: Final = rf"(?:[。！？；]|……|…)+[{_CLOSING}]*"
_ENGLISH_END: Final = rf"[.!?;]+[{_CLOSING}]*(?=\s|$)"
_END = re.compile(rf"{_CHINESE_END}|{_ENGLISH_END}|\n")

# What a point after does not end a sentence: titles, abbreviations, initials.
_ABBREVIATION = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|Gen|Col|Lt|Sen|Rep|Gov|Rev|Hon|St|Jr|Sr|vs|etc|No|Nos|Vol|pp?|"
    r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|Co|Corp|Inc|Ltd|e\.g|i\.e|cf|ca|approx)"
    r"|\b[A-Z](?:\.[A-Z])*)\.$"
)


def sentence_ends(text: str) -> list[int]:
    """The ends of the sentences of a text, in characters, the last one the end of the text.

    A sentence has the blanks after it; a line break ends one too.
    """
    ends: list[int] = []
    for match in _END.finditer(text):
        end = match.end()
        if match[0] == "." and _ABBREVIATION.search(text, max(0, end - 12), end):
            continue
        while end < len(text) and text[end].isspace():
            end += 1
        if not ends or end > ends[-1]:
            ends.append(end)
    if not ends or ends[-1] < len(text):
        ends.append(len(text))
    return ends
