"""Find terms of the ranking stream in a text, without cutting the text into words."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from functools import partial
from typing import Final

from indexer.analysis import Analyzer
from indexer.analysis.folding import fold_with_spans
from indexer.analysis.script import RARE_HAN

_Found = tuple[str, tuple[int, int]]

_WORD: Final = re.compile(rf"[^\W_{RARE_HAN}]+")
# For at most this many English words it is faster to search for each of them than to stem the text.
_MAX_SEARCHED_WORDS: Final = 20


def find_words(
    text: str, words: Collection[str], language: str, analyzer: Analyzer
) -> list[tuple[str, tuple[int, int]]]:
    """The occurrences of words in a text of ``"zh"`` or ``"en"``: word, start and end, in order.

    ``words`` are terms of the ranking stream. A Chinese one occurs wherever its characters do, an
    English one wherever a word of the text has this stem. If there are few English words, only
    forms are found that begin like the stem without its last letter: for *die* not *dying*.
    """
    folded = fold_with_spans(text)
    find = _find_chinese if language == "zh" else partial(_find_english, analyzer)
    found = sorted((span, word) for word, span in find(folded.text, words))
    return [(word, folded.span(*span)) for span, word in found]


def _find_chinese(text: str, words: Collection[str]) -> Iterator[_Found]:
    for word in words:
        for start in _starts(word, text):
            yield word, (start, start + len(word))


def _find_english(analyzer: Analyzer, text: str, words: Collection[str]) -> Iterator[_Found]:
    forms: Iterable[re.Match[str] | None] = _WORD.finditer(text)
    if len(words) <= _MAX_SEARCHED_WORDS:
        starts = (start for word in words for start in _starts(word[: max(1, len(word) - 1)], text))
        forms = (
            _WORD.match(text, start)
            for start in set(starts)
            if not (start and _WORD.match(text, start - 1))
        )
    for form in forms:
        if form and (word := analyzer.stem(form[0])) in words:
            yield word, form.span()


def _starts(part: str, text: str) -> Iterator[int]:
    """The offsets at which a part occurs in a text, without overlap."""
    start = text.find(part)
    while start >= 0:
        yield start
        start = text.find(part, start + len(part))
