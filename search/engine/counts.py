"""How often something occurs in which documents."""

from __future__ import annotations

from typing import Final

import numpy as np

from indexer.lazy import lazy
from search.engine.bm25 import Scores, saturate
from search.engine.matches import NO_DOCUMENTS, Documents


class Counts:
    """Sorted document numbers, each once, and how often something occurs in each.

    ``weights`` (float32): occurrences in titles count more. ``norms`` (float32) are those of all
    documents by number. ``read``: how many postings were looked at one by one. Nothing of it may be
    changed.
    """

    def __init__(self, documents: Documents, weights: Scores, norms: Scores, read: int = 0) -> None:
        self.documents = documents
        self.weights = weights
        self.read = read
        self._norms = norms

    @lazy
    def shares(self) -> Scores:
        """Of the inverse document frequency, what each document gets: float32."""
        return saturate(self.weights, self._norms.take(self.documents))

    @lazy
    def total(self) -> int:
        """How often it occurs in all of them; those in titles count more."""
        return int(self.weights.sum(dtype=np.float64))

    @property
    def is_common(self) -> bool:
        """Whether it is in so many documents that arrays over all documents pay."""
        return self.documents.size * _RARE > self._norms.size

    @lazy
    def all_shares(self) -> Scores:
        """The shares of all documents by number, 0 where it does not occur: float32."""
        shares = np.zeros(self._norms.size, np.float32)
        shares[self.documents] = self.shares
        return shares

    @property
    def memory(self) -> int:
        """Bytes, all shares included."""
        return _BYTES * self.documents.size + (self._norms.nbytes if self.is_common else 0)


_BYTES: Final = 16
_RARE: Final = 16
NO_SCORES: Final = np.empty(0, np.float32)
NOTHING: Final = Counts(NO_DOCUMENTS, NO_SCORES, NO_SCORES)
