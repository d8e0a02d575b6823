"""Tables and files of figures."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from bench.report import (
    Row,
    as_markdown,
    as_text,
    command,
    comparison,
    growth,
    save,
    significant,
)

ROWS = [
    Row("词 zh", "ms", {"duizhao": [1, 2, 3], "sqlite": [2, 4, 6]}, 10, {"sqlite": "0 of 5"}),
    Row("fuzzy", "ms", {"duizhao": [0.5, 0.5, 0.5]}, 10),
]


def test_a_comparison_has_medians_ratios_and_dashes() -> None:
    assert comparison(ROWS, ["sqlite"]) == [
        ["", "duizhao", "sqlite", "duizhao / sqlite", "counts that differ"],
        ["词 zh, ms", "2.00", "4.00", "0.500 (0.500–0.500)", "sqlite 0 of 5"],
        ["fuzzy, ms", "0.500", "-", "-", "-"],
    ]


def test_growth_has_a_column_for_each_size() -> None:
    rows = [
        *ROWS,
        Row("fuzzy", "ms", {"duizhao": [9]}, 1000),
        Row("fuzzy", "MB", {"sqlite": [1]}, 10),
    ]
    assert growth(rows, ["duizhao", "sqlite"]) == [
        ["", "duizhao 10", "duizhao 1,000", "sqlite 10", "sqlite 1,000"],
        ["词 zh, ms", "2.00", "-", "4.00", "-"],
        ["fuzzy, ms", "0.500", "9.00", "-", "-"],
        ["fuzzy, MB", "-", "-", "1.00", "-"],
    ]


def test_columns_are_aligned_by_what_a_terminal_shows() -> None:
    assert as_text([["", "duizhao"], ["词", "1.00"], ["abc", "22.0"]]) == (
        "     duizhao\n词      1.00\nabc     22.0"
    )


def test_markdown_aligns_figures_to_the_right() -> None:
    assert as_markdown([["", "duizhao"], ["a", "1"]]) == "|  | duizhao |\n| --- | ---: |\n| a | 1 |"


@pytest.mark.parametrize(
    ("number", "text"),
    [(12345.6, "12,346"), (123.4, "123"), (12.34, "12.3"), (1.234, "1.23"), (0.1234, "0.123")],
)
def test_figures_are_rounded(number: float, text: str) -> None:
    assert significant(number) == text


def test_a_file_holds_figures_and_what_they_were_measured_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["bench", "query", "--seeds", str(tmp_path / "my seeds")])
    path = save(tmp_path / "results", "query", [{"files": 10}], ROWS, {"rounds": 3})
    assert path.parent == tmp_path / "results"
    kept = json.loads(path.read_text(encoding="utf-8"))
    assert kept["command"] == "python -m bench query --seeds 'my seeds'"
    assert kept["corpora"] == [{"files": 10}]
    assert kept["settings"] == {"rounds": 3}
    assert {"cpu", "cores", "platform", "python", "packages"} <= kept["host"].keys()
    assert kept["rows"][0]["rounds"] == {"duizhao": [1, 2, 3], "sqlite": [2, 4, 6]}
    assert kept["rows"][0]["median"] == {"duizhao": 2, "sqlite": 4}
    assert kept["rows"][0]["ratio"]["sqlite"]["median"] == 0.5
    assert kept["rows"][1]["ratio"] == {}


def test_a_command_tells_no_places() -> None:
    assert command(["index", "--seeds", "/home/me/seeds"]) == "python -m bench index --seeds seeds"
