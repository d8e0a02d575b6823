"""Readers beside a writer, and many small commits, in short; what these harnesses can find."""

from __future__ import annotations

import multiprocessing
import random
from pathlib import Path

import pytest

from bench.trust import growth, readers
from search import open_archive


def test_every_answer_beside_a_writer_is_of_one_committed_state(tmp_path: Path) -> None:
    writing, found = readers.race(tmp_path, 1, commits=10, processes=2, threads=2, articles=20)
    assert not found.faults
    assert (writing.commits, writing.rebuilds, writing.lexicons) == (10, 1, 1)
    assert found.asked > 20


def test_an_answer_of_another_state_is_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    progress = multiprocessing.get_context("spawn").Array("q", 3)
    writer = readers.Writer(tmp_path, 20, random.Random(1), progress)
    monkeypatch.setattr(readers, "_progress", progress, raising=False)
    with open_archive(writer.index) as archive:
        reader = readers.Reader(archive, writer.truths, random.Random(1))
        for _ in range(20):
            reader._ask_once()
        assert reader.tally.asked == 20
        with pytest.raises(AssertionError, match="state 1, but 2 was known"):
            reader._check(archive, 2)
        (writer.truths / "1.json").write_text('{"ids": {}, "lines": {}, "articles": 1}')
        with pytest.raises(KeyError):
            readers.Reader(archive, writer.truths, random.Random(1))._check(archive, 1)


def test_many_small_commits_leave_an_index_like_one_made_at_once(tmp_path: Path) -> None:
    found = growth.grow(tmp_path, 1, 20, 5)
    assert not [*growth.broken(found)]
    assert found.articles > 30
    assert found.grown.segments < 5


def test_too_much_growth_is_reported(tmp_path: Path) -> None:
    found = growth.grow(tmp_path, 1, 3, 2)
    assert not [*growth.broken(found)]
    fat = found.grown._replace(size=found.fresh.size * 2)
    worse = found._replace(most_files=100, grown=fat, descriptors=3, differing=["a"])
    faults = [*growth.broken(worse)]
    assert [text.partition(" ")[2] for text in faults] == [
        "files", "bytes", "files left open", "answer to a",
    ]  # fmt: skip
