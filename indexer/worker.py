"""An indexing process: runs tasks for the process that started it.

``python -m indexer.worker`` is the process, and `Worker` is the handle of its parent. They exchange
JSON, one array on a line. The parent writes the settings and then the tasks to standard input. The
worker answers each task with progress lines and one result line on standard output.

We start a subprocess instead of using `multiprocessing` so that a script that calls `build_index`
needs no ``if __name__ == "__main__"`` guard.
"""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from queue import SimpleQueue
from typing import IO, Any, Final, Self, cast

from indexer.errors import SeedError, SeedWarning
from indexer.job import (
    FileProgress,
    Pipeline,
    ReadFile,
    Settings,
    Task,
    TaskResult,
    build_segments,
)
from indexer.source.seeds import SeedFile

# glibc gives blocks of this size back to the system when they are freed. Otherwise it would keep
# the memory of one segment while the next one is built.
_ENVIRONMENT: Final = {"MALLOC_MMAP_THRESHOLD_": str(1 << 20)}


class Worker:
    """A process that builds segments, one task at a time.

    Each method raises ChildProcessError, which is an OSError, if the process has died.
    """

    def __init__(self) -> None:
        paths = [path or os.getcwd() for path in sys.path]
        self._process = subprocess.Popen(
            # -P, because a folder that is indexed may contain a file named json.py
            [sys.executable, "-P", "-m", "indexer.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | _ENVIRONMENT | {"PYTHONPATH": os.pathsep.join(paths)},
            process_group=0,  # Ctrl-C interrupts only the parent
        )
        self._input = cast(IO[bytes], self._process.stdin)
        self._output = cast(IO[bytes], self._process.stdout)

    def start(self, settings: Settings) -> None:
        """Send the settings; must be called once, before the first task."""
        trained = base64.b64encode(settings.trained).decode()
        self._send([settings.dictionary, settings.max_file_size, trained, settings.affordable])

    def build(self, task: Task, progress: FileProgress) -> TaskResult:
        """Run a task; see `indexer.job.build_segments`."""
        files = [(f.id, f.path, f.size, f.mtime_ns, known) for f, known in task.files]
        self._send([task.segment, task.memory, files])
        for line in self._output:
            if not line.endswith(b"\n"):
                break
            match json.loads(line):
                case int(count):
                    progress(count)
                case {"failed": reason}:
                    raise OSError(*reason)
                case [read, errors, segments, warnings]:
                    return _decode_result(task, read, errors, segments, warnings)
        raise self._dead()

    def _send(self, message: object) -> None:
        try:
            self._input.write(json.dumps(message).encode() + b"\n")
            self._input.flush()
        except BrokenPipeError:
            raise self._dead() from None

    def _dead(self) -> ChildProcessError:
        return ChildProcessError(
            f"an indexing process ended with status {self._process.wait()}; "
            "if memory ran short, allow fewer jobs or less memory"
        )

    def close(self) -> None:
        """Kill the process, even in the middle of a task."""
        self._process.kill()
        self._process.wait()
        with suppress(BrokenPipeError):  # the buffer may still hold unsent bytes
            self._input.close()
        self._output.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _decode_result(
    task: Task,
    read: list[tuple[int, str, bool]],
    errors: list[tuple[int, str, int, str]],
    segments: list[str],
    warnings: list[tuple[str, int, str]],
) -> TaskResult:
    files = [file for file, _ in task.files]
    return TaskResult(
        [ReadFile(files[index], content_hash, changed) for index, content_hash, changed in read],
        {files[index].id: SeedError(path, line, reason) for index, path, line, reason in errors},
        segments,
        [SeedWarning(*warning) for warning in warnings],
    )


def _encode_result(task: Task, result: TaskResult) -> list[Any]:
    """The result as JSON; a file is its index in the task."""
    indices = {file.id: index for index, (file, _) in enumerate(task.files)}
    return [
        [(indices[read.file.id], read.content_hash, read.changed) for read in result.read],
        [
            (indices[name], str(error.path), error.line, error.reason)
            for name, error in result.errors.items()
        ],
        result.segments,
        [(str(warning.path), warning.line, warning.reason) for warning in result.warnings],
    ]


def _serve() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # for systems without process groups
    lines: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_listen, args=[lines], daemon=True).start()
    settings = Settings(*json.loads(lines.get()))
    pipeline = Pipeline(settings._replace(trained=base64.b64decode(settings.trained)))
    while True:
        segment, memory, files = json.loads(lines.get())
        pairs = [
            (SeedFile(name, path, size, mtime), known) for name, path, size, mtime, known in files
        ]
        task = Task(segment, memory, pairs)
        try:
            result = build_segments(task, pipeline, _answer)
        except OSError as error:
            _answer({"failed": [error.errno, error.strerror, error.filename]})
        else:
            _answer(_encode_result(task, result))


def _listen(lines: SimpleQueue[bytes]) -> None:
    """Queue the lines of standard input; end the process at once when its parent is gone."""
    try:
        for line in sys.stdin.buffer:
            lines.put(line)
    finally:
        os._exit(1)


def _answer(message: object) -> None:
    try:
        sys.stdout.buffer.write(json.dumps(message).encode() + b"\n")
        sys.stdout.buffer.flush()
    except OSError:  # the parent was killed
        os._exit(1)


if __name__ == "__main__":
    _serve()
