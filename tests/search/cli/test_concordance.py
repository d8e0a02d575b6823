"""The commands `kwic` and `collocates`, whole: standard output and error, exit status."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from indexer import build_index
from tests.search.cli.test_search import SEED, Shell

MORE = """\
Title: The Workers' Paper
Date: 1954-02-01

    The workers read. The workers write, and the workers of the mill \x1b[31msing\u202e.

<hr />

Original:

### 工人的报纸

1954-02-01
第2版()
专栏：

    工人读报，工人写稿，增产节约的工人最光荣。
"""


@pytest.fixture(scope="module")
def duizhao(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    directory = tmp_path_factory.mktemp("cli")
    (directory / "seeds").mkdir()
    (directory / "seeds" / "a.txt").write_text(SEED, encoding="utf-8")
    (directory / "seeds" / "b.txt").write_text(MORE, encoding="utf-8")
    build_index(directory / "seeds", index=directory / "index")
    return Shell(directory)


def test_lines_are_aligned_on_the_keyword(duizhao: Shell) -> None:
    assert duizhao("kwic", "增产 OR production", "--window", "22") == (
        0,
        "1953-10-31        Workers Increase  Production                            a.txt title\n"
        "1953-10-31                    工人  增产  节约                            a.txt title\n"
        "1953-10-31                天津工人  增产  节约，国家计划超额完成          a.txt ¶1\n"
        "1953-10-31     of Tianjin increase  production  . The harvest is good.    a.txt ¶1\n"
        "1954-02-01    工人读报，工人写稿，  增产  节约的工人最光荣。              b.txt ¶1\n",
        "5 lines in 2 articles\n",
    )


def test_sorted_by_what_follows(duizhao: Shell) -> None:
    arguments = ("workers", "--lang", "en", "--sort", "right", "--limit", "4", "--window", "20")
    assert duizhao("kwic", *arguments) == (
        0,
        "1953-10-31                        Workers  Increase Production        a.txt title\n"
        "1954-02-01        write, and the  workers  of the mill                b.txt ¶1\n"
        "1953-10-31                   The  workers  of Tianjin increase        a.txt ¶1\n"
        "1954-02-01                   The  Workers  ' Paper                    b.txt title\n",
        "6 lines in 2 articles, 4 shown\n",
    )


def test_a_table(duizhao: Shell) -> None:
    assert duizhao("kwic", "workers", "--from", "1954", "--csv", "--limit", "2") == (
        0,
        "id,date,language,paragraph,start,left,keyword,right\r\n"
        "b.txt,1954-02-01,en,0,4,The ,Workers,' Paper\r\n"
        'b.txt,1954-02-01,en,1,4,The ,workers," read. The workers write, and the"\r\n',
        "4 lines in 1 article, 2 shown\n",
    )


def test_json_is_an_object_a_line(duizhao: Shell) -> None:
    status, out, err = duizhao("kwic", "写稿", "workers", "--json", "--limit", "1")
    assert (status, err) == (0, "")
    assert [json.loads(line) for line in out.splitlines()] == [
        {
            "schema": 1, "type": "concordance", "query": "写稿 workers", "total": 5, "articles": 1,
            "matching": 1, "limit": 1, "relaxed": False, "diagnostics": [],
        },
        {
            "schema": 1, "type": "line", "id": "b.txt", "date": "1954-02-01", "language": "en",
            "paragraph": 0, "start": 4, "left": "The ", "keyword": "Workers", "right": "' Paper",
            "counterpart": "", "counterpart_spans": [],
        },
    ]  # fmt: skip


def test_colour_when_asked_for(duizhao: Shell) -> None:
    plain = duizhao("kwic", "工人").out
    coloured = duizhao("kwic", "工人", "--color", "always").out
    assert "\x1b" not in plain
    assert coloured.replace("\x1b[1;31m", "").replace("\x1b[0m", "") == plain
    assert "\x1b[1;31m工人\x1b[0m" in coloured


def test_control_sequences_of_an_article_do_not_get_through(duizhao: Shell) -> None:
    for form in ([], ["--csv"], ["--json"]):
        out = duizhao("kwic", "mill", *form).out
        assert "sing" in out
        assert not set(out) & {"\x1b", "\u202e"}


def test_collocates(duizhao: Shell) -> None:
    assert duizhao("collocates", "工人", "--min-count", "2") == (
        0,
        "collocate  logdice  together  in all\n"
        "增产节约     13.42         3       3\n"
        "工人         13.00         3       6\n"
        "的           13.00         2       2\n",
        "6 occurrences in Chinese; 3 words occur at least 2 times within 5 words\n",
    )


def test_collocates_with_examples_in_both_languages(duizhao: Shell) -> None:
    arguments = ("工人 OR workers", "--min-count", "3", "--limit", "2", "--examples")
    blank = " "
    assert duizhao("collocates", *arguments) == (
        0,
        "collocate  logdice  together  in all\n"
        "the          14.11         7       7\n"
        f"    1953-10-31  {blank:37}The  workers  of Tianjin increase production. The"
        f"{blank:12}a.txt ¶1\n"
        "增产节约     13.42         3       3\n"
        f"    1953-10-31  {blank:42}工人  增产节约{blank:42}a.txt title\n",
        "6 occurrences in Chinese and 6 occurrences in English; "
        "4 words occur at least 3 times within 5 words, 2 shown\n",
    )


def test_collocates_in_json(duizhao: Shell) -> None:
    arguments = ("workers", "--measure", "t", "--window", "1", "--limit", "1", "--json")
    status, out, err = duizhao("collocates", *arguments)
    assert (status, err) == (0, "")
    first, collocate = map(json.loads, out.splitlines())
    assert first == {
        "schema": 1, "type": "collocates", "query": "workers", "total": 1,
        "nodes": {"zh": 0, "en": 6}, "measure": "t", "window": 1, "min_count": 3, "limit": 1,
        "relaxed": False, "diagnostics": [],
    }  # fmt: skip
    assert collocate == {
        "schema": 1, "type": "collocate", "word": "the", "language": "en", "together": 5,
        "frequency": 7, "score": 1.588379,
        "example": {
            "id": "a.txt", "date": "1953-10-31", "language": "en", "paragraph": 1, "start": 4,
            "left": "The ", "keyword": "workers", "right": " of Tianjin increase production. The",
            "counterpart": "", "counterpart_spans": [],
        },
    }  # fmt: skip


def test_the_other_language_below_each_line(duizhao: Shell) -> None:
    query = ("kwic", "增产节约 OR read", "--bilingual", "--window", "10")
    assert duizhao(*query).out == (
        "1953-10-31        工人  增产节约                  a.txt title\n"
        "            = Workers Increase Production\n"
        "1953-10-31    天津工人  增产节约  ，国家计划      a.txt ¶1\n"
        "            = The workers of Tianjin increase production. The harvest is good.\n"
        "1954-02-01  工人写稿，  增产节约  的工人最光      b.txt ¶1\n"
        "            = The workers read. The workers write, and the workers of the mill "
        "\ufffd[31msing\ufffd.\n"
        "1954-02-01     workers  read  . The               b.txt ¶1\n"
        "            = 工人读报，工人写稿，增产节约的工人最光荣。\n"
    )
    table = duizhao(*query, "--csv").out.splitlines()
    assert table[0].endswith(",right,counterpart")
    assert table[1].endswith(",Workers Increase Production")


@pytest.mark.parametrize("command", ["kwic", "collocates"])
def test_nothing_found_is_status_1(duizhao: Shell, command: str) -> None:
    assert duizhao(command, "火星") == (1, "", "nothing found\n")


def test_no_words_to_look_for(duizhao: Shell) -> None:
    message = (
        "1 article matches, but the query has no words that are searched in titles and texts\n"
    )
    assert duizhao("kwic", "date:1953") == (1, "", message)


@pytest.mark.parametrize("command", ["kwic", "collocates"])
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "QUERY"),
        (("！",), "duizhao: the query has no words to search for\n"),
        (("a", "--index", "nowhere"), "nowhere: there is no index"),
        (("a", "--limit", "-1"), "-1"),
        (("a", "--window", "1000000000"), "0000"),
        (("a", "--from", "1953-13"), "no month 13"),
        (("a", "--sort", "up"), "--sort"),
        (("a", "--measure", "dice"), "--measure"),
        (("a", "--csv", "--json"), "--csv"),
    ],
)
def test_errors_take_a_line_or_two(
    duizhao: Shell, command: str, arguments: tuple[str, ...], message: str
) -> None:
    status, out, err = duizhao(command, *arguments)
    assert (status, out) == (2, "")
    assert message.replace("QUERY", "TERM" if command == "collocates" else "QUERY") in err
    assert "Traceback" not in err


@pytest.mark.parametrize("form", ["", "--csv", "--json"])
def test_a_reader_that_stops_early_hears_nothing(duizhao: Shell, form: str) -> None:
    shown = f"{sys.executable} -m search kwic workers {form} --limit {2**64} 2>errors"
    command = f"{{ {shown}; echo $? >status; }} | head -c 1"
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])}
    done = subprocess.run(
        command,
        shell=True,
        cwd=duizhao.directory,
        env=environment,
        capture_output=True,
        check=False,
    )
    assert len(done.stdout) == 1
    assert done.stderr == b""
    errors = (duizhao.directory / "errors").read_text(encoding="utf-8")
    assert errors == ("" if form == "--json" else "6 lines in 2 articles\n")
    assert (duizhao.directory / "status").read_text() == "0\n"


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_a_stream_that_is_closed_is_no_error(duizhao: Shell, closed: str) -> None:
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])}
    for arguments in ("kwic workers", "search workers", "info", "--help"):
        command = f"{sys.executable} -m search {arguments} {closed}"
        done = subprocess.run(
            command, shell=True, cwd=duizhao.directory, env=environment, capture_output=True,
            check=False,
        )  # fmt: skip
        assert (done.returncode, b"Traceback" in done.stderr) == (0, False)


@pytest.mark.parametrize("command", ["search", "kwic", "collocates"])
def test_each_example_of_the_help_has_its_line(duizhao: Shell, command: str) -> None:
    status, out, _ = duizhao(command, "--help")
    assert status == 0
    assert out.startswith(f"Usage: duizhao {command} ")
    assert "\\b" not in out
    assert command in duizhao("--help").out
