"""One query evaluated against one snapshot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from indexer.analysis import Analyzer
from search.engine import bm25
from search.engine.executor import Executor
from search.engine.interval_lookup import IntervalLookup
from search.engine.matches import DocNumbers, Matches
from search.engine.order import SortOrder, top_k
from search.engine.proximity import add_proximity
from search.engine.selection import Selection
from search.engine.snapshot import Snapshot
from search.language import query
from search.language.relaxation import relax
from search.plan.intervals import Interval
from search.plan.nodes import Conjunction, Plan
from search.plan.planner import make_plan
from search.plan.scope import scope_of


class Evaluation(NamedTuple):
    """The documents that match a query in one snapshot.

    ``intervals`` looks up more intervals in the same snapshot. ``plan`` is the plan that was
    evaluated, without the filters of the selection. ``matches`` are in the order of their document
    numbers. ``relaxed``: no article has all words, and these have any of them. ``diagnostics`` are
    those of parsing, then those of evaluation.
    """

    snapshot: Snapshot
    analyzer: Analyzer
    intervals: IntervalLookup
    plan: Plan
    matches: Matches
    relaxed: bool
    diagnostics: tuple[query.Diagnostic, ...]

    def top(self, sort: SortOrder, offset: int, limit: int) -> Matches:
        """Return the matches from ``offset`` on, at most ``limit``, in the order ``sort``.

        For "relevance", the scores include the bonus for words that are near each other.
        """
        matches = self.matches
        if sort == "relevance":
            matches = add_proximity(matches, self.plan, self.intervals, self.snapshot)
        chosen = top_k(matches, self.snapshot, sort, offset, limit)
        return Matches(matches.documents[chosen], matches.scores[chosen])

    def documents(self, sort: SortOrder) -> DocNumbers:
        """Return the numbers of all documents that match, in the order ``sort``."""
        return self.top(sort, 0, self.matches.documents.size).documents

    def idf(self, interval: Interval, fields: Sequence[str]) -> float:
        """Return the inverse document frequency of an interval in some fields."""
        counts = self.intervals.counts(interval, scope_of(tuple(fields)))
        return bm25.idf(counts.documents.size, self.snapshot.live_count)


def evaluate(
    parsed: query.ParsedQuery, selection: Selection, snapshot: Snapshot, analyzer: Analyzer
) -> Evaluation:
    """Find the documents that match a query; relax the query as ``selection.match`` says."""
    executor = Executor(snapshot, analyzer)
    filters = selection.filters()

    def attempt(tree: query.Query, *, require_all: bool) -> tuple[Plan, Matches]:
        plan = make_plan(tree, analyzer, selection.lang, require_all=require_all)
        return plan, executor.evaluate(Conjunction((plan, *filters)) if filters else plan)

    is_relaxed = False
    if selection.match != "any":
        plan, matches = attempt(parsed.tree, require_all=True)
    if selection.match == "any" or (selection.match == "auto" and not matches.documents.size):
        plan, matches = attempt(relax(parsed.tree) or parsed.tree, require_all=False)
        is_relaxed = selection.match == "auto" and matches.documents.size > 0
    diagnostics = (*parsed.diagnostics, *_diagnostics(plan, executor.intervals))
    return Evaluation(
        snapshot, analyzer, executor.intervals, plan, matches, is_relaxed, diagnostics
    )


def _diagnostics(plan: Plan, intervals: IntervalLookup) -> Iterator[query.Diagnostic]:
    if isinstance(plan, query.Nothing):
        yield query.Diagnostic("no-words", "the query has no words to search for", 0, 0)
    if intervals.is_exhausted:
        message = (
            "some words are too common to check their positions; "
            "results may include articles that do not match"
        )
        yield query.Diagnostic("too-common", message, 0, 0)
