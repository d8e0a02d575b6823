"""Snippets: the best passages of an article, or its beginnings if no passage matches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from sys import maxsize
from typing import Final

from indexer.article import LanguageCode
from search.hit import Snippet, Spans
from search.passage.fragment import fragment
from search.passage.highlight import Highlights, Mark, merge_spans
from search.passage.window import WindowSelector, better

MAX_SNIPPETS: Final = 2  # for each article


class SnippetBuilder:
    """Makes snippets of at most ``width`` cells.

    ``weigh`` returns the weight of a target, given its number. ``languages`` are those that the
    query searches.
    """

    def __init__(
        self, width: int, weigh: Callable[[int], float], languages: frozenset[LanguageCode]
    ) -> None:
        self._width = width
        self._selector = WindowSelector(width, weigh)
        self._languages = languages

    def snippets(self, sides: Sequence[Highlights]) -> Iterator[Snippet]:
        """Yield the best passages of the texts of an article, given their highlights.

        If no text has a match in its body, yield the beginnings of those in the languages searched.
        """
        matching = [side for side in sides if side.body]
        for side in matching:
            yield from self._passages(side, MAX_SNIPPETS // len(matching))
        if not matching:
            for side in sides:
                text = side.text
                if text.paragraphs and text.language in self._languages:
                    yield self._snippet(side, (text.body, text.body))

    def _passages(self, side: Highlights, limit: int) -> Iterator[Snippet]:
        """Yield the best passage, and a second one if ``limit`` is 2 and it adds a target."""
        text = side.text
        best, marks = self._selector.best(side)
        snippet = self._snippet(side, self._selector.core_span(text, best))
        yield snippet
        if limit == 1:
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
        """Return a snippet with the span ``core``, and the text around it from low to high.

        All offsets are characters of `ArticleText.whole`.
        """
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
            spans=mark_spans(side.marks_between(start + origin, end + origin), start + origin),
            cut_before=start > 0,
            cut_after=end < len(paragraph),
        )


def mark_spans(marks: Sequence[Mark], origin: int = 0) -> Spans:
    """Return the merged spans of some marks, relative to the offset ``origin``."""
    return merge_spans((start - origin, end - origin) for start, end, _ in marks) if marks else ()
