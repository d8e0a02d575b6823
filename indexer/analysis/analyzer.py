"""The analyzer: it makes the tokens of the exact stream and of the ranking stream."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from operator import add
from typing import Final, NamedTuple

from indexer.analysis.chinese import Segmenter
from indexer.analysis.english import Stems
from indexer.analysis.folding import FoldedText, fold, fold_with_spans
from indexer.analysis.script import (
    HAN,
    MAX_WORD_LENGTH,
    CharacterClasses,
    character_classes,
    is_han,
)
from indexer.analysis.version import fingerprint

_POSSESSIVE: Final = "'s"
_FIRST_HAN: Final = HAN[0]


class Token(NamedTuple):
    """A term and where it occurs in a text.

    ``start`` and ``end`` count characters of the original text; ``end`` is exclusive.
    ``position`` counts tokens of the exact stream, so the positions of neighbours differ by one.
    """

    term: str
    start: int
    end: int
    position: int


class Streams(NamedTuple):
    """The terms of a text. ``exact[i]`` has position i; ``ranking`` has no positions."""

    exact: list[str]
    ranking: list[str]


class Analyzer:
    """Makes two streams of tokens from a text; `indexer.analysis` explains them.

    ``dictionary`` is the text of a user dictionary in jieba's format; a text in another format
    raises ValueError. An analyzer may be used from several threads.
    """

    def __init__(self, dictionary: str | None = None) -> None:
        self.dictionary = dictionary
        self.segmenter: Final = Segmenter(fold(dictionary or ""))
        self._stems = Stems()

    @property
    def fingerprint(self) -> str:
        """The version of the analysis and a hash: equal fingerprints mean equal terms."""
        return fingerprint(self.dictionary)

    def stem(self, word: str) -> str:
        """Return the stem of a folded word."""
        return self._stems[word]

    def streams(self, text: str) -> Streams:
        """Return the terms of both streams; faster than their tokens."""
        folded = fold(text)
        units = _split(folded)
        stems = self._stems
        if folded.isascii() and _POSSESSIVE not in folded:  # most English: every unit is a word
            return Streams(units, [*map(stems.__getitem__, units)])
        exact: list[str] = []
        ranking: list[str] = []
        for unit in units:
            if unit >= _FIRST_HAN and is_han(unit):
                run = _without_blanks(unit)
                exact += _bigrams(run)
                ranking += self.segmenter.cut(run)
            elif unit == _POSSESSIVE:
                exact.append("s")
            else:
                exact.append(unit)
                ranking.append(stems[unit])
        return Streams(exact, ranking)

    def exact_terms(self, text: str) -> list[str]:
        """Return the terms of the exact stream; faster than its tokens."""
        exact: list[str] = []
        for unit in _split(fold(text)):
            if unit >= _FIRST_HAN and is_han(unit):
                exact += _bigrams(_without_blanks(unit))
            else:
                exact.append("s" if unit == _POSSESSIVE else unit)
        return exact

    def exact(self, text: str) -> list[Token]:
        """Return the tokens of the exact stream: token i has position i."""
        return [token for unit in _units(text) for token in unit.exact()]

    def position_spans(self, text: str) -> list[tuple[int, int]]:
        """Return the characters at each position of the exact stream: a word, or one Han."""
        return [span for unit in _units(text) for span in unit.spans]

    def words(self, text: str) -> list[Token]:
        """Return the tokens of the ranking stream with their words folded, but not stemmed."""
        return [token for unit in _units(text) for token in self._words(unit)]

    def ranking(self, text: str) -> list[Token]:
        """Return the tokens of the ranking stream.

        The position of a token is the position of its first word or character in the exact stream.
        """
        return [token for unit in _units(text) for token in self._words(unit, stemmed=True)]

    def token_streams(self, text: str) -> tuple[list[Token], list[Token]]:
        """Return the tokens of the exact stream and those of the ranking stream."""
        units = [*_units(text)]
        exact = [token for unit in units for token in unit.exact()]
        return exact, [token for unit in units for token in self._words(unit, stemmed=True)]

    def _words(self, unit: _Unit, *, stemmed: bool = False) -> Iterator[Token]:
        if unit.is_han:
            first = 0
            for word in self.segmenter.cut(unit.text):
                last = first + len(word) - 1
                yield Token(word, unit.spans[first][0], unit.spans[last][1], unit.position + first)
                first = last + 1
        elif not unit.is_possessive:
            (start, end) = unit.spans[0]
            yield Token(self._stems[unit.text] if stemmed else unit.text, start, end, unit.position)


class _Unit(NamedTuple):
    """A word with its one span, or a run of Han characters with the span of each."""

    text: str
    spans: list[tuple[int, int]]
    position: int
    is_han: bool = False
    is_possessive: bool = False

    def exact(self) -> Iterator[Token]:
        if not self.is_han:
            (start, end) = self.spans[0]
            yield Token(self.text, start, end, self.position)
            return
        ends = [end for _, end in self.spans]
        for i, ((start, _), end) in enumerate(zip(self.spans, [*ends[1:], ends[-1]], strict=True)):
            yield Token(self.text[i : i + 2], start, end, self.position + i)


def _units(text: str) -> Iterator[_Unit]:
    folded = fold_with_spans(text)
    position = 0
    for match in _unit_pattern(character_classes(folded.text)).finditer(folded.text):
        start, end = match.span()
        if is_han(match[0]):
            unit = _han_unit(folded, start, end, position)
        elif match[0] == _POSSESSIVE:
            unit = _Unit("s", [folded.span(start + 1, end)], position, is_possessive=True)
        else:
            unit = _Unit(match[0], [folded.span(start, end)], position)
        position += len(unit.spans)
        yield unit


def _han_unit(folded: FoldedText, start: int, end: int, position: int) -> _Unit:
    text = folded.text[start:end]
    run = _without_blanks(text)
    offsets: Sequence[int] = range(start, end)
    if len(run) < len(text):
        offsets = [i for i in offsets if not folded.text[i].isspace()]
    return _Unit(run, folded.character_spans(offsets), position, is_han=True)


def _split(folded: str) -> list[str]:
    return _unit_pattern(character_classes(folded)).findall(folded)


@cache
def _unit_pattern(classes: CharacterClasses) -> re.Pattern[str]:
    """Compile the pattern of a unit: a word, a numeral, a possessive 's, or a run of Han.

    Blanks and line breaks do not end a run. A possessive 's is a token of the exact stream, so that
    both "China" and "China's" find "China's".
    """
    han, word, numeral = classes
    words = rf"{word}{{1,{MAX_WORD_LENGTH}}}|{numeral}|'s(?<={word}'s)(?!{word})"
    return re.compile(rf"{words}|{han}+(?:\s+{han}+)*")


def _bigrams(run: str) -> list[str]:
    """Join each character of a run to the next one; the last character remains alone."""
    return [*map(add, run, run[1:]), run[-1]]


def _without_blanks(run: str) -> str:
    return "".join(run.split())
