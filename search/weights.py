"""The weights of ranking: every number that decides the order of results is in this file.

docs/RELEVANCE.md says how each was chosen and what it is worth.
"""

from __future__ import annotations

from typing import Final

# BM25's saturation of term frequencies and its normalisation by document length.
K1: Final = 1.2
B: Final = 0.75

# Words that jieba finds count in full; the bigrams of a Chinese run count half.
BIGRAM_WEIGHT: Final = 0.5

# An occurrence in a title counts as 1 + TITLE_EXTRA occurrences.
TITLE_EXTRA: Final = 2

# Proximity: its weight beside BM25, its window in positions and in occurrences, and the number of
# best-ranked articles for which it is computed.
PROXIMITY_WEIGHT: Final = 0.25
PROXIMITY_WINDOW: Final = 10
PROXIMITY_DEPTH: Final = 50
