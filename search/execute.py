"""A plan evaluated on whole arrays: which documents match, and their scores.

Imports plan, place, lookup, snapshot, matches, proximity, order, rank and indexer.schema. Nothing
above it knows what an index is made of.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

import numpy as np

from indexer.schema import ID_FIELD, LANGUAGE_BITS, NO_DATE, NO_PAGE, days
from search import query
from search.lookup import NO_POSTINGS, Lookup, Postings
from search.matches import Documents, Matches, common, union, unscored, without
from search.order import smallest
from search.place import (
    NOWHERE,
    POSITION_BITS,
    POSITION_MASK,
    Choice,
    Keys,
    Kind,
    Pattern,
    Place,
    Slot,
    locate,
)
from search.plan import (
    All,
    Any,
    Filter,
    Found,
    Plan,
    Scaled,
    Supported,
    Term,
    Without,
    Words,
    bare_words,
)
from search.proximity import Occurrences, bonus, nearness
from search.rank import BIGRAM_WEIGHT, PROXIMITY_DEPTH, PROXIMITY_WEIGHT, Scores, idf, saturate
from search.snapshot import Mask, Snapshot

NO_LIMIT: Final = 2**31 - 1


class Executor:
    """Evaluates the plans of one query over one snapshot."""

    def __init__(self, snapshot: Snapshot, lookup: Lookup) -> None:
        self._snapshot = snapshot
        self._lookup = lookup
        self._counts: dict[tuple[Place, str], Postings] = {}

    def evaluate(self, plan: Plan) -> Matches:
        """The documents that match ``plan``, none of them deleted."""
        match plan:
            case Words():
                return self._words(plan)
            case Found(place, fields):
                return self._score({field: self._count(place, field) for field in fields})
            case Supported(child, words):
                found = self.evaluate(child)
                terms = [term for part in words for term in self._terms(part)]
                return Matches(found.documents, self._added([found, *terms])[found.documents])
            case All(children):
                return self._all(children)
            case Any(children):
                return self._any([self.evaluate(child) for child in children])
            case Without(child):
                excluded = self.evaluate(child).documents
                return unscored(without(self._live(), excluded))
            case Scaled(child, factor):
                found = self.evaluate(child)
                return Matches(found.documents, found.scores * factor)
            case _:
                return unscored(self._pass(plan))

    def _all(self, children: Sequence[Plan]) -> Matches:
        """Children that only exclude are taken last, so that no complement is made for them."""
        found = [self.evaluate(child) for child in children if not isinstance(child, Without)]
        documents = common([matches.documents for matches in found]) if found else self._live()
        for child in children:
            if isinstance(child, Without) and documents.size:
                excluded = self.evaluate(child.child).documents
                documents = without(documents, excluded)
        return Matches(documents, self._added(found)[documents])

    def _any(self, found: Sequence[Matches]) -> Matches:
        documents = union([matches.documents for matches in found])
        return Matches(documents, self._added(found)[documents])

    def _added(self, found: Sequence[Matches]) -> Scores:
        """The sum of scores for each document number: float64 (size,)."""
        scores = np.zeros(self._snapshot.size)
        for matches in found:
            scores[matches.documents] += matches.scores
        return scores

    def _words(self, words: Words) -> Matches:
        units = [self._documents(unit, words.fields) for unit in words.units]
        documents = common(units) if words.every else union(units)
        if not documents.size:
            return unscored(documents)
        return Matches(documents, self._added(self._terms(words))[documents])

    def _terms(self, words: Words) -> list[Matches]:
        """What each term of some words scores."""
        return [self._score_term(term, words.fields) for term in words.terms]

    def _score_term(self, term: Term, fields: Sequence[str]) -> Matches:
        if term.ranking:
            return self._score({f: self._lookup.ranking_postings(f, term.text) for f in fields})
        bigram = Slot(Kind.TERM, term.text)
        found = self._score({f: self._lookup.postings(f, bigram) for f in fields})
        return Matches(found.documents, BIGRAM_WEIGHT * found.scores)

    def near(self, matches: Matches, plan: Plan) -> Matches:
        """The same matches, the best of them with what they gain by the nearness of their words.

        Nearness never lowers a score, and those below the best keep theirs, so the order is one.
        """
        total = self._snapshot.live_count
        places: dict[tuple[Pattern, tuple[str, ...]], float] = defaultdict(float)
        for words, factor in bare_words(plan):
            for unit in words.units:
                places[unit, words.fields] += factor
        frequencies = {key: self._documents(*key).size for key in places}
        # A word that most articles have says nothing by standing near.
        units = [key for key in places if 0 < frequencies[key] <= total / 2]
        if len(units) < 2:
            return matches
        best = np.sort(smallest(-matches.scores, PROXIMITY_DEPTH))
        documents = matches.documents[best]
        rarity = np.array([idf(frequencies[key], total) for key in units])
        sums = np.zeros((len(units), documents.size))
        for field in dict.fromkeys(field for _, fields in units for field in fields):
            found = [
                Occurrences(i, _renumbered(starts, documents), place.length)
                for i, (place, fields) in enumerate(units)
                if field in fields and (starts := self._places(place, field, documents)).size
            ]
            if len(found) > 1:
                norms = self._snapshot.norms(field)[documents]
                sums += nearness(found, rarity, norms, POSITION_BITS, documents.size)
        scores = matches.scores.copy()
        counts = np.array([places[key] for key in units])
        scores[best] += PROXIMITY_WEIGHT * bonus(sums, rarity, counts)
        return Matches(matches.documents, scores)

    def _places(self, place: Place, field: str, among: Documents) -> Keys:
        """Where ``place`` starts in ``field`` of documents ``among``."""
        held = common([among, self._candidates(place, field)])
        if not held.size:
            return NOWHERE.starts
        return locate(place, lambda slot: self._lookup.occurrences(field, slot, held)).starts

    def _score(self, postings: dict[str, Postings]) -> Matches:
        """BM25F of one term, given its postings in each field."""
        held = {field: found for field, found in postings.items() if found.documents.size}
        if not held:
            return unscored(NO_POSTINGS.documents)
        weighted = [
            Matches(documents, frequencies * self._snapshot.norms(field)[documents])
            for field, (documents, frequencies) in held.items()
        ]
        documents, weights = weighted[0] if len(weighted) == 1 else self._any(weighted)
        rarity = idf(documents.size, self._snapshot.live_count)
        return Matches(documents, rarity * saturate(weights))

    def rarity(self, place: Place, fields: Sequence[str]) -> float:
        """The inverse document frequency of a place."""
        return idf(self._documents(place, fields).size, self._snapshot.live_count)

    def _documents(self, place: Place, fields: Sequence[str]) -> Documents:
        return union([self._count(place, field).documents for field in fields])

    def _count(self, place: Place, field: str) -> Postings:
        """How often ``place`` is found in ``field`` of which documents; found once, and kept."""
        key = place, field
        if key not in self._counts:
            self._counts[key] = self._find(place, field)
        return self._counts[key]

    def _find(self, place: Place, field: str) -> Postings:
        if isinstance(place, Pattern) and len(place.slots) == 1 and not place.slots[0].offset:
            return self._lookup.postings(field, place.slots[0])
        starts = self._places(place, field, self._candidates(place, field))
        documents, counts = np.unique(np.unique(starts) >> POSITION_BITS, return_counts=True)
        return Postings(documents.astype(np.int32), counts)

    def _candidates(self, place: Place, field: str) -> Documents:
        """Documents that hold all terms of ``place`` in ``field``, wherever they stand."""
        if isinstance(place, Pattern):
            return common([self._lookup.postings(field, s).documents for s in place.slots])
        if isinstance(place, Choice):
            return union([self._candidates(option, field) for option in place.options])
        return common([self._candidates(side, field) for side in (place.left, place.right)])

    def _live(self) -> Documents:
        return np.flatnonzero(self._snapshot.live).astype(np.int32)

    def _pass(self, condition: Filter) -> Documents:
        """The documents that pass a filter."""
        if isinstance(condition, query.Identifier):
            return self._lookup.postings(ID_FIELD, Slot(Kind.TERM, condition.text)).documents
        passing = self._mask(condition) & self._snapshot.live
        return np.flatnonzero(passing).astype(np.int32)

    def _mask(self, condition: Filter) -> Mask:
        column = self._snapshot.column
        match condition:
            case query.DateRange(since, until):
                dates = column("date")
                low = days(since) if since else NO_DATE + 1
                mask: Mask = (dates >= low) & (dates <= (days(until) if until else NO_LIMIT))
                return mask
            case query.PageRange(low, high):
                pages = column("page")
                first, last = low or NO_PAGE + 1, NO_LIMIT if high is None else high
                return (pages >= first) & (pages <= last)
            case query.Language(language):
                return (column("languages") & LANGUAGE_BITS[language]) > 0
            case query.Everything():
                return np.ones(self._snapshot.size, np.bool_)
            case _:
                return np.zeros(self._snapshot.size, np.bool_)


def _renumbered(keys: Keys, documents: Documents) -> Keys:
    """Keys in which a document's number is its place in ``documents``."""
    numbers = np.searchsorted(documents, keys >> POSITION_BITS)
    return numbers << POSITION_BITS | keys & POSITION_MASK
