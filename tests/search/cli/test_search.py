"""The commands `search`, `show` and `info`, whole: standard output, standard error, exit status."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from indexer import build_index

SEED = """\
Title: Workers Increase Production
Author: Li Ming
Date: 1953-10-31
Page: 1

    The workers of Tianjin increase production. The harvest is good.

<hr />

Original:

### 工人增产节约
李明
1953-10-31
第1版(要闻)
专栏：工业

    天津工人增产节约，国家计划超额完成。
"""


class Ended(NamedTuple):
    status: int
    out: str
    err: str


class Shell:
    """Runs `duizhao` in a directory of its own, with an index."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def __call__(self, *arguments: str, **variables: str) -> Ended:
        environment = {
            k: v for k, v in os.environ.items() if k not in ("DUIZHAO_INDEX", "NO_COLOR")
        }
        environment["PYTHONPATH"] = str(Path(__file__).parents[3])
        done = subprocess.run(
            [sys.executable, "-m", "search", *arguments],
            cwd=self.directory,
            env=environment | variables,
            capture_output=True,
            check=False,
        )
        return Ended(done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.fixture(scope="module")
def duizhao(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    directory = tmp_path_factory.mktemp("cli")
    (directory / "seeds").mkdir()
    (directory / "seeds" / "a.txt").write_text(SEED, encoding="utf-8")
    (directory / "seeds" / "b.txt").write_text("A Letter\n\n    Good harvest.\n", encoding="utf-8")
    build_index(directory / "seeds", index=directory / "index")
    return Shell(directory)


def test_a_search_prints_titles_facts_and_passages(duizhao: Shell) -> None:
    status, out, err = duizhao("search", "增产节约")
    assert status == 0
    assert out == (
        "1. 工人«增产节约»\n"
        "   Workers Increase Production\n"
        "   1953-10-31 · page 1 · 要闻 · 工业 · 李明 / Li Ming · a.txt\n"
        "   ¶1 天津工人«增产节约»，国家计划超额完成。\n"
        "   = ¶1 The workers of Tianjin increase production. The harvest is good.\n"
    )
    assert duizhao("search", "增产节约", "--no-counterparts").out == out[: out.index("   =")]
    assert err.startswith("1 article matches (")
    assert err.count("\n") == 1


def test_no_snippets(duizhao: Shell) -> None:
    assert "¶" not in duizhao("search", "增产节约", "--no-snippets").out


def test_colour_when_asked_for_and_never_otherwise(duizhao: Shell) -> None:
    assert "\x1b" not in duizhao("search", "增产节约").out
    coloured = duizhao("search", "增产节约", "--color", "always").out
    assert "\x1b[1;31m增产节约\x1b[0m" in coloured
    assert "«" not in coloured


def test_json_is_an_object_a_line(duizhao: Shell) -> None:
    status, out, err = duizhao("search", "--json", "增产节约 harvest")
    assert (status, err) == (0, "")
    page, hit = map(json.loads, out.splitlines())
    assert (page["schema"], page["type"], page["total"], page["relaxed"]) == (1, "page", 1, False)
    assert (hit["type"], hit["rank"], hit["id"], hit["date"]) == ("hit", 1, "a.txt", "1953-10-31")
    for snippet in hit["snippets"]:
        assert [snippet["text"][a:b] for a, b in snippet["spans"]] in (["增产节约"], ["harvest"])


def test_a_relaxed_answer_says_so(duizhao: Shell) -> None:
    status, out, err = duizhao("search", "增产节约", "letter")
    assert status == 0
    assert out.count("\n\n") == 1
    assert err.startswith("no article has all of these words; 2 articles match any of them (")


def test_nothing_found_is_status_1(duizhao: Shell) -> None:
    status, out, err = duizhao("search", "火星")
    assert (status, out) == (1, "")
    assert err.startswith("nothing found (")


@pytest.mark.parametrize("text", ["", "！", '""'])
def test_an_empty_query_is_status_2(duizhao: Shell, text: str) -> None:
    status, out, err = duizhao("search", text)
    assert (status, out) == (2, "")
    assert "duizhao: the query has no words to search for\n" in err


def test_unreadable_parts_of_a_query_are_reported(duizhao: Shell) -> None:
    status, _, err = duizhao("search", 'titel:增产 "工人')
    assert status in (0, 1)
    assert "did you mean title" in err
    assert "is not closed" in err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("search", "a", "--index", "nowhere"), "nowhere: there is no index"),
        (("search", "a", "--from", "1953-13"), "no month 13"),
        (("search", "a", "--lang", "fr"), "fr"),
        (("search", "a", "--page", "0"), "0"),
        (("search",), "QUERY"),
        (("serch", "a"), "did you mean search?"),
        (("show", "nowhere.txt"), "no article has the ID 'nowhere.txt'"),
        (("info", "--index", "nowhere"), "nowhere: there is no index"),
    ],
)
def test_errors_take_a_line_or_two(
    duizhao: Shell, arguments: tuple[str, ...], message: str
) -> None:
    status, out, err = duizhao(*arguments)
    assert (status, out) == (2, "")
    assert message in err
    assert "Traceback" not in err


