"""The executor finds and scores the same as reading every article, and pages are complete."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from search.engine import proximity
from search.engine.executor import Executor
from search.engine.facets import count
from search.engine.matches import Matches
from search.engine.order import SortOrder, top_k
from search.engine.proximity import add_proximity
from search.engine.snapshot import Snapshot
from search.hit import FACETS
from search.language.query import (
    And,
    DateRange,
    Everything,
    Fuzzy,
    Group,
    Identifier,
    Near,
    Not,
    Or,
    PageRange,
    Phrase,
    Query,
    Wildcard,
    Words,
)
from search.plan.planner import make_plan
from tests.search.articles import make_article
from tests.search.histories import ANALYZER, HISTORIES, Change, archive, ids
from tests.search.naive import NaiveArchive, facet
from tests.search.query_trees import FILTERS, LANGUAGES, QUERIES, RUNS


@settings(max_examples=40)
@given(HISTORIES, st.lists(st.tuples(QUERIES, LANGUAGES, st.booleans()), min_size=5, max_size=12))
def test_finds_and_scores_as_reading_every_article_does(
    history: list[Change], queries: list[tuple[Query, str | None, bool]]
) -> None:
    with archive(history) as (snapshot, naive):
        names = ids(snapshot.index)
        event(f"segments: {len(snapshot.index.segments)}")
        event(f"deleted: {snapshot.size > snapshot.live_count}")
        for tree, language, require_all in queries:
            planned = make_plan(tree, ANALYZER, language, require_all=require_all)
            executor = Executor(snapshot, ANALYZER)
            matches = executor.evaluate(planned)
            assert matches.documents.dtype == "int64"
            assert (matches.documents[1:] > matches.documents[:-1]).all()
            found = [names[number] for number in matches.documents.tolist()]
            scores = dict(zip(found, matches.scores.tolist(), strict=True))
            event(f"found: {bool(found)}")
            expected = naive.evaluate(planned)
            assert scores == pytest.approx(expected, rel=1e-6, abs=1e-6), planned
            for counted in count(FACETS, matches.documents, snapshot):
                matching = [naive.articles[name] for name in found]
                assert list(counted.counts) == facet(matching, counted.name)
            nearer = add_proximity(matches, planned, executor.intervals, snapshot)
            assert nearer.documents is matches.documents
            gains = naive.near(planned)
            expected = {name: score + gains[name] for name, score in expected.items()}
            scores = dict(zip(found, nearer.scores.tolist(), strict=True))
            assert scores == pytest.approx(expected, rel=1e-6, abs=1e-6), planned


@settings(max_examples=25)
@given(HISTORIES, RUNS.map(Words) | FILTERS, st.integers(1, 4))
def test_pages_are_consecutive_parts_of_one_order(
    history: list[Change], tree: Query, limit: int
) -> None:
    with archive(history) as (snapshot, naive):
        matches = Executor(snapshot, ANALYZER).evaluate(make_plan(tree, ANALYZER))
        names = ids(snapshot.index)
        dates = [naive.articles[names[number]].date for number in matches.documents.tolist()]
        orders: tuple[SortOrder, ...] = ("relevance", "date", "-date")
        for sort in orders:
            pages = [
                top_k(matches, snapshot, sort, offset, limit).tolist()
                for offset in range(0, len(dates) + limit, limit)
            ]
            assert all(len(page) == limit for page in pages[: len(dates) // limit])
            assert [i for page in pages for i in page] == in_order(matches, dates, sort)


def in_order(matches: Matches, dates: list[date | None], sort: SortOrder) -> list[int]:
    """Sort all matches in the simplest way."""
    scores = matches.scores.tolist()
    if sort == "relevance" and any(scores):
        return sorted(range(len(scores)), key=lambda i: -scores[i])
    sign = -1 if sort == "-date" else 1
    dated = [(sign * d.toordinal(), i) for i, d in enumerate(dates) if d]
    return [i for _, i in sorted(dated)] + [i for i, d in enumerate(dates) if not d]


@pytest.fixture(scope="module")
def fixed() -> Iterator[tuple[Snapshot, NaiveArchive]]:
    """Open three segments: one article is deleted, one changed, and one has the earliest date."""
    first = [
        make_article("0.txt", paragraphs_zh=("产生", "增产节约、生产"), page=1),
        make_article("1.txt", title_en="China's product", author_en="the s", page=65535),
        make_article("2.txt", title_zh="生产", date=date.min),
    ]
    second = [
        make_article("3.txt", paragraphs_en=("the product of production", "China")),
        make_article("4.txt", paragraphs_zh=("产品", "生产的产品，增产增收")),
        make_article("5.txt", paragraphs_zh=("生产", "节约"), column="工业"),
    ]
    third = [make_article("1.txt", title_en="China's products", author_en="s", page=2)]
    history = [Change([first], set()), Change([second], {"2.txt"}), Change([third], set())]
    with archive(history) as opened:
        yield opened


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        (Wildcard("??产"), {"0.txt", "4.txt"}),  # but not a text that begins with 产
        (Wildcard("?产"), {"0.txt", "4.txt", "5.txt"}),
        (Wildcard("产?"), {"0.txt", "4.txt"}),
        (Phrase("生产节约"), set()),  # across two paragraphs
        (Phrase("生产 节约", slop=1), {"0.txt", "5.txt"}),
        (Near(Words("生产"), Words("节约"), 1), {"0.txt", "5.txt"}),
        (Words("s"), {"1.txt"}),
        (Near(Words("s"), Words("product"), 3), {"1.txt"}),
        (Words("China"), {"1.txt", "3.txt"}),
        (Fuzzy("x" * 300, 2), set()),
        (PageRange(None, 0), set()),
        (PageRange(0, None), {"1.txt", "0.txt"}),
        (PageRange(2, 2), {"1.txt"}),
        (DateRange(None, None), set()),
        (Identifier("2.txt"), set()),
        (Not(Words("生产")), {"1.txt", "3.txt"}),
        (And((Not(Words("China")), Not(Words("节约")))), {"4.txt"}),
        (Wildcard("*", field="column"), {"5.txt"}),
        (Everything(), {"0.txt", "1.txt", "3.txt", "4.txt", "5.txt"}),
    ],
)
def test_each_query_finds_the_expected_articles(
    fixed: tuple[Snapshot, NaiveArchive], tree: Query, expected: set[str]
) -> None:
    snapshot, naive = fixed
    assert len(snapshot.index.segments) == 3
    matches = Executor(snapshot, ANALYZER).evaluate(make_plan(tree, ANALYZER))
    names = ids(snapshot.index)
    assert {names[number] for number in matches.documents.tolist()} == expected
    assert naive.evaluate(make_plan(tree, ANALYZER)).keys() == expected


def test_only_the_best_matches_gain_by_proximity(
    fixed: tuple[Snapshot, NaiveArchive], monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot, naive = fixed
    monkeypatch.setattr(proximity, "PROXIMITY_DEPTH", 2)
    planned = make_plan(
        Group((Words("增产"), Words("节约"), Words("product"))), ANALYZER, require_all=False
    )
    loose = make_plan(Or((Words("增产"), Words("节约"), Words("的"))), ANALYZER)
    for each in (planned, loose):
        executor = Executor(snapshot, ANALYZER)
        matches = executor.evaluate(each)
        best = sorted(range(len(matches.scores)), key=lambda i: -matches.scores[i])[:2]
        names = ids(snapshot.index)
        gains = naive.near(each)
        numbers, scores = (part.tolist() for part in matches)
        expected = [
            score + (gains[names[number]] if i in best else 0.0)
            for i, (number, score) in enumerate(zip(numbers, scores, strict=True))
        ]
        assert add_proximity(
            matches, each, executor.intervals, snapshot
        ).scores.tolist() == pytest.approx(expected)


def test_an_empty_index_has_an_empty_page() -> None:
    with archive([Change([], set())]) as (snapshot, _):
        matches = Executor(snapshot, ANALYZER).evaluate(Everything())
        assert not matches.documents.size
        assert top_k(matches, snapshot, "relevance", 0, 10).tolist() == []
