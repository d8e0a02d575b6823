"""Renderings of a term for readers: a table, or their counts by year."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from indexer.lexicon import Example, Rendering
from indexer.wording import counted
from search.corpus.lexicon import LexiconEntry
from search.render.marked_text import FAINT, Style, marked_lines, plain
from search.render.table import GUTTER, INDENT, table_lines

_HEADER: Final = ("rendering", "count", "share", "confidence", "first", "last")
_YEAR: Final = 4  # cells


def entry_lines(entry: LexiconEntry, style: Style, examples: int = 0) -> Iterator[str]:
    """Yield a header and one line for each rendering, each followed by at most ``examples``.

    Yield nothing if there are no renderings.
    """
    if not entry.renderings:
        return
    header, *lines = table_lines([_HEADER, *map(_row, entry.renderings)], style.width)
    yield style.paint(FAINT, header)
    for line, rendering in zip(lines, entry.renderings, strict=True):
        yield line
        for example in rendering.examples[:examples]:
            yield from _example_lines(example, entry.language, style)


def year_lines(entry: LexiconEntry, style: Style) -> Iterator[str]:
    """Yield one line for each year: the renderings with their counts, the most frequent first."""
    years: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for rendering in entry.renderings:
        for year, count in rendering.years.items():
            years[year].append((count, plain(rendering.text)))
    for year, found in sorted(years.items()):
        found.sort(key=lambda pair: -pair[0])
        counts = " · ".join(f"{text} {count:,}" for count, text in found)
        label = f"{year:0{_YEAR}}{GUTTER}"
        yield from marked_lines(counts, (), style, label, " " * len(label))


def summary(entry: LexiconEntry) -> str:
    """Say in one line how often the term occurs and how many passages and renderings there are."""
    if not entry.places:
        return "nothing found" if not entry.beads else _found(entry)
    occurrences = counted(entry.places, "occurrence")
    if not entry.beads:
        return f"{occurrences}, but no translation of {'it' if entry.places == 1 else 'them'}"
    return f"{occurrences} in {counted(entry.articles, 'article')}; {_found(entry)}"


def _found(entry: LexiconEntry) -> str:
    renderings, passages = (
        counted(entry.total, "rendering"),
        counted(entry.beads, "aligned passage"),
    )
    shown = len(entry.renderings)
    tail = f", {shown:,} shown" if shown < entry.total else ""
    return f"{renderings} in {passages}{tail}"


def _row(rendering: Rendering) -> tuple[str, ...]:
    dates = rendering.first_date, rendering.last_date
    return (
        plain(rendering.text),
        f"{rendering.count:,}",
        f"{rendering.share:.0%}",
        f"{rendering.confidence:.2f}",
        *(date.isoformat() if date else "" for date in dates),
    )


def _example_lines(example: Example, language: str, style: Style) -> Iterator[str]:
    """Yield an example: the side of the term, its translation, then date and article."""
    ours, theirs = example.bead.sides(language)
    for text, span in ((ours, example.term), (theirs, example.rendering)):
        yield from marked_lines(text.rstrip(), (span,), style, INDENT, INDENT)
    date = f"{example.bead.date_text} · " if example.bead.date else ""
    source = f"{date}{example.bead.article}"
    yield from marked_lines(source, (), style, INDENT, INDENT, FAINT)
