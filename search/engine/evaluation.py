"""One query evaluated against one snapshot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from indexer.analysis import Analyzer
from search.engine.executor import Executor
from search.engine.lookup import Lookup
from search.engine.matches import DocNumbers, Matches
from search.engine.order import SortOrder, top_k
from search.engine.selection import Selection
from search.engine.snapshot import Snapshot
from search.language import query
from search.plan.intervals import Interval
from search.plan.nodes import Conjunction, Plan
from search.plan.planner import make_plan


class Evaluation(NamedTuple):
    """The articles that match a query in one snapshot.

    ``plan`` is the plan that was evaluated, without the filters of the selection. ``matches`` are
    in the order of their document numbers. ``relaxed``: no article has all words, and these have
    any of them. ``diagnostics`` are those of parsing, then those of evaluation.
    """

    snapshot: Snapshot
    analyzer: Analyzer
    executor: Executor
    plan: Plan
    matches: Matches
    relaxed: bool
    diagnostics: tuple[query.Diagnostic, ...]

    def top(self, sort: SortOrder, offset: int = 0, limit: int | None = None) -> Matches:
        """The matches from ``offset`` on, at most ``limit`` (None: all), in the order ``sort``.

        In the order of relevance, the scores include the bonus for the proximity of words.
        """
        matches = self.matches
        if sort == "relevance":
            matches = self.executor.add_proximity(matches, self.plan)
        limit = matches.documents.size if limit is None else limit
        chosen = top_k(matches, self.snapshot, sort, offset, limit)
        return Matches(matches.documents[chosen], matches.scores[chosen])

    def documents(self, sort: SortOrder) -> DocNumbers:
        """The numbers of all documents that match, in the order ``sort``."""
        return self.top(sort).documents

    def idf(self, interval: Interval, fields: Sequence[str]) -> float:
        """The inverse document frequency of an interval in some fields."""
        return self.executor.idf(interval, fields)


def evaluate(
    parsed: query.ParsedQuery, selection: Selection, snapshot: Snapshot, analyzer: Analyzer
) -> Evaluation:
    """Find the articles that match a query; relax the query as ``selection.match`` says."""
    executor = Executor(snapshot, Lookup(snapshot, analyzer))
    filters = selection.filters()

    def attempt(tree: query.Query, *, require_all: bool) -> tuple[Plan, Matches]:
        planned = make_plan(tree, analyzer, selection.lang, require_all=require_all)
        return planned, executor.evaluate(Conjunction((planned, *filters)) if filters else planned)

    is_relaxed = False
    if selection.match != "any":
        planned, matches = attempt(parsed.tree, require_all=True)
    if selection.match == "any" or (selection.match == "auto" and not matches.documents.size):
        planned, matches = attempt(query.relax(parsed.tree) or parsed.tree, require_all=False)
        is_relaxed = selection.match == "auto" and matches.documents.size > 0
    diagnostics = (*parsed.diagnostics, *_diagnostics(planned, executor))
    return Evaluation(snapshot, analyzer, executor, planned, matches, is_relaxed, diagnostics)


def _diagnostics(planned: Plan, executor: Executor) -> Iterator[query.Diagnostic]:
    if isinstance(planned, query.Nothing):
        yield query.Diagnostic("no-words", "the query has no words to search for", 0, 0)
    if executor.is_exhausted:
        message = (
            "some words are too common to check their positions; "
            "results may include articles that do not match"
        )
        yield query.Diagnostic("too-common", message, 0, 0)
