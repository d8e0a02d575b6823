"""Sets of documents as sorted arrays, with scores or without."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from search.engine.bm25 import Scores

DocNumbers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
NO_DOCUMENTS: Final[DocNumbers] = np.empty(0, np.int64)

# A set that is so many times smaller than the others is looked up in them, one by one.
_MUCH_SMALLER: Final = 64


class Matches(NamedTuple):
    """Sorted document numbers and their scores (float32), of equal length."""

    documents: DocNumbers
    scores: Scores


def unscored(documents: DocNumbers) -> Matches:
    """Matches that score nothing."""
    return Matches(documents, np.zeros(documents.size, np.float32))


def mask_of(parts: Sequence[DocNumbers], size: int) -> Mask:
    """Which numbers below ``size`` stand in any part."""
    mask = np.zeros(size, np.bool_)
    for part in parts:
        mask[part] = True
    return mask


def common(parts: Sequence[DocNumbers], size: int) -> DocNumbers:
    """Documents, numbered below ``size``, that stand in every part."""
    documents, *others = sorted(parts, key=len)
    if documents.size * _MUCH_SMALLER < size:
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
    """Documents, numbered below ``size``, that stand in any part."""
    first, *others = [part for part in parts if part.size] or [NO_DOCUMENTS]
    if all(other is first for other in others):
        return first
    return np.flatnonzero(mask_of([first, *others], size))


def without(documents: DocNumbers, excluded: DocNumbers, size: int) -> DocNumbers:
    """Documents, numbered below ``size``, that do not stand among ``excluded``."""
    return documents[~mask_of([excluded], size)[documents]]
