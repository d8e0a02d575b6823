"""Concordances and collocates on terminals of different widths."""

from __future__ import annotations

import datetime

import pytest

from search.corpus.collocates import Collocate, Collocates
from search.corpus.concordance import ConcordanceLine
from search.passage.cells import text_cells
from search.render.collocates import collocate_lines
from search.render.concordance import concordance_lines, window_for
from search.render.marked_text import Style

LINE = ConcordanceLine(
    "1952.08/1952-08-16_a.md", datetime.date(1952, 8, 16), "en", 2, 41,
    "The sanitation committee follows the ", "mass line", " in its work. It does not issue orders",
)  # fmt: skip
COLLOCATES = Collocates(
    "line", "logdice", 5, 3, 20, {"zh": 0, "en": 9}, 1,
    (Collocate("mass", "en", 9, 9, 14.0, LINE),), (), relaxed=False,
)  # fmt: skip


def test_a_narrow_terminal_shows_whole_words() -> None:
    assert list(concordance_lines([LINE], window_for(60), Style(60))) == [
        "1952-08-16 1952.08/1952-08-16_a.md ¶2",
        "  committee follows the  mass line  in its work. It does",
    ]


def test_a_window_that_is_smaller_than_the_context_shows_whole_words() -> None:
    (text,) = concordance_lines([LINE], 16, Style())
    assert text.startswith("1952-08-16       follows the  mass line  in its work. It  ")


@pytest.mark.parametrize("width", [20, 40, 60, 80, 100, 120, 200])
def test_examples_of_collocates_fit_the_terminal(width: int) -> None:
    header, row, *examples = collocate_lines(COLLOCATES, Style(width), examples=True)
    assert header.startswith("collocate")
    assert row.startswith("mass")
    assert examples
    assert all(text.startswith("    ") and text_cells(text) <= width for text in examples)
    assert any("mass line" in text for text in examples)


@pytest.mark.parametrize("width", [20, 40, 80, 100, 120, 140, 200])
def test_lines_of_articles_with_long_ids_fit_the_terminal(width: int) -> None:
    line = LINE._replace(id="1953.10/1953-10-10_天津市工人们积极响应毛主席关于增产节约的号召.md")
    lines = list(concordance_lines([line], window_for(width), Style(width)))
    assert all(text_cells(text) <= width for text in lines)
    assert "".join("".join(lines).split()).count(line.id) == 1


def test_an_article_for_which_there_is_no_room_follows_on_a_line_of_its_own() -> None:
    long = LINE._replace(id=f"{'a' * 30}.md")
    short, (context, source) = (
        list(concordance_lines([line], window_for(100), Style(100))) for line in (LINE, long)
    )
    assert [text.split("  1952.08/")[0].rstrip() for text in short] == [context]
    assert source == f"            {'a' * 30}.md ¶2"
