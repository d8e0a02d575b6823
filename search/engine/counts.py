"""How often something occurs in which documents."""

from __future__ import annotations

from typing import Final

import numpy as np

from indexer.lazy import lazy
from search.engine.bm25 import Scores, saturate
from search.engine.matches import NO_DOCUMENTS, DocNumbers


class Counts:
    """Sorted document numbers, each once, and how often something occurs in each.

    ``weighted_tf`` (float32): how often it occurs in each document; occurrences in titles count
    more. ``norms`` (float32): the length norms of all documents by number. ``read``: how many
    postings were decoded one by one. The arrays must not be changed.
    """

    def __init__(
        self, documents: DocNumbers, weighted_tf: Scores, norms: Scores, read: int = 0
    ) -> None:
        self.documents = documents
        self.weighted_tf = weighted_tf
        self.read = read
        self._norms = norms

    @lazy
    def saturated_tf(self) -> Scores:
        """BM25's saturated term frequency, one factor per document: float32."""
        return saturate(self.weighted_tf, self._norms.take(self.documents))

    @lazy
    def total(self) -> int:
        """How often it occurs in all of them; those in titles count more."""
        return int(self.weighted_tf.sum(dtype=np.float64))

    @property
    def is_common(self) -> bool:
        """Whether it is in so many documents that arrays over all documents pay."""
        return self.documents.size * _RARE > self._norms.size

    @lazy
    def dense_saturated_tf(self) -> Scores:
        """The same for all documents by number, 0 where the term does not occur: float32."""
        saturated_tf = np.zeros(self._norms.size, np.float32)
        saturated_tf[self.documents] = self.saturated_tf
        return saturated_tf

    @property
    def memory(self) -> int:
        """Bytes, all shares included."""
        return _BYTES * self.documents.size + (self._norms.nbytes if self.is_common else 0)


_BYTES: Final = 16
_RARE: Final = 16
NO_SCORES: Final = np.empty(0, np.float32)
NO_TERM_COUNTS: Final = Counts(NO_DOCUMENTS, NO_SCORES, NO_SCORES)
