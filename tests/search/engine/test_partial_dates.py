"""An article whose date is a month or a year is found wherever the two periods overlap."""

import json
from pathlib import Path

import pytest

from indexer import build_index, verify_index
from search import open_archive
from search.render import json as as_json

DATES = {
    "day": "1953-10-31",
    "month": "October 1953",
    "year": "1953",
    "next": "1954-01-01",
    "none": "unknown",
}


@pytest.fixture
def index(tmp_path: Path) -> Path:
    for name, date in DATES.items():
        text = f"Title: Mill\nDate: {date}\n\nCotton was spun.\n"
        (tmp_path / f"{name}.txt").write_text(text, encoding="utf-8")
    warnings: list[str] = []
    report = build_index(
        tmp_path,
        index=tmp_path / "index",
        jobs=1,
        on_error=lambda warning: warnings.append(warning.reason),
    )
    assert (report.new, report.skipped, report.warnings) == (5, 0, 1)
    assert "0 skipped, 1 warning in" in str(report)
    assert warnings == ["'unknown' is not a date"]
    return tmp_path / "index"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("date:1953", "day month year"),
        ("date:1953-10", "day month year"),
        ("date:1953-10-31", "day month year"),
        ("date:1953-10-30", "month year"),
        ("date:1953-09", "year"),
        ("date:1954", "next"),
        ("date:>=1953-11", "next year"),
        ("date:<1953-10", "year"),
        ("date:*", "day month next year"),
        ("NOT date:*", "none"),
        ("NOT date:1953-10", "next none"),
    ],
)
def test_periods_match_if_they_overlap(index: Path, query: str, found: str) -> None:
    with open_archive(index) as archive:
        names = sorted(hit.article.id.removesuffix(".txt") for hit in archive.search(query))
    assert names == found.split()


def test_a_date_is_printed_as_precisely_as_it_is_known(index: Path) -> None:
    with open_archive(index) as archive:
        lines = [json.loads(line) for line in as_json.page_lines(archive.search("cotton"))]
        dates = {hit["id"].removesuffix(".txt"): hit["date"] for hit in lines[1:]}
        facets = archive.search("cotton", facets=["year", "month"]).facets
    assert dates == {
        "day": "1953-10-31", "month": "1953-10", "year": "1953", "next": "1954-01-01", "none": None,
    }  # fmt: skip
    assert facets[0].counts == (("1953", 3), ("1954", 1))
    assert facets[1].counts == (("1953-10", 2), ("1954-01", 1))


def test_the_index_is_sound(index: Path) -> None:
    assert verify_index(index, deep=True).is_sound
