"""Kills and faults of the disk, in short; who holds the lock, and who takes it over."""

from __future__ import annotations

import errno
import os
import random
import shutil
import signal
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from bench.trust.crash import crash
from bench.trust.faults import Disk, fail
from bench.trust.history import History, observe, orphans
from indexer import IndexLocked, build_index
from indexer.cli.console import run
from indexer.commit import IndexWriter
from indexer.job import Settings
from indexer.source.seeds import SeedFile
from indexer.verify.index import verify_index
from indexer.worker import Worker
from search import open_archive
from search.cli.main import cli

needs_proc = pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs /proc")


@needs_proc
def test_a_run_that_is_killed_leaves_the_old_or_the_new_state(tmp_path: Path) -> None:
    assert crash(8, 1, tmp_path).killed > 0


@needs_proc
def test_a_disk_that_fails_leaves_the_old_or_the_new_state(tmp_path: Path) -> None:
    assert fail(tmp_path, 1, 20).tried == 20


@needs_proc
def test_a_full_disk_is_reported_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "a.txt").write_text("The workers.", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["duizhao", "index"])
    with Disk(Path("index"), 9, errno.ENOSPC, lasting=True).watched():
        status = run(cli, "duizhao")
    out, err = capsys.readouterr()
    assert (status, out) == (2, "")
    assert err.startswith("duizhao: index/")
    assert err.endswith(": no space left on device\n")
    assert err.count("\n") == 1


def test_a_worker_without_a_process_to_work_for_ends_at_once(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("The workers. " * 50_000, encoding="utf-8")
    with Worker() as worker:
        worker.start(Settings(None, 1 << 30, b""))
        seed = SeedFile("a.txt", str(file), file.stat().st_size, 0)
        segment = tmp_path / "MAIN_x.arrays"
        worker._send([str(segment), 1 << 30, [(*seed, "")] * 100])
        worker._input.close()
        assert worker._process.wait(timeout=30) == 1
        assert not [*tmp_path.glob("MAIN_*")]


def test_a_lock_of_a_dead_process_is_taken_over(tmp_path: Path) -> None:
    index = tmp_path / "index"
    reading, writing = os.pipe()
    child = os.fork()
    if not child:  # takes the lock, says so, and waits to be killed
        with IndexWriter(index) as writer:
            writer.new_segment_path().write_bytes(b"half a segment")
            os.write(writing, b"!")
            signal.pause()
    os.read(reading, 1)
    with pytest.raises(IndexLocked, match=f"process {child} on .* is writing to the index"):
        IndexWriter(index)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with IndexWriter(index):
        pass
    assert not [*index.glob("MAIN_*.arrays")]


def test_what_a_killed_run_has_left_goes_with_the_next_that_changes_nothing(
    tmp_path: Path,
) -> None:

    history = History(tmp_path / "seeds", 5, random.Random(1))
    history.step()
    index = tmp_path / "index"
    build_index(history.folder, index=index)
    (index / "MAIN_abc.arrays").write_bytes(b"half a segment")
    (index / "lexicon_9.arrays").write_bytes(b"")
    (index / "notes.txt").write_text("mine", encoding="utf-8")
    assert orphans(index) == {"MAIN_abc.arrays", "lexicon_9.arrays", "notes.txt"}
    build_index(history.folder, index=index)
    assert orphans(index) == {"notes.txt"}
    assert observe(index) == history.state


@pytest.mark.skipif(sys.platform == "win32", reason="files in use")
def test_a_writer_whose_index_was_removed_leaves_another_alone(tmp_path: Path) -> None:
    seeds, index = tmp_path / "seeds", tmp_path / "index"
    seeds.mkdir()
    (seeds / "a.txt").write_text("The workers.")
    build_index(seeds, index=index)
    for act in ("commit", "leave"):
        with suppress(IndexLocked), IndexWriter(index) as writer:
            shutil.rmtree(index)
            build_index(seeds, index=index)
            if act == "commit":
                writer.commit([], [], [], fingerprint="")
                raise AssertionError("it was committed")
        assert verify_index(index).damage == ()
        with open_archive(index) as archive:
            assert archive.search("workers").total == 1
