"""Concordances: their lines, their order, and their formats."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import build_index
from indexer.article import date_text
from search import Archive, ConcordanceLine, open_archive
from search.corpus.concordance import LineOrder, left_key, right_key
from search.passage.cells import running_cells, text_cells
from search.render.concordance import concordance_lines, csv_lines, summary, window_for
from search.render.marked_text import Style, plain
from tests.indexer.analysis.texts import texts

ARTICLES = {
    "1953/工厂.txt": (
        "Title: The Factories of Tianjin Increase Production\nAuthor: Production Brigade\n"
        "Date: 1953-10-31\nPage: 1\n\n"
        "    The workers of Tianjin increase production and practise economy.\n"
        "    The mass line is the method. Production for use, not production for profit.\n"
        "\n<hr />\n\nOriginal:\n\n### 天津工厂增加生产\n李明\n"
        "1953-10-31\n第1版(要闻)\n专栏：工业\n\n    天津工人增产节约，国家计划超额完成。\n"
        "    群众路线是工作方法。工人们说：生产要靠群众，生产是大家的事。\n"
    ),
    "1954/农业.md": (
        "Title: Good Harvest in Hebei\nAuthor:\nDate: 1954-07-02\nPage: 2\n\n"
        "    The peasants bring in a good harvest. Production rises.\n\n<hr />\n\nOriginal:\n\n"
        "### 河北丰收\n\n1954-07-02\n第2版()\n专栏：\n\n    農民豐收，生產增加，增产不忘节约。\n"
    ),
    "1955/english.txt": (
        "Title: A Letter on Economy\nDate: 1955-01-01\nPage: 3\n\n"
        "    Mass meetings on production.\n"
    ),
    "plain.txt": "一篇没有日期的文章\n\n先进生产经验值得推广。\n",
}
FACTORY, FARM, LETTER, PLAIN = ARTICLES
USES = ("Production for use", "use, not production")


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    place = tmp_path_factory.mktemp("archive")
    for name, text in ARTICLES.items():
        (place / "seeds" / name).parent.mkdir(parents=True, exist_ok=True)
        (place / "seeds" / name).write_text(text, encoding="utf-8")
    build_index(place / "seeds", index=place / "index")
    with open_archive(place / "index") as archive:
        yield archive


def keywords(archive: Archive, query: str) -> list[tuple[str, str]]:
    return [(line.id, line.keyword) for line in archive.concordance(query)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ('"mass line"', [(FACTORY, "mass line")]),
        ("群众 OR harvest", [(FACTORY, "群众")] * 2 + [(FARM, "Harvest"), (FARM, "harvest")]),
        ("harvest 丰收", [(FARM, "Harvest"), (FARM, "丰收"), (FARM, "豐收"), (FARM, "harvest")]),
        ("天津 NEAR/5 节约", [(FACTORY, "天津工人增产节约")]),
        ("use NEAR/1 production", [(FACTORY, text) for text in USES]),
        ("增?节约 OR 增*约", [(FACTORY, "增产节约"), (FARM, "增产不忘节约")]),
        ("production~1 lang:en date:1955", [(LETTER, "production")]),
        ("title:production", [(FACTORY, "Production")]),
        ('"mass" author:production', [(FACTORY, "mass")]),
        ("date:1953", []),
        ("title:*", []),
        ("-harvest", []),
        ("火星", []),
    ],
)  # fmt: skip
def test_a_line_for_each_occurrence(
    archive: Archive, query: str, expected: list[tuple[str, str]]
) -> None:
    assert keywords(archive, query) == expected
    concordance = archive.concordance(query)
    assert concordance.total == len(expected)
    assert concordance.articles == len({name for name, _ in expected})


def test_the_fields_of_a_line(archive: Archive) -> None:
    (line,) = archive.concordance("生產", since=date(1954, 1, 1), until=date(1954, 12, 31))
    assert line == ConcordanceLine(
        FARM, date(1954, 7, 2), "zh", 1, 5, "農民豐收，", "生產", "增加，增产不忘节约。"
    )
    (title,) = archive.concordance("factory")
    assert (title.paragraph, title.left, title.right[:11]) == (0, "The ", " of Tianjin")


def test_no_word_is_cut(archive: Archive) -> None:
    for window, left, right in ((15, "production and ", " economy."), (13, "and ", " economy.")):
        (line,) = archive.concordance("practise", window=window)
        assert (line.left, line.right) == (left, right)
    (line,) = archive.concordance("practise", window=5)
    assert (line.left, line.right) == (" and ", "")
    (line,) = archive.concordance("群众路线", window=5)
    assert (line.left, line.right) == ("", "是工")


def test_orders(archive: Archive) -> None:
    query = "production OR 生产"
    by_date = list(archive.concordance(query))
    assert [line.date for line in by_date] == sorted(
        (line.date for line in by_date), key=lambda day: day or date.max
    )
    orders: dict[LineOrder, list[ConcordanceLine]] = {
        "left": sorted(by_date, key=left_key),
        "right": sorted(by_date, key=right_key),
        "date": by_date,
    }
    for order, expected in orders.items():
        assert list(archive.concordance(query, sort=order, limit=0)) == expected
        for limit in (1, 3, len(by_date), 100):
            some = archive.concordance(query, sort=order, limit=limit)
            assert list(some) == expected[:limit]
            assert some.total == len(by_date)
    newest = [line.date for line in archive.concordance(query, sort="-date")]
    assert newest[0] == date(1955, 1, 1)
    assert newest[-1] is None
    relevance = dict.fromkeys(line.id for line in archive.concordance(query, sort="relevance"))
    assert list(relevance) == [hit.article.id for hit in archive.search(query)]


@pytest.mark.parametrize(
    ("text", "left", "right"),
    [
        ("The Mass line", "line\nmass\nthe", "the\nmass\nline"),
        ("生产，增产", "产\n增\n产\n生", "生\n产\n增\n产"),
        ("在 DDT 之后", "后\n之\nddt\n在", "在\nddt\n之\n后"),
        ("“—”", "", ""),
    ],
)
def test_the_nearest_word_counts_first(text: str, left: str, right: str) -> None:
    line = ConcordanceLine("a", None, "zh", 1, 0, text, "x", text)
    assert (left_key(line), right_key(line)) == (left, right)


def test_relaxed(archive: Archive) -> None:
    concordance = archive.concordance("meetings 丰收")
    assert concordance.relaxed
    assert {line.id for line in concordance} == {FARM, LETTER}
    assert not list(archive.concordance("meetings 丰收", match="all"))


LINES = st.builds(
    ConcordanceLine,
    texts.filter(bool),
    st.none() | st.dates(),
    st.sampled_from(("zh", "en")),
    st.integers(0, 99),
    st.integers(0, 999),
    texts,
    texts.map(lambda text: f"词{text}"),
    texts,
    texts,
    st.just(()),
)


@given(st.lists(LINES, max_size=4), st.integers(0, 30))
def test_keywords_begin_at_the_same_cell(lines: list[ConcordanceLine], window: int) -> None:
    printed = list(concordance_lines(lines, window, Style()))
    for text in printed:
        assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)
    for line in lines:
        text = printed.pop(0)
        widths = list(running_cells(text))
        assert text.startswith("词", widths.index(10 + 2 + window + 2))
        if line.counterpart:
            assert printed.pop(0).startswith(" " * 12 + "= ")
    assert not printed


@given(st.lists(LINES, max_size=4), st.integers(20, 81))
def test_lines_fit_a_narrow_terminal(lines: list[ConcordanceLine], width: int) -> None:
    printed = list(concordance_lines(lines, window_for(width), Style(width)))
    assert len(printed) >= 2 * len(lines)
    assert all(text_cells(text) <= width for text in printed)
    for line in lines:
        assert any(line.keyword.strip()[:1] in text for text in printed)


@given(st.lists(LINES, max_size=4))
def test_csv_is_read_as_it_was_written(lines: list[ConcordanceLine]) -> None:
    printed = "".join(f"{row}\n" for row in csv_lines(lines, bilingual=True))
    assert printed.count("\r\n") == len(lines) + 1
    names, *rows = csv.reader(io.StringIO(printed, newline=""), strict=True)
    counterpart = ConcordanceLine._fields.index("counterpart")
    assert tuple(names) == ConcordanceLine._fields[: counterpart + 1]
    for row, line in zip(rows, lines, strict=True):
        assert row[1:5] == [
            date_text(line.date, line.date_precision), line.language,
            str(line.paragraph), str(line.start),
        ]  # fmt: skip
        for cell, text in zip(
            [row[0], *row[5:]],
            [line.id, line.left, line.keyword, line.right, line.counterpart],
            strict=True,
        ):
            shown = plain(re.sub(r"\s+", " ", text))
            mark = "'" if shown.startswith(("=", "+", "-", "@")) else ""
            assert cell == mark + shown


def test_formulas_are_text_in_csv() -> None:
    line = ConcordanceLine("a.txt", None, "en", 1, 9, "=HYPERLINK(", "x", "+1,\n\n 2")
    names, row = csv_lines([line])
    assert names.endswith(",right\r")
    assert row == "a.txt,,en,1,9,'=HYPERLINK(,x,\"'+1, 2\"\r"


def test_summaries(archive: Archive) -> None:
    assert summary(archive.concordance("production")) == "6 lines in 3 articles"
    assert summary(archive.concordance("production", limit=2)) == "6 lines in 3 articles, 2 shown"
    assert summary(archive.concordance("mass line")) == "2 lines in 1 article"
    assert summary(archive.concordance("火星")) == "nothing found"
    assert summary(archive.concordance("date:1953")) == (
        "1 article matches, but the query has no words that are searched in titles and texts"
    )
    assert summary(archive.concordance("meetings 丰收")).startswith(
        "no article has all of these words; "
    )


def test_a_terminal_has_room_for_a_line() -> None:
    assert window_for(None) == 40
    assert [window_for(columns) for columns in (20, 80, 120, 400)] == [10, 40, 31, 60]
