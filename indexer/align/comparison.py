"""Anchors that need no dictionary.

They are numbers and dates in either script, Latin words in the Chinese text, marks of punctuation,
and the article's own glossary. Wu (1994) aligned the Hong Kong Hansard by such cues.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from indexer.align.anchor import MAX_OCCURRENCES, Anchor
from indexer.align.numerals import NUMBER_WORDS, chinese_tokens, english_numbers
from indexer.analysis.folding import without_unknown
from indexer.analysis.script import is_word_or_han

# Numbers from 13 on, and Latin words, are seldom in both texts by chance: they are distinctive.
# If the Chinese text has at least four of them, and the English text shares less than a fifth of
# these, it is no translation.
_MIN_DISTINCTIVE: Final = 13
_MIN_DISTINCTIVE_COUNT: Final = 4
_MIN_SHARED: Final = 0.2

# Marks of punctuation in Chinese, and the same in English.
_MARKS: Final = (
    ("？?", "?"), ("！!", "!"), ("“「『\"", "“\""), ("（(", "("), ("：:", ":"), ("%％", "%"),
)  # fmt: skip
_MAX_MARKS: Final = 4 * MAX_OCCURRENCES


class TextComparison(NamedTuple):
    """The anchors of two texts, and whether they share too little to be translations.

    Unrelated texts have no anchors.
    """

    anchors: list[Anchor]
    unrelated: bool


def compare_texts(
    chinese: str, english: str, glossary: Sequence[tuple[str, str]] = ()
) -> TextComparison:
    """Find what occurs in both texts; ``glossary`` holds pairs (Chinese, English)."""
    chinese, english = without_unknown(chinese), without_unknown(english)
    small = english.lower()
    numbers, words = chinese_tokens(chinese)
    in_figures = english_numbers(english) if numbers else {}
    large = {value: starts for value, starts in numbers.items() if value >= _MIN_DISTINCTIVE}
    anchors = [
        Anchor(2.0 + len(word) / 2, starts, others)
        for word, starts in words.items()
        if (others := _find(small, word))
    ]
    anchors += [
        Anchor(4.0 if value < 100 else 6.0, starts, others)
        for value, starts in large.items()
        if (others := _find_number(value, in_figures, small))
    ]
    distinctive = len(words) + len(large)
    if distinctive >= _MIN_DISTINCTIVE_COUNT and len(anchors) < _MIN_SHARED * distinctive:
        return TextComparison([], unrelated=True)
    anchors += [
        Anchor(3.0, starts, others)
        for value, starts in numbers.items()
        if value < _MIN_DISTINCTIVE and (others := _find_number(value, in_figures, small))
    ]
    anchors += _glossary_anchors(chinese, english, glossary)
    anchors += _mark_anchors(chinese, english)
    return TextComparison(anchors, unrelated=False)


def _glossary_anchors(
    chinese: str, english: str, glossary: Sequence[tuple[str, str]]
) -> list[Anchor]:
    return [
        Anchor(6.0, starts, others)
        for term, translation in glossary
        if (starts := _find(chinese, term)) and (others := _find(english, translation))
    ]


def _mark_anchors(chinese: str, english: str) -> list[Anchor]:
    return [
        Anchor(1.0, starts, others)
        for chinese_marks, english_marks in _MARKS
        if (starts := _find_marks(chinese, chinese_marks))
        and (others := _find_marks(english, english_marks))
    ]


def _find_number(value: float, in_figures: Mapping[float, list[int]], text: str) -> list[int]:
    """Where a number occurs in an English text, in figures or as a word."""
    return in_figures.get(value, []) + _find(text, NUMBER_WORDS.get(value, ""))


def _find(text: str, word: str) -> list[int]:
    """Where a word occurs in a text; nowhere if it occurs too often to be an anchor.

    An ASCII word is found only between characters that are neither letters nor digits.
    """
    starts: list[int] = []
    alphabetic = word.isascii()
    start = text.find(word)
    while start >= 0 and word:
        end = start + len(word)
        if not alphabetic or not (
            is_word_or_han(text[end : end + 1]) or (start and is_word_or_han(text[start - 1]))
        ):
            starts.append(start)
        start = text.find(word, end)
        if len(starts) > MAX_OCCURRENCES:
            return []
    return starts


def _find_marks(text: str, marks: Iterable[str]) -> list[int]:
    """Where any of some marks occurs; nowhere if they occur too often to be an anchor."""
    starts: list[int] = []
    for mark in marks:
        start = text.find(mark)
        while start >= 0:
            starts.append(start)
            start = text.find(mark, start + 1)
        if len(starts) > _MAX_MARKS:
            return []
    return starts
