"""Word translation tables as they are stored and looked up.

lexicon/chinese/words, word_starts   the words, as `indexer.codec.term_dictionary` writes them;
lexicon/english/words, word_starts   number 0 is the null word, ""; English words are stems
lexicon/*/counts        uint32       in how many beads each word is
lexicon/*/null          uint32       probability of each word where no word is rendered, / ONE
lexicon/*/pair_starts   uint32       where the pairs of each word start; their number
lexicon/pairs/chinese   uint32       the pairs in the order of Chinese words, then of English
lexicon/pairs/english   uint32
lexicon/pairs/by_english uint32      the numbers of the pairs, in the order of English words
lexicon/pairs/forward   uint32       probability of the English word given the Chinese, / ONE
lexicon/pairs/backward  uint32       and the other way round

And, written by `indexer.learn`, lexicon/articles uint32[1]: how many articles in both languages
there were.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from indexer.article import other_language
from indexer.codec.arrays import AnyArray
from indexer.codec.container import Container
from indexer.codec.term_dictionary import TermDictionary

CHINESE: Final = "lexicon/chinese"
ENGLISH: Final = "lexicon/english"
PAIRS: Final = "lexicon/pairs"
ARTICLES: Final = "lexicon/articles"
ONE: Final = 2**32 - 1

_MAX_CACHED_ROWS: Final = 20_000


class Translation(NamedTuple):
    """How likely a word is to be rendered by another: there, and back."""

    direct: float
    inverse: float


Row = dict[str, Translation]


class _Side(NamedTuple):
    """The words of one language, and what is told of each."""

    words: TermDictionary
    counts: AnyArray
    null: AnyArray
    pair_starts: AnyArray


class TranslationTables:
    """What `TrainedTables.write` wrote; arrays are mapped, and rows made when they are asked for.

    May be used from several threads.
    """

    def __init__(self, container: Container) -> None:
        self._container = container
        self._sides: dict[str, _Side] = {}
        self._rows: dict[tuple[str, str], Row] = {}

    def row(self, word: str, language: str) -> Row:
        """The words that render a word of ``"zh"`` or ``"en"``."""
        row = self._rows.get((word, language))
        if row is None:
            if len(self._rows) >= _MAX_CACHED_ROWS:
                self._rows.clear()
            row = self._rows[word, language] = self._read(word, language)
        return row

    def null(self, word: str, language: str) -> float:
        """How likely a word of ``"zh"`` or ``"en"`` is to stand where it renders nothing."""
        side = self._side(language)
        return int(side.null[max(side.words.find(word), 0)]) / ONE

    def bead_count(self, word: str, language: str) -> int:
        """In how many beads a word of ``"zh"`` or ``"en"`` was; 0 if in one at most."""
        side = self._side(language)
        number = side.words.find(word)
        return int(side.counts[number]) if number >= 0 else 0

    def _side(self, language: str) -> _Side:
        side = self._sides.get(language)
        if side is None:
            name = CHINESE if language == "zh" else ENGLISH
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
        places = slice(first, last)
        pairs = places if is_chinese else self._container[f"{PAIRS}/by_english"][places]
        column = "english" if is_chinese else "chinese"
        numbers = self._container[f"{PAIRS}/{column}"][pairs].tolist()
        forward, backward = (
            (self._container[f"{PAIRS}/{name}"][pairs] / ONE).tolist()
            for name in ("forward", "backward")
        )
        direct, inverse = (forward, backward) if is_chinese else (backward, forward)
        return {
            others.term(i): Translation(a, b)
            for i, a, b in zip(numbers, direct, inverse, strict=True)
        }
