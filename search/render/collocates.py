"""Collocates for readers: a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from indexer.wording import counted
from search.corpus.collocates import Collocates
from search.corpus.concordance import DEFAULT_WINDOW
from search.render.concordance import concordance_lines, window_for
from search.render.marked_text import FAINT, Style, plain
from search.render.table import INDENT, table_lines

_LANGUAGES: Final = {"zh": "Chinese", "en": "English"}


def collocate_lines(
    collocates: Collocates, style: Style, *, examples: bool = False
) -> Iterator[str]:
    """Yield a header and one line for each collocate; with ``examples``, its example below it.

    Yield nothing if there are no collocates.
    """
    rows = [
        (plain(one.word), f"{one.score:.2f}", f"{one.together:,}", f"{one.frequency:,}")
        for one in collocates
    ]
    if not rows:
        return
    titles = ("collocate", collocates.measure, "together", "in all")
    header, *lines = table_lines([titles, *rows], style.width)
    yield style.paint(FAINT, header)
    inner = style if style.width is None else style._replace(width=style.width - len(INDENT))
    window = min(window_for(inner.width), DEFAULT_WINDOW)
    for line, one in zip(lines, collocates, strict=True):
        yield line
        if examples:
            for example in concordance_lines([one.example], window, inner):
                yield INDENT + example


def summary(collocates: Collocates) -> str:
    """Say in one line how often the query's words occur and how many words occur near them."""
    nodes = {language: count for language, count in collocates.nodes.items() if count}
    if not nodes:
        return "nothing found"
    relaxed = "no article has all of these words; " if collocates.relaxed else ""
    occurrences = " and ".join(
        f"{counted(count, 'occurrence')} in {_LANGUAGES[language]}"
        for language, count in nodes.items()
    )
    words = counted(collocates.total, "word occurs", "words occur")
    times = counted(collocates.min_count, "time")
    window = counted(collocates.window, "word")
    shown = len(collocates)
    tail = f", {shown:,} shown" if shown < collocates.total else ""
    return f"{relaxed}{occurrences}; {words} at least {times} within {window}{tail}"
