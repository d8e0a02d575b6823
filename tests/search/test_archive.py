"""The search library, tested with a small archive of invented articles."""

from __future__ import annotations

import pickle
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer import build_index
from search import Archive, ArticleMissing, IndexMissing, Page, open_archive

ARTICLES = {
    "1953/工厂.txt": (
        "Title: The Factories of Tianjin Increase Production\nAuthor: Li Ming\nDate: 1953-10-31\n"
        "Page: 1\n\n    The workers of Tianjin increase production and practise economy.\n"
        "    The mass line is the method.\n\n<hr />\n\nOriginal:\n\n### 天津工厂增加生产\n李明\n"
        "1953-10-31\n第1版(要闻)\n专栏：工业\n\n    天津工人增产节约，国家计划超额完成。\n"
        "    群众路线是工作方法。\n"
    ),
    "1954/农业.md": (
        "Title: Good Harvest in Hebei\nAuthor:\nDate: 1954-07-02\nPage: 2\n\n"
        "    The peasants bring in a good harvest. Production rises.\n\n<hr />\n\nOriginal:\n\n"
        "### 河北丰收\n\n1954-07-02\n第2版()\n专栏：\n\n    農民豐收，产量增加，增产不忘节约。\n"
    ),
    "1955/english.txt": (
        "Title: A Letter on Economy\nDate: 1955-01-01\nPage: 3\n\n    Mass meetings.\n"
    ),
    "1956/中文.txt": "### 图片\n\n1956-05-01\n第4版()\n专栏：\n\n    天津的春天。\n",
    "plain.txt": "一篇没有日期的文章\n\n先进经验值得推广。\n",
}


@pytest.fixture(scope="module")
def make(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], tuple[Path, Path]]:
    def make() -> tuple[Path, Path]:
        place = tmp_path_factory.mktemp("archive")
        for name, text in ARTICLES.items():
            (place / "seeds" / name).parent.mkdir(parents=True, exist_ok=True)
            (place / "seeds" / name).write_text(text, encoding="utf-8")
        build_index(place / "seeds", index=place / "index")
        return place / "seeds", place / "index"

    return make


@pytest.fixture(scope="module")
def archive(make: Callable[[], tuple[Path, Path]]) -> Iterator[Archive]:
    with open_archive(make()[1]) as archive:
        yield archive


def found(page: Page) -> set[str]:
    return {hit.article.id for hit in page}


FACTORY, FARM, LETTER, PICTURE, PLAIN = ARTICLES


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("天津", {FACTORY, PICTURE}),
        ("Tianjin", {FACTORY}),
        ("increasing productions", {FACTORY}),
        ("增产 节约", {FACTORY, FARM}),
        ('"增产节约"', {FACTORY}),
        ("「增产节约」", {FACTORY}),
        ('"increase production"', {FACTORY}),
        ('"increased production"', set()),
        ("農民", {FARM}),
        ("农民", {FARM}),
        ("丰收 harvest", {FARM}),
        ("天津 OR 丰收", {FACTORY, FARM, PICTURE}),
        ("天津 NOT 工人", {PICTURE}),
        ("天津 -工人", {PICTURE}),
        ("NOT 天津", {FARM, LETTER, PLAIN}),
        ("(天津 OR 农民) AND production", {FACTORY, FARM}),
        ("增?节约", {FACTORY}),
        ("增产*节约", {FACTORY, FARM}),
        ("product*", {FACTORY, FARM}),
        ("producton~1", {FACTORY, FARM}),
        ("增产结约~1", {FACTORY}),
        ("天津 NEAR/3 节约", set()),
        ("天津 NEAR/5 节约", {FACTORY}),
        ("title:production", {FACTORY}),
        ("标题：丰收", {FARM}),
        ("author:李明", {FACTORY}),
        ("李明", {FACTORY}),
        ("column:工业", {FACTORY}),
        ("section:要闻", {FACTORY}),
        ("date:1954", {FARM}),
        ("date:1953-10", {FACTORY}),
        ("date:[1953-10-31 TO 1954-07-02]", {FACTORY, FARM}),
        ("page:4", {PICTURE}),
        ("lang:zh -lang:en", {PICTURE, PLAIN}),
        (f'id:"{PICTURE}"', {PICTURE}),
        ("*", set(ARTICLES)),
        ("先进经验", {PLAIN}),
        ("mass line", {FACTORY}),
        ("line meetings", {FACTORY, LETTER}),
        ("春", {PICTURE}),
        ("經驗", {PLAIN}),
        ("ＭＡＳＳ", {FACTORY, LETTER}),
    ],
)
def test_a_query_finds_the_expected_articles(
    archive: Archive, text: str, expected: set[str]
) -> None:
    page = archive.search(text)
    assert found(page) == expected
    assert page.total == len(expected)


