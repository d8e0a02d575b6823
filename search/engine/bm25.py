"""BM25, the formula that scores a term in a document; its weights are in `search.weights`.

This is BM25 for several weighted fields (Robertson, Zaragoza and Taylor 2004, "Simple BM25
extension to multiple weighted fields", CIKM). The occurrences of a term are weighted by their zones
and added, and the sum is saturated once, by the length of the whole document. The length is
relative to the average of the document's language; for a bilingual document it is the mean of both.

    score = idf * saturated term frequency
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from search.weights import K1, B

Scores = npt.NDArray[np.float32]


def length_norms(relative_lengths: npt.NDArray[np.float64]) -> Scores:
    """Return the factor by which the length of each document lowers its scores; shape as given.

    ``relative_lengths`` are 1.0 for documents of average length; the array is overwritten.
    """
    relative_lengths *= B
    relative_lengths += 1 - B
    return relative_lengths.astype(np.float32)


def idf(documents: int, total: int) -> float:
    """Return the idf of a term that occurs in ``documents`` of ``total`` documents; at least 0."""
    return float(np.log1p((total - documents + 0.5) / (documents + 0.5)))


def saturate(weighted_tf: Scores, norms: Scores) -> Scores:
    """Return the saturated term frequency in documents with these length norms.

    ``norms`` is overwritten.
    """
    norms *= K1
    norms += weighted_tf
    np.divide(weighted_tf, norms, out=norms)
    norms *= K1 + 1
    return norms
