"""What a search gives: frozen data, without markup; imports indexer.article and query."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from indexer.article import Article
from search.query import Diagnostic

Spans = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Snippet:
    """A fragment of an article's text, in the original characters.

    It is ``text``, which begins ``start`` characters into paragraph number ``paragraph`` (from 1)
    of that language; ``spans`` are the places in ``text`` of the words that match, in order and
    apart from each other. ``cut_before`` and ``cut_after``: the paragraph goes on there.
    """

    language: Literal["en", "zh"]
    paragraph: int
    start: int
    text: str
    spans: Spans
    cut_before: bool
    cut_after: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that matches; ``rank`` counts from 1 through all pages."""

    rank: int
    score: float
    article: Article
    snippets: tuple[Snippet, ...]
    title_spans_en: Spans
    title_spans_zh: Spans


@dataclass(frozen=True, slots=True)
class Page:
    """The hits from ``offset`` on, at most ``limit``, of ``total`` in all.

    ``relaxed``: no article had all of the words, and these have any of them. ``elapsed`` is in
    seconds.
    """

    hits: tuple[Hit, ...]
    total: int
    diagnostics: tuple[Diagnostic, ...]
    relaxed: bool
    elapsed: float
    query: str
    offset: int
    limit: int

    def __iter__(self) -> Iterator[Hit]:
        return iter(self.hits)

    def __len__(self) -> int:
        return len(self.hits)
