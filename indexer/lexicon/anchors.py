"""Words of two texts that stand for each other, to align them by; imports align, analysis."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from math import sqrt
from typing import Final

from indexer.align import Anchor
from indexer.analysis import Analyzer
from indexer.lexicon.tables import Tables
from indexer.lexicon.text import stop_words

# How likely (geometric mean of there and back) words must render each other.
_STRENGTH_LEAST: Final = 0.3
# The log odds that a pair adds whose words render nothing but each other.
_WEIGHT_MOST: Final = 1.5
# A word that stands in more places tells little.
_PLACES_MOST: Final = 30


class TableLexicon:
    """What `indexer.align.align` asks for words that translate each other."""

    def __init__(self, tables: Tables, analyzer: Analyzer) -> None:
        self._tables = tables
        self._analyzer = analyzer

    def anchors(self, chinese: str, english: str) -> Iterable[Anchor]:
        """Words of two texts that are each other's likeliest rendering in them."""
        ours, theirs = self._places(chinese, "zh"), self._places(english, "en")
        best: dict[str, tuple[float, str]] = {}
        for word in ours:
            row = self._tables.row(word, "zh")
            shared = [(sqrt(row[w].ahead * row[w].back), w) for w in row.keys() & theirs.keys()]
            strength, other = max(shared, default=(0.0, ""))
            if strength >= _STRENGTH_LEAST:
                best[other] = max(best.get(other, (0.0, "")), (strength, word))
        return [
            Anchor(_WEIGHT_MOST * strength, ours[word], theirs[other])
            for other, (strength, word) in best.items()
        ]

    def _places(self, text: str, language: str) -> dict[str, list[int]]:
        """Where each content word of a text starts."""
        stop = stop_words(language)
        places: dict[str, list[int]] = defaultdict(list)
        for token in self._analyzer.ranking(text):
            if token.term not in stop:
                places[token.term].append(token.start)
        return {word: starts for word, starts in places.items() if len(starts) <= _PLACES_MOST}
