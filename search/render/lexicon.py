"""Renderings of a term as a table for readers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from indexer.lexicon import Example, Rendering
from search.corpus.lexicon import LexiconEntry
from search.passage.cells import text_cells
from search.render.concordance import number
from search.render.terminal import FAINT, Style, marked_lines, plain

_NAMES: Final = ("rendering", "count", "share", "confidence", "first", "last")
_GUTTER: Final = "  "
_INDENT: Final = "    "


def entry_lines(entry: LexiconEntry, style: Style, examples: int = 0) -> Iterator[str]:
    """The table: what it shows, then a rendering a line, each with so many examples below it."""
    rows = [_row_of(rendering) for rendering in entry.renderings]
    if not rows:
        return
    widths = [max(map(text_cells, column)) for column in zip(_NAMES, *rows, strict=True)]
    yield style.paint(FAINT, _row(_NAMES, widths))
    for row, rendering in zip(rows, entry.renderings, strict=True):
        yield _row(row, widths)
        for example in rendering.examples[:examples]:
            yield from _example_lines(example, entry.language, style)


def year_lines(entry: LexiconEntry, style: Style) -> Iterator[str]:
    """A year a line: how often which rendering is found, the most frequent first."""
    years: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for rendering in entry.renderings:
        for year, count in rendering.years.items():
            years[year].append((count, plain(rendering.text)))
    for year, found in sorted(years.items()):
        found.sort(key=lambda pair: -pair[0])
        shares = " · ".join(f"{text} {count:,}" for count, text in found)
        yield from marked_lines(shares, (), style, f"{year:04}{_GUTTER}", " " * (4 + len(_GUTTER)))


def summary(entry: LexiconEntry) -> str:
    """How often the term is met, and what was looked at; one line."""
    if not entry.beads:
        if not entry.places:
            return "nothing found"
        places = number(entry.places, "place", "places")
        return f"{places}, but nothing is aligned with {'it' if entry.places == 1 else 'them'}"
    places = number(entry.places, "place", "places")
    articles = number(entry.articles, "article", "articles")
    passages = number(entry.beads, "aligned passage", "aligned passages")
    found = number(entry.total, "rendering", "renderings")
    shown = len(entry.renderings)
    tail = f", {shown:,} shown" if shown < entry.total else ""
    return f"{places} in {articles}; {found} in {passages}{tail}"


def _row_of(rendering: Rendering) -> tuple[str, ...]:
    dates = rendering.first_date, rendering.last_date
    return (
        plain(rendering.text),
        f"{rendering.count:,}",
        f"{rendering.share:.0%}",
        f"{rendering.confidence:.2f}",
        *(date.isoformat() if date else "" for date in dates),
    )


def _example_lines(example: Example, language: str, style: Style) -> Iterator[str]:
    """Both sides of an example, the term's first, marked, and where it is from."""
    ours, theirs = example.bead.sides(language)
    for text, span in ((ours, example.term), (theirs, example.rendering)):
        yield from marked_lines(text.rstrip(), (span,), style, _INDENT, _INDENT)
    date = f"{example.bead.date.isoformat()} · " if example.bead.date else ""
    yield _INDENT + style.paint(FAINT, f"{date}{plain(example.bead.article)}")


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    """The first cell at the left of its column, the others at the right of theirs."""
    blanks = [" " * (w - text_cells(cell)) for w, cell in zip(widths, cells, strict=True)]
    first, *others = zip(cells, blanks, strict=True)
    return _GUTTER.join(["".join(first), *(blank + cell for cell, blank in others)]).rstrip()