def test_an_id_may_begin_and_end_with_blanks(tmp_path: Path) -> None:
    names = [" a.md", "a.md", "  /b.md"]
    for name in names:
        path = tmp_path / "seeds" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("Title: A mill\n\n    It works.\n", encoding="utf-8")
    build_index(tmp_path / "seeds", index=tmp_path / "index")
    with open_archive(tmp_path / "index") as archive:
        for name in names:
            assert found(archive.search(f'id:"{name}"')) == {name}
            assert archive.article(name).id == name
        assert archive.search('id:"a.md "').total == 0


def test_all_words_must_match_or_else_any_and_the_page_says_so(archive: Archive) -> None:
    assert not archive.search("mass line").relaxed
    page = archive.search("line meetings")
    assert page.relaxed
    assert archive.search("line meetings", match="all").total == 0
    assert found(archive.search("mass line", match="any")) == {FACTORY, LETTER}
    assert not archive.search("mass line", match="any").relaxed


def test_lang_restricts_texts_and_articles(archive: Archive) -> None:
    assert found(archive.search("天津", lang="en")) == set()
    assert found(archive.search("production", lang="en")) == {FACTORY, FARM}
    assert found(archive.search("*", lang="en")) == {FACTORY, FARM, LETTER}


def test_dates_restrict_and_sort(archive: Archive) -> None:
    assert found(archive.search("*", since=date(1954, 7, 2), until=date(1955, 1, 1))) == {
        FARM,
        LETTER,
    }
    in_time = [FACTORY, FARM, LETTER, PICTURE]
    assert [h.article.id for h in archive.search("*", sort="date")] == [*in_time, PLAIN]
    assert [h.article.id for h in archive.search("*", sort="-date")] == [*in_time[::-1], PLAIN]


def test_pages_are_consecutive(archive: Archive) -> None:
    pages = [archive.search("*", sort="date", limit=2, offset=offset) for offset in (0, 2, 4, 6)]
    assert [len(page) for page in pages] == [2, 2, 1, 0]
    assert [hit.rank for page in pages for hit in page] == [1, 2, 3, 4, 5]
    assert {page.total for page in pages} == {5}


def test_hits_are_the_same_in_a_batch_and_alone(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("search.passage.page._BATCH", 2)
    text = "天津 OR production OR line OR 经验"
    together = archive.search(text)
    assert len(together) == 4
    for number, hit in enumerate(together):
        assert list(archive.search(text, limit=1, offset=number)) == [hit]


def test_snippets_mark_whole_words_in_their_language(archive: Archive) -> None:
    (hit,) = archive.search('工人 "mass line"').hits
    marked = {s.language: [s.text[a:b] for a, b in s.spans] for s in hit.snippets}
    assert marked == {"zh": ["工人"], "en": ["mass line"]}
    assert {s.language: s.paragraph for s in hit.snippets} == {"zh": 1, "en": 2}


def test_an_article_is_returned_whole(archive: Archive) -> None:
    article = archive.article(FACTORY)
    assert article.title_en == "The Factories of Tianjin Increase Production"
    assert article.paragraphs_zh[1] == "群众路线是工作方法。"
    with pytest.raises(ArticleMissing, match="nowhere"):
        archive.article("nowhere")


def test_info_counts_articles_and_dates(archive: Archive) -> None:
    info = archive.info()
    assert (info.articles, info.bilingual, info.english_only, info.chinese_only) == (5, 2, 1, 2)
    assert (info.first_date, info.last_date) == (date(1953, 10, 31), date(1956, 5, 1))
    assert info.undated == 1
    assert info.size > 0
    assert len(archive) == 5


@pytest.mark.parametrize("text", ["", "   ", "，。！", '""', "()"])
def test_a_query_without_words_finds_nothing_and_says_so(archive: Archive, text: str) -> None:
    page = archive.search(text)
    assert page.total == 0
    assert "no-words" in {diagnostic.kind for diagnostic in page.diagnostics}


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(), st.text(st.sampled_from('增产节约 "“”()*?~^:-ANDORTNEAR/5天津mass '))))
def test_searching_raises_nothing_for_any_text(archive: Archive, text: str) -> None:
    page = archive.search(text)
    assert page.total >= len(page)


