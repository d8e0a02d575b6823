"""A run as a whole: however it is divided, and however it ends, the index is one or the other."""

from __future__ import annotations

import os
import re
import signal
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import Article, IndexMissing, IndexOutdated, SeedError, build_index, partition, pool
from indexer.build import BuildReport
from indexer.schema import RANKING
from indexer.store import open_index
from indexer.worker import Worker
from tests.indexer.archives import articles, content, names, python, write, write_many
from tests.indexer.codec.documents import Posting

SIZES = st.lists(st.integers(0, 5000), max_size=60)


@given(SIZES, st.integers(1, 20_000), st.integers(1, 5), st.integers(0, 6_000))
def test_parts_are_of_much_the_same_size(
    sizes: list[int], most: int, jobs: int, large: int
) -> None:
    parts = list(partition._parts(np.array(sizes, np.int64), most, jobs, large=large))
    assert [number for part in parts for number in range(part.start, part.stop)] == [
        *range(len(sizes))
    ]
    for part in parts:
        within = sizes[part.start : part.stop]
        assert within
        if part.is_large:
            assert len(within) == 1
            assert within[0] > large
        else:
            assert all(size <= large for size in within)
            assert sum(within) <= most + large + 1
    if len(set(sizes)) == 1 and sizes[0] <= large:
        assert len(parts) == len(sizes) or len(parts) % jobs == 0
        assert len({part.stop - part.start for part in parts}) <= 2


def test_however_it_is_divided_the_index_is_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seeds = write_many(tmp_path / "seeds", 90)
    monkeypatch.setattr(partition, "_FILES_WORTH_A_PROCESS", 30)
    monkeypatch.setattr(partition, "_MIN_SHARE", 2**17)
    indexes = {}
    counts = {}
    for jobs, memory in ((1, 512), (3, 512), (1, 0), (3, 250)):
        index = tmp_path / f"{jobs} {memory}"
        assert build_index(seeds, index=index, jobs=jobs, memory=memory).new == 90
        with open_index(index) as reader:
            counts[jobs, memory] = len(reader.segments)
        indexes[jobs, memory] = content(index)
    first = indexes.pop((1, 512))
    assert len(first.articles) == 90
    assert {key[0] for key in first.postings} == {"text", "ranking", "column"}
    assert all(index == first for index in indexes.values())
    assert max(counts.values()) < 4  # of what was built side by side, like sizes are merged


def test_documents_are_in_the_order_of_their_files(tmp_path: Path) -> None:
    seeds = write_many(tmp_path / "seeds", 450)
    build_index(seeds, index=tmp_path / "index", jobs=2)
    with open_index(tmp_path / "index") as reader:
        ids = [Article.from_bytes(reader.stored(i)).id for i in range(reader.doc_count)]
    assert ids == sorted(ids)


def test_little_memory_makes_more_segments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seeds = write_many(tmp_path / "seeds", 30, paragraphs=40)
    monkeypatch.setattr(partition, "_MIN_SHARE", 2**17)
    monkeypatch.setattr("indexer.merge_policy.MAX_SIZE_RATIO", 0)  # nothing is merged
    counts = []
    for memory in (512, 1):
        build_index(seeds, index=tmp_path / "index", memory=memory, rebuild=True)
        with open_index(tmp_path / "index") as reader:
            counts.append(len(reader.segments))
    assert counts[0] == 1
    assert counts[1] > 3


def test_progress_counts_up_to_the_number_of_files(tmp_path: Path) -> None:
    seeds = write_many(tmp_path / "seeds", 420)
    write(seeds / "bad.txt", "")
    for jobs in (1, 2):
        seen: list[tuple[int, int]] = []
        index = tmp_path / str(jobs)
        build_index(seeds, index=index, jobs=jobs, on_progress=lambda *n, seen=seen: seen.append(n))
        assert seen == sorted(seen)
        assert len(seen) > 5
        assert seen[-1] == (421, 421)


def test_what_was_touched_is_read_once(tmp_path: Path) -> None:
    seeds = write_many(tmp_path / "seeds", 5)
    build_index(seeds, index=tmp_path / "index")
    before = content(tmp_path / "index")
    os.utime(seeds / "1" / "0001.txt", (1_000_000, 1_000_000))
    read: list[int] = []
    for _ in range(2):
        report = build_index(
            seeds, index=tmp_path / "index", on_progress=lambda done, _: read.append(done)
        )
        assert (report.new, report.changed, report.removed) == (0, 0, 0)
    assert read == [1]
    assert content(tmp_path / "index") == before


def test_a_run_without_changes_writes_nothing(tmp_path: Path) -> None:
    seeds = write_many(tmp_path / "seeds", 5)
    build_index(seeds, index=tmp_path / "index")
    before = names(tmp_path / "index")
    build_index(seeds, index=tmp_path / "index")
    assert names(tmp_path / "index") == before


def test_an_article_that_became_unreadable_stays_and_is_reported_each_time(tmp_path: Path) -> None:
    seeds = write_many(tmp_path / "seeds", 3)
    build_index(seeds, index=tmp_path / "index")
    before = articles(tmp_path / "index")
    write(seeds / "1" / "0001.txt", "")
    for _ in range(2):
        errors: list[SeedError] = []
        report = build_index(seeds, index=tmp_path / "index", on_error=errors.append)
        assert (report.skipped, report.articles, report.removed) == (1, 3, 0)
        assert [error.path.name for error in errors] == ["0001.txt"]
        assert articles(tmp_path / "index") == before
    write(seeds / "1" / "0001.txt", "Title: Again\n")
    assert build_index(seeds, index=tmp_path / "index").changed == 1


