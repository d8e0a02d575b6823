"""The weights of ranking: every number that decides the order of results.

docs/RELEVANCE.md explains how they were chosen and how much each of them matters.
"""

from __future__ import annotations

from typing import Final

# BM25's saturation of term frequencies and its normalisation by document length.
K1: Final = 1.2
B: Final = 0.75

# Words that jieba finds have the weight 1, the bigrams of a Chinese run this one.
BIGRAM_WEIGHT: Final = 0.5

# An occurrence in a title counts as 1 + TITLE_EXTRA occurrences.
TITLE_EXTRA: Final = 2

# The bonus for proximity: its weight relative to BM25; its window, both in positions and in the
# number of following occurrences; and the number of best-ranked articles that can gain it.
PROXIMITY_WEIGHT: Final = 0.25
PROXIMITY_WINDOW: Final = 10
PROXIMITY_DEPTH: Final = 50
