"""Plans evaluated on whole arrays: which documents match, and their scores."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Final

import numpy as np

from indexer.analysis import Analyzer
from indexer.array_types import BoolArray
from indexer.schema import SEARCHED_FIELDS
from search.engine import bm25
from search.engine.bm25 import Scores
from search.engine.counts import Counts
from search.engine.filters import MASK_FILTERS, filter_mask
from search.engine.interval_lookup import IntervalLookup
from search.engine.matches import (
    NO_DOCUMENTS,
    DocNumbers,
    Matches,
    difference,
    intersection,
    union,
    unscored,
)
from search.engine.snapshot import Snapshot
from search.language import query
from search.plan.intervals import Interval, is_bounded, letter_count
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
    intervals_of,
)
from search.plan.scope import Scope, scope_of

_EVERYWHERE: Final = scope_of(SEARCHED_FIELDS)


class Executor:
    """Evaluates the plans of one query in one snapshot.

    Its results never include deleted documents. Scores are sums of BM25 over the terms of a plan.
    """

    def __init__(self, snapshot: Snapshot, analyzer: Analyzer) -> None:
        self.intervals = IntervalLookup(snapshot, analyzer)
        self._snapshot = snapshot

    def evaluate(self, plan: Plan) -> Matches:
        """Return the documents that match ``plan``, with their scores."""
        self._count_in_order(plan)
        return self._evaluate(plan)

    def _count_in_order(self, plan: Plan) -> None:
        """Count the intervals that a budget bounds, those with most letters first.

        So the order of the clauses of a query does not decide which of them are too common.
        """
        bounded = {key for key in intervals_of(plan) if not is_bounded(key[0])}
        if len(bounded) > 1:
            for interval, fields in sorted(bounded, key=_most_letters_first):
                self.intervals.counts(interval, scope_of(fields))

    def _evaluate(self, plan: Plan) -> Matches:
        match plan:
            case TermGroup():
                return self._term_group(plan)
            case IntervalMatch(interval, fields):
                return self._score(self.intervals.counts(interval, scope_of(fields)), 1.0)
            case Rescored(child, groups):
                matches = self._evaluate(child)
                terms = [scored for group in groups for scored in self._terms(group)]
                return self._sum(matches.documents, [matches, *terms])
            case Conjunction(children):
                return self._conjunction(children)
            case Disjunction(children):
                return self._disjunction(children)
            case Exclusion(child):
                excluded = self._certain(child)
                return unscored(difference(self._live(), excluded, self._snapshot.size))
            case Boosted(child, factor):
                matches = self._evaluate(child)
                return Matches(matches.documents, matches.scores * np.float32(factor))
            case query.Identifier(text):
                return unscored(self.intervals.terms.identifier(text))
            case _:
                return unscored(np.flatnonzero(self._passing(plan) & self._snapshot.live))

    def _term_group(self, group: TermGroup) -> Matches:
        scope = scope_of(group.fields)
        units = [self.intervals.counts(unit, scope).documents for unit in group.units]
        join = intersection if group.require_all else union
        documents = units[0] if len(units) == 1 else join(units, self._snapshot.size)
        if not documents.size:
            return unscored(documents)
        return self._sum(documents, self._terms(group))

    def _conjunction(self, children: Sequence[Plan]) -> Matches:
        """Evaluate filters and exclusions last, on the documents that the other children match."""
        parts = [
            self._evaluate(child)
            for child in children
            if not isinstance(child, (Exclusion, *MASK_FILTERS))
        ]
        size = self._snapshot.size
        documents = (
            intersection([part.documents for part in parts], size) if parts else self._live()
        )
        for child in children:
            if not documents.size:
                break
            if isinstance(child, Exclusion):
                documents = difference(documents, self._certain(child.child), size)
            elif isinstance(child, MASK_FILTERS):
                documents = documents[self._passing(child)[documents]]
        return self._sum(documents, parts)

    def _disjunction(self, children: Sequence[Plan]) -> Matches:
        common_terms = [term for child in children if (term := self._common_term(child))]
        if len(common_terms) == len(children):
            scores = reduce(
                np.add, (counts.dense_saturated_tf * idf for counts, idf in common_terms)
            )
            documents = np.flatnonzero(scores > 0)
            return Matches(documents, scores.take(documents))
        parts = [self._evaluate(child) for child in children]
        if all(part.scores.size and part.scores.min() > 0 for part in parts):
            scores = self._dense_sum(parts)  # positive exactly where a document matches
            documents = np.flatnonzero(scores > 0)
            return Matches(documents, scores[documents])
        documents = union([part.documents for part in parts], self._snapshot.size)
        return self._sum(documents, parts)

    def _common_term(self, plan: Plan) -> tuple[Counts, np.float32] | None:
        """Return the counts and the idf if the plan is one term that occurs in many documents."""
        match plan:
            case TermGroup((unit,), (ScoringTerm(term, weight, None),), fields) if term == unit:
                counts = self.intervals.counts(unit, scope_of(fields))
                return (counts, self._idf(counts, weight)) if counts.is_common else None
            case _:
                return None

    def _certain(self, plan: Plan) -> DocNumbers:
        """Return documents that match for certain, even if some words are too common.

        They are all that match, if no word is.
        """
        if all(self.intervals.is_exact(i, scope_of(fields)) for i, fields in intervals_of(plan)):
            return self._evaluate(plan).documents
        match plan:
            case Boosted(child, _) | Rescored(child, _):
                return self._certain(child)
            case Conjunction(children):
                return intersection([*map(self._certain, children)], self._snapshot.size)
            case Disjunction(children):
                return union([*map(self._certain, children)], self._snapshot.size)
            case Exclusion(child):
                possible = self._evaluate(child).documents
                return difference(self._live(), possible, self._snapshot.size)
            case _:
                return NO_DOCUMENTS

    def _terms(self, group: TermGroup) -> list[Matches]:
        """Return the documents and scores of each scoring term."""
        scope = scope_of(group.fields)
        return [self._score(self._term(term, scope), term.weight) for term in group.terms]

    def _term(self, term: ScoringTerm, scope: Scope) -> Counts:
        if term.long_word is not None and scope == _EVERYWHERE:
            return self.intervals.terms.long_word(term.long_word)
        return self.intervals.counts(term.pattern, scope)

    def _score(self, counts: Counts, weight: float) -> Matches:
        return Matches(counts.documents, counts.saturated_tf * self._idf(counts, weight))

    def _idf(self, counts: Counts, weight: float) -> np.float32:
        return np.float32(weight * bm25.idf(counts.documents.size, self._snapshot.live_count))

    def _sum(self, documents: DocNumbers, parts: Sequence[Matches]) -> Matches:
        """Return ``documents`` with the sum of their scores in all parts."""
        if len(parts) == 1 and parts[0].documents is documents:
            return parts[0]
        return Matches(documents, self._dense_sum(parts)[documents])

    def _dense_sum(self, parts: Sequence[Matches]) -> Scores:
        """Sum the scores of each document number: float32 (size,)."""
        scores = np.zeros(self._snapshot.size, np.float32)
        for number, part in enumerate(parts):
            if number:
                scores[part.documents] += part.scores
            else:
                scores[part.documents] = part.scores
        return scores

    def _live(self) -> DocNumbers:
        return np.flatnonzero(self._snapshot.live)

    def _passing(self, condition: Filter) -> BoolArray:
        return filter_mask(condition, self._snapshot)


def _most_letters_first(key: tuple[Interval, tuple[str, ...]]) -> tuple[int, str]:
    return -letter_count(key[0]), repr(key)
