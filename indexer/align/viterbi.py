"""The best path through two texts, by dynamic programming (Viterbi).

Units are the sentences or paragraphs of a text. A path is a sequence of beads that covers all
units of both texts in order (Gale and Church 1993). It leads through a lattice of nodes: at node
(i, j), the first i Chinese and the first j English units are in beads. A bead is a transition from
one node to another. Its score is the log odds that its sides translate each other, against two
texts that have nothing to do with each other:

    log prior(kind) + log_odds_table[lengths] + 1.6 · shared bits - 0.3 · bits of either side

for a bead with units on both sides, and -3.5 for a unit without a counterpart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import inf
from operator import add, or_
from typing import Final, NamedTuple

from indexer.align.length_model import MAX_LOG_ODDS, length_class, log_odds_table

# A bit that only one side has counts -0.3; one that both sides have counts 1.6 - 2 · 0.3 = 1.
_BIT_COST: Final = 0.3
_SHARED_BIT: Final = 1.0 + 2 * _BIT_COST
_SKIP_LOG_ODDS: Final = -3.5
# Greater margins are reported as this one.
MAX_MARGIN: Final = 15.0
# The search keeps to a band around the diagonal, this many English units to either side plus the
# difference of the two texts. If the best path comes nearer to the edge than the clearance, the
# search is repeated with a band that is wider by the factor.
_BAND: Final = 5
_CLEARANCE: Final = 2
_WIDENING: Final = 4

_Node = tuple[int, int]
# Chinese and English units.
_Transition = tuple[int, int]
_SKIP_CHINESE: Final = (1, 0)
_SKIP_ENGLISH: Final = (0, 1)


class Units(NamedTuple):
    """A text as a sequence of units.

    ``lengths`` are in the units of `indexer.align.length_model`. ``bits`` say which anchors occur
    in each unit, see `indexer.align.anchor.shared_bits`.
    """

    lengths: Sequence[int]
    bits: Sequence[int]


class BeadKind(NamedTuple):
    """The number of Chinese and English units of a bead, and the logarithm of its prior."""

    chinese: int
    english: int
    log_prior: float


class PathBead(NamedTuple):
    """A bead of the best path.

    ``log_odds`` is its score. ``margin`` is how much the score of the whole path falls if the path
    has to avoid this bead; it is `MAX_MARGIN` at most, and may be too high, but not too low.
    """

    chinese: int
    english: int
    log_odds: float
    margin: float


def best_path(chinese: Units, english: Units, kinds: Sequence[BeadKind]) -> list[PathBead]:
    """The best path through two texts that are not empty.

    Its beads are of the given kinds, or single units without a counterpart.
    """
    lattice = _Lattice(chinese, english, kinds)
    rows, width = len(chinese.lengths), len(english.lengths)
    band = _BAND + abs(width - rows)
    nodes = lattice.search(band)
    while band < width and _distance(nodes, rows, width) > band - _CLEARANCE:
        band *= _WIDENING
        nodes = lattice.search(band)
    return lattice.path_beads(nodes)


def _distance(nodes: Sequence[_Node], rows: int, width: int) -> int:
    """The greatest distance of a path from the diagonal, in English units."""
    return max(abs(j - i * width // rows) for i, j in nodes)


class _UnitGroups(NamedTuple):
    """For each unit, the group of ``count`` units that begins with it.

    A group has a class of length, the bits of its units, and what these cost.
    """

    classes: list[int]
    bits: Sequence[int]
    costs: list[float]

    @classmethod
    def of(cls, units: Units, count: int) -> _UnitGroups:
        lengths, bits = units
        for further in range(1, count):
            lengths = [*map(add, lengths, units.lengths[further:])]
            bits = [*map(or_, bits, units.bits[further:])]
        return cls([*map(length_class, lengths)], bits, [_BIT_COST * b.bit_count() for b in bits])


class _RowKind(NamedTuple):
    """All beads of one kind that end in one row. They have the same Chinese side.

    ``scores`` are the scores of the nodes where the beads begin. The bead that begins at node k
    of them has the score ``constant`` + ``length_odds[english_classes[k]]`` - ``english_costs[k]``
    + 1.6 for each bit that is both in ``bits`` and in ``english_bits[k]``. No bead has a higher
    score than ``max_gain``.
    """

    transition: _Transition
    english: int
    scores: list[float]
    max_gain: float
    constant: float
    length_odds: list[float]
    bits: int
    english_classes: list[int]
    english_bits: Sequence[int]
    english_costs: list[float]


class _Lattice:
    """The scores and back-pointers of all nodes within a band.

    Row i has the nodes (i, 0) to (i, ``_width``), where ``_width`` is the number of English units.
    ``_scores[i][j]`` is the score of the best path to a node, -inf outside of the band.
    ``_back_pointers[i][j]`` is the last transition of that path.
    """

    def __init__(self, chinese: Units, english: Units, kinds: Sequence[BeadKind]) -> None:
        self._rows, self._width = len(chinese.lengths), len(english.lengths)
        self._kinds = kinds
        self._chinese = {kind.chinese: _UnitGroups.of(chinese, kind.chinese) for kind in kinds}
        self._english = {kind.english: _UnitGroups.of(english, kind.english) for kind in kinds}
        self._scores: list[list[float]] = []
        self._back_pointers: list[list[_Transition]] = []
        self._row_kinds: list[list[_RowKind]] = []

    def search(self, band: int) -> list[_Node]:
        """The nodes of the best path within a band around the diagonal, in order."""
        rows, width = self._rows, self._width
        self._scores = [[_SKIP_LOG_ODDS * j for j in range(width + 1)]]
        self._back_pointers = [[_SKIP_ENGLISH] * (width + 1)]
        self._row_kinds = [[]]
        for i in range(1, rows + 1):
            middle = i * width // rows
            self._row_kinds.append(self._kinds_of_row(i))
            self._fill_row(i, max(0, middle - band), min(width, middle + band))
        return self._trace_back()

    def _kinds_of_row(self, i: int) -> list[_RowKind]:
        """The kinds of beads that can end in row ``i``."""
        row_kinds: list[_RowKind] = []
        table = log_odds_table()
        for chinese, english, log_prior in self._kinds:
            start = i - chinese
            if start >= 0:
                ours, theirs = self._chinese[chinese], self._english[english]
                bits, constant = ours.bits[start], log_prior - ours.costs[start]
                max_gain = constant + MAX_LOG_ODDS + _SHARED_BIT * bits.bit_count()
                row_kinds.append(
                    _RowKind(
                        (chinese, english), english, self._scores[start], max_gain, constant,
                        table[ours.classes[start]], bits, *theirs,
                    )
                )  # fmt: skip
        return row_kinds

    def _fill_row(self, i: int, low: int, high: int) -> None:
        """Compute the nodes ``low`` to ``high`` of row ``i``; this is the innermost loop of all."""
        row = [-inf] * (self._width + 1)
        pointers = [_SKIP_CHINESE] * (self._width + 1)
        above, row_kinds = self._scores[-1], self._row_kinds[i]
        left = -inf
        for j in range(low, high + 1):
            best, last = above[j] + _SKIP_LOG_ODDS, _SKIP_CHINESE
            if left + _SKIP_LOG_ODDS > best:
                best, last = left + _SKIP_LOG_ODDS, _SKIP_ENGLISH
            for step, de, scores, gain, constant, odds, bits, classes, others, costs in row_kinds:
                k = j - de
                if k >= 0 and scores[k] + gain > best:
                    score = scores[k] + constant + odds[classes[k]] - costs[k]
                    if bits:
                        score += _SHARED_BIT * (bits & others[k]).bit_count()
                    if score > best:
                        best, last = score, step
            row[j] = left = best
            pointers[j] = last
        self._scores.append(row)
        self._back_pointers.append(pointers)

    def _trace_back(self) -> list[_Node]:
        i, j = self._rows, self._width
        nodes = [(i, j)]
        while i or j:
            chinese, english = self._back_pointers[i][j]
            i, j = i - chinese, j - english
            nodes.append((i, j))
        return nodes[::-1]

    def path_beads(self, nodes: Sequence[_Node]) -> list[PathBead]:
        """The beads of the best path, which has the given nodes, with their margins.

        Any other path leaves the best one somewhere and joins it again at a node, with a score
        that is less by some amount. That amount limits the margins of the beads between the two
        nodes, which the other path avoids, and of no others: this is the soft output of Viterbi's
        algorithm (Hagenauer and Hoeher 1989).
        """
        index = {node: number for number, node in enumerate(nodes)}
        margins = [MAX_MARGIN] * len(nodes)
        for number, (i, j) in enumerate(nodes[1:], 1):
            best, last = self._scores[i][j], self._back_pointers[i][j]
            for step, score in self._transitions_to(i, j, best - MAX_MARGIN):
                if step != last:
                    margin = best - score
                    for k in range(self._divergence(i - step[0], j - step[1], index), number + 1):
                        margins[k] = min(margins[k], margin)
        return [
            PathBead(i - a, j - b, self._scores[i][j] - self._scores[a][b], margin)
            for ((a, b), (i, j)), margin in zip(pairwise(nodes), margins[1:], strict=True)
        ]

    def _transitions_to(self, i: int, j: int, min_score: float) -> list[tuple[_Transition, float]]:
        """The transitions to a node that give it a score above ``min_score``, with that score."""
        found: list[tuple[_Transition, float]] = []
        if i and (score := self._scores[i - 1][j] + _SKIP_LOG_ODDS) > min_score:
            found.append((_SKIP_CHINESE, score))
        if j and (score := self._scores[i][j - 1] + _SKIP_LOG_ODDS) > min_score:
            found.append((_SKIP_ENGLISH, score))
        for kind in self._row_kinds[i]:
            k = j - kind.english
            if k >= 0 and kind.scores[k] + kind.max_gain > min_score:
                score = kind.scores[k] + kind.constant + kind.length_odds[kind.english_classes[k]]
                score -= kind.english_costs[k]
                score += _SHARED_BIT * (kind.bits & kind.english_bits[k]).bit_count()
                if score > min_score:
                    found.append((kind.transition, score))
        return found

    def _divergence(self, i: int, j: int, index: Mapping[_Node, int]) -> int:
        """The number of the first bead of the best path that the best path to a node avoids.

        ``index`` holds the numbers of the nodes of the best path; bead n ends at its node n.
        """
        while (i, j) not in index:
            chinese, english = self._back_pointers[i][j]
            i, j = i - chinese, j - english
        return index[i, j] + 1
