"""Ours, as one engine among its peers; imports the public library."""

from __future__ import annotations

import sys
from pathlib import Path

from bench.peers import LIMIT, Engine
from bench.queries import Kind, Question
from indexer import build_index
from search import open_archive


class Duizhao(Engine):
    """As a reader has it: default settings, the query language, whole articles in the hits."""

    # ruff: noqa: D102 - the methods of Engine
    kinds = frozenset(Kind)

    @classmethod
    def build(cls, source: Path, target: Path, *, text: bool) -> int:
        del text
        return build_index(source, index=target).articles

    def __init__(self, target: Path) -> None:
        self._archive = open_archive(target)

    def search(self, question: Question) -> int:
        page = self._archive.search(
            question.text,
            limit=LIMIT,
            snippets=False,
            match="all",
            sort="-date" if question.kind is Kind.SORTED else "relevance",
        )
        return page.total

    def page(self, question: Question) -> int:
        return self._page(question, counterparts=True)

    def page_in_one_language(self, question: Question) -> int:
        """The same, without what the other language says."""
        return self._page(question, counterparts=False)

    def _page(self, question: Question, *, counterparts: bool) -> int:
        page = self._archive.search(
            question.text, limit=LIMIT, match="all", counterparts=counterparts
        )
        return sum(len(hit.snippets) for hit in page)

    def close(self) -> None:
        self._archive.close()

    @classmethod
    def cold(cls, target: Path, question: Question | None) -> list[str]:
        if question is None:
            return [sys.executable, "-m", "search", "--help"]
        return [sys.executable, "-m", "search", "search", question.text, "--index", str(target)]


ENGINE = Duizhao
