"""The job of indexing: read files, analyze them and write them as segments.

The main process and the worker processes (`indexer.worker`) both call `build_segments`, so they
make the same segments.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

from indexer.analysis import Analyzer
from indexer.analysis.encoder import Encoder
from indexer.article import Article
from indexer.callbacks import OnError
from indexer.codec.builder import SegmentBuilder
from indexer.codec.stored import ArticleCompressor
from indexer.document import to_document
from indexer.errors import SeedError
from indexer.source.seeds import SeedFile, printable, read_article

# Reading and analyzing a file takes at most this many bytes of memory for each byte of the file
# (measured).
READING: Final = 9

_PROGRESS_EVERY: Final = 50

FileProgress = Callable[[int], None]


class Task(NamedTuple):
    """Files to index, each with the content hash that the index has for it, or "".

    ``segment`` is the path from which the names of the new segments are derived. ``memory`` is the
    number of bytes that building one segment may take. ``is_large`` is true if the task is a single
    file that takes more than that to read.
    """

    segment: str
    memory: int
    files: list[tuple[SeedFile, str]]
    is_large: bool = False


class ReadFile(NamedTuple):
    """A file that was read. ``changed`` is false if its content hash is the known one."""

    file: SeedFile
    content_hash: str
    changed: bool


class TaskResult(NamedTuple):
    """The result of a task.

    ``read`` lists the files that could be read. ``errors`` maps the ids of the other files to their
    errors. ``segments`` are the paths of the new segments; together they hold the changed files, in
    the order of the task. ``warnings`` are about values of the files in ``read``.
    """

    read: list[ReadFile]
    errors: dict[str, SeedError]
    segments: list[str]
    warnings: list[SeedError]


class Settings(NamedTuple):
    """The settings of an indexing process.

    ``dictionary`` is the text of a user dictionary, or None. ``max_file_size`` is in bytes.
    ``trained`` is the compression dictionary for stored articles (see `indexer.codec.stored`).
    ``affordable`` is the size in bytes of the largest file that can be read within the memory
    limit.
    """

    dictionary: str | None
    max_file_size: int
    trained: bytes
    affordable: int = sys.maxsize


class Pipeline:
    """Reader, analyzer and compressor of one process, used for all of its segments."""

    def __init__(self, settings: Settings) -> None:
        self._analyzer = Analyzer(settings.dictionary)
        self.encoder = Encoder(self._analyzer)
        self._max_file_size = settings.max_file_size
        self._affordable = settings.affordable
        self._compressor = ArticleCompressor(settings.trained)

    def builder(self) -> SegmentBuilder:
        """Return a builder for a new segment."""
        return SegmentBuilder(self._analyzer.stem, self._compressor)

    def read(self, file: SeedFile, on_warning: OnError) -> Article:
        """Read and parse a file; raises SeedError."""
        if self._affordable < file.size <= self._max_file_size:
            reason = f"larger than {self._affordable:,} bytes: allow more memory with --memory"
            raise SeedError(printable(file.path), 0, reason)
        return read_article(file, min(self._max_file_size, self._affordable), on_warning)


def build_segments(task: Task, pipeline: Pipeline, progress: FileProgress) -> TaskResult:
    """Read and index the files of a task.

    ``progress`` is called now and then with the number of files read since its last call. Raises
    OSError if a segment cannot be written.
    """
    builder = pipeline.builder()
    result = TaskResult([], {}, [], [])
    for done, (file, known_hash) in enumerate(task.files, 1):
        needed = builder.memory + READING * file.size
        if builder.doc_count and (needed > task.memory or builder.is_full):
            _write(builder, task, result)
            builder = pipeline.builder()
        try:
            result.read.append(_index(file, known_hash, builder, pipeline, result.warnings.append))
        except SeedError as error:
            result.errors[file.id] = error
        if done % _PROGRESS_EVERY == 0:
            progress(_PROGRESS_EVERY)
    progress(len(task.files) % _PROGRESS_EVERY)
    if builder.doc_count:
        _write(builder, task, result)
    return result


def _index(
    file: SeedFile,
    known_hash: str,
    builder: SegmentBuilder,
    pipeline: Pipeline,
    on_warning: OnError,
) -> ReadFile:
    """Read a file and, if its content has changed, add it to the segment; raises SeedError."""
    article = pipeline.read(file, on_warning)
    changed = article.content_hash != known_hash
    if changed:
        try:
            builder.add(to_document(article, pipeline.encoder))
        except ValueError as error:
            raise SeedError(printable(file.path), 0, f"not a text: {error}") from None
    return ReadFile(file, article.content_hash, changed)


def _write(builder: SegmentBuilder, task: Task, result: TaskResult) -> None:
    path = Path(task.segment)
    path = path.with_stem(f"{path.stem}n{len(result.segments)}")
    builder.write(path)
    result.segments.append(str(path))
