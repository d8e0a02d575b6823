"""Sets of documents as sorted arrays of document numbers, with or without scores."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from indexer.array_types import BoolArray, Int64Array
from search.engine.bm25 import Scores

# Numbers of documents across all segments of a snapshot.
DocNumbers = Int64Array
NO_DOCUMENTS: Final[DocNumbers] = np.empty(0, np.int64)

# A binary search for each document of the smallest set is faster than masks if the index has this
# many times more documents than that set.
_SPARSE: Final = 64


class Matches(NamedTuple):
    """Sorted document numbers and their scores (float32), of equal length."""

    documents: DocNumbers
    scores: Scores


def unscored(documents: DocNumbers) -> Matches:
    """Make matches whose scores are 0."""
    return Matches(documents, np.zeros(documents.size, np.float32))


def mask_of(parts: Sequence[DocNumbers], size: int) -> BoolArray:
    """Return a mask of the numbers below ``size`` that are in any part: bool (size,)."""
    mask = np.zeros(size, np.bool_)
    for part in parts:
        mask[part] = True
    return mask


def intersection(parts: Sequence[DocNumbers], size: int) -> DocNumbers:
    """Return the documents, with numbers below ``size``, that are in every part."""
    documents, *others = sorted(parts, key=len)
    if documents.size * _SPARSE < size:
        for other in others:
            if not documents.size:
                break
            at = np.minimum(np.searchsorted(other, documents), other.size - 1)
            documents = documents[other[at] == documents]
        return documents
    for other in others:
        if other is not documents:
            documents = documents[mask_of([other], size)[documents]]
    return documents


def union(parts: Sequence[DocNumbers], size: int) -> DocNumbers:
    """Return the documents, with numbers below ``size``, that are in any part."""
    first, *others = [part for part in parts if part.size] or [NO_DOCUMENTS]
    if all(other is first for other in others):
        return first
    return np.flatnonzero(mask_of([first, *others], size))


def difference(documents: DocNumbers, excluded: DocNumbers, size: int) -> DocNumbers:
    """Return the documents, with numbers below ``size``, that are not excluded."""
    return documents[~mask_of([excluded], size)[documents]]
