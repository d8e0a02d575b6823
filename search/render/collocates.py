"""Collocates as a table for readers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from search.corpus.collocates import Collocates
from search.corpus.concordance import DEFAULT_WINDOW
from search.passage.cells import text_cells
from search.render.concordance import concordance_lines, number
from search.render.terminal import FAINT, Style, plain

_NAMES: Final = {"zh": "Chinese", "en": "English"}
_GUTTER: Final = "  "
_INDENT: Final = "    "


def collocate_lines(
    collocates: Collocates, style: Style, *, examples: bool = False
) -> Iterator[str]:
    """The table: what it shows, then a collocate a line, each with its example below it."""
    rows = [
        (plain(one.word), f"{one.score:.2f}", f"{one.together:,}", f"{one.frequency:,}")
        for one in collocates
    ]
    if not rows:
        return
    names = ("collocate", collocates.measure, "together", "in all")
    widths = [max(map(text_cells, column)) for column in zip(names, *rows, strict=True)]
    yield style.paint(FAINT, _row(names, widths))
    for row, one in zip(rows, collocates, strict=True):
        yield _row(row, widths)
        if examples:
            (line,) = concordance_lines([one.example], DEFAULT_WINDOW, style)
            yield _INDENT + line


def summary(collocates: Collocates) -> str:
    """How many words are near how many places; one line."""
    nodes = {name: count for name, count in collocates.nodes.items() if count}
    if not nodes:
        return "nothing found"
    head = "no article has all of these words; " if collocates.relaxed else ""
    places = " and ".join(
        number(count, f"{_NAMES[name]} place", f"{_NAMES[name]} places")
        for name, count in nodes.items()
    )
    words = number(collocates.total, "word", "words")
    shown = len(collocates)
    tail = f", {shown:,} shown" if shown < collocates.total else ""
    return (
        f"{head}{places}; {words} at least {collocates.min_count:,} times "
        f"within {number(collocates.window, 'word', 'words')}{tail}"
    )


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    """The first cell at the left of its column, the others at the right of theirs."""
    blanks = [" " * (w - text_cells(cell)) for w, cell in zip(widths, cells, strict=True)]
    first, *others = zip(cells, blanks, strict=True)
    return _GUTTER.join(["".join(first), *(blank + cell for cell, blank in others)])
