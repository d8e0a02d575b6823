"""Word translation probabilities by IBM model 1 (Brown et al. 1993), trained in both directions.

A bead is two sets of words. Each set has a null word. Words of the other side that have no
counterpart come from it. The two directions are made to agree (Liang, Taskar and Klein 2006): in
every round of expectation maximisation, the expected count of a link is the product of its
probabilities in both directions.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from indexer.array_types import AnyArray
from indexer.lexicon.candidate_pairs import CandidatePairs, FloatArray

# Added to the total of each word, so that the translations of rare words are less probable.
_SMOOTHING: Final = 0.5


def translation_probabilities(pairs: CandidatePairs, rounds: int) -> tuple[FloatArray, FloatArray]:
    """Estimate P(English | Chinese) and P(Chinese | English), float64[pairs] each.

    A word may come from the null word of the other language, but no null word comes from a word.
    """
    is_null_chinese, is_null_english = pairs.chinese == 0, pairs.english == 0
    is_null = is_null_chinese | is_null_english
    forward = np.where(is_null_english, 0.0, 1.0)
    backward = np.where(is_null_chinese, 0.0, 1.0)
    for _ in range(rounds):
        counts = np.zeros(len(is_null))
        for batch in pairs.batches:
            # Each English word of a bead comes from one of its Chinese words, and vice versa.
            english = _normalized(forward[batch.pair], batch.english)
            chinese = _normalized(backward[batch.pair], batch.chinese)
            # Only one of the two directions has a link to a null word.
            expected = np.where(is_null[batch.pair], english + chinese, english * chinese)
            counts += np.bincount(batch.pair, expected, minlength=len(counts))
        forward = _normalized(np.where(is_null_english, 0.0, counts), pairs.chinese, _SMOOTHING)
        backward = _normalized(np.where(is_null_chinese, 0.0, counts), pairs.english, _SMOOTHING)
    return forward, backward


def _normalized(weights: FloatArray, groups: AnyArray, smoothing: float = 0.0) -> FloatArray:
    """Each weight, divided by the sum of its group and ``smoothing``; 0 where this sum is 0."""
    sums = np.bincount(groups, weights) + smoothing
    sums[sums == 0] = 1
    normalized: FloatArray = weights / sums[groups]
    return normalized
