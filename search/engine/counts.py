"""How often a term or an interval occurs in each document of a snapshot."""

from __future__ import annotations

from typing import Final

import numpy as np

from indexer.lazy import lazy
from search.engine.bm25 import Scores, saturate
from search.engine.matches import NO_DOCUMENTS, DocNumbers

# If it occurs in more than one document of this many, arrays over all documents pay off.
_DENSE: Final = 16
_BYTES_PER_DOCUMENT: Final = 16


class Counts:
    """Sorted document numbers, and how often a term or an interval occurs in each of them.

    ``weighted_tf`` (float32): the frequencies; occurrences in titles count more. ``norms``
    (float32): the length norms of all documents, by document number. ``postings_read``: the number
    of postings whose positions had to be read. The arrays are shared and must not be changed.
    """

    def __init__(
        self, documents: DocNumbers, weighted_tf: Scores, norms: Scores, postings_read: int = 0
    ) -> None:
        self.documents = documents
        self.weighted_tf = weighted_tf
        self.postings_read = postings_read
        self._norms = norms

    @lazy
    def saturated_tf(self) -> Scores:
        """BM25's saturated term frequency, one factor per document: float32 like ``documents``."""
        return saturate(self.weighted_tf, self._norms.take(self.documents))

    @lazy
    def dense_saturated_tf(self) -> Scores:
        """The same for all documents by number, 0 where the term does not occur: float32."""
        dense = np.zeros(self._norms.size, np.float32)
        dense[self.documents] = self.saturated_tf
        return dense

    @lazy
    def total(self) -> int:
        """The sum of the weighted frequencies."""
        return int(self.weighted_tf.sum(dtype=np.float64))

    @property
    def is_common(self) -> bool:
        """Whether arrays over all documents are faster, because it occurs in many of them."""
        return self.documents.size * _DENSE > self._norms.size

    @property
    def memory(self) -> int:
        """Bytes in memory, including the arrays that are not yet computed."""
        dense = self._norms.nbytes if self.is_common else 0
        return _BYTES_PER_DOCUMENT * self.documents.size + dense


NO_SCORES: Final = np.empty(0, np.float32)
NO_TERM_COUNTS: Final = Counts(NO_DOCUMENTS, NO_SCORES, NO_SCORES)
