"""Words of two texts that stand for each other, to align them by."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from math import sqrt
from typing import Final

from indexer.align import Anchor
from indexer.analysis import Analyzer
from indexer.lexicon.bead_words import find_words, stop_words
from indexer.lexicon.tables import TranslationTables

# How likely (geometric mean of there and back) words must render each other.
_MIN_STRENGTH: Final = 0.3
# The log odds that a pair adds whose words render nothing but each other.
_MAX_WEIGHT: Final = 1.5
# A word that stands in more places tells little.
_MAX_PLACES: Final = 30


class AnchorFinder:
    """What `indexer.align.align` asks for words that translate each other."""

    def __init__(self, tables: TranslationTables, analyzer: Analyzer) -> None:
        self._tables = tables
        self._analyzer = analyzer

    def anchors(self, chinese: str, english: str) -> Iterable[Anchor]:
        """Words of two texts that are each other's likeliest rendering in them."""
        ours, theirs = self._words(chinese, "zh"), self._words(english, "en")
        best: dict[str, tuple[float, str]] = {}
        for word in ours:
            row = self._tables.row(word, "zh")
            shared = [(sqrt(row[w].direct * row[w].inverse), w) for w in row.keys() & theirs]
            strength, other = max(shared, default=(0.0, ""))
            if strength >= _MIN_STRENGTH:
                best[other] = max(best.get(other, (0.0, "")), (strength, word))
        here = self._places(chinese, {word for _, word in best.values()}, "zh")
        there = self._places(english, best.keys(), "en")
        return [
            Anchor(_MAX_WEIGHT * strength, here[word], there[other])
            for other, (strength, word) in best.items()
            if word in here and other in there
        ]

    def _words(self, text: str, language: str) -> set[str]:
        """The content words of a text that stand in few places."""
        counts = Counter(self._analyzer.streams(text).ranking)
        few = {word for word, count in counts.items() if count <= _MAX_PLACES}
        return few - stop_words(language)

    def _places(self, text: str, words: Collection[str], language: str) -> dict[str, list[int]]:
        """Where some words start in a text."""
        places: dict[str, list[int]] = defaultdict(list)
        for word, (start, _) in find_words(text, words, language, self._analyzer):
            places[word].append(start)
        return places