def test_dates_pages_and_order(duizhao: Shell) -> None:
    assert duizhao("search", "harvest", "--from", "1953", "--to", "1953-10").out.count("1. ") == 1
    assert duizhao("search", "harvest", "--from", "1954").status == 1
    first = duizhao("search", "harvest", "--limit", "1", "--sort", "date")
    assert first.out.startswith("1. 工人")
    assert "2 articles match, 1 to 1 shown" in first.err
    assert duizhao("search", "harvest", "--limit", "1", "--page", "2").out.startswith("2. ")


def test_the_index_may_be_named_by_the_environment(duizhao: Shell) -> None:
    assert duizhao("search", "增产", DUIZHAO_INDEX="nowhere").status == 2
    assert duizhao("search", "增产", DUIZHAO_INDEX="index").status == 0


def test_show_prints_an_article(duizhao: Shell) -> None:
    status, out, _ = duizhao("show", "a.txt")
    assert status == 0
    assert out == (
        "工人增产节约\n"
        "Workers Increase Production\n"
        "1953-10-31 · page 1 · 要闻 · 工业 · 李明 / Li Ming · a.txt\n"
        "\n天津工人增产节约，国家计划超额完成。\n"
        "\nThe workers of Tianjin increase production. The harvest is good.\n"
    )
    assert "天津工人" not in duizhao("show", "a.txt", "--lang", "en").out
    article = json.loads(duizhao("show", "a.txt", "--json").out)
    assert article["paragraphs_zh"] == ["天津工人增产节约，国家计划超额完成。"]


def test_info_describes_the_index(duizhao: Shell) -> None:
    status, out, _ = duizhao("info")
    assert status == 0
    assert "2: 1 in both languages, 1 in English only, 0 in Chinese only" in out
    assert "1953-10-31 to 1953-10-31 (1 undated)" in out
    info = json.loads(duizhao("info", "--json").out)
    assert (info["articles"], info["lexicon"]) == (2, 1)
    assert "lexicon      learnt from 1 article in both languages\n" in out


def test_a_reader_that_stops_early_hears_nothing(duizhao: Shell) -> None:
    command = f"{sys.executable} -m search search harvest --json | head -c 1"
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])}
    done = subprocess.run(
        command,
        shell=True,
        cwd=duizhao.directory,
        env=environment,
        capture_output=True,
        check=False,
    )
    assert done.stdout == b"{"
    assert done.stderr == b""


@pytest.mark.parametrize("command", ["index", "search", "show", "info"])
def test_every_command_has_help(duizhao: Shell, command: str) -> None:
    status, out, _ = duizhao(command, "--help")
    assert status == 0
    assert out.startswith(f"Usage: duizhao {command} ")
    assert command in duizhao("--help").out


def test_control_sequences_of_an_article_do_not_get_through(tmp_path: Path) -> None:
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "x.txt").write_text(
        "Title: Red \x1b[31malert\n\n    harvest \x1b]0;owned\x07 \u202eevil\n" + "    good\n" * 20,
        encoding="utf-8",
    )
    build_index(tmp_path / "seeds", index=tmp_path / "index")
    for arguments in (("search", "harvest"), ("show", "x.txt")):
        out = Shell(tmp_path)(*arguments).out
        assert "harvest" in out
        assert not set(out) & {"\x1b", "\x07", "\u202e"}
