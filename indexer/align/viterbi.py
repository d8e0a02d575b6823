"""The best path through two texts, by dynamic programming.

A path is a sequence of beads, so many units of one text for so many of the other (Gale and Church
1993). Scores are log odds against texts that have nothing to do with each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import inf
from operator import add, or_
from typing import Final, NamedTuple

from indexer.align.length_model import MAX_LOG_ODDS, length_class, log_odds_table

# What one bit that two units share adds to the log odds, and one that only one of them has takes.
_UNSHARED: Final = 0.3
_SHARED: Final = 1.0 + 2 * _UNSHARED
# A unit without a counterpart.
_SKIP: Final = -3.5
# Margins beyond this are not told apart.
MAX_MARGIN: Final = 15.0
# So many columns on either side of the diagonal are looked at, and what the shorter text lacks;
# and more if the best path comes as near to the border as this.
_BAND: Final = 5
_BORDER: Final = 2
_WIDER: Final = 4

_Step = tuple[int, int]
_Place = tuple[int, int]
_ABOVE: Final = (1, 0)
_LEFT: Final = (0, 1)


class Units(NamedTuple):
    """A text in units, paragraphs or sentences.

    ``lengths``: bytes of UTF-8 of a Chinese unit, characters of an English one. ``shared``: what
    each has in common with the other text, as bits: one set in units of both texts stands for
    something that they share, and what tells more has more bits.
    """

    lengths: Sequence[int]
    shared: Sequence[int]


class BeadKind(NamedTuple):
    """A kind of bead: units of Chinese, units of English, and the logarithm of its frequency."""

    chinese: int
    english: int
    prior: float


class PathBead(NamedTuple):
    """A bead of a path.

    ``odds``: what it adds to the path's. ``margin``: how much less the best path has that goes
    without this bead, `MAX_MARGIN` at most.
    """

    chinese: int
    english: int
    odds: float
    margin: float


def best_path(chinese: Units, english: Units, kinds: Sequence[BeadKind]) -> list[PathBead]:
    """The best path through two texts that have units, of beads of these kinds and single units.

    It is looked for near the diagonal first, and farther away if it comes near the border.
    """
    lattice = _Lattice(chinese, english, kinds)
    rows, columns = len(chinese.lengths), len(english.lengths)
    band = _BAND + abs(columns - rows)
    places = lattice.best(band)
    while band < columns and _reach(places, rows, columns) > band - _BORDER:
        band *= _WIDER
        places = lattice.best(band)
    return lattice.steps(places)


def _reach(places: Sequence[_Place], rows: int, columns: int) -> int:
    """How far a path leaves the diagonal, in columns."""
    return max(abs(j - i * columns // rows) for i, j in places)


class _Merged(NamedTuple):
    """So many units on end, from each one on: class of length, bits, and what the bits cost."""

    classes: list[int]
    bits: Sequence[int]
    costs: list[float]

    @classmethod
    def of(cls, units: Units, count: int) -> _Merged:
        lengths, bits = units
        for further in range(1, count):
            lengths = [*map(add, lengths, units.lengths[further:])]
            bits = [*map(or_, bits, units.shared[further:])]
        return cls([*map(length_class, lengths)], bits, [_UNSHARED * b.bit_count() for b in bits])


class _Plan(NamedTuple):
    """What all beads of a kind that end in one row have in common.

    ``scores`` of the row where they begin, ``most`` that one can add to them, ``fixed`` what each
    adds, ``odds`` by the class of the English length, the ``bits`` of the Chinese; and of the
    English units, from each one on, ``classes``, ``others`` (bits) and ``costs``.
    """

    step: _Step
    columns: int
    scores: list[float]
    most: float
    fixed: float
    odds: list[float]
    bits: int
    classes: list[int]
    others: Sequence[int]
    costs: list[float]


class _Lattice:
    """Scores of the best paths to each pair of places, and the last step of each."""

    def __init__(self, chinese: Units, english: Units, kinds: Sequence[BeadKind]) -> None:
        self._rows, self._columns = rows, columns = len(chinese.lengths), len(english.lengths)
        self._kinds = [kind for kind in kinds if kind.chinese <= rows and kind.english <= columns]
        self._chinese = {k: _Merged.of(chinese, k) for k in {kind.chinese for kind in self._kinds}}
        self._english = {k: _Merged.of(english, k) for k in {kind.english for kind in self._kinds}}
        self._scores: list[list[float]] = []
        self._steps: list[list[_Step]] = []
        self._plans: list[list[_Plan]] = []

    def best(self, band: int) -> list[_Place]:
        """The places on the best path that keeps so near to the diagonal."""
        rows, columns = self._rows, self._columns
        self._scores = [[_SKIP * j for j in range(columns + 1)]]
        self._steps = [[_LEFT] * (columns + 1)]
        self._plans = [[]]
        for i in range(1, rows + 1):
            middle = i * columns // rows
            self._plans.append(self._plan(i))
            self._fill(i, max(0, middle - band), min(columns, middle + band))
        return self._back()[::-1]

    def _plan(self, i: int) -> list[_Plan]:
        """The kinds of beads that can end in row ``i``."""
        plans: list[_Plan] = []
        table = log_odds_table()
        for dz, de, prior in self._kinds:
            start = i - dz
            if start >= 0:
                ours, theirs = self._chinese[dz], self._english[de]
                bits, fixed = ours.bits[start], prior - ours.costs[start]
                most = fixed + MAX_LOG_ODDS + _SHARED * bits.bit_count()
                odds = table[ours.classes[start]]
                plans.append(
                    _Plan((dz, de), de, self._scores[start], most, fixed, odds, bits, *theirs)
                )
        return plans

    def _fill(self, i: int, low: int, high: int) -> None:
        """Row ``i``, from column ``low`` to ``high``; this is the innermost loop of all."""
        row = [-inf] * (self._columns + 1)
        steps = [_ABOVE] * (self._columns + 1)
        above, plans = self._scores[-1], self._plans[i]
        left = -inf
        for j in range(low, high + 1):
            best, last = above[j] + _SKIP, _ABOVE
            if left + _SKIP > best:
                best, last = left + _SKIP, _LEFT
            for step, de, scores, most, fixed, odds, bits, classes, others, costs in plans:
                k = j - de
                if k >= 0 and scores[k] + most > best:
                    score = scores[k] + fixed + odds[classes[k]] - costs[k]
                    if bits:
                        score += _SHARED * (bits & others[k]).bit_count()
                    if score > best:
                        best, last = score, step
            row[j] = left = best
            steps[j] = last
        self._scores.append(row)
        self._steps.append(steps)

    def steps(self, places: Sequence[_Place]) -> list[PathBead]:
        """The steps of the best path, with their margins.

        Any other path joins the best one again, at a place where it is the lesser by some margin;
        it speaks against the beads that it goes without, and no others (Hagenauer and Hoeher 1989).
        """
        index = {place: number for number, place in enumerate(places)}
        margins = [MAX_MARGIN] * len(places)
        for number, (i, j) in enumerate(places[1:], 1):
            best, last = self._scores[i][j], self._steps[i][j]
            for step, score in self._rivals(i, j, best - MAX_MARGIN):
                if step != last:
                    margin = best - score
                    for k in range(self._parted(i - step[0], j - step[1], index), number + 1):
                        margins[k] = min(margins[k], margin)
        return [
            PathBead(i - a, j - b, self._scores[i][j] - self._scores[a][b], margin)
            for ((a, b), (i, j)), margin in zip(pairwise(places), margins[1:], strict=True)
        ]

    def _rivals(self, i: int, j: int, least: float) -> list[tuple[_Step, float]]:
        """The steps to a place, with the scores that they lead to, above ``least``."""
        found: list[tuple[_Step, float]] = []
        if i and (score := self._scores[i - 1][j] + _SKIP) > least:
            found.append((_ABOVE, score))
        if j and (score := self._scores[i][j - 1] + _SKIP) > least:
            found.append((_LEFT, score))
        for step, de, scores, most, fixed, odds, bits, classes, others, costs in self._plans[i]:
            k = j - de
            if k >= 0 and scores[k] + most > least:
                score = scores[k] + fixed + odds[classes[k]] - costs[k]
                score += _SHARED * (bits & others[k]).bit_count()
                if score > least:
                    found.append((step, score))
        return found

    def _parted(self, i: int, j: int, index: Mapping[_Place, int]) -> int:
        """The number of the place after which the best path to a place leaves the best of all."""
        while (i, j) not in index:
            dz, de = self._steps[i][j]
            i, j = i - dz, j - de
        return index[i, j] + 1

    def _back(self) -> list[_Place]:
        """The places on the best path, the last one first."""
        i, j = self._rows, self._columns
        places = [(i, j)]
        while i or j:
            dz, de = self._steps[i][j]
            i, j = i - dz, j - de
            places.append((i, j))
        return places
