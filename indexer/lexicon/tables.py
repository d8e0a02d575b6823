"""Word translation tables as they are stored and looked up; imports indexer.codec, numpy.

lexicon/chinese/words, word_starts   the words, as `indexer.codec.words` writes them; number 0
lexicon/english/words, word_starts   is the null word, ""; English words are stems
lexicon/*/null          uint32       probability of each word where no word is rendered, / ONE
lexicon/*/pair_starts   uint32       where the pairs of each word start; their number
lexicon/pairs/chinese   uint32       the pairs in the order of Chinese words, then of English
lexicon/pairs/english   uint32
lexicon/pairs/by_english uint32      the numbers of the pairs, in the order of English words
lexicon/pairs/forward   uint32       probability of the English word given the Chinese, / ONE
lexicon/pairs/backward  uint32       and the other way round
"""

from __future__ import annotations

from functools import cached_property
from typing import Final, NamedTuple

from indexer.codec.container import Container
from indexer.codec.words import Words

CHINESE: Final = "lexicon/chinese"
ENGLISH: Final = "lexicon/english"
PAIRS: Final = "lexicon/pairs"
ONE: Final = 2**32 - 1

_LARGEST_CACHE: Final = 20_000


class Translation(NamedTuple):
    """How likely a word is to be rendered by another: there, and back."""

    ahead: float
    back: float


Row = dict[str, Translation]


class Tables:
    """What `TrainedTables.write` wrote; arrays are mapped, and rows made when they are asked for.

    May be used from several threads.
    """

    def __init__(self, container: Container) -> None:
        self._container = container
        self._rows: dict[tuple[str, str], Row] = {}

    @cached_property
    def _chinese(self) -> Words:
        return Words(CHINESE, self._container)

    @cached_property
    def _english(self) -> Words:
        return Words(ENGLISH, self._container)

    def row(self, word: str, language: str) -> Row:
        """The words that render a word of ``"zh"`` or ``"en"``; those of "" are without a word."""
        row = self._rows.get((word, language))
        if row is None:
            if len(self._rows) >= _LARGEST_CACHE:
                self._rows.clear()
            row = self._rows[word, language] = self._read(word, language)
        return row

    def null(self, word: str, language: str) -> float:
        """How likely a word of ``"zh"`` or ``"en"`` is to stand where it renders nothing."""
        side, words = (CHINESE, self._chinese) if language == "zh" else (ENGLISH, self._english)
        number = words.find(word)
        return int(self._container[f"{side}/null"][max(number, 0)]) / ONE

    def count(self, word: str, language: str) -> int:
        """In how many beads a word of ``"zh"`` or ``"en"`` was; 0 if in one at most."""
        side, words = (CHINESE, self._chinese) if language == "zh" else (ENGLISH, self._english)
        number = words.find(word)
        return int(self._container[f"{side}/counts"][number]) if number >= 0 else 0

    def _read(self, word: str, language: str) -> Row:
        is_chinese = language == "zh"
        side, words, others = (
            (CHINESE, self._chinese, self._english)
            if is_chinese
            else (ENGLISH, self._english, self._chinese)
        )
        number = words.find(word)
        if number < 0:
            return {}
        first, last = self._container[f"{side}/pair_starts"][number : number + 2].tolist()
        pairs = (
            slice(first, last) if is_chinese else self._container[f"{PAIRS}/by_english"][first:last]
        )
        other = self._container[f"{PAIRS}/{'english' if is_chinese else 'chinese'}"][pairs].tolist()
        forward = (self._container[f"{PAIRS}/forward"][pairs] / ONE).tolist()
        backward = (self._container[f"{PAIRS}/backward"][pairs] / ONE).tolist()
        ahead, back = (forward, backward) if is_chinese else (backward, forward)
        return {
            others.word(i): Translation(a, b) for i, a, b in zip(other, ahead, back, strict=True)
        }
