"""Several indexing processes that work side by side."""

from __future__ import annotations

import threading
from queue import SimpleQueue
from typing import Self

from indexer.job import FileProgress, Settings, Task, TaskResult
from indexer.worker import Worker


class Pool:
    """A context manager that runs tasks in several processes, one task at a time in each.

    While a large task runs, no other task does. It runs in a new process that ends with the task,
    because a process that has read a large file seldom gives all of the memory back. Leaving the
    context kills all processes.
    """

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs
        self._turn = threading.Lock()
        self._idle: SimpleQueue[Worker | None] = SimpleQueue()  # None: a worker not yet started
        self._lock = threading.Lock()
        self._running = [Worker() for _ in range(jobs)]
        self._settings: Settings | None = None

    def start(self, settings: Settings) -> None:
        """Send the settings to all processes; must be called once, before the first task."""
        self._settings = settings
        for worker in self._running:
            worker.start(settings)
            self._idle.put(worker)

    def build(self, task: Task, progress: FileProgress) -> TaskResult:
        """Run a task, see `indexer.job.build_segments`; may be called from several threads.

        Raises ChildProcessError, which is an OSError, if the process has died or the context was
        left.
        """
        with self._turn:
            taken = [self._idle.get() for _ in range(self._jobs if task.is_large else 1)]
        if task.is_large:
            for worker in taken:
                self._end(worker)
        used = None if task.is_large else taken[0]
        try:
            used = used or self._started()
            return used.build(task, progress)
        finally:
            if task.is_large:
                self._end(used)
                used = None
            for worker in (used, *[None] * (len(taken) - 1)):
                self._idle.put(worker)

    def _started(self) -> Worker:
        with self._lock:
            if self._settings is None:
                raise ChildProcessError("indexing was interrupted")
            worker = Worker()
            self._running.append(worker)
        worker.start(self._settings)
        return worker

    def _end(self, worker: Worker | None) -> None:
        if worker:
            worker.close()
            with self._lock:
                self._running.remove(worker)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._settings = None
            for worker in self._running:
                worker.close()
