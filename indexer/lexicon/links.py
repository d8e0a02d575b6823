"""The counterparts of words in the other text, by the tables alone; imports indexer.analysis.

Only where the evidence is strong: both words are likely to render each other, and what is asked
for is likelier to be rendered there than all else in the text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import sqrt
from typing import Final

from indexer.analysis import Analyzer, Token
from indexer.lexicon.tables import Row, Tables, Translation
from indexer.lexicon.text import other_language, stop_words

# The mean (geometric) of how likely one word is rendered by the other, there and back.
_STRENGTH_LEAST: Final = 0.2
# The part of a word that must come from what is asked for: there, times back.
_SHARE_LEAST: Final = 0.25

# What stands between the words of a name: 唐纳德·特朗普.
_GLUE: Final = " \n·•・‧-"

Span = tuple[int, int]


def link(
    chinese: str,
    english: str,
    spans: Iterable[Span],
    tables: Tables,
    from_language: str,
    analyzer: Analyzer,
) -> list[Span]:
    """Where the counterparts of the words at ``spans`` are in the other text, in order.

    ``spans`` are characters (start, end) of the text of ``from_language``, ``"zh"`` or ``"en"``;
    a word counts as soon as one of them touches it.
    """
    to_language = other_language(from_language)
    source, target = (chinese, english) if from_language == "zh" else (english, chinese)
    asked, others = _split(analyzer.ranking(source), spans, stop_words(from_language))
    if not asked:
        return []
    ours = [_with_itself(word, tables.row(word, from_language)) for word in asked]
    theirs = [_with_itself(word, tables.row(word, from_language)) for word in others]
    stop = stop_words(to_language)
    known: dict[str, bool] = {}
    found: list[Span] = []
    for token in analyzer.ranking(target):
        word = token.term
        if word in stop:
            continue
        if word not in known:
            known[word] = _is_counterpart(word, ours, theirs)
        if known[word]:
            found.append((token.start, token.end))
    return _merged(found, target)


def _split(
    tokens: Iterable[Token], spans: Iterable[Span], stop: frozenset[str]
) -> tuple[set[str], set[str]]:
    """The words that spans touch, and the others."""
    asked: set[str] = set()
    others: set[str] = set()
    places = [(start, end) for start, end in spans if start < end]
    for token in tokens:
        if token.term not in stop:
            touched = any(start < token.end and token.start < end for start, end in places)
            (asked if touched else others).add(token.term)
    return asked, others - asked


_SAME: Final = Translation(1.0, 1.0)


def _with_itself(word: str, row: Row) -> Row:
    """Names and numbers stand for themselves, known or not."""
    return row if word in row else {**row, word: _SAME}


def _is_counterpart(word: str, ours: Sequence[Row], theirs: Sequence[Row]) -> bool:
    """Whether a word comes from those of our rows, rather than from those of the others."""
    own = [row[word] for row in ours if word in row]
    if not own:
        return False
    best = max(translation.ahead for translation in own)
    ahead = sum(translation.ahead for translation in own)
    back = sum(translation.back for translation in own)
    if sqrt(best * min(back, 1.0)) < _STRENGTH_LEAST:
        return False
    rest = [row[word] for row in theirs if word in row]
    rest_ahead = sum(translation.ahead for translation in rest)
    rest_back = sum(translation.back for translation in rest)
    return ahead / (ahead + rest_ahead) * back / (back + rest_back) >= _SHARE_LEAST


def _merged(spans: Iterable[Span], text: str) -> list[Span]:
    """Neighbours with nothing but blanks or the dots of names between them as one."""
    merged: list[Span] = []
    for start, end in spans:
        if merged and not text[merged[-1][1] : start].strip(_GLUE):
            merged[-1] = merged[-1][0], end
        else:
            merged.append((start, end))
    return merged