def test_larger_files_are_skipped(tmp_path: Path) -> None:
    write(tmp_path / "seeds" / "a.txt", "Title: A\n\n" + "    Words.\n" * 100)
    write(tmp_path / "seeds" / "b.txt", "Title: B\n")
    errors: list[SeedError] = []
    report = build_index(
        tmp_path / "seeds", index=tmp_path / "index", max_file_size=100, on_error=errors.append
    )
    assert (report.new, report.skipped) == (1, 1)
    assert errors[0].reason == "larger than 100 bytes"


def test_an_empty_folder_makes_an_empty_index(tmp_path: Path) -> None:
    (tmp_path / "seeds").mkdir()
    assert build_index(tmp_path / "seeds", index=tmp_path / "index").articles == 0
    assert articles(tmp_path / "index") == {}


def test_a_path_that_does_not_exist_leaves_no_trace(tmp_path: Path) -> None:
    with pytest.raises(SeedError, match="no such file or folder"):
        build_index(tmp_path / "nowhere", index=tmp_path / "index")
    assert names(tmp_path) == set()


def test_the_dictionary_shapes_the_ranking_terms_of_later_runs_too(tmp_path: Path) -> None:
    seeds, index, words = tmp_path / "seeds", tmp_path / "index", tmp_path / "words.txt"
    write(seeds / "a.txt", "Title: 增产节约运动\n")
    write(words, "增产节约运动 100000 n\n")
    build_index(seeds, index=index, dictionary=words)
    words.unlink()
    write_many(seeds, 450)
    write(seeds / "b.txt", "Title: 增产节约运动\n")
    build_index(seeds, index=index, jobs=2)
    found = content(index).postings
    for name in ("a.txt", "b.txt"):
        assert found[RANKING, "增产节约运动", name] == Posting(1, 1, ())
    with open_index(index) as reader:
        old = reader.descriptor.analyzer_fingerprint
    assert build_index(seeds, index=index, rebuild=True).articles == 452
    with open_index(index) as reader:
        assert reader.dictionary is None
        assert reader.descriptor.analyzer_fingerprint != old


def test_another_dictionary_changes_nothing(tmp_path: Path) -> None:
    seeds, index = write_many(tmp_path / "seeds", 3), tmp_path / "index"
    build_index(seeds, index=index)
    write(seeds / "new.txt")
    before = names(index)
    with pytest.raises(IndexOutdated, match=r"another user dictionary; .* duizhao index --rebuild"):
        build_index(seeds, index=index, dictionary=write(tmp_path / "words.txt", "节约运动\n"))
    assert names(index) == before


class _Stop(Exception):
    """Raised by a caller's own function."""


def _stop(done: int, total: int) -> None:
    raise _Stop


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch) -> list[Worker]:
    """The worker processes that are started."""
    started: list[Worker] = []

    def start() -> Worker:
        started.append(Worker())
        return started[-1]

    monkeypatch.setattr(pool, "Worker", start)
    return started


@pytest.mark.parametrize(("count", "jobs"), [(150, 0), (250, 1), (650, 3)])
def test_an_exception_undoes_all(
    tmp_path: Path, workers: list[Worker], count: int, jobs: int
) -> None:
    seeds, index = write_many(tmp_path / "seeds", 3), tmp_path / "index"
    build_index(seeds, index=index)
    before, old = names(index), content(index)
    write_many(seeds, count)
    threads = threading.active_count()
    with pytest.raises(_Stop):
        build_index(seeds, index=index, jobs=3, memory=1024, on_progress=_stop)
    assert len(workers) == jobs
    assert all(worker._process.poll() is not None for worker in workers)
    assert threading.active_count() == threads
    assert (names(index), content(index)) == (before, old)
    assert build_index(seeds, index=index).articles == count  # the lock is free


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_worker_that_dies_leaves_the_old_index(tmp_path: Path, workers: list[Worker]) -> None:
    seeds, index = write_many(tmp_path / "seeds", 3), tmp_path / "index"
    build_index(seeds, index=index)
    before, old = names(index), content(index)
    write_many(seeds, 650, paragraphs=10)

    def kill(done: int, total: int) -> None:
        os.kill(workers[0]._process.pid, signal.SIGKILL)

    with pytest.raises(ChildProcessError, match=r"^an indexing process ended with status -9; .*"):
        build_index(seeds, index=index, jobs=2, on_progress=kill)
    assert (names(index), content(index)) == (before, old)


def test_without_an_index_an_exception_leaves_none(tmp_path: Path) -> None:
    seeds, index = write_many(tmp_path / "seeds", 3), tmp_path / "index"
    with pytest.raises(_Stop):
        build_index(seeds, index=index, on_progress=_stop)
    with pytest.raises(IndexMissing):
        open_index(index)


def test_a_script_needs_no_main_guard_and_its_folder_may_hold_anything(tmp_path: Path) -> None:
    seeds = write_many(tmp_path / "seeds", 450)
    write(seeds / "json.py", "raise SystemExit('never to be run')\n")
    write(
        tmp_path / "script.py",
        "from indexer import build_index\n"
        "print(build_index('.', index='../index', jobs=2).articles)\n",
    )
    out, err = python(str(tmp_path / "script.py"), cwd=seeds).communicate()
    assert (out, err) == ("450\n", "")


def test_the_report_is_one_line() -> None:
    report = BuildReport(new=1203, changed=4, removed=1, skipped=2, articles=20_000, elapsed=3.14)
    assert str(report) == "indexed 1,203 new, 4 changed, 1 removed, 2 skipped in 3.1 s"
    assert report.to_dict()["articles"] == 20_000
    assert re.fullmatch(r"indexed 0 new.* in 0\.0 s", str(BuildReport(0, 0, 0, 0, 0, 0.01)))
