"""Sets of documents as sorted arrays, with scores or without; imports numpy and rank.Scores."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from search.rank import Scores

Documents = npt.NDArray[np.int32]
NO_DOCUMENTS: Final[Documents] = np.empty(0, np.int32)


class Matches(NamedTuple):
    """Sorted document numbers and their scores (float64), of equal length."""

    documents: Documents
    scores: Scores


def unscored(documents: Documents) -> Matches:
    """Matches that score nothing."""
    return Matches(documents, np.zeros(documents.size))


def common(parts: Sequence[Documents]) -> Documents:
    """Documents that stand in every part, smallest parts first."""
    documents, *others = sorted(parts, key=len)
    for other in others:
        if not documents.size:
            break
        at = np.minimum(np.searchsorted(other, documents), other.size - 1)
        documents = documents[other[at] == documents]
    return documents


def union(parts: Sequence[Documents]) -> Documents:
    """Documents that stand in any part."""
    held = [part for part in parts if part.size]
    if len(held) < 2:
        return held[0] if held else NO_DOCUMENTS
    return np.unique(np.concatenate(held))


def without(documents: Documents, excluded: Documents) -> Documents:
    """Documents that do not stand among ``excluded``."""
    return np.setdiff1d(documents, excluded, assume_unique=True)
