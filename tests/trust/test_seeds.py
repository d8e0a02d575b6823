"""The harness of `bench.trust.seeds`, in short; and what it must be able to find."""

from __future__ import annotations

import random
import sys
from collections import Counter
from pathlib import Path

import pytest

from bench.trust import seeds as harness
from bench.trust.broken import Expected, populate

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pipes, links, odd names")


def test_every_broken_file_is_indexed_or_reported(tmp_path: Path) -> None:
    found = harness.attempt(tmp_path, 150, 1, large=False)
    assert not found.faults
    assert found.counts["candidates"] > 300
    assert found.counts["indexed"] + found.counts["reported"] >= found.counts["candidates"]
    assert len(found.reasons) > 8


def test_what_becomes_of_nothing_is_told() -> None:
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
