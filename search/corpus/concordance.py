"""Keyword in context, a line for each place of a query's words.

A concordance is counted by the index, and its lines are made of the articles while they are asked
for: however many there are, only those that are being looked at take memory. To sort by the words
beside the keyword, as many lines as are asked for are held, about a kilobyte each.
"""

from __future__ import annotations

import re
import sys
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from heapq import nsmallest
from itertools import islice
from typing import Final, Literal, NamedTuple, get_args

from indexer.analysis import fold
from indexer.analysis.script import HAN, NUMERAL, WORD
from indexer.article import LanguageCode
from indexer.lazy import lazy
from search.corpus.occurrences import Occurrences, ZoneOccurrences
from search.engine.evaluation import Evaluation
from search.engine.order import SortOrder
from search.hit import Spans
from search.passage.cells import character_cells, running_cells
from search.passage.counterpart import counterpart_at

DEFAULT_WINDOW: Final = 40

LineOrder = Literal["date", "-date", "relevance", "left", "right"]
LINE_ORDERS: Final[tuple[LineOrder, ...]] = get_args(LineOrder)


class ConcordanceLine(NamedTuple):
    """A place of a query's words, with what stands around it, all in the original characters.

    ``id`` is the article's. ``keyword`` stands ``start`` characters into paragraph number
    ``paragraph`` (from 1; 0 is the title) of ``language``; ``left`` comes right before it and
    ``right`` right after it, both in the same paragraph. Of words near each other the keyword is
    all from the first to the last; if that runs over paragraphs, a line break parts these.

    ``counterpart`` is what the other language says, in whole sentences, where that was asked for
    and is known well enough; ``counterpart_spans`` is where in it the keyword is rendered.
    """

    id: str
    date: date | None
    language: LanguageCode
    paragraph: int
    start: int
    left: str
    keyword: str
    right: str
    counterpart: str = ""
    counterpart_spans: Spans = ()


class Concordance:
    """The lines of a query, as often as one iterates over it; at most ``limit``, 0 for all.

    ``matching`` articles match; ``relaxed``: none had all of the words, and these have any.
    """

    def __init__(
        self,
        evaluation: Evaluation,
        query: str,
        window: int,
        sort: LineOrder,
        limit: int,
        *,
        bilingual: bool = False,
    ) -> None:
        self.query = query
        self.diagnostics = evaluation.diagnostics
        self.relaxed = evaluation.relaxed
        self.limit = max(0, limit)
        self.matching = evaluation.matches.documents.size
        self._occurrences = Occurrences(evaluation)
        self._documents = evaluation.documents(article_order(sort))
        self._window = max(0, window)
        self._sort = sort
        self._translator = CounterpartAdder(evaluation) if bilingual else None

    @property
    def total(self) -> int:
        """How many lines there are in all; counted when it is first asked for."""
        return self._counts[0]

    @property
    def articles(self) -> int:
        """How many articles they are from."""
        return self._counts[1]

    @lazy
    def _counts(self) -> tuple[int, int]:
        with self._occurrences.guard:
            return self._occurrences.count(self._documents)

    def __iter__(self) -> Iterator[ConcordanceLine]:
        found = self._lines()
        if self._sort not in ("left", "right"):
            return islice(found, min(self.limit, sys.maxsize) or None)
        key = left_key if self._sort == "left" else right_key
        return iter(nsmallest(self.limit, found, key) if self.limit else sorted(found, key=key))

    def _lines(self) -> Iterator[ConcordanceLine]:
        with self._occurrences.guard:
            for passages in self._occurrences.by_zone(self._documents):
                found = context_lines(passages, self._window)
                yield from self._translator.add_to(passages, found) if self._translator else found


class CounterpartAdder:
    """Completes lines by what the other language says."""

    def __init__(self, evaluation: Evaluation) -> None:
        self._index = evaluation.snapshot.index
        self._linker = evaluation.snapshot.linker(evaluation.analyzer)

    def add_to(
        self, passages: ZoneOccurrences, found: Iterable[ConcordanceLine]
    ) -> Iterator[ConcordanceLine]:
        """The lines of some places with their counterparts."""
        article = passages.article
        alignment = self._index.alignment(passages.document, article)
        if passages.is_title:
            title = article.title_en if passages.language == "zh" else article.title_zh
            yield from (line._replace(counterpart=title) for line in found)
            return
        if not alignment:
            yield from found
            return
        for line in found:
            mark = line.start, line.start + len(line.keyword.partition("\n")[0])
            there = counterpart_at(
                article, alignment, self._linker, line.language, line.paragraph - 1, mark
            )
            yield line._replace(counterpart=there.text, counterpart_spans=there.spans)


def context_lines(passages: ZoneOccurrences, window: int) -> Iterator[ConcordanceLine]:
    """The lines of some places, in their order, with so many columns on either side."""
    _, article, language, is_title, text, *places = passages
    for number, low, start, end, high in zip(*(part.tolist() for part in places), strict=True):
        yield ConcordanceLine(
            id=article.id,
            date=article.date,
            language=language,
            paragraph=0 if is_title else number + 1,
            start=start - low,
            left=_left(text, low, start, window),
            keyword=text[start:end],
            right=_right(text, end, high, window),
        )


def _left(text: str, low: int, start: int, cells: int) -> str:
    """The end of a paragraph's text up to ``start``, in so many columns; no part of a word."""
    first = max(low, start - cells)
    piece = text[first:start]
    if not piece.isascii():
        widths = running_cells(piece)
        first += bisect_left(widths, widths[-1] - cells)
        while first > low and first < start and not character_cells(text[first]):
            first += 1  # a mark on a character that is cut off
    if first > low and _in_word(text, first):
        first = text.find(" ", first, start) + 1 or first
    return text[first:start]


def _right(text: str, end: int, high: int, cells: int) -> str:
    """The beginning of a paragraph's text from ``end`` on, likewise."""
    last = min(high, end + cells)
    piece = text[end:last]
    if not piece.isascii():
        last = end + bisect_right(running_cells(piece), cells) - 1
    if last < high and _in_word(text, last):
        blank = text.rfind(" ", end, last)
        last = last if blank < 0 else blank
    return text[end:last]


def _in_word(text: str, place: int) -> bool:
    """Whether a place is inside of a word of a script that has blanks between its words."""
    before, after = text[place - 1], text[place]
    return (
        before.isalnum()
        and after.isalnum()
        and character_cells(before) == 1 == character_cells(after)
    )


def article_order(sort: LineOrder) -> SortOrder:
    """In which order articles are to be read, so that the lines come, or are sorted, in theirs."""
    return "date" if sort == "left" or sort == "right" else sort  # noqa: PLR1714 - for mypy


@cache
def _word() -> re.Pattern[str]:
    return re.compile(f"{WORD}+|[{HAN}{NUMERAL}]")


def left_key(line: ConcordanceLine) -> str:
    """What to sort by for the words to the left: the nearest first; Chinese by characters."""
    return "\n".join(reversed(_word().findall(fold(line.left))))


def right_key(line: ConcordanceLine) -> str:
    """What to sort by for the words to the right, likewise."""
    return "\n".join(_word().findall(fold(line.right)))
