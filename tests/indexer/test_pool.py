"""Large tasks are done alone, by a process of their own; and all processes end."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from indexer import build_index, partition, pool
from indexer.job import FileProgress, Settings, Task, TaskResult
from indexer.pool import Pool
from indexer.source.seeds import MAX_FILE_SIZE
from indexer.worker import Worker
from tests.indexer.archives import content, write, write_many

PLAIN = Settings(None, MAX_FILE_SIZE, b"")


class Fake:
    """A worker that only records when it works."""

    def __init__(self) -> None:
        self.started = self.closed = False
        everyone.append(self)

    def start(self, settings: Settings) -> None:
        assert settings == PLAIN
        self.started = True

    def build(self, task: Task, progress: FileProgress) -> TaskResult:
        assert self.started
        if self.closed:
            raise ChildProcessError("closed")
        with at_work:
            working.append(task)
            most_together.append(len(working))
            if task.is_large:
                assert working == [task]
                assert sum(not each.closed for each in everyone) == 1
        threading.Event().wait(0.002)
        with at_work:
            working.remove(task)
        return TaskResult([], {}, [task.segment], [])

    def close(self) -> None:
        self.closed = True


everyone: list[Fake] = []
working: list[Task] = []
most_together: list[int] = []
at_work = threading.Lock()


@pytest.fixture(autouse=True)
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for each in (everyone, working, most_together):
        each.clear()
    monkeypatch.setattr(pool, "Worker", Fake)
    yield
    assert all(each.closed for each in everyone)


@pytest.mark.parametrize("jobs", [1, 3])
@pytest.mark.parametrize("every", [1, 2, 5, 100])
def test_a_large_task_is_done_alone_by_a_process_of_its_own(jobs: int, every: int) -> None:
    tasks = [Task(str(i), 0, [], is_large=i % every == every - 1) for i in range(30)]
    with ThreadPoolExecutor(jobs) as threads, Pool(jobs) as processes:
        processes.start(PLAIN)
        results = [*threads.map(lambda task: processes.build(task, print), tasks)]
    assert [result.segments for result in results] == [[str(i)] for i in range(30)]
    assert max(most_together) <= jobs
    assert max(most_together) == jobs or every < 100
    assert len(everyone) <= (jobs + 1) * (1 + 30 // every)


def test_when_it_is_left_nothing_is_started_any_more() -> None:
    with Pool(2) as processes:
        processes.start(PLAIN)
    with pytest.raises(ChildProcessError, match="closed"):
        processes.build(Task("", 0, []), print)
    count = len(everyone)
    with pytest.raises(ChildProcessError, match="interrupted"):
        processes.build(Task("", 0, [], is_large=True), print)
    assert len(everyone) == count


def test_an_index_with_large_files_is_as_any_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "Worker", Worker)
    monkeypatch.setattr(partition, "_FILES_WORTH_A_PROCESS", 10)
    seeds = write_many(tmp_path / "seeds", 40)
    write(seeds / "1" / "large.txt", "Title: Large\n\n" + "    工人 and peasants.\n" * 2_000)
    write(seeds / "large.txt", "Title: Large\n\n" + "    Peasants and 工人.\n" * 2_000)
    expected = build_index(seeds, index=tmp_path / "one")
    monkeypatch.setattr(partition, "READING", 10_000)
    monkeypatch.setattr(partition, "_MIN_SHARE", 2**29)
    found = build_index(seeds, index=tmp_path / "two", jobs=2)
    assert (found.new, found.skipped) == (expected.new, expected.skipped) == (42, 0)
    assert content(tmp_path / "two") == content(tmp_path / "one")


def test_what_memory_does_not_suffice_for_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partition, "READING", 10_000)
    write(tmp_path / "seeds" / "a.txt", "Title: A\n\n    A\n")
    write(tmp_path / "seeds" / "b.txt", "Title: B\n\n    " + "B c. " * 20_000)
    reports: list[str] = []
    report = build_index(
        tmp_path / "seeds",
        index=tmp_path / "index",
        on_error=lambda error: reports.append(f"{error.path.name}: {error.reason}"),
    )
    assert (report.new, report.skipped) == (1, 1)
    (reason,) = reports
    assert reason.startswith("b.txt: larger than ")
    assert reason.endswith(" bytes: allow more memory with --memory")
