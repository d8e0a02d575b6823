"""What words of a query gain by standing near each other.

Büttcher, Clarke and Lushman 2006, "Term proximity scoring for ad-hoc retrieval on very large text
collections" (SIGIR): a term gains a saturated sum of its neighbours' idf over their distance. Here
all pairs within a window count, as with Rasolofo and Savoy 2003 (ECIR), by 1 / distance.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from search.engine.bm25 import Scores, saturate
from search.plan.extents import PositionKeys
from search.weights import PROXIMITY_WINDOW

Sums = npt.NDArray[np.float64]


class UnitOccurrences(NamedTuple):
    """Where a unit of the query stands in one field: sorted keys of ``length`` positions each.

    ``weights``: how much each counts.
    """

    unit: int
    starts: PositionKeys
    length: int
    weights: Scores


def nearness(found: Sequence[UnitOccurrences], idf: Sums, position_bits: int, size: int) -> Sums:
    """For each unit and document, the weighted sum of the idf of what stands near it.

    ``found`` is of one field; keys are document << ``position_bits`` | position, for documents
    numbered from 0 to ``size`` - 1; ``idf`` is the idf of each of the units. Returns float64
    (units, size).
    """
    units = np.repeat([part.unit for part in found], [part.starts.size for part in found])
    lengths = np.repeat([part.length for part in found], [part.starts.size for part in found])
    starts = np.concatenate([part.starts for part in found])
    weights = np.concatenate([part.weights for part in found])
    order = np.lexsort((units, starts))
    units, lengths, starts, weights = (a[order] for a in (units, lengths, starts, weights))
    left = np.arange(starts.size)
    places, shares = [np.empty(0, np.int64)], [np.empty(0)]
    for step in range(1, PROXIMITY_WINDOW + 1):
        left = left[: np.searchsorted(left, starts.size - step)]
        distance = np.maximum(starts[left + step] - starts[left] - lengths[left] + 1, 1)
        close = distance <= PROXIMITY_WINDOW
        left, distance = left[close], distance[close]  # what follows is further still
        if not left.size:
            break
        differ = units[left] != units[left + step]
        one, other = units[left[differ]], units[left[differ] + step]
        right = left[differ] + step
        documents = starts[right] >> position_bits
        share = weights[right] / distance[differ]
        places += [one * size + documents, other * size + documents]
        shares += [share * idf[other], share * idf[one]]
    count = idf.size * size
    total: Sums = np.asarray(np.bincount(np.concatenate(places), np.concatenate(shares), count))
    return total.reshape(idf.size, size)


def bonus(sums: Sums, idf: Sums, counts: Sums, norms: Scores) -> Scores:
    """The score that nearness adds to each document, given the sum over fields of `nearness`.

    ``counts``: how often the query has each unit, boosts included; ``norms`` (documents,).
    Returns float32 (documents,).
    """
    shares = np.array([saturate(row, norms.copy()) for row in sums.astype(np.float32)])
    gained: Scores = ((counts * idf) @ shares).astype(np.float32)
    return gained
