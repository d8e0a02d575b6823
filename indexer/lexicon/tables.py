"""The tables of word translation probabilities, as they are stored and read.

lexicon/chinese/words, word_starts   the words, see `indexer.codec.term_dictionary`; number 0 is
lexicon/english/words, word_starts   the null word ""; words are terms of the ranking stream
lexicon/*/counts         uint32[words]      the number of beads that contain the word
lexicon/*/null           uint32[words]      P(word | null word of the other language); number 0 has
                                            the probability of words that are not in the table
lexicon/*/pair_starts    uint32[words + 1]  where the pairs of each word begin, and the last end
lexicon/pairs/chinese    uint32[pairs]      the words, sorted by Chinese, then by English word
lexicon/pairs/english    uint32[pairs]
lexicon/pairs/by_english uint32[pairs]      the numbers of the pairs, sorted by English word
lexicon/pairs/forward    uint32[pairs]      P(English word | Chinese word)
lexicon/pairs/backward   uint32[pairs]      P(Chinese word | English word)
lexicon/articles         uint32[1]          the number of articles in both languages when the tables
                                            were learnt; written by `indexer.learn`

The pairs of a Chinese word are a range of the pairs, those of an English word a range of
``by_english``. Probabilities are stored as multiples of 1 / `ONE`.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from indexer.array_types import AnyArray
from indexer.article import other_language
from indexer.codec.container import Container
from indexer.codec.term_dictionary import TermDictionary

CHINESE_SIDE: Final = "lexicon/chinese"
ENGLISH_SIDE: Final = "lexicon/english"
PAIRS: Final = "lexicon/pairs"
ARTICLES: Final = "lexicon/articles"
ONE: Final = 2**32 - 1

_MAX_CACHED_ROWS: Final = 20_000


class Translation(NamedTuple):
    """The probabilities of a pair of words: P(rendering | word) and P(word | rendering)."""

    direct: float
    inverse: float


# The renderings of a word in the other language.
Row = dict[str, Translation]


class _Side(NamedTuple):
    """The arrays of one language."""

    words: TermDictionary
    counts: AnyArray
    null: AnyArray
    pair_starts: AnyArray


class TranslationTables:
    """Reads the tables that `TrainedTables.write` wrote.

    Words are terms of the ranking stream, and languages are ``"zh"`` and ``"en"``. Arrays are
    mapped; a row is built when it is first read, and cached. Several threads may share an object.
    """

    def __init__(self, container: Container) -> None:
        self._container = container
        self._sides: dict[str, _Side] = {}
        self._rows: dict[tuple[str, str], Row] = {}

    def row(self, word: str, language: str) -> Row:
        """The renderings of a word of a language; empty if the word is not in the table."""
        row = self._rows.get((word, language))
        if row is None:
            if len(self._rows) >= _MAX_CACHED_ROWS:
                self._rows.clear()
            row = self._rows[word, language] = self._read(word, language)
        return row

    def null_probability(self, word: str, language: str) -> float:
        """The probability of a word of a language where it renders no word of the other one."""
        side = self._side(language)
        return int(side.null[max(side.words.find(word), 0)]) / ONE

    def bead_count(self, word: str, language: str) -> int:
        """The number of beads that contained a word; 0 if it was one at most."""
        side = self._side(language)
        number = side.words.find(word)
        return int(side.counts[number]) if number >= 0 else 0

    def _side(self, language: str) -> _Side:
        side = self._sides.get(language)
        if side is None:
            name = CHINESE_SIDE if language == "zh" else ENGLISH_SIDE
            counts, null, pair_starts = (
                self._container[f"{name}/{part}"] for part in ("counts", "null", "pair_starts")
            )
            side = _Side(TermDictionary(name, self._container), counts, null, pair_starts)
            self._sides[language] = side
        return side

    def _read(self, word: str, language: str) -> Row:
        side, others = self._side(language), self._side(other_language(language)).words
        number = side.words.find(word)
        if number < 0:
            return {}
        first, last = side.pair_starts[number : number + 2].tolist()
        is_chinese = language == "zh"
        range_ = slice(first, last)
        pairs = range_ if is_chinese else self._container[f"{PAIRS}/by_english"][range_]
        numbers = self._container[f"{PAIRS}/{'english' if is_chinese else 'chinese'}"][pairs]
        forward, backward = (
            (self._container[f"{PAIRS}/{name}"][pairs] / ONE).tolist()
            for name in ("forward", "backward")
        )
        direct, inverse = (forward, backward) if is_chinese else (backward, forward)
        return {
            others.term(i): Translation(p, q)
            for i, p, q in zip(numbers.tolist(), direct, inverse, strict=True)
        }