def test_refresh_switches_to_the_newest_state(make: Callable[[], tuple[Path, Path]]) -> None:
    seeds, index = make()
    with open_archive(index) as archive:
        assert not archive.refresh()
        (seeds / "new.txt").write_text("Title: 新的\n\n    铁路通车。\n", encoding="utf-8")
        (seeds / FARM).unlink()
        build_index(seeds, index=index)
        assert archive.search("铁路").total == 0
        assert archive.search("丰收").total == 1
        assert archive.refresh()
        assert archive.search("铁路").total == 1
        assert archive.search("丰收").total == 0
        assert len(archive) == 5


def test_threads_may_share_an_archive(make: Callable[[], tuple[Path, Path]]) -> None:
    with open_archive(make()[1]) as archive, ThreadPoolExecutor(8) as threads:
        start = threading.Barrier(8)

        def ask(text: str) -> set[str]:
            start.wait()
            return found(archive.search(text))

        answers = list(threads.map(ask, ["天津", "production"] * 4))
    assert answers == [{FACTORY, PICTURE}, {FACTORY, FARM}] * 4


def test_a_missing_index_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing, match="duizhao index"):
        open_archive(tmp_path / "none")


WRONG: list[tuple[str, dict[str, Any], type[Exception]]] = [
    ("search", {"text": None}, TypeError),
    ("search", {"lang": "fr"}, ValueError),
    ("search", {"match": "some"}, ValueError),
    ("search", {"match": None}, ValueError),
    ("search", {"sort": "left"}, ValueError),
    ("search", {"sort": None}, ValueError),
    ("search", {"sort": ["date"]}, ValueError),
    ("search", {"facets": ["years"]}, ValueError),
    ("search", {"facets": "year"}, TypeError),
    ("search", {"facets": None}, TypeError),
    ("search", {"limit": None}, TypeError),
    ("search", {"offset": "1"}, TypeError),
    ("search", {"width": 7.5}, TypeError),
    ("search", {"since": "1953"}, TypeError),
    ("search", {"until": 1953}, TypeError),
    ("search", {"snippets": None}, TypeError),
    ("search", {"snippets": "no"}, TypeError),
    ("search", {"counterparts": None}, TypeError),
    ("concordance", {"text": b"workers"}, TypeError),
    ("concordance", {"sort": "middle"}, ValueError),
    ("concordance", {"window": None}, TypeError),
    ("concordance", {"limit": None}, TypeError),
    ("concordance", {"bilingual": None}, TypeError),
    ("concordance", {"lang": "english"}, ValueError),
    ("collocates", {"text": 1}, TypeError),
    ("collocates", {"measure": "dice"}, ValueError),
    ("collocates", {"measure": None}, ValueError),
    ("collocates", {"min_count": None}, TypeError),
    ("collocates", {"until": "1953-10"}, TypeError),
    ("lexicon", {"term": None}, TypeError),
    ("lexicon", {"since": "1953"}, TypeError),
    ("lexicon", {"limit": None}, TypeError),
    ("article", {"id": None}, TypeError),
]


@pytest.mark.parametrize(("method", "options", "error"), WRONG, ids=str)
def test_a_wrong_argument_raises_before_anything_is_read(
    archive: Archive,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    options: dict[str, Any],
    error: type[Exception],
) -> None:
    ((name, value),) = options.items()
    given = {"text": "workers", "term": "workers", "id": FACTORY}
    first = {"lexicon": "term", "article": "id"}.get(method, "text")
    monkeypatch.setattr(Archive, "_snapshot", property(lambda _: pytest.fail("was read")))
    with pytest.raises(error) as raised:
        getattr(archive, method)(**{first: given[first]} | options)
    message = str(raised.value)
    assert name in message
    assert repr(value).strip("[]") in message


def test_numbers_out_of_range_count_as_the_nearest_in_range(archive: Archive) -> None:
    assert not archive.search("mass", width=-5, limit=2**64, offset=-1).hits[0].snippets
    assert [*archive.concordance("mass", limit=2**64)] == [*archive.concordance("mass", limit=0)]


def test_what_reads_the_index_says_what_to_pass_to_another_process(archive: Archive) -> None:
    page = archive.search("steel")
    assert pickle.loads(pickle.dumps(page)) == page
    lazy = archive.search("steel", snippets=False)
    assert pickle.loads(pickle.dumps(tuple(lazy.hits))) == tuple(lazy.hits)
    for value, advice in (
        (archive, "pass its path"),
        (lazy, r"pass tuple\(page\.hits\)"),
        (archive.concordance("steel"), r"pass list"),
    ):
        with pytest.raises(TypeError, match=advice):
            pickle.dumps(value)
