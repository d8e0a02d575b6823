"""A page of results: hits with their snippets, and facets."""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import chain, starmap
from typing import Final, NamedTuple, Self

from indexer.arguments import check_choice, check_choices, check_flags, check_integers
from indexer.article import Article
from indexer.lazy import lazy
from search.engine.evaluation import Evaluation
from search.engine.order import SORT_ORDERS, SortOrder
from search.hit import FACETS, Facet, FacetName, Hit, Hits, Page
from search.passage.hit_builder import HitBuilder

# Hits are made in batches: the steps of one batch find the caches of the processor warm.
_BATCH: Final = 16


class PageRequest(NamedTuple):
    """The options of a page; `Archive.search` explains them."""

    limit: int
    offset: int
    sort: SortOrder
    snippets: bool
    width: int
    counterparts: bool
    facets: Sequence[FacetName]

    def checked(self) -> Self:
        """Return the request; raise TypeError or ValueError if a field has a wrong value."""
        check_integers(limit=self.limit, offset=self.offset, width=self.width)
        check_choice("sort", self.sort, SORT_ORDERS)
        check_flags(snippets=self.snippets, counterparts=self.counterparts)
        check_choices("facets", self.facets, FACETS)
        return self


def build_page(
    evaluation: Evaluation, request: PageRequest, query_text: str, started: float
) -> Page:
    """Return the page of an evaluated query. ``started`` is the `perf_counter` at its beginning.

    With snippets all hits are made now. Without snippets each hit is made when it is first used.
    """
    offset = max(0, request.offset)
    documents, scores = evaluation.top(request.sort, offset, max(0, request.limit))
    reader = _HitReader(evaluation, request, documents.tolist(), scores.tolist())
    return Page(
        hits=reader.all() if request.snippets else Hits(documents.size, reader.read),
        total=evaluation.matches.documents.size,
        diagnostics=evaluation.diagnostics,
        relaxed=evaluation.relaxed,
        elapsed=time.perf_counter() - started,
        query=query_text,
        offset=offset,
        limit=request.limit,
        facets=_facets(evaluation, request.facets),
    )


def _facets(evaluation: Evaluation, names: Sequence[FacetName]) -> tuple[Facet, ...]:
    if not names:
        return ()
    from search.engine.facets import count

    return count(names, evaluation.matches.documents, evaluation.snapshot)


class _HitReader:
    """Reads the articles of ranked documents and makes hits of them."""

    def __init__(
        self,
        evaluation: Evaluation,
        request: PageRequest,
        documents: Sequence[int],
        scores: Sequence[float],
    ) -> None:
        self._evaluation = evaluation
        self._index = evaluation.snapshot.index
        self._request = request
        self._documents = documents
        self._scores = scores

    def all(self) -> tuple[Hit, ...]:
        """Return the hits of all documents."""
        count = len(self._documents)
        batches = (self._batch(low, low + _BATCH) for low in range(0, count, _BATCH))
        return tuple(chain.from_iterable(batches))

    def read(self, number: int) -> Hit:
        """Return the hit of one document, for use after `Archive.search` has returned."""
        with self._index.guard:
            return self._batch(number, number + 1)[0]

    def _batch(self, low: int, high: int) -> list[Hit]:
        documents = self._documents[low:high]
        # Each step is taken for all documents before the next step, which is faster.
        articles = [*map(Article.from_bytes, [*map(self._index.stored, documents)])]
        pairs = zip(documents, articles, strict=True)
        aligned = self._request.counterparts
        alignments = [*starmap(self._index.alignment, pairs)] if aligned else []
        rank = max(0, self._request.offset) + low + 1
        return self._builder.hits(rank, self._scores[low:high], articles, alignments)

    @lazy
    def _builder(self) -> HitBuilder:
        plan, analyzer = self._evaluation.plan, self._evaluation.analyzer
        linker = self._evaluation.snapshot.linker(analyzer) if self._request.counterparts else None
        width = max(0, self._request.width) if self._request.snippets else 0
        return HitBuilder(plan, analyzer, self._evaluation.idf, width, linker)
