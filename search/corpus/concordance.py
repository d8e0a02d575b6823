"""Concordances: one line for each occurrence of a query's words, with its context (KWIC).

Lines are counted by the index alone, and made from the articles while one iterates over them. So
only the current line takes memory, unless lines are sorted by the words beside the keyword: then
all lines up to the limit are kept, about a kilobyte each.
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
from typing import Final, Literal, NamedTuple, NoReturn, get_args

from indexer.analysis import fold
from indexer.analysis.script import HAN, NUMERAL, WORD
from indexer.article import DatePrecision, LanguageCode
from indexer.lazy import lazy
from search.corpus.occurrences import Occurrences, ZoneOccurrences
from search.engine.evaluation import Evaluation
from search.engine.order import SortOrder
from search.hit import Spans
from search.passage.cells import character_cells, running_cells
from search.passage.counterpart import counterpart_at

DEFAULT_WINDOW: Final = 40  # cells

LineOrder = Literal["date", "-date", "relevance", "left", "right"]
LINE_ORDERS: Final[tuple[LineOrder, ...]] = get_args(LineOrder)


class ConcordanceLine(NamedTuple):
    """One occurrence of a query's words with its context, in the original characters.

    ``id`` is the ID of the article. The ``keyword`` begins ``start`` characters into paragraph
    number ``paragraph`` (counted from 1; 0 is the title) of the given ``language``. ``left`` is the
    text directly before it and ``right`` the text directly after it, in the same paragraph. If the
    query asks for words near each other, the keyword extends from the first to the last of them;
    line breaks separate its paragraphs.

    ``counterpart`` is the translation in whole sentences, and ``counterpart_spans`` are the
    renderings of the keyword in it. Both are empty if they were not requested or if the alignment
    is not confident.
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
    date_precision: DatePrecision = "day"


class Concordance:
    """The lines of a query. One may iterate over them several times.

    ``limit`` is the maximum number of lines; 0 means all. ``matching`` is the number of articles
    that match. ``relaxed``: no article has all words, and these have any of them.
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
        self._counterparts = CounterpartAdder(evaluation) if bilingual else None

    @property
    def total(self) -> int:
        """The number of all lines. They are counted at the first access."""
        return self._counts[0]

    @property
    def articles(self) -> int:
        """The number of articles that have lines."""
        return self._counts[1]

    @lazy
    def _counts(self) -> tuple[int, int]:
        with self._occurrences.guard:
            return self._occurrences.count(self._documents)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Concordance reads the index, so it cannot be pickled: pass list(it)")

    def __iter__(self) -> Iterator[ConcordanceLine]:
        lines = self._lines()
        if self._sort not in ("left", "right"):
            return islice(lines, min(self.limit, sys.maxsize) or None)
        key = left_key if self._sort == "left" else right_key
        return iter(nsmallest(self.limit, lines, key) if self.limit else sorted(lines, key=key))

    def _lines(self) -> Iterator[ConcordanceLine]:
        with self._occurrences.guard:
            for zone in self._occurrences.by_zone(self._documents):
                lines = context_lines(zone, self._window)
                yield from self._counterparts.add_to(lines, zone) if self._counterparts else lines


class CounterpartAdder:
    """Adds counterparts to the lines of a concordance."""

    def __init__(self, evaluation: Evaluation) -> None:
        self._index = evaluation.snapshot.index
        self._linker = evaluation.snapshot.linker(evaluation.analyzer)

    def add_to(
        self, lines: Iterable[ConcordanceLine], zone: ZoneOccurrences
    ) -> Iterator[ConcordanceLine]:
        """Yield the lines of a zone with their counterparts. Titles translate each other."""
        article = zone.article
        alignment = self._index.alignment(zone.document, article)
        if zone.is_title:
            title = article.title_en if zone.language == "zh" else article.title_zh
            yield from (line._replace(counterpart=title) for line in lines)
            return
        if not alignment:
            yield from lines
            return
        for line in lines:
            span = line.start, line.start + len(line.keyword.partition("\n")[0])
            found = counterpart_at(
                article, alignment, self._linker, line.language, line.paragraph - 1, span
            )
            yield line._replace(counterpart=found.text, counterpart_spans=found.spans)


def context_lines(zone: ZoneOccurrences, window: int) -> Iterator[ConcordanceLine]:
    """Yield the lines of a zone, with at most ``window`` cells of context on each side."""
    article, text = zone.article, zone.text
    for number, paragraph_start, start, end, paragraph_end in zone.spans():
        yield ConcordanceLine(
            id=article.id,
            date=article.date,
            date_precision=article.date_precision,
            language=zone.language,
            paragraph=0 if zone.is_title else number + 1,
            start=start - paragraph_start,
            left=left_context(text, paragraph_start, start, window),
            keyword=text[start:end],
            right=right_context(text, end, paragraph_end, window),
        )


def left_context(text: str, low: int, start: int, cells: int) -> str:
    """Return the text from ``low`` to ``start``, cut at its left to ``cells`` and whole words."""
    first = max(low, start - cells)
    part = text[first:start]
    if not part.isascii():
        sums = running_cells(part)
        first += bisect_left(sums, sums[-1] - cells)
        while first > low and first < start and not character_cells(text[first]):
            first += 1  # a mark whose character is cut off
    if first > low and _in_word(text, first):
        first = text.find(" ", first, start) + 1 or first
    return text[first:start]


def right_context(text: str, end: int, high: int, cells: int) -> str:
    """Return the text from ``end`` to ``high``, cut at its right to ``cells`` and whole words."""
    last = min(high, end + cells)
    part = text[end:last]
    if not part.isascii():
        last = end + bisect_right(running_cells(part), cells) - 1
    if last < high and _in_word(text, last):
        blank = text.rfind(" ", end, last)
        last = last if blank < 0 else blank
    return text[end:last]


def _in_word(text: str, offset: int) -> bool:
    """Whether an offset is inside of a word, in a script that has blanks between words."""
    before, after = text[offset - 1], text[offset]
    return (
        before.isalnum()
        and after.isalnum()
        and character_cells(before) == 1 == character_cells(after)
    )


def article_order(sort: LineOrder) -> SortOrder:
    """Return the order in which articles are read. Lines are sorted afterwards if necessary."""
    return "date" if sort == "left" or sort == "right" else sort  # noqa: PLR1714 - for mypy


@cache
def _word() -> re.Pattern[str]:
    return re.compile(f"{WORD}+|[{HAN}{NUMERAL}]")


def left_key(line: ConcordanceLine) -> str:
    """Return the sort key for the words to the left, the nearest first; Chinese by character."""
    return "\n".join(reversed(_word().findall(fold(line.left))))


def right_key(line: ConcordanceLine) -> str:
    """Return the sort key for the words to the right, the nearest first; Chinese by character."""
    return "\n".join(_word().findall(fold(line.right)))
