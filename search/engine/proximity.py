"""The bonus for words of a query that occur near each other.

Büttcher, Clarke and Lushman 2006, "Term proximity scoring for ad-hoc retrieval on very large text
collections" (SIGIR): a term gains a saturated sum of its neighbours' idf, each divided by a power
of the distance. Here all pairs within a window count, as in Rasolofo and Savoy 2003 (ECIR), each
divided by the distance.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from indexer.schema import POSITION_BITS, POSITION_MASK
from search.engine import bm25
from search.engine.bm25 import Scores, saturate
from search.engine.interval_lookup import IntervalLookup
from search.engine.matches import DocNumbers, Matches
from search.engine.order import smallest_keys
from search.engine.snapshot import Snapshot
from search.plan.extents import PositionKeys
from search.plan.intervals import Pattern
from search.plan.nodes import Plan, proximity_groups
from search.plan.scope import Scope, scope_of
from search.weights import PROXIMITY_DEPTH, PROXIMITY_WEIGHT, PROXIMITY_WINDOW

_Floats = npt.NDArray[np.float64]
# A unit is a word of the query in the part of the text where the query looks for it.
_QueryUnit = tuple[Pattern, Scope]


class UnitOccurrences(NamedTuple):
    """Where a unit occurs in one field: sorted keys ``starts`` of ``length`` positions each.

    ``unit`` is the number of the unit; ``weights`` say how much each occurrence counts.
    """

    unit: int
    starts: PositionKeys
    length: int
    weights: Scores


def add_proximity(
    matches: Matches, plan: Plan, intervals: IntervalLookup, snapshot: Snapshot
) -> Matches:
    """Add the bonus to the scores of the best matches; return all matches.

    The bonus is never negative, and matches below the best keep their scores. So the pages of
    a search are parts of one order.
    """
    counts = _unit_counts(plan)
    if len(counts) < 2:
        return matches
    frequencies = {unit: intervals.counts(*unit).documents.size for unit in counts}
    # A word that occurs in most articles is near every other word by chance.
    most = snapshot.live_count / 2
    units = [unit for unit in counts if 0 < frequencies[unit] <= most]
    if len(units) < 2:
        return matches
    best = np.sort(smallest_keys(-matches.scores, PROXIMITY_DEPTH))
    documents = matches.documents[best]
    idf = np.array([bm25.idf(frequencies[unit], snapshot.live_count) for unit in units])
    sums = np.zeros((len(units), documents.size))
    for field in dict.fromkeys(scope.field for _, scope in units):
        found = _occurrences(units, field, documents, intervals)
        if len(found) > 1:
            sums += _near_idf(found, idf, documents.size)
    factors = np.array([counts[unit] for unit in units])
    scores = matches.scores.copy()
    gain = _bonus(sums, factors * idf, snapshot.norms[documents])
    scores[best] += np.float32(PROXIMITY_WEIGHT) * gain
    return Matches(matches.documents, scores)


def _unit_counts(plan: Plan) -> Mapping[_QueryUnit, float]:
    """Return how often the query has each unit; a unit with a boost counts that many times."""
    counts: dict[_QueryUnit, float] = defaultdict(float)
    for group, boost in proximity_groups(plan):
        for unit in group.units:
            counts[unit, scope_of(group.fields)] += boost
    return counts


def _occurrences(
    units: Sequence[_QueryUnit], field: str, documents: DocNumbers, intervals: IntervalLookup
) -> list[UnitOccurrences]:
    """Return where each unit of a field occurs in some documents, which are numbered from 0."""
    found = []
    for number, (pattern, scope) in enumerate(units):
        if scope.field != field:
            continue
        keys, weights = intervals.starts(pattern, scope, documents)
        if keys.size:
            numbers = np.searchsorted(documents, keys >> POSITION_BITS)
            starts = numbers << POSITION_BITS | keys & POSITION_MASK
            found.append(UnitOccurrences(number, starts, pattern.length, weights))
    return found


def _near_idf(found: Sequence[UnitOccurrences], idf: _Floats, size: int) -> _Floats:
    """For each unit and document, sum the idf of the other units near it, divided by the distance.

    ``found`` is from one field; its documents are numbered from 0 to ``size`` - 1; ``idf`` has one
    value per unit. Returns float64 (units, size).
    """
    units = np.repeat([part.unit for part in found], [part.starts.size for part in found])
    lengths = np.repeat([part.length for part in found], [part.starts.size for part in found])
    starts = np.concatenate([part.starts for part in found])
    weights = np.concatenate([part.weights for part in found])
    order = np.lexsort((units, starts))
    units, lengths, starts, weights = (a[order] for a in (units, lengths, starts, weights))
    left = np.arange(starts.size)
    indices, values = [np.empty(0, np.int64)], [np.empty(0)]
    for step in range(1, PROXIMITY_WINDOW + 1):
        left = left[: np.searchsorted(left, starts.size - step)]
        distance = np.maximum(starts[left + step] - starts[left] - lengths[left] + 1, 1)
        close = distance <= PROXIMITY_WINDOW
        left, distance = left[close], distance[close]  # the next neighbours are further away
        if not left.size:
            break
        differ = units[left] != units[left + step]
        one, other = units[left[differ]], units[left[differ] + step]
        right = left[differ] + step
        documents = starts[right] >> POSITION_BITS
        share = weights[right] / distance[differ]
        indices += [one * size + documents, other * size + documents]
        values += [share * idf[other], share * idf[one]]
    count = idf.size * size
    total: _Floats = np.asarray(np.bincount(np.concatenate(indices), np.concatenate(values), count))
    return total.reshape(idf.size, size)


def _bonus(sums: _Floats, factors: _Floats, norms: Scores) -> Scores:
    """Return the bonus of each document, before its weight: float32 (documents,).

    ``sums`` (units, documents) are those of `_near_idf` over all fields; ``factors`` has one value
    per unit; ``norms`` are the length norms of the documents.
    """
    saturated = np.array([saturate(row, norms.copy()) for row in sums.astype(np.float32)])
    gain: Scores = (factors @ saturated).astype(np.float32)
    return gain
