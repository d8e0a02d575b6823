"""The harness of `bench.trust.seeds`, in short; and what it must be able to find."""

from __future__ import annotations

import os
import random
import sys
from collections import Counter
from pathlib import Path

import pytest

from bench.trust import seeds as harness
from bench.trust.broken import Expected, populate
from indexer import SeedError, build_index
from indexer.source.seeds import find_seeds
from search import open_archive

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pipes, links, odd names")


def test_every_broken_file_is_indexed_or_reported(tmp_path: Path) -> None:
    found = harness.attempt(tmp_path, 150, 1, large=False)
    assert not found.faults
    assert found.counts["candidates"] > 300
    assert found.counts["indexed"] + found.counts["reported"] >= found.counts["candidates"]
    assert len(found.reasons) > 8


def test_unexpected_results_are_reported() -> None:
    candidates = {
        "a.txt": Expected.EITHER,
        "b.txt": Expected.INDEXED,
        "c\n.txt": Expected.REPORTED,
        "d.txt": Expected.GONE,
        "e.txt": Expected.REPORTED,
        "f.txt": Expected.EITHER,
    }
    right = {"b.txt"}, Counter(["c\\n.txt", "e.txt", "a.txt", "f.txt"])
    assert not [*harness._misplaced(*right, candidates)]
    wrong = {"e.txt", "f.txt", "g.txt"}, Counter(["b.txt", "f.txt", "h.txt"])
    assert sorted(harness._misplaced(*wrong, candidates)) == [
        "a.txt: not indexed, reported 0 times",
        "b.txt: not indexed",
        "c\\n.txt: not indexed, reported 0 times",
        "e.txt: not reported",
        "f.txt: indexed, reported 1 times",
        "g.txt: unexpected",
        "h.txt: unexpected",
    ]


def test_the_files_are_the_same_each_time(tmp_path: Path) -> None:
    texts = [b"Title: A\n\n    Some text.\n", "# 增产\n\n    节约。\n".encode()]
    made = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        candidates = populate(tmp_path / name, texts, 100, random.Random(1), large=False)
        made.append({path.removeprefix(str(tmp_path / name)) for path in candidates})
    assert made[0] == made[1]


@pytest.mark.parametrize("name", ["se\aeds", "se\udcffeds"])
def test_what_is_known_stays_below_a_root_of_any_name(tmp_path: Path, name: str) -> None:
    root = tmp_path / name
    root.mkdir()
    (root / "a.txt").write_text("The workers.")
    build_index(root, index=tmp_path / "index")
    (root / "a.txt").unlink()
    os.mkfifo(root / "a.txt")
    report = build_index(root, index=tmp_path / "index")
    assert (report.removed, report.skipped, report.articles) == (0, 1, 1)


def test_what_an_inner_root_knows_of_a_file_that_cannot_be_read_stays(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (inner / "x.txt").write_text("The workers.")
    (inner / "y.txt").write_text("The peasants. " * 100)
    build_index(inner, index=tmp_path / "index")
    report = build_index(tmp_path / "a", index=tmp_path / "index", max_file_size=300)
    assert (report.articles, report.moved, report.removed, report.skipped) == (2, 1, 0, 1)
    with open_archive(tmp_path / "index") as archive:
        assert archive.search("peasants").total == 1


def test_a_file_from_before_all_times_is_indexed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.txt").write_text("The workers.")
    [file] = find_seeds(tmp_path, print)
    early = file._replace(mtime_ns=-(2**66))
    monkeypatch.setattr("indexer.source.scan.find_seeds", lambda *_: iter([early]))
    assert build_index(tmp_path, index=tmp_path / "index").articles == 1


def test_a_root_that_was_moved_is_reported(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "a.txt").write_text("The workers.")
    build_index(tmp_path / "one", index=tmp_path / "index")
    (tmp_path / "one").rename(tmp_path / "two")
    errors: list[SeedError] = []
    build_index(tmp_path / "two", index=tmp_path / "index", on_error=errors.append)
    assert [error.reason for error in errors] == [
        f"{tmp_path / 'one'}, which does not exist any more, had a file of this name: "
        "if it was moved, build the index again with --rebuild"
    ]
