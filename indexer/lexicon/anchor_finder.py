"""Find anchors for alignment in the tables of the lexicon."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from math import sqrt
from typing import Final

from indexer.align import MAX_OCCURRENCES, Anchor
from indexer.analysis import Analyzer
from indexer.lexicon.stop_words import STOP_WORDS
from indexer.lexicon.tables import TranslationTables
from indexer.lexicon.word_finder import find_words

# The strength of a pair of words is the geometric mean of its two probabilities. A pair of less
# strength is no anchor.
_MIN_ANCHOR_STRENGTH: Final = 0.3
# The weight of an anchor is this times its strength.
_WEIGHT: Final = 1.5


class AnchorFinder:
    """Finds words of two texts that translate each other; an `indexer.align.AnchorSource`."""

    def __init__(self, tables: TranslationTables, analyzer: Analyzer) -> None:
        self._tables = tables
        self._analyzer = analyzer

    def anchors(self, chinese: str, english: str) -> Iterable[Anchor]:
        """Find pairs of words that are each other's strongest rendering in these two texts."""
        ours, theirs = self._words(chinese, "zh"), self._words(english, "en")
        best: dict[str, tuple[float, str]] = {}
        for word in ours:
            row = self._tables.row(word, "zh")
            shared = [(sqrt(row[w].direct * row[w].inverse), w) for w in row.keys() & theirs]
            strength, other = max(shared, default=(0.0, ""))
            if strength >= _MIN_ANCHOR_STRENGTH:
                best[other] = max(best.get(other, (0.0, "")), (strength, word))
        chinese_starts = self._starts(chinese, {word for _, word in best.values()}, "zh")
        english_starts = self._starts(english, best.keys(), "en")
        return [
            Anchor(_WEIGHT * strength, chinese_starts[word], english_starts[other])
            for other, (strength, word) in best.items()
            if word in chinese_starts and other in english_starts
        ]

    def _words(self, text: str, language: str) -> set[str]:
        """The content words of a text that do not occur too often to be anchors."""
        counts = Counter(self._analyzer.streams(text).ranking)
        few = {word for word, count in counts.items() if count <= MAX_OCCURRENCES}
        return few - STOP_WORDS[language]

    def _starts(self, text: str, words: Collection[str], language: str) -> dict[str, list[int]]:
        """The offsets at which words occur in a text."""
        starts: dict[str, list[int]] = defaultdict(list)
        for word, (start, _) in find_words(text, words, language, self._analyzer):
            starts[word].append(start)
        return starts
