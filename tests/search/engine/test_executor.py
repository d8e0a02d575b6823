"""The executor finds and scores as an article-by-article reading does, and pages lose nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from indexer.analysis import Analyzer
from indexer.analysis.encoder import Encoder
from indexer.article import Article
from indexer.codec.builder import SegmentBuilder
from indexer.codec.manifest import ManifestRow
from indexer.commit import IndexWriter
from indexer.document import to_document
from indexer.schema import ID_FIELD
from indexer.store import IndexReader, open_index
from search.engine import proximity
from search.engine.evaluation import Evaluation
from search.engine.executor import Executor
from search.engine.facets import count
from search.engine.matches import Matches
from search.engine.order import SortOrder, top_k
from search.engine.proximity import add_proximity
from search.engine.snapshot import Snapshot
from search.hit import FACETS
from search.language.fields import TEXT_FIELD_NAMES
from search.language.query import (
    And,
    Boost,
    DateRange,
    Everything,
    Fuzzy,
    Group,
    Identifier,
    LanguageFilter,
    Near,
    Not,
    Nothing,
    Or,
    PageRange,
    Phrase,
    Query,
    Wildcard,
    Words,
)
from search.plan.nodes import Plan
from search.plan.planner import make_plan
from tests.search.articles import make_article
from tests.search.naive import NaiveArchive, facet

ANALYZER = Analyzer()
ENCODER = Encoder(ANALYZER)
IDS = [f"{number}.txt" for number in range(8)]

# Little to say, so that it is said again and again.
PIECES = st.sampled_from(
    """
    增 产 节 约 生 的 增产 生产 增产节约 𠀀 生𠀀 product products production producing
    the s co die dying DDT 1,000 1953
    """.split()  # noqa: SIM905
)
JOINTS = st.sampled_from([""] * 3 + [" "] * 6 + [*"、，。.-\n"] + ["'s ", ". "])


def texts(max_size: int, min_size: int = 0) -> st.SearchStrategy[str]:
    pairs = st.lists(st.tuples(PIECES, JOINTS), min_size=min_size, max_size=max_size)
    return pairs.map(lambda pairs: "".join(piece + joint for piece, joint in pairs))


DATES = st.sampled_from([None, *(date(1953, 10, day) for day in (29, 30, 31)), date(1960, 1, 1)])
PAGES = st.sampled_from([None, 1, 2, 3])


@st.composite
def articles(draw: st.DrawFn, name: str) -> Article:
    languages = draw(st.sampled_from([{"en", "zh"}, {"en"}, {"zh"}]))
    line = texts(2)
    body = st.lists(texts(8), max_size=3).map(tuple)
    return Article(
        id=name,
        title_en=draw(texts(3)) if "en" in languages else "",
        title_zh=draw(texts(3)) if "zh" in languages else "",
        author_en=draw(line),
        author_zh=draw(line),
        date=draw(DATES),
        page=draw(PAGES),
        section=draw(line),
        column=draw(line),
        paragraphs_en=draw(body) if "en" in languages else (),
        paragraphs_zh=draw(body) if "zh" in languages else (),
        glossary=draw(st.lists(st.tuples(line, line), max_size=1).map(tuple)),
        set_aside_en=(),
        set_aside_zh=(),
        content_hash="",
    )


class Change(NamedTuple):
    """One commit: segments of new or changed articles, and the ids of removed ones."""

    segments: list[list[Article]]
    removed: set[str]


@st.composite
def changes(draw: st.DrawFn) -> Change:
    names = draw(st.lists(st.sampled_from(IDS), unique=True, max_size=6))
    added = [draw(articles(name)) for name in names]
    split = draw(st.integers(0, len(added)))
    removed = draw(st.sets(st.sampled_from(IDS), max_size=1))
    return Change([part for part in (added[:split], added[split:]) if part], removed)


HISTORIES = st.lists(changes(), min_size=1, max_size=3)


def commit(directory: Path, change: Change, live: dict[str, Article]) -> None:
    """Make one change to an index and to what it should hold."""
    with IndexWriter(directory) as writer:
        paths = []
        added = {article.id: article for segment in change.segments for article in segment}
        gone = added.keys() | change.removed
        numbers = [writer.base.find_document(name) for name in gone] if writer.base else []
        for segment in change.segments:
            builder = SegmentBuilder(ANALYZER.stem)
            for article in segment:
                builder.add(to_document(article, ENCODER))
            paths.append(writer.new_segment_path())
            builder.write(paths[-1])
        for name in change.removed:
            live.pop(name, None)
        live.update(added)
        writer.commit(
            paths,
            [number for number in numbers if number is not None],
            [ManifestRow(name, "/seeds", 1, 1, "00" * 32) for name in live],
            fingerprint=ANALYZER.fingerprint,
        )


@contextmanager
def archive(history: Sequence[Change]) -> Iterator[tuple[Snapshot, NaiveArchive]]:
    """The same articles, indexed and plain."""
    live: dict[str, Article] = {}
    with TemporaryDirectory() as place, pytest.MonkeyPatch.context() as patch:
        patch.setattr("indexer.merge_policy.MAX_SIZE_RATIO", 0)  # segments stay as they are
        for change in history:
            commit(Path(place), change, live)
        with open_index(Path(place)) as index:
            yield Snapshot(index), NaiveArchive(live.values(), ANALYZER)


def evaluated(planned: Plan, snapshot: Snapshot) -> Evaluation:
    """A plan evaluated as it is."""
    executor = Executor(snapshot, ANALYZER)
    matches = executor.evaluate(planned)
    return Evaluation(
        snapshot, ANALYZER, executor.intervals, planned, matches, relaxed=False, diagnostics=()
    )


RUNS = texts(3, min_size=1).map(str.strip)
WILDCARDS = st.lists(
    PIECES | st.sampled_from([*"**????增产生", "prod", "ing", "d"]), min_size=1, max_size=5
).map("".join)


def text_leaves(fields: st.SearchStrategy[str | None]) -> st.SearchStrategy[Query]:
    return st.one_of(
        st.builds(Words, RUNS, field=fields),
        st.builds(Phrase, RUNS, st.integers(0, 3), field=fields),
        st.builds(Wildcard, WILDCARDS, field=fields),
        st.builds(Fuzzy, RUNS, st.integers(1, 2), field=fields),
    )


def nears(field: str | None) -> st.SearchStrategy[Query]:
    leaves = text_leaves(st.just(field))
    sides = leaves | st.lists(leaves, min_size=2, max_size=3).map(lambda c: Or(tuple(c)))
    return st.builds(Near, sides, sides, st.integers(1, 5), st.just(field))


FIELDS = st.sampled_from([*[None] * 6, *TEXT_FIELD_NAMES])
FILTERS: st.SearchStrategy[Query] = st.one_of(
    st.builds(DateRange, DATES, DATES),
    st.builds(PageRange, PAGES, PAGES),
    st.sampled_from([LanguageFilter("en"), LanguageFilter("zh"), Everything(), Nothing()]),
    st.builds(Identifier, st.sampled_from(IDS)),
)


def combined(children: st.SearchStrategy[Query]) -> st.SearchStrategy[Query]:
    several = st.lists(children, min_size=2, max_size=3).map(tuple)
    return st.one_of(
        st.builds(And, several),
        st.builds(Or, several),
        st.builds(Group, several),
        st.builds(Not, children),
        st.builds(Boost, children, st.sampled_from([0.0, 0.5, 3.0])),
    )


LEAVES = st.one_of(text_leaves(FIELDS), text_leaves(FIELDS), FIELDS.flatmap(nears), FILTERS)
QUERIES = LEAVES | combined(LEAVES | combined(LEAVES))
LANGUAGES = st.sampled_from([None, None, "en", "zh"])


def ids(index: IndexReader) -> dict[int, str]:
    """The ids of the live documents by number."""
    names = {}
    for base, segment, live in zip(index.bases, index.segments, index.live, strict=True):
        field = segment.field(ID_FIELD)
        assert field is not None
        for ordinal in range(field.term_count):
            number = int(field.postings.read_term(ordinal).documents[0])
            if live is None or live[number]:
                names[base + number] = field.term(ordinal)
    return names


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
def test_pages_are_cuts_of_one_order(history: list[Change], tree: Query, limit: int) -> None:
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
    """All matches sorted, the plainest way."""
    scores = matches.scores.tolist()
    if sort == "relevance" and any(scores):
        return sorted(range(len(scores)), key=lambda i: -scores[i])
    sign = -1 if sort == "-date" else 1
    dated = [(sign * d.toordinal(), i) for i, d in enumerate(dates) if d]
    return [i for _, i in sorted(dated)] + [i for i, d in enumerate(dates) if not d]


@pytest.fixture(scope="module")
def fixed() -> Iterator[tuple[Snapshot, NaiveArchive]]:
    """Three segments, with one article deleted, another changed, and one of the first day."""
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
        (Wildcard("??产"), {"0.txt", "4.txt"}),  # not where the text begins with 产
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
def test_what_is_found(
    fixed: tuple[Snapshot, NaiveArchive], tree: Query, expected: set[str]
) -> None:
    snapshot, naive = fixed
    assert len(snapshot.index.segments) == 3
    matches = Executor(snapshot, ANALYZER).evaluate(make_plan(tree, ANALYZER))
    names = ids(snapshot.index)
    assert {names[number] for number in matches.documents.tolist()} == expected
    assert naive.evaluate(make_plan(tree, ANALYZER)).keys() == expected


def test_only_the_best_gain_by_nearness(
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


def test_a_page_of_nothing() -> None:
    with archive([Change([], set())]) as (snapshot, _):
        matches = Executor(snapshot, ANALYZER).evaluate(Everything())
        assert not matches.documents.size
        assert top_k(matches, snapshot, "relevance", 0, 10).tolist() == []
