"""Hits made of articles: titles and the best passages, with what matches in them marked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from sys import maxsize
from typing import TYPE_CHECKING, Final

from indexer.align import Alignment
from indexer.analysis import Analyzer
from indexer.article import Article, LanguageCode
from search.hit import Hit, Snippet, Spans
from search.passage.counterpart import CounterpartFinder
from search.passage.fragment import fragment
from search.passage.highlight import ArticleText, Highlighter, Highlights, Mark, merged, targets
from search.passage.window import WindowSelector, better
from search.plan.intervals import Interval
from search.plan.nodes import Plan

if TYPE_CHECKING:
    from indexer.lexicon import Linker

DEFAULT_WIDTH: Final = 240
MAX_SNIPPETS: Final = 2
LANGUAGES: Final[tuple[LanguageCode, ...]] = ("zh", "en")


class HitBuilder:
    """Makes hits of the articles that a plan has found.

    ``rarity`` weighs a place in its fields; ``width`` is that of a snippet in columns, 0 for none.
    With a ``linker`` the words that render those which match are marked in counterparts.
    """

    def __init__(
        self,
        plan: Plan,
        analyzer: Analyzer,
        rarity: Callable[[Interval, Sequence[str]], float],
        width: int = DEFAULT_WIDTH,
        linker: Linker | None = None,
    ) -> None:
        sought = list(dict.fromkeys(targets(plan)))
        searched = {field[-2:] for target in sought for field in target.fields}
        self._languages = searched.intersection(LANGUAGES) or LANGUAGES
        self._highlighter = Highlighter(sought, analyzer)
        self._selector = WindowSelector(
            width, lambda i: rarity(sought[i].interval, sought[i].fields)
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
        """The hits of articles, of which the first has the ``rank``.

        ``alignments`` are those of the articles, for counterparts. A step is taken for all of the
        articles before the next: so the caches of the processor serve it.
        """
        look = self._highlighter.highlight
        chinese = [look(ArticleText("zh", a.title_zh, a.paragraphs_zh)) for a in articles]
        english = [look(ArticleText("en", a.title_en, a.paragraphs_en)) for a in articles]
        sides = [*zip(chinese, english, strict=True)]
        snippets = [[*self._snippets(*pair)] if self._width else [] for pair in sides]
        for found, pair, alignment in zip(snippets, sides, alignments, strict=False):
            if alignment:
                found[:] = [self._counterparts.with_counterpart(s, alignment, *pair) for s in found]
        return [
            Hit(
                rank=number,
                score=score,
                article=article,
                snippets=tuple(found),
                title_spans_en=_spans(en.title),
                title_spans_zh=_spans(zh.title),
            )
            for number, (score, article, found, (zh, en)) in enumerate(
                zip(scores, articles, snippets, sides, strict=True), rank
            )
        ]

    def _snippets(self, *sides: Highlights) -> Iterator[Snippet]:
        """The best passages of the texts that match, or else how those searched begin."""
        matching = [side for side in sides if side.body]
        for side in matching:
            yield from self._passages(side, MAX_SNIPPETS // len(matching))
        if not matching:
            for side in sides:
                text = side.text
                if text.paragraphs and text.language in self._languages:
                    yield self._snippet(side, (text.body, text.body))

    def _passages(self, side: Highlights, most: int) -> Iterator[Snippet]:
        """The best passage, and if ``most`` allows, one that adds words which the best lacks."""
        text = side.text
        best, marks = self._selector.best(side)
        snippet = self._snippet(side, self._selector.core_span(text, best))
        yield snippet
        if most == 1:
            return
        start = text.paragraph_start(best.marks[0][0]) + snippet.start
        end = start + len(snippet.text)
        shown = {target for _, _, target in side.marks_between(start, end)}
        if shown.issuperset([target for _, _, target in marks]):
            return
        earlier = self._selector.best_addition(text, [m for m in marks if m[1] <= start], shown)
        later = self._selector.best_addition(text, [m for m in marks if m[0] >= end], shown)
        if other := better(earlier, later):
            part = (0, start) if other is earlier else (end, len(text.whole))
            yield self._snippet(side, self._selector.core_span(text, other), *part)

    def _snippet(
        self, side: Highlights, core: tuple[int, int], low: int = 0, high: int = maxsize
    ) -> Snippet:
        """The ``core`` and what fits around it from ``low`` to ``high``, with all that matches."""
        text = side.text
        number = text.paragraph_number(core[0])
        paragraph = text.paragraphs[number - 1]
        origin = text.paragraph_start(core[0])
        start, end = fragment(
            paragraph,
            core[0] - origin,
            core[1] - origin,
            self._width,
            max(0, low - origin),
            min(len(paragraph), high - origin),
        )
        return Snippet(
            language=text.language,
            paragraph=number,
            start=start,
            text=paragraph[start:end],
            spans=_spans(side.marks_between(start + origin, end + origin), start + origin),
            cut_before=start > 0,
            cut_after=end < len(paragraph),
        )


def _spans(marks: Sequence[Mark], origin: int = 0) -> Spans:
    return merged((start - origin, end - origin) for start, end, _ in marks) if marks else ()
