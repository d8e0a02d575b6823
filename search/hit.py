"""The results of a search, as frozen data without markup."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal, NoReturn, get_args, overload

from indexer.article import Article, LanguageCode
from search.language.query import Diagnostic

# Ranges of characters in a text, (start, end) with end exclusive; sorted, and none overlap.
Spans = tuple[tuple[int, int], ...]
FacetName = Literal["year", "month", "page", "column", "section", "author", "language"]
FACETS: Final[tuple[FacetName, ...]] = get_args(FacetName)


@dataclass(frozen=True, slots=True)
class Snippet:
    """A fragment of a paragraph of an article, in the original characters.

    ``text`` begins ``start`` characters after the start of the paragraph with the number
    ``paragraph`` (from 1) of ``language``. ``spans`` are the ranges of ``text`` that match the
    query. ``cut_before`` and ``cut_after`` say whether the paragraph continues there.

    ``counterpart`` is the same passage in the other language: the sentences that are aligned with
    the sentences of this snippet, one snippet for each paragraph they are in. The ``spans`` of a
    counterpart are the words that translate the matching words, where the lexicon is sure of them,
    and words that match the query themselves. ``counterpart`` is empty if there is no translation,
    or if the alignment is not confident.
    """

    language: LanguageCode
    paragraph: int
    start: int
    text: str
    spans: Spans
    cut_before: bool
    cut_after: bool
    counterpart: tuple[Snippet, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that matches a query.

    ``rank`` counts from 1 across all pages. ``score`` is the relevance; it is 0 for a query without
    words, such as a date. Only in the order of relevance does it include the bonus for words that
    are near each other. ``title_spans_en`` and ``title_spans_zh`` are the ranges of the two titles
    that match.
    """

    rank: int
    score: float
    article: Article
    snippets: tuple[Snippet, ...]
    title_spans_en: Spans
    title_spans_zh: Spans


class Hits(Sequence[Hit]):
    """A sequence that makes each hit when it is first read, and keeps it."""

    def __init__(self, count: int, make: Callable[[int], Hit]) -> None:
        self._numbers = range(count)
        self._make = cache(make)

    def __len__(self) -> int:
        return len(self._numbers)

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "hits that are made when they are read cannot be pickled: pass tuple(page.hits)"
        )

    @overload
    def __getitem__(self, index: int) -> Hit: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Hit, ...]: ...

    def __getitem__(self, index: int | slice) -> Hit | tuple[Hit, ...]:
        if isinstance(index, slice):
            return tuple(map(self._make, self._numbers[index]))
        return self._make(self._numbers[index])


@dataclass(frozen=True, slots=True)
class Facet:
    """The number of matches for each value of ``name``, as pairs of value and count.

    All matches are counted, not only those of a page. The values of "year" (as "1953"), "month"
    ("1953-10") and "page" are sorted. Columns, sections and authors come in the order of falling
    counts. A language is "both", "en" or "zh", in this order. Matches without a value are not
    counted, and values without a match are left out.
    """

    name: str
    counts: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the results of a search: the hits from ``offset`` on, at most ``limit``.

    ``total`` is the number of all matches. ``diagnostics`` list the parts of the ``query`` that the
    search changed, ignored or limited. ``relaxed``: no article has all words of the query, and
    these have any of them. ``elapsed`` is the time of the search in seconds. ``facets`` are in the
    order in which they were requested. A page has a length, and iterates over its hits.
    """

    hits: Sequence[Hit]
    total: int
    diagnostics: tuple[Diagnostic, ...]
    relaxed: bool
    elapsed: float
    query: str
    offset: int
    limit: int
    facets: tuple[Facet, ...] = ()

    def __iter__(self) -> Iterator[Hit]:
        return iter(self.hits)

    def __len__(self) -> int:
        return len(self.hits)
