"""A plan evaluated on whole arrays: which documents match, and their scores."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import partial, reduce
from typing import Final

import numpy as np

from indexer.schema import POSITION_BITS, POSITION_MASK, SEARCHED_FIELDS
from search.engine import bm25
from search.engine.bm25 import Scores
from search.engine.counts import Counts
from search.engine.filters import MASK_FILTERS, filter_mask
from search.engine.lookup import Lookup
from search.engine.matches import (
    NO_DOCUMENTS,
    DocNumbers,
    Mask,
    Matches,
    common,
    mask_of,
    union,
    unscored,
    without,
)
from search.engine.order import smallest_keys
from search.engine.proximity import UnitOccurrences, bonus, nearness
from search.engine.snapshot import Snapshot
from search.language import query
from search.plan.extents import (
    NO_EXTENTS,
    ZONE_BITS,
    Extents,
    PositionKeys,
    TooCommon,
    intersect,
    locate,
    pattern_extents,
)
from search.plan.intervals import Alternatives, Interval, Pattern, Slot, stays_in_zone
from search.plan.nodes import (
    Boosted,
    Conjunction,
    Disjunction,
    Exclusion,
    Filter,
    IntervalMatch,
    Plan,
    Rescored,
    ScoringTerm,
    TermGroup,
    proximity_groups,
)
from search.plan.scope import Scope, scope_of
from search.weights import PROXIMITY_DEPTH, PROXIMITY_WEIGHT

_EVERYWHERE: Final = scope_of(SEARCHED_FIELDS)

# How many places and pairs of places a document are looked at for all that is near each other in a
# query, and for all phrases with wildcards; no fewer than take half a second, and no more than take
# four, and 700 MB.
_POSITIONS_PER_DOCUMENT: Final = 200
_MIN_POSITIONS, _MAX_POSITIONS = 4_000_000, 16_000_000
# What takes a smaller part of that is not looked at closer.
_MUCH: Final = 50


class Executor:
    """Evaluates the plans of one query over one snapshot."""

    def __init__(self, snapshot: Snapshot, lookup: Lookup) -> None:
        self._snapshot = snapshot
        self._lookup = lookup
        self._counts: dict[tuple[Interval, Scope], Counts] = {}
        places = _POSITIONS_PER_DOCUMENT * snapshot.size
        self._most = self._left = min(max(places, _MIN_POSITIONS), _MAX_POSITIONS)

    @property
    def is_exhausted(self) -> bool:
        """Whether words were so common that some were taken to be where they are asked for."""
        return self._left < 0 or self._lookup.has_uncounted

    def evaluate(self, plan: Plan) -> Matches:
        """The documents that match ``plan``, none of them deleted."""
        match plan:
            case TermGroup():
                return self._words(plan)
            case IntervalMatch(interval, fields):
                return self._score(self._count(interval, scope_of(fields)), 1.0)
            case Rescored(child, words):
                matching = self.evaluate(child)
                terms = [scored for part in words for scored in self._terms(part)]
                return self._chosen(matching.documents, [matching, *terms])
            case Conjunction(children):
                return self._all(children)
            case Disjunction(children):
                return self._any(children)
            case Exclusion(child):
                excluded = self._certain(child)
                return unscored(without(self._live(), excluded, self._snapshot.size))
            case Boosted(child, factor):
                matching = self.evaluate(child)
                return Matches(matching.documents, matching.scores * np.float32(factor))
            case query.Identifier(text):
                return unscored(self._lookup.identifier(text))
            case _:
                return unscored(np.flatnonzero(self._passing(plan) & self._snapshot.live))

    def _certain(self, plan: Plan) -> DocNumbers:
        """What matches for certain: nothing, if something was taken to be given."""
        documents = self.evaluate(plan).documents
        return NO_DOCUMENTS if self.is_exhausted else documents

    def _any(self, children: Sequence[Plan]) -> Matches:
        common_terms = [term for child in children if (term := self._common_term(child))]
        if len(common_terms) == len(children):
            weighted = (counts.dense_saturated_tf * idf for counts, idf in common_terms)
            scores = reduce(np.add, weighted)
            documents = np.flatnonzero(scores > 0)
            return Matches(documents, scores.take(documents))
        parts = [self.evaluate(child) for child in children]
        if all(part.scores.size and part.scores.min() > 0 for part in parts):
            scores = self._added(parts)  # which tells what matches, too
            documents = np.flatnonzero(scores > 0)
            return Matches(documents, scores[documents])
        documents = union([part.documents for part in parts], self._snapshot.size)
        return self._chosen(documents, parts)

    def _common_term(self, plan: Plan) -> tuple[Counts, np.float32] | None:
        """The one term that a plan matches and scores by, if it is common, and its idf."""
        match plan:
            case TermGroup((unit,), (ScoringTerm(term, weight, None),), fields) if term == unit:
                counts = self._count(unit, scope_of(fields))
                return (counts, self._idf(counts, weight)) if counts.is_common else None
            case _:
                return None

    def _all(self, children: Sequence[Plan]) -> Matches:
        """Children that only pass or exclude are taken last, on what the others have found."""
        found = [
            self.evaluate(c) for c in children if not isinstance(c, (Exclusion, *MASK_FILTERS))
        ]
        size = self._snapshot.size
        documents = common([part.documents for part in found], size) if found else self._live()
        for child in children:
            if not documents.size:
                break
            if isinstance(child, Exclusion):
                documents = without(documents, self._certain(child.child), size)
            elif isinstance(child, MASK_FILTERS):
                documents = documents[self._passing(child)[documents]]
        return self._chosen(documents, found)

    def _chosen(self, documents: DocNumbers, found: Sequence[Matches]) -> Matches:
        """Some documents with the sum of what was found of each."""
        if len(found) == 1 and found[0].documents is documents:
            return found[0]
        return Matches(documents, self._added(found)[documents])

    def _added(self, found: Sequence[Matches]) -> Scores:
        """The sum of scores for each document number: float32 (size,)."""
        scores = np.zeros(self._snapshot.size, np.float32)
        for number, part in enumerate(found):
            if number:
                scores[part.documents] += part.scores
            else:
                scores[part.documents] = part.scores
        return scores

    def _words(self, words: TermGroup) -> Matches:
        scope = scope_of(words.fields)
        units = [self._count(unit, scope).documents for unit in words.units]
        join = common if words.require_all else union
        documents = units[0] if len(units) == 1 else join(units, self._snapshot.size)
        if not documents.size:
            return unscored(documents)
        return self._chosen(documents, self._terms(words))

    def _terms(self, words: TermGroup) -> list[Matches]:
        """What each term of some words scores."""
        scope = scope_of(words.fields)
        return [self._score(self._term(term, scope), term.weight) for term in words.terms]

    def _term(self, term: ScoringTerm, scope: Scope) -> Counts:
        if term.long_word is not None and scope == _EVERYWHERE:
            return self._lookup.long_word(term.long_word)
        return self._count(term.pattern, scope)

    def _score(self, counts: Counts, weight: float) -> Matches:
        """BM25 of a term."""
        return Matches(counts.documents, counts.saturated_tf * self._idf(counts, weight))

    def _idf(self, counts: Counts, weight: float) -> np.float32:
        return np.float32(weight * bm25.idf(counts.documents.size, self._snapshot.live_count))

    def add_proximity(self, matches: Matches, plan: Plan) -> Matches:
        """The same matches, the best of them with what they gain by the nearness of their words.

        Nearness never lowers a score, and those below the best keep theirs, so the order is one.
        """
        total = self._snapshot.live_count
        places: dict[tuple[Pattern, Scope], float] = defaultdict(float)
        for words, factor in proximity_groups(plan):
            for unit in words.units:
                places[unit, scope_of(words.fields)] += factor
        if len(places) < 2:
            return matches
        frequencies = {key: self._count(*key).documents.size for key in places}
        # A word that most articles have says nothing by standing near.
        units = [key for key in places if 0 < frequencies[key] <= total / 2]
        if len(units) < 2:
            return matches
        best = np.sort(smallest_keys(-matches.scores, PROXIMITY_DEPTH))
        documents = matches.documents[best]
        idf = np.array([bm25.idf(frequencies[key], total) for key in units])
        sums = np.zeros((len(units), documents.size))
        for field in dict.fromkeys(scope.field for _, scope in units):
            found = [
                self._occurrences(i, interval, scope, documents)
                for i, (interval, scope) in enumerate(units)
                if scope.field == field
            ]
            found = [part for part in found if part.starts.size]
            if len(found) > 1:
                sums += nearness(found, idf, POSITION_BITS, documents.size)
        scores = matches.scores.copy()
        counts = np.array([places[key] for key in units])
        gained = bonus(sums, idf, counts, self._snapshot.norms[documents])
        scores[best] += np.float32(PROXIMITY_WEIGHT) * gained
        return Matches(matches.documents, scores)

    def _occurrences(
        self, unit: int, interval: Pattern, scope: Scope, documents: DocNumbers
    ) -> UnitOccurrences:
        """Where a unit stands in some documents, renumbered from 0."""
        keys = self._places(interval, scope, documents, by_zone=False)
        weights = self._lookup.title_weights(scope, keys, by_zone=False)
        numbers = np.searchsorted(documents, keys >> POSITION_BITS)
        starts = numbers << POSITION_BITS | keys & POSITION_MASK
        return UnitOccurrences(unit, starts, interval.length, weights)

    def idf(self, interval: Interval, fields: Sequence[str]) -> float:
        """The inverse document frequency of a place."""
        found = self._count(interval, scope_of(tuple(fields)))
        return bm25.idf(found.documents.size, self._snapshot.live_count)

    def _count(self, interval: Interval, scope: Scope) -> Counts:
        """How often ``place`` is found in which documents; found once, and kept."""
        key = interval, scope
        if key not in self._counts:
            self._counts[key] = self._find(interval, scope)
        return self._counts[key]

    def _find(self, interval: Interval, scope: Scope) -> Counts:
        if isinstance(interval, Pattern) and len(interval.slots) == 1 and stays_in_zone(interval):
            return self._lookup.counts(interval.slots[0], scope)
        by_zone = not stays_in_zone(interval)
        candidates = self._candidates(interval, scope)
        try:
            starts = _unique(self._places(interval, scope, candidates, by_zone=by_zone, spent=True))
        except TooCommon:
            return Counts(candidates, np.ones(candidates.size, np.float32), self._snapshot.norms)
        weights = self._lookup.title_weights(scope, starts, by_zone=by_zone)
        documents = _document_of(starts, by_zone=by_zone)
        first = np.flatnonzero(np.diff(documents, prepend=-1))
        if first.size:
            weights = np.add.reduceat(weights, first)
        return Counts(documents[first], weights, self._snapshot.norms)

    def intervals(self, interval: Interval, fields: Sequence[str], among: DocNumbers) -> Extents:
        """Where ``place`` stands in zones of documents ``among``, which ascend: keys by zone.

        Of what is near each other, spans in which others lie may be left out. What stands nearly
        everywhere is not looked for beside other words.
        """
        scope = scope_of(tuple(fields))
        sought = self._searchable(interval, Scope(scope.field, None))
        return self._spans(sought, scope, among, by_zone=True) if sought else NO_EXTENTS

    def _searchable(self, interval: Interval, anywhere: Scope) -> Interval | None:
        """What is looked for of a place: all, if it is one word or any of several."""
        if isinstance(interval, Alternatives):
            sought = [self._searchable(option, anywhere) for option in interval.options]
            options = tuple(option for option in sought if option is not None)
            return Alternatives(options) if options else None
        is_word = isinstance(interval, Pattern) and len(interval.slots) == 1
        return interval if is_word else self._drop_common_slots(interval, anywhere)

    def _drop_common_slots(self, interval: Interval, anywhere: Scope) -> Interval | None:
        """A place without what is taken to stand there; None if that is all."""
        if isinstance(interval, Pattern):
            slots = tuple(
                slot for slot in interval.slots if not self._is_too_common(slot, anywhere)
            )
            return interval._replace(slots=slots) if slots else None
        if isinstance(interval, Alternatives):
            kept = [self._drop_common_slots(option, anywhere) for option in interval.options]
            options = tuple(option for option in kept if option is not None)
            return Alternatives(options) if len(options) == len(kept) else None
        left, right = (
            self._drop_common_slots(side, anywhere) for side in (interval.left, interval.right)
        )
        if left is None or right is None:
            return left or right
        return interval._replace(left=left, right=right)

    def _is_too_common(self, slot: Slot, anywhere: Scope) -> bool:
        """Whether a slot has so many terms that, beside other words, it is taken to stand there."""
        return slot.has_many_terms and (
            self._lookup.counts(slot, anywhere).total > self._most
            or self._lookup.is_uncounted(slot, anywhere)
        )

    def _places(
        self,
        interval: Interval,
        scope: Scope,
        among: DocNumbers,
        *,
        by_zone: bool,
        spent: bool = False,
    ) -> PositionKeys:
        """Where ``place`` starts in documents ``among``."""
        return self._spans(interval, scope, among, by_zone=by_zone, spent=spent).starts

    def _spans(
        self,
        interval: Interval,
        scope: Scope,
        among: DocNumbers,
        *,
        by_zone: bool,
        spent: bool = False,
    ) -> Extents:
        held = common([among, self._candidates(interval, scope)], self._snapshot.size)
        if not held.size:
            return NO_EXTENTS
        finder = partial(self._find_pattern, scope=scope, among=held, by_zone=by_zone)
        if not spent:
            return locate(interval, finder, innermost=True)
        if isinstance(interval, Pattern):
            # A phrase, as long as it is of words, is always looked for.
            if any(slot.has_many_terms for slot in interval.slots):
                self._spend(self._cost(interval, scope, held))
            return finder(interval)

        def find(pattern: Pattern) -> Extents:
            self._spend(self._cost(pattern, scope, held))
            return finder(pattern)

        return locate(interval, find, self._spend, innermost=True)

    def _cost(self, pattern: Pattern, scope: Scope, among: DocNumbers) -> int:
        """How many places are read to find a pattern in documents, or a little more.

        All of each slot of many terms, and those of the rarest slot. Too many, if it is not known
        where one of them is.
        """
        anywhere = Scope(scope.field, None)
        if any(self._lookup.is_uncounted(slot, anywhere) for slot in pattern.slots):
            return self._left + 1
        found = [(slot, self._lookup.counts(slot, anywhere)) for slot in pattern.slots]
        rarest = min(found, key=lambda pair: pair[1].total)
        cost = sum(counts.total for slot, counts in found if slot.has_many_terms)
        return cost + (0 if rarest[0].has_many_terms else self._total_in(rarest[1], among))

    def _total_in(self, counts: Counts, among: DocNumbers) -> int:
        """How many places there are in documents; those in titles count more."""
        if counts.total * _MUCH < self._left:
            return counts.total
        wanted = mask_of([among], self._snapshot.size)[counts.documents]
        return int(counts.weighted_tf[wanted].sum(dtype=np.float64))

    def _spend(self, places: int) -> None:
        """Raise TooCommon if no more places may be looked at."""
        self._left -= places
        if self._left < 0:
            raise TooCommon

    def _find_pattern(
        self, pattern: Pattern, *, scope: Scope, among: DocNumbers, by_zone: bool
    ) -> Extents:
        """Where a pattern stands: the rarest slots first, the others only where these left any."""
        anywhere = Scope(scope.field, None)
        sizes = [self._lookup.counts(slot, anywhere).documents.size for slot in pattern.slots]
        keys: PositionKeys | None = None
        for i in np.argsort(sizes, kind="stable").tolist():
            slot = pattern.slots[i]
            if keys is None:
                keys = self._lookup.occurrences(scope, slot, among, by_zone=by_zone) - slot.offset
            elif scope == anywhere and not by_zone:
                keys = keys[self._lookup.occurs_at(scope, slot, keys + slot.offset)]
            else:
                among = _unique(_document_of(keys, by_zone=by_zone))
                found = self._lookup.occurrences(scope, slot, among, by_zone=by_zone)
                keys = intersect(keys, found - slot.offset)
            if not keys.size:
                break
        return pattern_extents(pattern, keys)

    def _candidates(self, interval: Interval, scope: Scope) -> DocNumbers:
        """Documents that hold all terms of ``place``, wherever they stand."""
        size = self._snapshot.size
        if isinstance(interval, Pattern):
            anywhere = Scope(scope.field, None)
            counts = [self._lookup.counts(slot, anywhere) for slot in interval.slots]
            return common([found.documents for found in counts], size)
        if isinstance(interval, Alternatives):
            return union([self._candidates(option, scope) for option in interval.options], size)
        sides = [self._candidates(side, scope) for side in (interval.left, interval.right)]
        return common(sides, size)

    def _live(self) -> DocNumbers:
        return np.flatnonzero(self._snapshot.live)

    def _passing(self, condition: Filter) -> Mask:
        return filter_mask(condition, self._snapshot)


def _document_of(keys: PositionKeys, *, by_zone: bool) -> DocNumbers:
    return keys >> POSITION_BITS + (ZONE_BITS if by_zone else 0)


def _unique(numbers: PositionKeys) -> PositionKeys:
    """Sorted numbers, each once."""
    once: PositionKeys = numbers[np.diff(numbers, prepend=-1) != 0]
    return once
