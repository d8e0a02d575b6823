"""Files to a segment, in this process or in one of several.

``python -m indexer.worker`` serves `Worker`: it reads a settings line and then tasks from standard
input, a JSON array a line, and answers each with lines of progress and one result. A process of its
own, rather than `multiprocessing`, so that a script that calls `build_index` needs no main guard.
"""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from typing import IO, Final, NamedTuple, Self, cast

from indexer.analysis import Analyzer
from indexer.analysis.encoder import Encoder
from indexer.article import Article
from indexer.codec.builder import SegmentBuilder
from indexer.codec.stored import ArticleCompressor
from indexer.document import to_document
from indexer.errors import SeedError
from indexer.source.seeds import SeedFile, printable, read_article

_PROGRESS_EVERY = 50
# What reading and analysing takes at most, in bytes, for each byte of a file; measured.
READING: Final = 9
# Has the C library of Linux give back what one segment took, rather than keep it for the next.
_ALLOCATION = {"MALLOC_MMAP_THRESHOLD_": str(1 << 20)}


class Task(NamedTuple):
    """Files to make segments of, each with the hash it had before, or "".

    ``segment`` is a path that those of all segments are made from, ``memory`` what making one may
    take, in bytes. It ``is_large`` if to read its one file takes more than that.
    """

    segment: str
    memory: int
    files: list[tuple[SeedFile, str]]
    is_large: bool = False


class Read(NamedTuple):
    """A file that was read; ``changed`` unless its content has the hash it had before."""

    file: SeedFile
    content_hash: str
    changed: bool


class Result(NamedTuple):
    """What became of a task: segments hold the changed files, in their order."""

    read: list[Read]
    errors: dict[str, SeedError]  # by id
    segments: list[str]


Progress = Callable[[int], None]


class Settings(NamedTuple):
    """What all processes are told.

    ``dictionary`` is the text of a user dictionary, or None; ``max_file_size`` in bytes;
    ``trained`` what articles are compressed with, see `indexer.codec.stored`; ``affordable`` how
    large a file may be for the memory there is, in bytes.
    """

    dictionary: str | None
    max_file_size: int
    trained: bytes
    affordable: int = sys.maxsize


class Tools:
    """What a process needs for all of its segments."""

    def __init__(self, settings: Settings) -> None:
        self._analyzer = Analyzer(settings.dictionary)
        self.encoder = Encoder(self._analyzer)
        self._max_file_size = settings.max_file_size
        self._affordable = settings.affordable
        self._compressor = ArticleCompressor(settings.trained)

    def builder(self) -> SegmentBuilder:
        """A builder for another segment."""
        return SegmentBuilder(self._analyzer.stem, self._compressor)

    def read(self, file: SeedFile) -> Article:
        """The article in a file; raises SeedError."""
        if self._affordable < file.size <= self._max_file_size:
            reason = f"larger than {self._affordable:,} bytes: allow more memory, with --memory"
            raise SeedError(printable(file.path), 0, reason)
        return read_article(file, min(self._max_file_size, self._affordable))


def build_segments(task: Task, tools: Tools, progress: Progress) -> Result:
    """Read and index the files of a task; ``progress`` is told the number of files since last.

    Raises OSError if a segment cannot be written.
    """
    builder = tools.builder()
    result = Result([], {}, [])
    for done, (file, known_hash) in enumerate(task.files, 1):
        needed = builder.memory + READING * file.size
        if builder.doc_count and (needed > task.memory or builder.is_full):
            _write(builder, task, result)
            builder = tools.builder()
        try:
            result.read.append(_read(file, known_hash, builder, tools))
        except SeedError as error:
            result.errors[file.id] = error
        if done % _PROGRESS_EVERY == 0:
            progress(_PROGRESS_EVERY)
    progress(len(task.files) % _PROGRESS_EVERY)
    if builder.doc_count:
        _write(builder, task, result)
    return result


def _read(file: SeedFile, known_hash: str, builder: SegmentBuilder, tools: Tools) -> Read:
    """Read a file, and index it if it was changed; raises SeedError."""
    article = tools.read(file)
    changed = article.content_hash != known_hash
    if changed:
        try:
            builder.add(to_document(article, tools.encoder))
        except ValueError as error:
            raise SeedError(printable(file.path), 0, f"not a text: {error}") from None
    return Read(file, article.content_hash, changed)


def _write(builder: SegmentBuilder, task: Task, result: Result) -> None:
    path = Path(task.segment)
    path = path.with_stem(f"{path.stem}n{len(result.segments)}")
    builder.write(path)
    result.segments.append(str(path))


class Worker:
    """A process that builds segments, one task at a time.

    Raises ChildProcessError, an OSError, at whatever time it is found dead.
    """

    def __init__(self) -> None:
        paths = [path or os.getcwd() for path in sys.path]
        self._process = subprocess.Popen(
            # -P: a folder that is indexed may well hold a json.py
            [sys.executable, "-P", "-m", "indexer.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | _ALLOCATION | {"PYTHONPATH": os.pathsep.join(paths)},
            process_group=0,  # Ctrl-C is for the process that started us
        )
        self._input = cast(IO[bytes], self._process.stdin)
        self._output = cast(IO[bytes], self._process.stdout)

    def start(self, settings: Settings) -> None:
        """Tell the process what it needs; before anything else."""
        trained = base64.b64encode(settings.trained).decode()
        self._send([settings.dictionary, settings.max_file_size, trained, settings.affordable])

    def build(self, task: Task, progress: Progress) -> Result:
        """As `build_segments`."""
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
                case [read, errors, segments]:
                    return _result(task, read, errors, segments)
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
    task: Task,
    read: list[tuple[int, str, bool]],
    errors: list[tuple[int, str, int, str]],
    segments: list[str],
) -> Result:
    files = [file for file, _ in task.files]
    return Result(
        [Read(files[index], content_hash, changed) for index, content_hash, changed in read],
        {files[index].id: SeedError(path, line, reason) for index, path, line, reason in errors},
        segments,
    )


def _serve() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # where there are no process groups
    lines: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_listen, args=[lines], daemon=True).start()
    settings = Settings(*json.loads(lines.get()))
    tools = Tools(settings._replace(trained=base64.b64decode(settings.trained)))
    while True:
        segment, memory, files = json.loads(lines.get())
        pairs = [
            (SeedFile(name, path, size, mtime), known) for name, path, size, mtime, known in files
        ]
        places = {file.id: index for index, (file, _) in enumerate(pairs)}
        try:
            result = build_segments(Task(segment, memory, pairs), tools, _answer)
        except OSError as error:
            _answer({"failed": [error.errno, error.strerror, error.filename]})
            continue
        _answer(
            [
                [(places[read.file.id], read.content_hash, read.changed) for read in result.read],
                [
                    (places[name], str(error.path), error.line, error.reason)
                    for name, error in result.errors.items()
                ],
                result.segments,
            ]
        )


def _listen(lines: SimpleQueue[bytes]) -> None:
    """Pass lines on, as long as there is a process to work for; then end, whatever is at work."""
    try:
        for line in sys.stdin.buffer:
            lines.put(line)
    finally:
        os._exit(1)


def _answer(message: object) -> None:
    try:
        sys.stdout.buffer.write(json.dumps(message).encode() + b"\n")
        sys.stdout.buffer.flush()
    except OSError:  # the process that started us was killed
        os._exit(1)


if __name__ == "__main__":
    _serve()
