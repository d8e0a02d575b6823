"""Concordances as text for readers and as tables for programs.

A line is the date, what stands to the left, the keyword, what stands to the right, and where that
is. The keyword begins at the same column in each, whatever the characters are; blanks and line
breaks are one blank, so the two blanks beside the keyword are unmistakable.

The table is CSV (RFC 4180): id, date, language, paragraph, start, left, keyword, right and, if
asked for, counterpart, with one blank likewise. What a spreadsheet would take for a formula, as it
begins with = + - or @, has a ' before it there. Control characters get through in neither.
"""

from __future__ import annotations

import csv
import io
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from typing import Final

from search.corpus.concordance import DEFAULT_WINDOW, Concordance, ConcordanceLine
from search.passage.cells import running_cells, text_cells
from search.render.terminal import MATCH, Style, marked_lines, plain

# What is said of a place takes as many columns as a date.
_DATE: Final = 10
# The places stand in a column, as long as keywords do not take more columns than these.
_KEYWORD: Final = 12
_GUTTER: Final = "  "
# About what a place takes, for what is left of a terminal's width.
_PLACE: Final = 28
_MIN_WINDOW: Final = 12
_MAX_WINDOW: Final = 60

_BLANKS = re.compile(r"\s+")
# The columns of the table; after them comes the counterpart, where there is one.
_FIELD_COUNT: Final = ConcordanceLine._fields.index("counterpart")
_FORMULA: Final = ("=", "+", "-", "@")


def window_for(width: int | None) -> int:
    """How many columns on either side of the keyword a terminal of some width has, if it is one."""
    if width is None:
        return DEFAULT_WINDOW
    taken = _DATE + _KEYWORD + _PLACE + 4 * len(_GUTTER)
    return min(max((width - taken) // 2, _MIN_WINDOW), _MAX_WINDOW)


def concordance_lines(lines: Iterable[ConcordanceLine], window: int, style: Style) -> Iterator[str]:
    """The lines, of contexts of at most ``window`` columns, each with its counterpart below it."""
    for line in lines:
        keyword, right = _clean(line.keyword).strip(), _fitting(_clean(line.right).strip(), window)
        room = window + _KEYWORD - text_cells(keyword) - text_cells(right)
        yield _GUTTER.join(
            (
                f"{line.date.isoformat() if line.date else '':{_DATE}}",
                _at_the_right(_clean(line.left).strip(), window),
                style.paint(MATCH, keyword),
                right + " " * room,
                source_of(line),
            )
        )
        if line.counterpart:
            label = " " * _DATE + _GUTTER
            spans = line.counterpart_spans
            yield from marked_lines(line.counterpart, spans, style, f"{label}= ", f"{label}  ")


def source_of(line: ConcordanceLine) -> str:
    """Where a line is from: the article and the paragraph."""
    part = f"¶{line.paragraph}" if line.paragraph else "title"
    return f"{plain(line.id)} {part}"


def csv_lines(lines: Iterable[ConcordanceLine], *, bilingual: bool = False) -> Iterator[str]:
    """The table: a row of names, then one for each line; a line feed is still to end each."""
    field_count = _FIELD_COUNT + bilingual
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r")
    writer.writerow(ConcordanceLine._fields[:field_count])
    yield out.getvalue()
    for line in lines:
        out.seek(0)
        out.truncate()
        cells = line[:field_count]
        writer.writerow([_cell(value) if isinstance(value, str) else value for value in cells])
        yield out.getvalue()


def summary(concordance: Concordance) -> str:
    """How many lines there are, and how many of them are shown; one line."""
    if not concordance.total:
        if not concordance.matching:
            return "nothing found"
        articles = number(concordance.matching, "article matches", "articles match")
        return f"{articles}, but the query asks for no words of their titles and texts"
    shown = concordance.limit or concordance.total
    head = "no article has all of these words; " if concordance.relaxed else ""
    tail = f", {shown:,} shown" if shown < concordance.total else ""
    lines = number(concordance.total, "line", "lines")
    return f"{head}{lines} in {number(concordance.articles, 'article', 'articles')}{tail}"


def number(count: int, singular: str, plural: str) -> str:
    """A count with what is counted."""
    return f"{count:,} {singular if count == 1 else plural}"


def _clean(text: str) -> str:
    return plain(_BLANKS.sub(" ", text))


def _cell(text: str) -> str:
    text = _clean(text)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _at_the_right(text: str, width: int) -> str:
    """The end of a text, after as many blanks as make it so many columns."""
    widths = running_cells(text)
    text = text[bisect_left(widths, widths[-1] - width) :]
    return " " * (width - text_cells(text)) + text


def _fitting(text: str, width: int) -> str:
    """The beginning of a text in so many columns."""
    return text[: bisect_right(running_cells(text), width) - 1]
