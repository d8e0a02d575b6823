"""A plan evaluated on whole arrays: which documents match, and their scores.

Imports plan, place, lookup, snapshot, rank and indexer.schema. Nothing above it knows what an
index is made of.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from indexer.schema import ID_FIELD, LANGUAGE_BITS, NO_DATE, days
from search import query
from search.lookup import NO_POSTINGS, Lookup, Postings
from search.place import POSITION_BITS, Choice, Kind, Pattern, Place, Slot, locate
from search.plan import All, Any, Filter, Found, Plan, Scaled, Term, Without, Words
from search.rank import Scores, idf, saturate
from search.snapshot import Documents, Mask, Snapshot

NO_LIMIT: Final = 2**31 - 1


class Matches(NamedTuple):
    """Sorted document numbers (int32) and their scores (float64), of equal length."""

    documents: Documents
    scores: Scores


class Executor:
    """Evaluates the plans of one query over one snapshot."""

    def __init__(self, snapshot: Snapshot, lookup: Lookup) -> None:
        self._snapshot = snapshot
        self._lookup = lookup

    def evaluate(self, plan: Plan) -> Matches:
        """The documents that match ``plan``, none of them deleted."""
        match plan:
            case Words():
                return self._words(plan)
            case Found(place, fields):
                return self._score({field: self._count(place, field) for field in fields})
            case All(children):
                return self._all(children)
            case Any(children):
                return self._any([self.evaluate(child) for child in children])
            case Without(child):
                excluded = self.evaluate(child).documents
                return _unscored(np.setdiff1d(self._live(), excluded, assume_unique=True))
            case Scaled(child, factor):
                found = self.evaluate(child)
                return Matches(found.documents, found.scores * factor)
            case _:
                return _unscored(self._pass(plan))

    def _all(self, children: Sequence[Plan]) -> Matches:
        """Children that only exclude are taken last, so that no complement is made for them."""
        found = [self.evaluate(child) for child in children if not isinstance(child, Without)]
        documents = _common([matches.documents for matches in found]) if found else self._live()
        for child in children:
            if isinstance(child, Without) and documents.size:
                excluded = self.evaluate(child.child).documents
                documents = np.setdiff1d(documents, excluded, assume_unique=True)
        return Matches(documents, self._added(found)[documents])

    def _any(self, found: Sequence[Matches]) -> Matches:
        documents = _union([matches.documents for matches in found])
        return Matches(documents, self._added(found)[documents])

    def _added(self, found: Sequence[Matches]) -> Scores:
        """The sum of scores for each document number: float64 (size,)."""
        scores = np.zeros(self._snapshot.size)
        for matches in found:
            scores[matches.documents] += matches.scores
        return scores

    def _words(self, words: Words) -> Matches:
        units = [self._documents(unit, words.fields) for unit in words.units]
        documents = _common(units) if words.every else _union(units)
        if not documents.size:
            return _unscored(documents)
        terms = [self._score_term(term, words.fields) for term in words.terms]
        return Matches(documents, self._added(terms)[documents])

    def _score_term(self, term: Term, fields: Sequence[str]) -> Matches:
        if term.ranking:
            return self._score({f: self._lookup.ranking_postings(f, term.text) for f in fields})
        bigram = Slot(Kind.TERM, term.text)
        return self._score({f: self._lookup.postings(f, bigram) for f in fields})

    def _score(self, postings: dict[str, Postings]) -> Matches:
        """BM25F of one term, given its postings in each field."""
        held = {field: found for field, found in postings.items() if found.documents.size}
        if not held:
            return _unscored(NO_POSTINGS.documents)
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
        return _union([self._count(place, field).documents for field in fields])

    def _count(self, place: Place, field: str) -> Postings:
        """How often ``place`` is found in ``field`` of which documents."""
        if isinstance(place, Pattern) and len(place.slots) == 1:
            return self._lookup.postings(field, place.slots[0])
        among = self._candidates(place, field)
        if not among.size:
            return NO_POSTINGS
        starts = locate(place, lambda slot: self._lookup.occurrences(field, slot, among)).starts
        documents, counts = np.unique(np.unique(starts) >> POSITION_BITS, return_counts=True)
        return Postings(documents.astype(np.int32), counts)

    def _candidates(self, place: Place, field: str) -> Documents:
        """Documents that hold all terms of ``place`` in ``field``, wherever they stand."""
        if isinstance(place, Pattern):
            return _common([self._lookup.postings(field, s).documents for s in place.slots])
        if isinstance(place, Choice):
            return _union([self._candidates(option, field) for option in place.options])
        return _common([self._candidates(side, field) for side in (place.left, place.right)])

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
                return (pages >= (low or 1)) & (pages <= (high or NO_LIMIT))
            case query.Language(language):
                return (column("languages") & LANGUAGE_BITS[language]) > 0
            case query.Everything():
                return np.ones(self._snapshot.size, np.bool_)
            case _:
                return np.zeros(self._snapshot.size, np.bool_)


def _unscored(documents: Documents) -> Matches:
    return Matches(documents, np.zeros(documents.size))


def _common(parts: Sequence[Documents]) -> Documents:
    """Documents that stand in every part, smallest parts first."""
    documents, *others = sorted(parts, key=len)
    for other in others:
        if not documents.size:
            break
        at = np.minimum(np.searchsorted(other, documents), other.size - 1)
        documents = documents[other[at] == documents]
    return documents


def _union(parts: Sequence[Documents]) -> Documents:
    held = [part for part in parts if part.size]
    if len(held) < 2:
        return held[0] if held else NO_POSTINGS.documents
    return np.unique(np.concatenate(held))
