"""What words of a query gain by standing near each other; imports numpy and rank.

Büttcher, Clarke and Lushman 2006, "Term proximity scoring for ad-hoc retrieval on very large text
collections" (SIGIR): a term gains a saturated sum of its neighbours' idf over their distance. Here
all pairs within a window count, as with Rasolofo and Savoy 2003 (ECIR), by 1 / distance.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from search.rank import PROXIMITY_WINDOW, Scores, saturate

Keys = npt.NDArray[np.int64]


class Occurrences(NamedTuple):
    """Where a unit of the query stands in one field: sorted keys of ``length`` positions each."""

    unit: int
    starts: Keys
    length: int


def nearness(
    found: Sequence[Occurrences], rarity: Scores, norms: Scores, position_bits: int, size: int
) -> Scores:
    """For each unit and document, the weighted sum of the rarities of what stands near it.

    ``found`` is of one field; keys are document << ``position_bits`` | position, for documents
    numbered from 0 to ``size`` - 1; ``norms`` (size,) weighs them; ``rarity`` is the idf of each of
    the units. Returns float64 (units, size).
    """
    units = np.repeat([part.unit for part in found], [part.starts.size for part in found])
    lengths = np.repeat([part.length for part in found], [part.starts.size for part in found])
    starts = np.concatenate([part.starts for part in found])
    order = np.lexsort((units, starts))
    units, lengths, starts = units[order], lengths[order], starts[order]
    total = np.zeros(rarity.size * size)
    for step in range(1, min(PROXIMITY_WINDOW, starts.size - 1) + 1):
        distance = np.maximum(starts[step:] - starts[:-step] - lengths[:-step] + 1, 1)
        near = (distance <= PROXIMITY_WINDOW) & (units[step:] != units[:-step])
        left, right = units[:-step][near], units[step:][near]
        documents = starts[step:][near] >> position_bits
        weights = norms[documents] / distance[near]
        total += np.bincount(left * size + documents, weights * rarity[right], total.size)
        total += np.bincount(right * size + documents, weights * rarity[left], total.size)
    return total.reshape(rarity.size, size)


def bonus(sums: Scores, rarity: Scores, counts: Scores) -> Scores:
    """The score that nearness adds to each document, given the sum over fields of `nearness`.

    ``counts``: how often the query has each unit, boosts included. Returns float64 (documents,).
    """
    gained: Scores = (counts * rarity) @ saturate(sums)
    return gained
