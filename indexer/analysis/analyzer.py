"""The one analyzer of indexing, queries and highlighting."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from operator import add
from typing import Final, NamedTuple

from indexer.analysis.chinese import SEGMENTER, Segmenter
from indexer.analysis.english import STEMMER, Stems
from indexer.analysis.folding import fold, fold_with_spans, table_checksum
from indexer.analysis.script import (
    HAN,
    MAX_WORD_LENGTH,
    CharacterClasses,
    character_classes,
    is_han,
)
from indexer.analysis.token import Token

# Raise it when any text gives other terms than before.
ANALYSIS_VERSION: Final = 1

_POSSESSIVE: Final = "'s"
_FIRST_HAN: Final = HAN[0]


class Streams(NamedTuple):
    """The terms of a text: ``exact[i]`` has position i; ``ranking`` has no positions."""

    exact: list[str]
    ranking: list[str]


class Analyzer:
    """Text to tokens, in two streams.

    The *exact stream* serves whatever asks for places: every word or number of an alphabetic
    script is a token; every Han character starts one, the bigram of it and the next character
    of its run, or itself alone at the end of the run. The *ranking stream* serves scores:
    English stems and the words that jieba finds.

    ``dictionary`` is the text of a user dictionary in jieba's format; ValueError if it is none.
    An analyzer may be used from several threads.
    """

    def __init__(self, dictionary: str | None = None) -> None:
        self.dictionary = dictionary
        self.segmenter: Final = Segmenter(fold(dictionary or ""))
        self._stems = Stems()

    @property
    def fingerprint(self) -> str:
        """Names all that terms depend on: equal fingerprints give equal terms."""
        parts = (
            ANALYSIS_VERSION, SEGMENTER, STEMMER, unicodedata.unidata_version,
            table_checksum(), self.dictionary or "",
        )  # fmt: skip
        return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()[:16]

    def stem(self, word: str) -> str:
        """The stem of a folded word."""
        return self._stems[word]

    def streams(self, text: str) -> Streams:
        """The terms of `exact` and `ranking`, without their places: the way of indexing."""
        folded = fold(text)
        units = _split(folded)
        stems = self._stems
        if folded.isascii() and _POSSESSIVE not in folded:  # words alone, as most English is
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
        """The terms of `exact`, without their places."""
        exact: list[str] = []
        for unit in _split(fold(text)):
            if unit >= _FIRST_HAN and is_han(unit):
                exact += _bigrams(_without_blanks(unit))
            else:
                exact.append("s" if unit == _POSSESSIVE else unit)
        return exact

    def exact(self, text: str) -> list[Token]:
        """The exact stream: token i has position i."""
        return [token for unit in self._units(text) for token in unit.exact()]

    def position_spans(self, text: str) -> list[tuple[int, int]]:
        """The characters that stand at each position of the exact stream: a word, or one Han."""
        return [span for unit in self._units(text) for span in unit.spans]

    def words(self, text: str) -> list[Token]:
        """The words of the ranking stream, folded but not stemmed."""
        return [token for unit in self._units(text) for token in self._words(unit)]

    def ranking(self, text: str) -> list[Token]:
        """The ranking stream; a token's position is that of its first word or character."""
        return [token for unit in self._units(text) for token in self._words(unit, stemmed=True)]

    def both(self, text: str) -> tuple[list[Token], list[Token]]:
        """The exact stream and the ranking stream."""
        units = [*self._units(text)]
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

    def _units(self, text: str) -> Iterator[_Unit]:
        folded = fold_with_spans(text)
        position = 0
        for match in _unit(character_classes(folded.text)).finditer(folded.text):
            start, end = match.span()
            if is_han(match[0]):
                run = _without_blanks(match[0])
                places: Sequence[int] = range(start, end)
                if len(run) < len(places):
                    places = [i for i in places if not folded.text[i].isspace()]
                unit = _Unit(run, folded.character_spans(places), position, is_han=True)
                position += len(places)
            elif match[0] == _POSSESSIVE:
                spans = [folded.span(start + 1, end)]
                unit = _Unit("s", spans, position, is_possessive=True)
                position += 1
            else:
                unit = _Unit(match[0], [folded.span(start, end)], position)
                position += 1
            yield unit


def _split(folded: str) -> list[str]:
    return _unit(character_classes(folded)).findall(folded)


@cache
def _unit(classes: CharacterClasses) -> re.Pattern[str]:
    """What the streams are made of, in a folded text.

    A possessive 's is a word of the exact stream ("China's" is found by "China" and by "China's")
    but none of the ranking stream.
    """
    han, word, numeral = classes
    words = rf"{word}{{1,{MAX_WORD_LENGTH}}}|{numeral}|'s(?<={word}'s)(?!{word})"
    return re.compile(rf"{words}|{han}+(?:\s+{han}+)*")


def _bigrams(run: str) -> list[str]:
    """Each character of a run with the next, the last alone."""
    return [*map(add, run, run[1:]), run[-1]]


def _without_blanks(run: str) -> str:
    return "".join(run.split())


class _Unit(NamedTuple):
    """A run of Han characters, with the span of each, or a word with its one span."""

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
