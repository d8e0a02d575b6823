"""Intervals in the index: in which documents they occur, how often, and where."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

import numpy as np

from indexer.analysis import Analyzer
from search.engine.bm25 import Scores
from search.engine.budget import BudgetLimits, PositionBudget
from search.engine.common_slots import without_common_slots
from search.engine.counts import Counts
from search.engine.matches import DocNumbers, intersection, mask_of, union
from search.engine.snapshot import Snapshot
from search.engine.term_lookup import TermLookup
from search.engine.term_positions import TermPositions
from search.engine.zones import document_of, title_weights
from search.plan.extents import (
    NO_EXTENTS,
    Extents,
    PositionKeys,
    TooCommon,
    intersect,
    locate,
    pattern_extents,
)
from search.plan.intervals import Alternatives, Interval, Pattern, Slot, stays_in_zone
from search.plan.scope import Scope, scope_of

# A query reads this many positions and pairs of positions for everything that is near each other,
# and for all phrases with wildcards. The bounds correspond to half a second, and to four seconds
# and 700 MB.
_LIMITS: Final = BudgetLimits(per_document=200, minimum=4_000_000, maximum=16_000_000)
# A cost below this part of the budget is not computed exactly.
_SMALL_PART: Final = 50


class IntervalLookup:
    """Finds the intervals of one query in one snapshot.

    Finding where an interval occurs takes three steps. `TermLookup` returns the documents that have
    all of its terms, the candidates. `TermPositions` reads the positions of the terms in these.
    `search.plan.extents.locate` compares the positions. Some intervals would take too long; for
    them, all candidates count as matches, and `is_exhausted` is true.
    """

    def __init__(self, snapshot: Snapshot, analyzer: Analyzer) -> None:
        self.terms = TermLookup(snapshot, analyzer)
        self._snapshot = snapshot
        self._positions = TermPositions(snapshot, self.terms)
        self._counts: dict[tuple[Interval, Scope], Counts] = {}
        self._assumed: set[tuple[Interval, Scope]] = set()
        self._budget = PositionBudget(snapshot.size, _LIMITS)

    @property
    def is_exhausted(self) -> bool:
        """Whether some words were too common to check where they occur."""
        return self._budget.is_exhausted or self.terms.has_uncounted

    def counts(self, interval: Interval, scope: Scope) -> Counts:
        """Count the occurrences of an interval in each document; each interval is counted once."""
        key = interval, scope
        if key not in self._counts:
            self._counts[key] = self._count(interval, scope)
        return self._counts[key]

    def is_exact(self, interval: Interval, scope: Scope) -> bool:
        """Whether `counts` has only documents in which the interval certainly occurs."""
        self.counts(interval, scope)
        return (interval, scope) not in self._assumed

    def extents(self, interval: Interval, fields: Sequence[str], among: DocNumbers) -> Extents:
        """Return where an interval occurs in documents ``among``, which are sorted: keys by zone.

        Extents of a NEAR that contain other extents may be missing. Slots that occur nearly
        everywhere are assumed to match, unless there is nothing else to look for.
        """
        scope = scope_of(tuple(fields))
        anywhere = Scope(scope.field, None)
        rest = without_common_slots(interval, partial(self._is_too_common, scope=anywhere))
        return self._find(rest, scope, among, by_zone=True) if rest else NO_EXTENTS

    def starts(
        self, pattern: Pattern, scope: Scope, among: DocNumbers
    ) -> tuple[PositionKeys, Scores]:
        """Return where a pattern starts in documents ``among``, which are sorted, with weights.

        The keys are not by zone. The weights are float32: occurrences in titles count more.
        """
        keys = self._find(pattern, scope, among, by_zone=False).starts
        return keys, title_weights(self._snapshot, scope, keys, by_zone=False)

    def _count(self, interval: Interval, scope: Scope) -> Counts:
        by_zone = not stays_in_zone(interval)
        if isinstance(interval, Pattern) and len(interval.slots) == 1 and not by_zone:
            counts = self.terms.counts(interval.slots[0], scope)
            if self.terms.is_uncounted(interval.slots[0], scope):
                self._assumed.add((interval, scope))
            return counts
        candidates = self._candidates(interval, scope)
        try:
            starts = self._find(interval, scope, candidates, by_zone=by_zone, limited=True).starts
        except TooCommon:
            self._assumed.add((interval, scope))
            ones = np.ones(candidates.size, np.float32)
            return Counts(candidates, ones, self._snapshot.norms)
        starts = _unique(starts)
        weights = title_weights(self._snapshot, scope, starts, by_zone=by_zone)
        documents = document_of(starts, by_zone=by_zone)
        first = np.flatnonzero(np.diff(documents, prepend=-1))
        if first.size:
            weights = np.add.reduceat(weights, first)
        return Counts(documents[first], weights, self._snapshot.norms)

    def _candidates(self, interval: Interval, scope: Scope) -> DocNumbers:
        """Return the documents that have all terms of an interval, wherever they occur."""
        size = self._snapshot.size
        if isinstance(interval, Pattern):
            anywhere = Scope(scope.field, None)
            counts = [self.terms.counts(slot, anywhere) for slot in interval.slots]
            return intersection([found.documents for found in counts], size)
        if isinstance(interval, Alternatives):
            return union([self._candidates(option, scope) for option in interval.options], size)
        sides = (interval.left, interval.right)
        return intersection([self._candidates(side, scope) for side in sides], size)

    def _find(
        self,
        interval: Interval,
        scope: Scope,
        among: DocNumbers,
        *,
        by_zone: bool,
        limited: bool = False,
    ) -> Extents:
        """Return the extents of an interval; raise TooCommon if ``limited`` and too expensive.

        A phrase without wildcards is never too expensive.
        """
        size = self._snapshot.size
        documents = intersection([among, self._candidates(interval, scope)], size)
        if not documents.size:
            return NO_EXTENTS
        find = partial(self._find_pattern, scope=scope, among=documents, by_zone=by_zone)
        if not limited:
            return locate(interval, find, innermost=True)

        def find_within_budget(pattern: Pattern) -> Extents:
            self._budget.spend(self._cost(pattern, scope, documents))
            return find(pattern)

        if isinstance(interval, Pattern):
            has_wildcard = any(slot.has_many_terms for slot in interval.slots)
            return find_within_budget(interval) if has_wildcard else find(interval)
        return locate(interval, find_within_budget, self._budget.spend, innermost=True)

    def _find_pattern(
        self, pattern: Pattern, *, scope: Scope, among: DocNumbers, by_zone: bool
    ) -> Extents:
        """Find a pattern slot by slot, the rarest first, and the next only where these occur."""
        anywhere = Scope(scope.field, None)
        sizes = [self.terms.counts(slot, anywhere).documents.size for slot in pattern.slots]
        keys: PositionKeys | None = None
        for i in np.argsort(sizes, kind="stable").tolist():
            slot = pattern.slots[i]
            if keys is None:
                keys = self._positions.find(slot, scope, among, by_zone=by_zone) - slot.offset
            elif scope == anywhere and not by_zone:
                keys = keys[self._positions.occur_at(slot, scope.field, keys + slot.offset)]
            else:
                among = _unique(document_of(keys, by_zone=by_zone))
                found = self._positions.find(slot, scope, among, by_zone=by_zone)
                keys = intersect(keys, found - slot.offset)
            if not keys.size:
                break
        return pattern_extents(pattern, keys)

    def _cost(self, pattern: Pattern, scope: Scope, among: DocNumbers) -> int:
        """Estimate how many positions must be read to find a pattern in documents.

        These are all positions of every slot with many terms, and those of the rarest slot in the
        documents. If a slot was not counted, the cost exceeds the budget.
        """
        anywhere = Scope(scope.field, None)
        if any(self.terms.is_uncounted(slot, anywhere) for slot in pattern.slots):
            return self._budget.left + 1
        found = [(slot, self.terms.counts(slot, anywhere)) for slot in pattern.slots]
        rarest = min(found, key=lambda pair: pair[1].total)
        cost = sum(counts.total for slot, counts in found if slot.has_many_terms)
        return cost + (0 if rarest[0].has_many_terms else self._total_in(rarest[1], among))

    def _total_in(self, counts: Counts, among: DocNumbers) -> int:
        """Return the number of occurrences in some documents, or a larger number if it is small."""
        if counts.total * _SMALL_PART < self._budget.left:
            return counts.total
        wanted = mask_of([among], self._snapshot.size)[counts.documents]
        return int(counts.weighted_tf[wanted].sum(dtype=np.float64))

    def _is_too_common(self, slot: Slot, *, scope: Scope) -> bool:
        return slot.has_many_terms and (
            self.terms.counts(slot, scope).total > self._budget.total
            or self.terms.is_uncounted(slot, scope)
        )


def _unique(numbers: PositionKeys) -> PositionKeys:
    """Return sorted numbers without duplicates."""
    once: PositionKeys = numbers[np.diff(numbers, prepend=-1) != 0]
    return once
