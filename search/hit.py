"""What a search gives: frozen data, without markup."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal, get_args, overload

from indexer.article import Article, LanguageCode
from search.language.query import Diagnostic

Spans = tuple[tuple[int, int], ...]
FacetName = Literal["year", "month", "page", "column", "section", "author", "language"]
FACETS: Final[tuple[FacetName, ...]] = get_args(FacetName)


@dataclass(frozen=True, slots=True)
class Snippet:
    """A fragment of an article's text, in the original characters.

    It is ``text``, which begins ``start`` characters into paragraph number ``paragraph`` (from 1)
    of that language; ``spans`` are the places in ``text`` of the words that match, in order and
    apart from each other. ``cut_before`` and ``cut_after``: the paragraph goes on there.

    ``counterpart`` is what it says in the other language: the sentences that its sentences are
    aligned with, a snippet for each paragraph of theirs. ``spans`` are there the words that render
    those that match, where this is known well, and those that match themselves. Empty where there
    is no translation, or it is not known well enough which it is.
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
    """An article that matches; ``rank`` counts from 1 through all pages."""

    rank: int
    score: float
    article: Article
    snippets: tuple[Snippet, ...]
    title_spans_en: Spans
    title_spans_zh: Spans


class Hits(Sequence[Hit]):
    """Hits of which each is made when it is first looked at."""

    def __init__(self, count: int, make: Callable[[int], Hit]) -> None:
        self._numbers = range(count)
        self._make = cache(make)

    def __len__(self) -> int:
        return len(self._numbers)

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
    """How many of all matches have each value of something: (value, count).

    Of "year" (1953), "month" (1953-10) and "page" in their order; of "column", "section", "author"
    and "language" ("both", "en" or "zh") the most frequent first. Values that no match has, and
    matches without a value, are left out.
    """

    name: str
    counts: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Page:
    """The hits from ``offset`` on, at most ``limit``, of ``total`` in all.

    ``relaxed``: no article had all of the words, and these have any of them. ``elapsed`` is in
    seconds. ``facets`` are those that were asked for.
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
