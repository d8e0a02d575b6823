"""Where sentences end, in Chinese and in English."""

from __future__ import annotations

import re
from typing import Final

from indexer.analysis.line_width import is_wrapped_line

_CLOSING: Final = "”’」』）)》〉】\\]\"'"
_CHINESE: Final = "。！？；…"
_ENGLISH: Final = ".!?;"
# The character comes first, then whether it ends a sentence: so `re` is quick to find it.
_END = re.compile(
    rf"[{_CHINESE}{_ENGLISH}\n]"
    rf"(?:(?<=[{_CHINESE}])[{_CHINESE}]*[{_CLOSING}]*"
    rf"|(?<=[{_ENGLISH}])[{_ENGLISH}]*[{_CLOSING}]*(?=\s|$)"
    r"|(?<=\n))"
)

# What a point after does not end a sentence: titles, abbreviations, initials.
_ABBREVIATION = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|Gen|Col|Lt|Sen|Rep|Gov|Rev|Hon|St|Jr|Sr|vs|etc|No|Nos|Vol|pp?|"
    r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|Co|Corp|Inc|Ltd|e\.g|i\.e|cf|ca|approx)"
    r"|\b[A-Z](?:\.[A-Z])*)\.$"
)

# So many characters before a place tell all that counts for whether a sentence ends there.
LOOK_BEHIND: Final = 48


def sentence_ends(text: str) -> list[int]:
    """The ends of the sentences of a text, in characters, the last one the end of the text.

    A sentence has the blanks after it. A line break ends one too, unless the line was wrapped.
    """
    ends: list[int] = []
    for match in _END.finditer(text):
        end = match.end()
        if match[0] == "." and _ABBREVIATION.search(text, max(0, end - 12), end):
            continue
        if match[0] == "\n" and _is_wrapped(text, match.start()):
            continue
        while end < len(text) and text[end].isspace():
            end += 1
        if not ends or end > ends[-1]:
            ends.append(end)
    if not ends or ends[-1] < len(text):
        ends.append(len(text))
    return ends


def _is_wrapped(text: str, line_break: int) -> bool:
    return is_wrapped_line(text[text.rfind("\n", 0, line_break) + 1 : line_break])
