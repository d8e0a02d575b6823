"""Hits made of articles: titles and the best passages, with what matches in them marked.

Imports hit, highlight, plan, fragment, columns and the index contract. A passage is chosen by the
rarity of the different words in it, then by how many there are, then by its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Final, Literal, NamedTuple

from indexer.analysis import Analyzer
from indexer.article import Article
from search.columns import running_width
from search.fragment import fragment
from search.highlight import Mark, Target, characters, marks, targets
from search.hit import Hit, Snippet, Spans
from search.place import Place
from search.plan import Plan

DEFAULT_WIDTH: Final = 240
MOST_SNIPPETS: Final = 2

Language = Literal["en", "zh"]
LANGUAGES: Final[tuple[Language, ...]] = ("zh", "en")
# About how many columns a word takes with its blank, and a Chinese character.
_COLUMNS_A_POSITION: Final[dict[Language, int]] = {"zh": 2, "en": 6}


class Presenter:
    """Makes hits of the articles that a plan has found.

    ``rarity`` weighs a place in its fields; ``width`` is that of a snippet in columns, 0 for none.
    """

    def __init__(
        self,
        plan: Plan,
        analyzer: Analyzer,
        rarity: Callable[[Place, Sequence[str]], float],
        width: int = DEFAULT_WIDTH,
    ) -> None:
        self._targets = list(dict.fromkeys(targets(plan)))
        self._analyzer = analyzer
        self._rarity = rarity
        self._width = width

    @cached_property
    def _weighed(self) -> list[Target]:
        """The targets with how much each tells, which only the choice of passages asks for."""
        return [replace(t, weight=self._rarity(t.place, t.fields)) for t in self._targets]

    def hit(self, rank: int, score: float, article: Article) -> Hit:
        """The hit of an article."""
        return Hit(
            rank=rank,
            score=score,
            article=article,
            snippets=tuple(self._snippets(article)) if self._width else (),
            title_spans_en=self._title_spans("title_en", article.title_en),
            title_spans_zh=self._title_spans("title_zh", article.title_zh),
        )

    def _marks(self, field: str, paragraphs: Sequence[str]) -> list[Mark]:
        """Where the targets of a field stand in it, in order."""
        sought = [(i, t.place) for i, t in enumerate(self._targets) if field in t.fields]
        return marks(paragraphs, sought, self._analyzer) if sought and any(paragraphs) else []

    def _title_spans(self, field: str, title: str) -> Spans:
        found = self._marks(field, (title,))
        return _merged(characters(title, found, self._analyzer)) if found else ()

    def _snippets(self, article: Article) -> Iterator[Snippet]:
        bodies = {"en": article.paragraphs_en, "zh": article.paragraphs_zh}
        found = {
            language: held
            for language in LANGUAGES
            if (held := self._marks(f"body_{language}", bodies[language]))
        }
        for language, held in found.items():
            yield from self._passages(language, bodies[language], held, MOST_SNIPPETS // len(found))
        if not found:
            for language in self._languages():
                for text in bodies[language][:1]:
                    yield self._snippet(_Stretch(language, 0, text, {}, 0, len(text)), [])

    def _languages(self) -> Sequence[Language]:
        """Those whose texts are searched; both, where none is."""
        endings = {field[-2:] for target in self._targets for field in target.fields}
        return [language for language in LANGUAGES if language in endings] or LANGUAGES

    def _passages(
        self, language: Language, paragraphs: Sequence[str], found: list[Mark], most: int
    ) -> Iterator[Snippet]:
        """The best passage, and if ``most`` allows, one that adds words which the best lacks."""
        best = max(self._windows(language, found), key=self._worth)
        stretch = self._stretch(language, paragraphs, best, found)
        snippet = self._snippet(stretch, best.marks)
        yield snippet
        if most == 1:
            return
        before, shown, after = stretch.parts(snippet)
        earlier = [m for m in found if m.paragraph < best.number or m in before]
        later = [m for m in found if m.paragraph > best.number or m in after]
        windows = self._windows(language, earlier) + self._windows(language, later)
        other = self._addition(windows, {mark.target for mark in shown})
        if other is None:
            return
        if other.number != best.number:
            stretch = self._stretch(language, paragraphs, other, found)
        elif other.marks[0] in before:
            stretch = stretch._replace(high=snippet.start)
        else:
            stretch = stretch._replace(low=snippet.start + len(snippet.text))
        yield self._snippet(stretch, other.marks)

    def _windows(self, language: Language, marks: list[Mark]) -> list[_Window]:
        """For each mark, the window that it begins: what should fit into a snippet with it."""
        reach = self._width * 2 // 3 // _COLUMNS_A_POSITION[language]  # the rest is for context
        extents = [(m.paragraph << 32 | m.start, m.paragraph << 32 | m.end) for m in marks]
        return [_Window(marks[i:end]) for i, end in _within_reach(extents, reach)]

    def _worth(self, window: _Window) -> tuple[float, int]:
        return self._weight(window.targets), len(window.marks)

    def _addition(self, windows: list[_Window], seen: set[int]) -> _Window | None:
        """The window that adds most to what was seen, if any adds anything."""
        return max(
            (window for window in windows if window.targets - seen),
            key=lambda window: (self._weight(window.targets - seen), *self._worth(window)),
            default=None,
        )

    def _weight(self, chosen: Iterable[int]) -> float:
        return sum(self._weighed[i].weight for i in chosen)

    def _stretch(
        self, language: Language, paragraphs: Sequence[str], window: _Window, found: list[Mark]
    ) -> _Stretch:
        """The whole paragraph in which a window is."""
        text = paragraphs[window.number]
        marks = [mark for mark in found if mark.paragraph == window.number]
        spans = dict(zip(marks, characters(text, marks, self._analyzer), strict=True))
        return _Stretch(language, window.number, text, spans, 0, len(text))

    def _snippet(self, stretch: _Stretch, marks: Sequence[Mark]) -> Snippet:
        """The marks, as far as they fit, with what fits around them; all that matches is marked."""
        first, last = self._core(stretch, marks) if marks else (0, 0)
        low, high = stretch.low, stretch.high
        start, end = fragment(stretch.text[low:high], first - low, last - low, self._width)
        start, end = start + low, end + low
        inside = [
            (a - start, b - start) for a, b in stretch.spans.values() if start <= a and b <= end
        ]
        return Snippet(
            language=stretch.language,
            paragraph=stretch.number + 1,
            start=start,
            text=stretch.text[start:end],
            spans=_merged(inside),
            cut_before=start > 0,
            cut_after=end < len(stretch.text),
        )

    def _core(self, stretch: _Stretch, marks: Sequence[Mark]) -> tuple[int, int]:
        """The characters from the first to the last of those marks that fit best."""
        columns = running_width(stretch.text)
        spans = [stretch.spans[mark] for mark in marks]
        reach = _within_reach([(columns[a], columns[b]) for a, b in spans], self._width)
        i, end = max(reach, key=lambda part: self._worth(_Window(marks[slice(*part)])))
        return spans[i][0], max(b for _, b in spans[i:end])


class _Window(NamedTuple):
    """Neighbouring marks of one paragraph that should fit into a snippet."""

    marks: Sequence[Mark]

    @property
    def number(self) -> int:
        return self.marks[0].paragraph

    @property
    def targets(self) -> set[int]:
        return {mark.target for mark in self.marks}


class _Stretch(NamedTuple):
    """What may be shown of a paragraph, from ``low`` to ``high``; its marks, in characters."""

    language: Language
    number: int
    text: str
    spans: dict[Mark, tuple[int, int]]
    low: int
    high: int

    def parts(self, snippet: Snippet) -> tuple[set[Mark], set[Mark], set[Mark]]:
        """The marks before a snippet of it, in it, and after it; not those that it cuts."""
        start, end = snippet.start, snippet.start + len(snippet.text)
        spans = self.spans.items()
        return (
            {mark for mark, (_, last) in spans if last <= start},
            {mark for mark, (first, last) in spans if start <= first and last <= end},
            {mark for mark, (first, _) in spans if first >= end},
        )


def _within_reach(extents: Sequence[tuple[int, int]], reach: int) -> Iterator[tuple[int, int]]:
    """For each extent i, (i, end): it and those after it, up to ``end``, reach no further."""
    end = 0
    for i, (start, _) in enumerate(extents):
        end = max(end, i + 1)
        while end < len(extents) and extents[end][1] - start <= reach:
            end += 1
        yield i, end


def _merged(spans: Iterable[tuple[int, int]]) -> Spans:
    """The spans in order, those that overlap or touch as one."""
    result: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if result and start <= result[-1][1]:
            result[-1] = result[-1][0], max(end, result[-1][1])
        else:
            result.append((start, end))
    return tuple(result)
