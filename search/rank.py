"""What a match is worth: every weight of the ranking stands here. Imports numpy alone.

BM25F (Robertson and Zaragoza 2009, "The Probabilistic Relevance Framework: BM25 and Beyond",
section 3.6): the frequencies of a term in several fields are weighted, normalised by each field's
length, added, and then saturated once.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

Scores = npt.NDArray[np.float64]

K1: Final = 1.2

# Beside jieba's words, which count in full, the bigrams of a Chinese run count half.
BIGRAM_WEIGHT: Final = 0.5

# What nearness counts, how many positions and occurrences it reaches, and for how many of the best
# articles it is looked at. See docs/RELEVANCE.md.
PROXIMITY_WEIGHT: Final = 0.25
PROXIMITY_WINDOW: Final = 10
PROXIMITY_DEPTH: Final = 100


class FieldWeight(NamedTuple):
    """How much a term in a field counts, and how far the field's length tells against it."""

    weight: float
    b: float


_TITLE = FieldWeight(3.0, 0.75)
_BODY = FieldWeight(1.0, 0.75)
_OTHER = FieldWeight(1.0, 0.75)


def field_weight(field: str) -> FieldWeight:
    """The weight of a field of either stream."""
    if field.startswith("title"):
        return _TITLE
    return _BODY if field.startswith("body") else _OTHER


def length_norms(field: str, lengths: npt.NDArray[np.int64], average: float) -> Scores:
    """What to multiply a frequency by, for each document: shape as ``lengths`` (in tokens)."""
    weight, b = field_weight(field)
    return np.float64(weight) / (1 - b + b * lengths.astype(np.float64) / (average or 1.0))


def idf(documents: int, total: int) -> float:
    """How rare a term is that stands in so many documents of so many; never negative."""
    return float(np.log1p((total - documents + 0.5) / (documents + 0.5)))


def saturate(weights: Scores) -> Scores:
    """BM25's share of idf for a term's added, weighted, normalised frequencies."""
    return weights * (K1 + 1) / (weights + K1)
