"""Files to a segment, in this process or in one of several; imports seeds, document, codec.

``python -m indexer.worker`` serves `Worker`: it reads a settings line and then tasks from standard
input, a JSON array a line, and answers each with lines of progress and one result. A process of its
own, rather than `multiprocessing`, so that a script that calls `build_index` needs no main guard.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, NamedTuple, Self, cast

from indexer.analysis import Analyzer
from indexer.codec.builder import SegmentBuilder
from indexer.document import to_document
from indexer.errors import SeedError
from indexer.seeds import SeedFile, read_article

_PROGRESS_EVERY = 50


class Task(NamedTuple):
    """A segment to be made: where, and of which files, each with the hash it had before, or ""."""

    segment: str
    files: list[tuple[SeedFile, str]]


class Read(NamedTuple):
    """A file that was read; ``changed`` unless its content has the hash it had before."""

    file: SeedFile
    content_hash: str
    changed: bool


class Result(NamedTuple):
    """What became of a task; there is a segment file if any file was changed."""

    read: list[Read]
    errors: dict[str, SeedError]  # by id

    @property
    def doc_count(self) -> int:
        """The number of documents in the segment."""
        return sum(read.changed for read in self.read)


Progress = Callable[[int], None]


def build_segment(task: Task, analyzer: Analyzer, max_file_size: int, progress: Progress) -> Result:
    """Read and index the files of a task; ``progress`` is told the number of files since last."""
    builder = SegmentBuilder()
    result = Result([], {})
    pending = 0
    for file, known_hash in task.files:
        try:
            article = read_article(file, max_file_size)
            changed = article.content_hash != known_hash
            if changed:
                builder.add(to_document(article, analyzer))
            result.read.append(Read(file, article.content_hash, changed))
        except SeedError as error:
            result.errors[file.id] = error
        pending += 1
        if pending == _PROGRESS_EVERY:
            progress(pending)
            pending = 0
    if builder.doc_count:
        builder.write(Path(task.segment))
    progress(pending)
    return result


class Worker:
    """A process that builds segments, one at a time."""

    def __init__(self, dictionary: str | None, max_file_size: int) -> None:
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "indexer.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
        )
        self._input = cast(IO[bytes], self._process.stdin)
        self._output = cast(IO[bytes], self._process.stdout)
        self._send([dictionary, max_file_size])

    def _send(self, message: object) -> None:
        self._input.write(json.dumps(message).encode() + b"\n")
        self._input.flush()

    def build(self, task: Task, progress: Progress) -> Result:
        """As `build_segment`. Raises ChildProcessError if the process dies."""
        files = [(f.id, os.fspath(f.path), f.size, f.mtime_ns, known) for f, known in task.files]
        try:
            self._send([task.segment, files])
            for line in self._output:
                match json.loads(line):
                    case int(count):
                        progress(count)
                    case [read, errors]:
                        return _result(task, read, errors)
        except BrokenPipeError:
            pass
        raise ChildProcessError(f"an indexing process ended with status {self._process.wait()}")

    def close(self) -> None:
        """End the process, whatever it is doing."""
        self._process.kill()
        self._process.wait()
        with suppress(BrokenPipeError):  # something may still have been on its way
            self._input.close()
        self._output.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _result(
    task: Task, read: list[tuple[int, str, bool]], errors: list[tuple[int, str, int, str]]
) -> Result:
    files = [file for file, _ in task.files]
    return Result(
        [Read(files[index], content_hash, changed) for index, content_hash, changed in read],
        {files[index].id: SeedError(path, line, reason) for index, path, line, reason in errors},
    )


def _serve() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that started us
    dictionary, max_file_size = json.loads(sys.stdin.readline())
    analyzer = Analyzer(dictionary)
    for line in sys.stdin:
        segment, files = json.loads(line)
        pairs = [
            (SeedFile(name, Path(path), size, mtime), known)
            for name, path, size, mtime, known in files
        ]
        places = {file.id: index for index, (file, _) in enumerate(pairs)}
        result = build_segment(Task(segment, pairs), analyzer, max_file_size, _answer)
        _answer(
            [
                [(places[read.file.id], read.content_hash, read.changed) for read in result.read],
                [
                    (places[name], str(error.path), error.line, error.reason)
                    for name, error in result.errors.items()
                ],
            ]
        )


def _answer(message: object) -> None:
    print(json.dumps(message), flush=True)


if __name__ == "__main__":
    _serve()
