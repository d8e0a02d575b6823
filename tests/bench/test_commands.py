"""The commands of the benchmarks, whole, on a corpus made of the seed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bench.__main__ import cli
from bench.queries import PAGE_KINDS, Kind


@pytest.fixture
def results(tmp_path: Path) -> Path:
    return tmp_path / "results"


def invoke(cache: Path, results: Path, *arguments: str) -> str:
    places = ["--corpus", str(results / "none"), "--cache", str(cache), "--results", str(results)]
    outcome = CliRunner().invoke(cli, [*arguments, *places], catch_exceptions=False)
    assert outcome.exit_code == 0, outcome.output
    return outcome.stdout


def kept(results: Path) -> dict[str, Any]:
    (path,) = results.iterdir()
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def test_query(cache: Path, results: Path) -> None:
    options = ("--count", "30", "--peer", "sqlite", "--rounds", "2", "--questions", "5")
    lines = invoke(cache, results, "query", *options).splitlines()
    assert [line.split(", ms")[0].strip() for line in lines[1:]] == [*Kind]
    assert "sqlite 0 of 5" in next(line for line in lines if line.startswith("phrase zh"))
    content = kept(results)
    assert content["corpora"][0]["files"] == 30
    assert content["settings"]["versions"].keys() == {"duizhao", "sqlite"}
    for row in content["rows"]:
        figures = row["rounds"]["duizhao"]
        assert len(figures) == 2
        assert min(figures) > 0
        assert set(row["disagreements"].values()) <= {"0 of 5"}


def test_page_in_markdown(cache: Path, results: Path) -> None:
    options = ("--count", "20", "--peer", "sqlite", "--rounds", "1", "--questions", "5")
    lines = invoke(cache, results, "page", *options, "--markdown").splitlines()
    assert lines[0] == (
        "|  | duizhao | one language | duizhao / one language | sqlite | duizhao / sqlite |"
    )
    assert [line.split(", ms")[0].strip("| ") for line in lines[2:]] == [*PAGE_KINDS]


def test_index(cache: Path, results: Path) -> None:
    options = ("--count", "20", "--peer", "sqlite", "--rounds", "1")
    lines = invoke(cache, results, "index", *options).splitlines()
    assert lines[1].startswith("indexing, documents/s")
    sizes = {row["name"]: row for row in kept(results)["rows"]}
    assert sizes["index / source"]["median"]["sqlite"] > 0.5  # the articles are stored


def test_cold(cache: Path, results: Path) -> None:
    options = ("--count", "20", "--peer", "sqlite", "--rounds", "1")
    lines = invoke(cache, results, "cold", *options).splitlines()
    assert len(lines) == 6
    assert lines[1].split()[0] == "--help,"
    assert lines[1].split()[-1] == "-"  # a library has no help


def test_scale(cache: Path, results: Path) -> None:
    options = ("--sizes", "10,20", "--rounds", "1", "--questions", "2")
    lines = invoke(cache, results, "scale", *options).splitlines()
    assert lines[0].split() == ["duizhao", "10", "duizhao", "20"]
    assert {row["articles"] for row in kept(results)["rows"]} == {10, 20}


@pytest.mark.parametrize("arguments", [["scale", "--sizes", "1,x"], ["query", "--peer", "lucene"]])
def test_wrong_arguments_are_reported(arguments: list[str]) -> None:
    assert CliRunner().invoke(cli, arguments).exit_code == 2
