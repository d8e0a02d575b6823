"""A process that indexes says what the same work says in this one."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from indexer.codec.reader import SegmentReader
from indexer.codec.stored import train_dictionary
from indexer.job import Pipeline, Settings, Task, build_segments
from indexer.schema import RANKING
from indexer.source.seeds import MAX_FILE_SIZE, SeedFile, find_seeds, read_article
from indexer.worker import Worker
from tests.indexer.archives import names, write, write_many

AMPLE = 2**30
PLAIN = Settings(None, MAX_FILE_SIZE, b"")


@contextmanager
def started(settings: Settings = PLAIN) -> Iterator[Worker]:
    with Worker() as worker:
        worker.start(settings)
        yield worker


def task(folder: Path, segment: Path, memory: int = AMPLE) -> Task:
    """All files of a folder; the first has been read before."""
    files = list(find_seeds(folder, lambda error: pytest.fail(str(error))))
    hashes = [read_article(files[0]).content_hash, "", *["00" * 32] * len(files)]
    return Task(str(segment), memory, list(zip(files, hashes, strict=False)))


def contents(paths: list[str]) -> list[tuple[int, bytes, bytes]]:
    found = []
    for path in paths:
        reader = SegmentReader(Path(path))
        reader.verify()
        found.append((reader.doc_count, reader.stored(0), Path(path).read_bytes()))
        reader.close()
    return found


def test_a_worker_does_what_this_process_does(tmp_path: Path) -> None:
    seeds = write_many(tmp_path / "seeds", 120, paragraphs=5)
    write(seeds / "3" / "bad.txt", "\0" * 9)
    write(seeds / "3" / "undated.txt", "Title: A\nDate: 1953-13-01\n")
    write(seeds / "3" / "empty.txt", "")
    here, there = task(seeds, tmp_path / "here.arrays"), task(seeds, tmp_path / "there.arrays")
    progress: list[int] = []
    expected = build_segments(here, Pipeline(PLAIN), progress.append)
    with started() as worker:
        counts: list[int] = []
        result = worker.build(there, counts.append)
    assert counts == progress == [50, 50, 23]
    assert result.read == expected.read
    assert sum(not read.changed for read in result.read) == 1
    assert [(name, str(error)) for name, error in result.errors.items()] == [
        (name, str(error)) for name, error in expected.errors.items()
    ]
    assert list(result.errors) == ["3/bad.txt", "3/empty.txt"]
    assert [*map(str, result.warnings)] == [*map(str, expected.warnings)]
    assert [warning.reason for warning in result.warnings] == ["'1953-13-01' is not a date"]
    assert contents(result.segments) == contents(expected.segments)
    assert [count for count, *_ in contents(result.segments)] == [120]


def test_little_memory_makes_several_segments_in_the_order_of_files(tmp_path: Path) -> None:
    seeds = write_many(tmp_path / "seeds", 40, paragraphs=5)
    whole = task(seeds, tmp_path / "whole.arrays")
    expected = build_segments(whole, Pipeline(PLAIN), lambda _: None)
    with started() as worker:
        result = worker.build(task(seeds, tmp_path / "part.arrays", 2**15), lambda _: None)
    assert result.read == expected.read
    assert len(result.segments) > 2
    assert sum(count for count, *_ in contents(result.segments)) == 39
    firsts = [stored for _, stored, _ in contents(result.segments)]
    assert firsts == sorted(firsts)


def test_without_changes_there_is_no_segment(tmp_path: Path) -> None:
    seeds = tmp_path / "seeds"
    write(seeds / "a.txt")
    result = build_segments(task(seeds, tmp_path / "a.arrays"), Pipeline(PLAIN), lambda _: None)
    assert (len(result.read), result.segments) == (1, [])
    assert names(tmp_path) == {"seeds"}


def test_a_worker_compresses_with_the_dictionary_of_its_settings(tmp_path: Path) -> None:
    seeds = write_many(tmp_path / "seeds", 300)
    job = task(seeds, tmp_path / "a.arrays")
    trained = train_dictionary([read_article(file).to_bytes() for file, _ in job.files])
    assert trained
    with started(PLAIN._replace(trained=trained)) as worker:
        result = worker.build(job, lambda _: None)
    reader = SegmentReader(Path(result.segments[0]))
    assert [*reader.articles.dictionaries().values()] == [trained]
    assert reader.stored(0) == read_article(job.files[1][0]).to_bytes()
    reader.close()


def test_a_worker_has_the_dictionary_and_the_largest_size(tmp_path: Path) -> None:
    write(tmp_path / "seeds" / "a.txt", "Title: 增产节约运动\n")
    write(tmp_path / "seeds" / "b.txt", "Title: 增产节约运动\n" + "字" * 1000)
    files = [(file, "") for file in find_seeds(tmp_path / "seeds", lambda _: None)]
    with started(Settings("增产节约运动 100000 n\n", 1000, b"")) as worker:
        result = worker.build(Task(str(tmp_path / "a.arrays"), AMPLE, files), lambda _: None)
    assert [error.reason for error in result.errors.values()] == ["larger than 1,000 bytes"]
    reader = SegmentReader(Path(result.segments[0]))
    field = reader.field(RANKING)
    assert field
    assert field.term_bytes(0, field.term_count) == ["增产节约运动".encode()]
    reader.close()


def test_a_failed_write_is_reported(tmp_path: Path) -> None:
    seeds = write_many(tmp_path / "seeds", 3)
    with started() as worker:
        good = task(seeds, tmp_path / "a.arrays")
        nowhere = good._replace(segment=str(tmp_path / "nowhere" / "a.arrays"))
        with pytest.raises(FileNotFoundError) as caught:
            worker.build(nowhere, lambda _: None)
        assert str(caught.value.filename).startswith(str(tmp_path / "nowhere"))
        assert worker.build(good, lambda _: None).segments  # and the next task is done


def test_a_name_that_is_not_utf_8_gets_through(tmp_path: Path) -> None:
    path = os.fsdecode(os.fsencode(tmp_path) + b"/\xff.txt")
    with started() as worker:
        files = [(SeedFile("a.txt", path, 1, 1), "")]
        result = worker.build(Task(str(tmp_path / "a.arrays"), AMPLE, files), lambda _: None)
    assert str(result.errors["a.txt"]) == rf"{tmp_path}/\udcff.txt: no such file or directory"


def test_a_dead_worker_is_found_out(tmp_path: Path) -> None:
    worker = Worker()
    worker.start(PLAIN)
    worker._process.kill()
    with pytest.raises(ChildProcessError, match=r"^an indexing process ended with status -?\d+; "):
        worker.build(task(write_many(tmp_path, 3), tmp_path / "a.arrays"), lambda _: None)
    worker.close()


@pytest.mark.skipif(sys.platform == "win32", reason="there is no `false`")
def test_a_worker_that_cannot_start_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with Worker() as worker, pytest.raises(ChildProcessError, match="status 1"):
        worker.start(PLAIN._replace(dictionary="字 1 n\n" * 200_000))  # more than a pipe holds


def test_a_worker_ends_quietly_when_nobody_listens(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    seeds = write_many(tmp_path / "seeds", 120)
    worker = Worker()
    worker.start(PLAIN)
    job = task(seeds, tmp_path / "a.arrays")
    files = [(f.id, f.path, f.size, f.mtime_ns, known) for f, known in job.files]
    worker._send([job.segment, job.memory, files])
    worker._output.close()
    deadline = time.monotonic() + 30
    while worker._process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    assert worker._process.returncode is not None
    worker.close()
    assert capfd.readouterr() == ("", "")
    assert names(tmp_path) == {"seeds"}  # and no segment is left


@pytest.mark.skipif(sys.platform == "win32", reason="process groups")
def test_an_interrupt_from_the_keyboard_does_not_reach_a_worker() -> None:
    with started() as worker:
        assert os.getpgid(worker._process.pid) != os.getpgrp()
