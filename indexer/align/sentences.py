"""Where the sentences of a Chinese or English text end."""

from __future__ import annotations

import re
from typing import Final

from indexer.analysis.folding import without_unknown
from indexer.analysis.line_width import is_wrapped_line
from indexer.analysis.script import WORD_OR_HAN

# Quotation marks and brackets that close belong to the sentence before them.
_CLOSING: Final = "”’」』）)》〉】\\]\"'"
_CHINESE_ENDS: Final = "。！？；…"
_ENGLISH_ENDS: Final = ".!?;"
# The pattern begins with a class of characters, because `re` searches for these fast. It then
# looks behind to see which character it found, and which conditions apply.
_END: Final = re.compile(
    rf"[{_CHINESE_ENDS}{_ENGLISH_ENDS}\n]"
    rf"(?:(?<=[{_CHINESE_ENDS}])[{_CHINESE_ENDS}]*[{_CLOSING}]*"
    rf"|(?<=[{_ENGLISH_ENDS}])[{_ENGLISH_ENDS}]*[{_CLOSING}]*(?=\s|$)"
    r"|(?<=\n))"
)

# A point after one of these does not end a sentence: titles, abbreviations, initials.
_ABBREVIATION: Final = re.compile(
    rf"(?<![{WORD_OR_HAN}])"
    r"(?:Mr|Mrs|Ms|Dr|Prof|Gen|Col|Lt|Sen|Rep|Gov|Rev|Hon|St|Jr|Sr|vs|etc|No|Nos|Vol|pp?|"
    r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|Co|Corp|Inc|Ltd|e\.g|i\.e|cf|ca|approx|"
    r"[A-Z](?:\.[A-Z])*)\.$"
)
_MAX_ABBREVIATION: Final = 12

# Whether a sentence ends at a position depends on at most this many characters before it.
MAX_LOOK_BEHIND: Final = 48


def sentence_ends(text: str) -> list[int]:
    """The ends of all sentences of a text, as offsets in characters.

    The last end is the end of the text; an empty text has the one end 0. White space after a
    sentence belongs to that sentence. A line break ends a sentence as well, unless the line is so
    wide that it was wrapped by hand.
    """
    ends: list[int] = []
    for match in _END.finditer(text):
        end = match.end()
        if match[0] == "." and _ends_abbreviation(text, end):
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


def _ends_abbreviation(text: str, end: int) -> bool:
    """Say whether the point before ``end`` belongs to an abbreviation."""
    start = max(0, end - _MAX_ABBREVIATION)
    before = max(0, start - 1)
    part = without_unknown(text[before:end])
    return _ABBREVIATION.search(part, start - before) is not None


def _is_wrapped(text: str, line_break: int) -> bool:
    """Whether the line before a line break goes on in the next line."""
    return is_wrapped_line(text[text.rfind("\n", 0, line_break) + 1 : line_break])
