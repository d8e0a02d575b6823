"""Hits: articles with their titles, snippets and counterparts, in which the matches are marked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from indexer.align import Alignment
from indexer.analysis import Analyzer
from indexer.article import LANGUAGES, Article
from search.hit import Hit
from search.passage.article_text import ArticleText
from search.passage.counterpart import CounterpartFinder
from search.passage.highlight import Highlighter
from search.passage.snippet import SnippetBuilder, mark_spans
from search.passage.targets import targets
from search.plan.intervals import Interval
from search.plan.nodes import Plan

if TYPE_CHECKING:
    from indexer.lexicon import Linker

DEFAULT_WIDTH: Final = 240  # cells


class HitBuilder:
    """Makes hits of the articles that a plan has found.

    ``idf`` returns the weight of an interval in some fields. ``width`` is the maximum width of a
    snippet in cells; 0 means no snippets. A ``linker`` marks the renderings of the matches in
    counterparts.
    """

    def __init__(
        self,
        plan: Plan,
        analyzer: Analyzer,
        idf: Callable[[Interval, Sequence[str]], float],
        width: int = DEFAULT_WIDTH,
        linker: Linker | None = None,
    ) -> None:
        found = list(dict.fromkeys(targets(plan)))
        fields = {field for target in found for field in target.fields}
        searched = [code for code in LANGUAGES if any(f.endswith(f"_{code}") for f in fields)]
        self._highlighter = Highlighter(found, analyzer)
        self._snippets = SnippetBuilder(
            width,
            lambda number: idf(found[number].interval, found[number].fields),
            frozenset(searched or LANGUAGES),
        )
        self._width = width
        self._counterparts = CounterpartFinder(width, linker)

    def hits(
        self,
        rank: int,
        scores: Sequence[float],
        articles: Sequence[Article],
        alignments: Sequence[Alignment | None] = (),
    ) -> list[Hit]:
        """Return the hits of some articles. The first one has the given ``rank``.

        With ``alignments``, one for each article, the snippets get counterparts. Each step is taken
        for all articles before the next step, so that it finds the caches of the processor warm.
        """
        highlight = self._highlighter.highlight
        chinese = [highlight(ArticleText("zh", a.title_zh, a.paragraphs_zh)) for a in articles]
        english = [highlight(ArticleText("en", a.title_en, a.paragraphs_en)) for a in articles]
        sides = [*zip(chinese, english, strict=True)]
        snippets = [[*self._snippets.snippets(pair)] if self._width else [] for pair in sides]
        for found, pair, alignment in zip(snippets, sides, alignments, strict=False):
            if alignment:
                found[:] = [self._counterparts.with_counterpart(s, alignment, *pair) for s in found]
        return [
            Hit(
                rank=number,
                score=score,
                article=article,
                snippets=tuple(found),
                title_spans_en=mark_spans(en.title),
                title_spans_zh=mark_spans(zh.title),
            )
            for number, (score, article, found, (zh, en)) in enumerate(
                zip(scores, articles, snippets, sides, strict=True), rank
            )
        ]
