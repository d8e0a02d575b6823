"""What a match is worth: every weight of the ranking stands here.

BM25 for several fields (Robertson, Zaragoza and Taylor 2004, "Simple BM25 extension to multiple
weighted fields", CIKM): the occurrences of a term are weighted by their zones and added, then
saturated once, by the length of the whole document. That length is relative to the average of its
language, and of a bilingual document the mean of both.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from search.weights import K1, B

Scores = npt.NDArray[np.float32]


def length_norms(relative_lengths: npt.NDArray[np.float64]) -> Scores:
    """How far a document's length tells against what occurs in it; shape as given.

    ``relative_lengths``: of documents, 1.0 for the average; overwritten.
    """
    relative_lengths *= B
    relative_lengths += 1 - B
    return relative_lengths.astype(np.float32)


def idf(documents: int, total: int) -> float:
    """How rare a term is that stands in so many documents of so many; never negative."""
    return float(np.log1p((total - documents + 0.5) / (documents + 0.5)))


def saturate(weights: Scores, norms: Scores) -> Scores:
    """BM25's share of idf for a term's added, weighted occurrences in documents of these norms.

    Overwrites ``norms``.
    """
    norms *= K1
    norms += weights
    np.divide(weights, norms, out=norms)
    norms *= K1 + 1
    return norms
