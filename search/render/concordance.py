"""Concordances: lines for readers, and CSV for other programs.

A line for readers consists of the date, the text to the left, the keyword, the text to the right,
the article and the paragraph. The keyword begins at the same cell of every line, whatever the
characters are. Runs of blanks and line breaks are printed as one blank, so the two blanks beside
the keyword stand out. On a narrow terminal the date and the article take a line of their own; on a
wider one, only an article does that is too long.

CSV (RFC 4180) has the fields id, date, language, paragraph, start, left, keyword, right and, if
requested, counterpart. Blanks are treated as above. A text that begins with = + - or @ gets a '
before it, because a spreadsheet would run it as a formula.

Both formats replace control characters.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from typing import Final

from indexer.article import date_text
from indexer.wording import counted
from search.corpus.concordance import (
    DEFAULT_WINDOW,
    Concordance,
    ConcordanceLine,
    left_context,
    right_context,
)
from search.passage.cells import align_left, align_right, first_cells, text_cells
from search.render.marked_text import MATCH, Style, marked_lines, plain
from search.render.table import GUTTER

# Widths in cells. The keyword and the source may be wider; only the source is then out of line.
_DATE: Final = 10
_KEYWORD: Final = 12
_SOURCE: Final = 28
_OTHERS: Final = _DATE + _KEYWORD + _SOURCE + 4 * len(GUTTER)
_MIN_WINDOW: Final = 12
_MAX_WINDOW: Final = 60
# A narrower terminal has no room for a line with all its parts.
_MIN_WIDTH: Final = _OTHERS + 2 * _MIN_WINDOW

_BLANKS = re.compile(r"\s+")
_CSV_FIELDS: Final = ConcordanceLine._fields[: ConcordanceLine._fields.index("counterpart")]
_FORMULA: Final = ("=", "+", "-", "@")


def window_for(width: int | None) -> int:
    """Return how many cells of text fit on each side of the keyword on a terminal of ``width``.

    ``width`` is in cells, or None if the output is not a terminal.
    """
    if width is None:
        return DEFAULT_WINDOW
    if width < _MIN_WIDTH:
        return width // 2
    return min((width - _OTHERS) // 2, _MAX_WINDOW)


def concordance_lines(lines: Iterable[ConcordanceLine], window: int, style: Style) -> Iterator[str]:
    """Yield the lines with ``window`` cells of text on each side, each with its counterpart."""
    is_narrow = style.width is not None and style.width < _MIN_WIDTH
    for line in lines:
        if is_narrow:
            yield from _narrow_lines(line, style)
        else:
            yield from _wide_lines(line, window, style)


def _wide_lines(line: ConcordanceLine, window: int, style: Style) -> Iterator[str]:
    """Yield a line with all its parts. If there is no room for the source, it follows below."""
    keyword, (left, right) = _one_line(line.keyword), _contexts(line, window)
    source = _source(line)
    fields = (
        f"{date_text(line.date, line.date_precision):{_DATE}}",
        align_right(left, window),
        style.paint(MATCH, keyword),
        align_left(right, window + _KEYWORD - text_cells(keyword)),
    )
    used = _DATE + 2 * window + max(_KEYWORD, text_cells(keyword)) + 4 * len(GUTTER)
    label = " " * _DATE + GUTTER
    if style.width is None or used + text_cells(source) <= style.width:
        yield GUTTER.join((*fields, source))
    else:
        yield GUTTER.join(fields).rstrip()
        yield from marked_lines(source, (), style, label, label)
    if line.counterpart:
        spans = line.counterpart_spans
        yield from marked_lines(line.counterpart, spans, style, f"{label}= ", f"{label}  ")


def _narrow_lines(line: ConcordanceLine, style: Style) -> Iterator[str]:
    """Yield a line for a narrow terminal: date and article, then the keyword in its context."""
    date = f"{date_text(line.date, line.date_precision)} " if line.date else ""
    yield from marked_lines(f"{date}{_source(line)}", (), style, "", "")
    yield _narrow_context(line, style)
    if line.counterpart:
        yield from marked_lines(line.counterpart, line.counterpart_spans, style, "= ", "  ")


def _narrow_context(line: ConcordanceLine, style: Style) -> str:
    """Return the keyword in the middle of a narrow terminal, with whole words on both sides."""
    keyword, width = _one_line(line.keyword), style.width or 0
    shown = keyword if text_cells(keyword) <= width else f"{first_cells(keyword, width - 1)}…"
    side = (width - text_cells(shown)) // 2 - len(GUTTER)
    marked = style.paint(MATCH, shown)
    if side <= 0:
        return marked
    left, right = _contexts(line, side)
    return GUTTER.join((align_right(left, side), marked, right))


def _contexts(line: ConcordanceLine, cells: int) -> tuple[str, str]:
    """Return the text to the left and right of the keyword, in whole words of at most ``cells``."""
    left, right = _one_line(line.left), _one_line(line.right)
    text = f"{left} {right}"
    start, end = len(left), len(left) + 1
    return left_context(text, 0, start, cells), right_context(text, end, len(text), cells)


def csv_lines(lines: Iterable[ConcordanceLine], *, bilingual: bool = False) -> Iterator[str]:
    r"""Yield a header and one record for each line.

    Each ends with a carriage return; the caller adds the line feed of ``\r\n``.
    """
    fields = (*_CSV_FIELDS, "counterpart") if bilingual else _CSV_FIELDS
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r")
    writer.writerow(fields)
    yield out.getvalue()
    for line in lines:
        out.seek(0)
        out.truncate()
        values = line._asdict() | {"date": date_text(line.date, line.date_precision)}
        shown = [values[field] for field in fields]
        writer.writerow([_cell(value) if isinstance(value, str) else value for value in shown])
        yield out.getvalue()


def summary(concordance: Concordance) -> str:
    """Say in one line how many lines there are and how many of them are shown."""
    if not concordance.total:
        if not concordance.matching:
            return "nothing found"
        articles = counted(concordance.matching, "article matches", "articles match")
        return f"{articles}, but the query has no words that are searched in titles and texts"
    shown = concordance.limit or concordance.total
    relaxed = "no article has all of these words; " if concordance.relaxed else ""
    tail = f", {shown:,} shown" if shown < concordance.total else ""
    lines, articles = counted(concordance.total, "line"), counted(concordance.articles, "article")
    return f"{relaxed}{lines} in {articles}{tail}"


def _source(line: ConcordanceLine) -> str:
    """Return the article and the paragraph of a line."""
    return f"{plain(line.id)} {f'¶{line.paragraph}' if line.paragraph else 'title'}"


def _clean(text: str) -> str:
    return plain(_BLANKS.sub(" ", text))


def _one_line(text: str) -> str:
    return _clean(text).strip()


def _cell(text: str) -> str:
    """Return the text for a spreadsheet that must not take it for a formula."""
    text = _clean(text)
    return f"'{text}" if text.startswith(_FORMULA) else text
