"""Hostile queries, in short; and the messages when a limit is reached."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.trust.queries import _check, ask, small
from search import Archive, open_archive
from search.engine.budget import BudgetLimits
from search.language.limits import MAX_EXPANSIONS, MAX_PARTS
from search.language.parser import parse
from search.render import terminal
from search.render.marked_text import Style


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    return open_archive(small(tmp_path_factory.mktemp("queries")))


def test_no_query_raises_or_commands_a_terminal(archive: Archive) -> None:
    tried = ask(archive, 1000, 1, slow=60)
    assert tried.found > 100


@given(st.text(st.characters(codec=None), max_size=60))
def test_nor_does_any_text(archive: Archive, query: str) -> None:
    page = archive.search(query, limit=2)
    _check([*terminal.page_lines(page, Style())])


def kinds(archive: Archive, query: str) -> set[str]:
    return {diagnostic.kind for diagnostic in archive.search(query).diagnostics}


@pytest.mark.parametrize(
    "query",
    [
        "(" * 10_000 + "workers" + ")" * 10_000,
        "workers " * 125_000,
        "工" * 1_000_000,
        "NOT " * 5_000 + "workers",
        "date:1953 (" * 10_000 + "workers peasants",
        "(" * 30 + "workers 人 (" + ") date:1953" * 30,
        "?*?*",
        "***",
        "date:[1954 TO 1953]",
        "page:99999999999999999999999",
    ],
)
def test_what_is_too_much_is_told_and_soon_answered(archive: Archive, query: str) -> None:
    assert kinds(archive, query) or archive.search(query).total


def test_only_so_many_wildcards_are_looked_for(archive: Archive) -> None:
    letters = "abcdefghijklmnopqrstuvwxyz"
    few = " OR ".join(f"{letter}*" for letter in letters)
    assert not kinds(archive, few)
    many = parse(" OR ".join(f"{a}{b}*" for a in letters for b in letters))
    assert [d.kind for d in many.diagnostics] == ["too-many-expansions"]
    assert len(many.tree.children) == MAX_EXPANSIONS  # type: ignore[union-attr]
    assert "too-many-expansions" in kinds(archive, " ".join(f"*{letter}*" for letter in letters))
    assert "too-many-expansions" in kinds(archive, ",".join(f"*{letter}" for letter in letters))
    misspelt = parse(" ".join(f"word{number}~" for number in range(60)))
    assert [d.kind for d in misspelt.diagnostics] == ["too-many-expansions"]
    assert len(misspelt.tree.children) == 60  # type: ignore[union-attr]


def test_a_long_run_is_not_looked_for_spelt_otherwise(archive: Archive) -> None:
    assert kinds(archive, "工" * 100 + "~1") == {"too-long"}
    assert kinds(archive, "工" * 64 + "~1") == kinds(archive, "工" * 10 + "~2") == set()
    assert (
        kinds(archive, "工" * 11 + "~2") == kinds(archive, "㍿工厂工厂工厂工厂~2") == {"too-long"}
    )
    assert kinds(archive, "antidisestablishmentarianism~2") == set()


def test_a_run_counts_by_its_spellings(archive: Archive) -> None:
    runs = [f"{chr(0x4E00 + number)}人农民~" for number in range(41)]
    assert kinds(archive, " ".join(runs[1:])) == set()
    assert kinds(archive, " ".join(runs)) == {"too-many-expansions"}
    assert kinds(archive, "工人农民生产节约~2 农民工人生产节约~2") == {"too-many-expansions"}
    words = [f"workers{number}~2^3" for number in range(41)]
    assert kinds(archive, " ".join(words[1:])) == set()
    assert kinds(archive, " ".join(words)) == {"too-many-expansions"}
    assert kinds(archive, " ".join(["*tion"] * 41)) == set()  # a repeated one counts once


@pytest.mark.parametrize(
    "query",
    ["wor*k" * 2_000, '"' + "workers " * 1_000 + '"~9', "工*" * 3_000, "wor*k" * 1_900 + "^2"],
)
def test_what_has_too_many_parts_is_cut(archive: Archive, query: str) -> None:
    assert "too-long" in kinds(archive, query)
    assert list(archive.concordance(query, limit=3)) is not None
    if query.endswith("^2"):
        return
    few = query.replace("wor*k", "", 2_000 - MAX_PARTS + 2).replace(
        "workers ", "", 1_000 - MAX_PARTS
    )
    few = few.replace("工*", "", 3_000 - MAX_PARTS + 1)
    assert "too-long" not in kinds(archive, few)
    assert archive.search(query).total == archive.search(few).total


def test_words_that_are_too_common_to_look_how_near_they_stand(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = "workers NEAR/1 peasants"
    near, both = archive.search(query), archive.search("workers peasants", match="all")
    assert 0 < near.total < both.total
    monkeypatch.setattr("search.engine.interval_lookup._LIMITS", BudgetLimits(0, 3, 16))
    cut = archive.search(query)
    assert cut.total == both.total
    assert [d.kind for d in cut.diagnostics] == ["too-common"]
    assert archive.search('"workers peasants"').diagnostics == ()  # a phrase is a phrase
    assert archive.search("工人 NEAR/1 农民").diagnostics
    assert list(archive.concordance(query, limit=5))
    assert archive.search(f"workers NOT ({query})").total >= near.total  # nothing is missed


def test_wildcards_that_are_too_common_to_be_counted(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, both = archive.search("e?onomy"), archive.search("w* e?onomy", match="all")
    assert 0 < both.total < first.total < len(archive)
    monkeypatch.setattr("search.engine.term_lookup._LIMITS", BudgetLimits(0, 0, 16))
    assert not archive.search("w*").diagnostics
    for query in (
        "w* e?onomy",
        "e?onomy w*",
        "w* ?n? e?onomy",
        "e?onomy NOT w*",
        "e?onomy NEAR m*",
    ):
        page = archive.search(query, match="all")  # the longest is counted
        assert [d.kind for d in page.diagnostics] == ["too-common"], query
        assert page.total == first.total, query
        assert list(archive.concordance(query, limit=3)), query
    certain = archive.search("* NOT e?onomy NOT w*", match="all")
    assert certain.total == len(archive) - first.total


def test_what_stands_nearly_everywhere_is_not_looked_for_beside_words(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lines(query: str) -> list[tuple[str, str, int, int]]:
        found = archive.concordance(query, limit=0, sort="date")
        listed = [(line.id, line.keyword, line.paragraph, line.start) for line in found]
        assert len(listed) == found.total
        return listed

    near = lines("w* NEAR/3 factory")
    assert near
    assert near != lines("factory")
    monkeypatch.setattr("search.engine.interval_lookup._LIMITS", BudgetLimits(0, 3, 16))
    both = lines("factory AND w*")
    for query in (
        "w* NEAR/3 factory",
        '(w* OR "w* m*"~2) NEAR factory',
    ):
        assert lines(query) == [line for line in both if line[1].lower() == "factory"], query
    assert lines("w* NEAR m*") == []
    assert lines("w*")


def test_what_is_read_in_parts_is_the_same(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    queries = [
        "w*",
        "body:w*",
        "title:*",
        "工*",
        "*o* NEAR/3 *e*",
        "factory-w*",
        "工* NEAR 产*",
    ]
    with open_archive(archive.info().path) as other:
        whole = [answer(other, query) for query in queries]
    assert all(total for total, *_ in whole)
    monkeypatch.setattr("indexer.codec.postings_reader.BATCH_POSTINGS", 3)
    monkeypatch.setattr("search.engine.term_positions._MAX_CACHED", 0)
    with open_archive(archive.info().path) as other:
        assert [answer(other, query) for query in queries] == whole


def answer(archive: Archive, query: str) -> tuple[int, list[tuple[str, float]], int]:
    page = archive.search(query, limit=20)
    return (
        page.total,
        [(hit.article.id, round(hit.score, 4)) for hit in page],
        archive.concordance(query).total,
    )
