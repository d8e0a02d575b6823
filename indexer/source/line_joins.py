"""Joins lines that were wrapped by hand: blanks, hyphens and words that a line's end divided."""

from __future__ import annotations

import re
from typing import Final

from indexer.analysis.script import CHINESE

_WIDE: Final = f"{CHINESE}\u3000-\u303f\uff01-\uff60—…“”‘’·"
_WIDE_START: Final = re.compile(f"[{_WIDE}]")
_CHINESE: Final = re.compile(f"[{CHINESE}]")
_DIVIDED: Final = re.compile(r"(?P<left>[^\W_]+(?:['’\-‐‑][^\W_]+)*)(?P<hyphen>[-‐‑\xad])$")
_NEXT_WORD: Final = re.compile(r"[^\W_]+")
_WORDS: Final = re.compile(r"[^\W_]+(?:[-‐‑][^\W_]+)*")

# A hyphen before or after one of these words joins two words: it does not divide one.
_BEFORE: Final = frozenset(
    _WORDS.findall(
        "non anti self semi vice north south east west well half long short high low large small "
        "medium full state year cross newly two three four five six seven eight nine first second "
        "third fourth fifth twenty thirty forty fifty sixty seventy eighty ninety counter "
        "government post mother world multi wide hard single double quasi"
    )
)
_AFTER: Final = frozenset(
    _WORDS.findall(
        "east west year years month based owned called old made known round scale level range "
        "related making led held speed term ago sized style oriented distance quality minded up "
        "off sufficient reliance criticism revolutionary revolutionaries imperialist imperialists "
        "class imperialism defence defense determination president chairman thirds fashioned "
        "planned run managed backed producing earned stricken ridden affiliated sponsored"
    )
)
# Endings of words that begin like one of `_BEFORE`: the hyphen of north-ern divides a word.
_SUFFIXES: Final = frozenset(
    _WORDS.findall(
        "ly er est ing ed en ern erly ness ment ments less ful ward wards ish ism ist ists teen "
        "teenth ty tieth th hood ship age cut ply plied plication tude erner ening ened ther"
    )
)
_SUSPENDED: Final = frozenset({"and", "or", "to", "nor"})


def known_words(text: str) -> frozenset[str]:
    """Return the words of a text in lower case, with the hyphens that they have within a line."""
    return frozenset(word.lower() for word in _WORDS.findall(text))


def join(line: str, after: str, known: frozenset[str]) -> str:
    """Return two lines as one; ``known`` are words of the same article.

    Chinese is joined without a blank, English with one. A hyphen at the end of ``line`` goes if it
    divides a word.
    """
    if match := _DIVIDED.search(line):
        if match["hyphen"] == "\xad" or _divides(match["left"], after, known):
            return line[:-1] + after
        word = _NEXT_WORD.match(after)
        is_suspended = word is not None and word[0].lower() in _SUSPENDED
        return f"{line} {after}" if is_suspended or not word else line + after
    if line.endswith("—") or after.startswith("—"):
        return line + after
    first, last = _WIDE_START.match(after), _WIDE_START.match(line[-1])
    if first and last and (_CHINESE.search(line) or _CHINESE.search(after)):
        return line + after
    return f"{line} {after}"


def _divides(left: str, after: str, known: frozenset[str]) -> bool:
    """Say whether the hyphen between ``left`` and ``after`` divides a single word."""
    match = _NEXT_WORD.match(after)
    last = re.split("[-‐‑]", left)[-1]
    if not match or not match[0][0].islower() or not last.isalpha() or len(last) < 2:
        return False
    right = match[0].lower()
    if right in _SUSPENDED and f"{left.lower()}{right}" not in known:
        return False
    if f"{left.lower()}{right}" in known:
        return True
    if f"{left.lower()}-{right}" in known or last.isupper():
        return False
    if last.lower() in _BEFORE:
        return right in _SUFFIXES
    return right not in _AFTER
