"""Entries of the lexicon, in the library and on the command line."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from indexer import build_index
from search import Archive, LexiconMissing, open_archive
from search.corpus.lexicon import term_language
from search.render import lexicon as render
from search.render.lexicon import summary
from search.render.marked_text import Style
from tests.indexer.test_learn import write_articles
from tests.search.cli.test_search import Shell


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lexicon")
    write_articles(folder / "seeds", 50, 70)
    (folder / "seeds" / "e.txt").write_text("No workers here.\n\x1b[31mRed\n", encoding="utf-8")
    build_index(folder / "seeds", index=folder / "index")
    return folder


@pytest.fixture(scope="module")
def archive(folder: Path) -> Archive:
    return open_archive(folder / "index")


@pytest.fixture(scope="module")
def duizhao(folder: Path) -> Shell:
    return Shell(folder)


@pytest.mark.parametrize(
    ("term", "rendering"),
    [
        ("工人", "workers"),
        ("农民", "peasants"),
        ("Workers", "工人"),
        ("worker", "工人"),  # all forms of a word
        ("United Nations", "联合国"),
        ("聯合國", "United Nations"),  # as text is folded
        ("Madame Li Teh-chuan", "李德全"),
        ("李德全", "Madame Li Teh-chuan"),
        ("增产节约", "increase production and practise economy"),
    ],
)
def test_the_best_rendering(archive: Archive, term: str, rendering: str) -> None:
    entry = archive.lexicon(term)
    best = entry.renderings[0]
    assert best.text == rendering
    assert best.count / entry.beads == best.share > 0.2
    assert sum(best.years.values()) == best.count
    assert best.first_date == date(min(best.years), 1, 1)
    assert best.last_date == date(max(best.years), 1, 1)
    for bead, there, here in best.examples:
        ours, theirs = bead.sides(entry.language)
        assert theirs[slice(*here)].lower() == rendering.lower() or term == "增产节约"
        assert ours[slice(*there)]


def test_the_counts_are_those_of_the_articles(archive: Archive) -> None:
    entry = archive.lexicon("工人", limit=0)
    assert entry.places == sum(
        p.count("工人")
        for hit in archive.search("工人", limit=99)
        for p in hit.article.paragraphs_zh
    )
    assert entry.articles == archive.search("body:工人").total
    assert entry.total == len(entry.renderings)
    assert sum(r.count for r in entry.renderings) <= entry.beads <= entry.places


def test_a_period(archive: Archive) -> None:
    entry = archive.lexicon("工人", since=date(1955, 1, 1), until=date(1956, 12, 31))
    assert entry.articles == 2
    assert {*entry.renderings[0].years} == {1955, 1956}


def test_a_sample_of_a_frequent_term_covers_all_years(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = archive.lexicon("工人")
    monkeypatch.setattr("search.corpus.lexicon.MAX_BEADS", whole.places // 4)
    some = archive.lexicon("工人")
    assert (some.places, some.articles) == (whole.places, whole.articles)
    assert some.beads < whole.beads / 2
    years = sorted(some.renderings[0].years)
    assert years[0] < 1955
    assert years[-1] > 1964


@pytest.mark.parametrize("term", ["", "  ", "，", "火星", "unheard-of", '"', "a* OR b", "\ud800"])
def test_a_term_that_does_not_occur_has_no_renderings(archive: Archive, term: str) -> None:
    entry = archive.lexicon(term)
    assert (entry.places, entry.beads, entry.renderings) == (0, 0, ())
    assert summary(entry) == "nothing found"


def test_languages() -> None:
    assert [term_language(term) for term in ("工人", "workers", "DDT 粉", "", "1953")] == [
        "zh", "en", "zh", "en", "en",
    ]  # fmt: skip


def test_an_index_without_a_lexicon(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("The workers.", encoding="utf-8")
    build_index(tmp_path, index=tmp_path / "index")
    with open_archive(tmp_path / "index") as archive:
        with pytest.raises(LexiconMissing, match="duizhao lexicon --build --index "):
            archive.lexicon("工人")
        assert archive.search("workers").total == 1
        assert archive.info().lexicon is None


def test_a_table(duizhao: Shell) -> None:
    status, out, err = duizhao("lexicon", "工人", "--limit", "1", "--examples", "1")
    assert status == 0
    head, row, *example = out.splitlines()
    assert head.split() == ["rendering", "count", "share", "confidence", "first", "last"]
    assert row.split()[0] == "workers"
    assert row.split()[-2:] == ["1950-01-01", "1969-01-01"]
    assert len(example) == 3
    assert "«工人»" in example[0]
    assert "«workers»" in example[1]
    assert example[2].endswith(".txt")
    assert err.count("\n") == 1
    assert " occurrences in 19 articles; " in err


def test_by_year(duizhao: Shell) -> None:
    out = duizhao("lexicon", "工人", "--years", "--limit", "1").out
    years = [int(line.split()[0]) for line in out.splitlines()]
    assert years == sorted({*years})
    assert years[0] == 1950
    assert years[-1] == 1969
    assert all(line.split()[1] == "workers" for line in out.splitlines())


def test_json(duizhao: Shell) -> None:
    first, *rest = map(json.loads, duizhao("lexicon", "农民", "--json").out.splitlines())
    assert first["type"] == "lexicon"
    assert (first["term"], first["language"], first["total"]) == ("农民", "zh", len(rest))
    assert {line["type"] for line in rest} == {"rendering"}
    best = rest[0]
    assert best["text"] == "peasants"
    example = best["examples"][0]
    assert example["chinese"][slice(*example["term"])] == "农民"
    assert example["english"][slice(*example["rendering"])].lower() == "peasants"


def test_statuses(duizhao: Shell) -> None:
    assert duizhao("lexicon", "火星") == (1, "", "nothing found\n")
    status, out, err = duizhao("lexicon")
    assert (status, out) == (2, "")
    assert "Missing argument 'TERM', or --build." in err
    status, out, err = duizhao("lexicon", "工人", "--index", "nowhere")
    assert (status, out) == (2, "")
    command = "duizhao index PATHS --index nowhere"
    assert err == f"duizhao: nowhere: there is no index; make one with: {command}\n"


def test_build(duizhao: Shell) -> None:
    status, out, err = duizhao("lexicon", "--build")
    assert (status, err) == (0, "")
    assert out.startswith("learnt from 160 aligned passages of 20 articles, 0 better aligned, in ")
    report = json.loads(duizhao("lexicon", "--build", "--json").out)
    assert (report["beads"], report["articles"]) == (160, 20)
    both = duizhao("lexicon", "工人", "--build", "--limit", "1")
    assert both.status == 0
    assert both.err.startswith("learnt from ")
    assert "workers" in both.out


def test_lines_fit_the_terminal(archive: Archive) -> None:
    entry = archive.lexicon("工人")
    for line in render.year_lines(entry, Style(40)):
        assert len(line) <= 40
