"""Build or update an index: find what changed, read it in parallel, and commit it at once."""

from __future__ import annotations

import heapq
import os
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from indexer.analysis import Analyzer
from indexer.arguments import check_at_least, check_callbacks, check_flags, check_path
from indexer.array_types import Int64Array
from indexer.callbacks import ErrorCounter, OnError, Progress, ProgressCounter
from indexer.codec.stored import SAMPLE_COUNT, train_dictionary
from indexer.commit import IndexWriter
from indexer.errors import DictionaryError, SeedError
from indexer.job import Pipeline, Settings, Task, TaskResult, build_segments
from indexer.learn import Learner
from indexer.memory import MEBIBYTE
from indexer.partition import Part, Partition, max_merged_size, partition
from indexer.pool import Pool
from indexer.safeguard import check_rebuild, check_removal, moved_count
from indexer.source.changes import RowState
from indexer.source.paths import check_paths
from indexer.source.scan import find_changes
from indexer.source.seeds import MAX_FILE_SIZE, SeedFile, read_article
from indexer.store import ExpectedFingerprint
from indexer.wording import counted

# Articles in larger files are not used to train the compression dictionary.
_MAX_SAMPLE_SIZE: Final = 2**16


@dataclass(frozen=True, slots=True)
class BuildReport:
    """The report of an indexing run.

    ``new``, ``changed``, ``moved``, ``removed`` and ``skipped`` count files. A file is moved if it
    has gone and its content has appeared under another name; it counts neither as new nor as
    removed. ``warnings`` counts values that could not be read in indexed files, ``articles`` all
    articles in the index after the run; ``elapsed`` is in seconds.
    """

    new: int
    changed: int
    removed: int
    skipped: int
    articles: int
    elapsed: float
    moved: int = 0
    warnings: int = 0

    def __str__(self) -> str:
        warnings = f", {counted(self.warnings, 'warning')}" if self.warnings else ""
        moved = f"{self.moved:,} moved, " if self.moved else ""
        return (
            f"indexed {self.new:,} new, {self.changed:,} changed, {moved}{self.removed:,} removed, "
            f"{self.skipped:,} skipped{warnings} in {self.elapsed:.1f} s"
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain data."""
        return asdict(self)


def build_index(
    *paths: str | Path,
    index: str | Path = "index",
    rebuild: bool = False,
    allow_removal: bool = False,
    jobs: int | None = None,
    memory: int = 512,
    dictionary: str | Path | None = None,
    max_file_size: int = MAX_FILE_SIZE,
    lexicon: bool = True,
    on_error: OnError | None = None,
    on_progress: Progress | None = None,
) -> BuildReport:
    """Make the index in a directory mirror the files and folders ``paths``.

    Only new and changed files are read. Articles whose files have gone from ``paths`` are removed.
    Articles that were indexed from elsewhere stay, unless ``rebuild`` starts from nothing.
    ``allow_removal`` permits a run that would otherwise raise RemovalRefused (see
    `indexer.safeguard`). ``jobs`` is the number of processes (default: the number of cores),
    ``memory`` the memory that they may take together, in MB. ``dictionary`` is a file of words to
    add to jieba's (default: the one of the index). Files of more than ``max_file_size`` bytes are
    skipped. With ``lexicon``, the dictionary of translations is learnt again once the number of
    bilingual articles has doubled. ``on_error`` is called with the error of each skipped file and
    each `SeedWarning`, ``on_progress`` with the numbers of files read and to read.

    The index changes all at once or not at all. Raises SeedError for a missing path, TypeError and
    ValueError for other wrong arguments, OSError, and the other errors of `indexer.errors`.
    """
    started = time.perf_counter()
    jobs = (os.cpu_count() or 1) if jobs is None else jobs
    _check_numbers(jobs, memory, max_file_size)
    check_flags(rebuild=rebuild, allow_removal=allow_removal, lexicon=lexicon)
    check_callbacks(on_error=on_error, on_progress=on_progress)
    errors, sources, target = ErrorCounter(on_error), check_paths(paths), check_path(index)
    text = None if dictionary is None else _read_dictionary(check_path(dictionary))
    with IndexWriter(target, _expected_fingerprint(text), rebuild=rebuild) as writer:
        run = _Run(writer, sources, text, max_file_size, errors)
        run.read(jobs, memory * MEBIBYTE, on_progress)
        run.commit(memory * MEBIBYTE, lexicon=lexicon, allow_removal=allow_removal)
    return run.report(time.perf_counter() - started)


def _check_numbers(jobs: int, memory: int, max_file_size: int) -> None:
    check_at_least(1, jobs=jobs, max_file_size=max_file_size)
    check_at_least(0, memory=memory)


def _expected_fingerprint(dictionary: str | None) -> ExpectedFingerprint:
    """Return the fingerprint that the index must have; without a new dictionary, by its own."""
    return _fingerprint if dictionary is None else _fingerprint(dictionary)


def _fingerprint(dictionary: str | None) -> str:
    return Analyzer(dictionary).fingerprint


def _read_dictionary(path: Path) -> str:
    """Read a user dictionary and check that the analyzer accepts it."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        Analyzer(text)
    except OSError as error:
        raise DictionaryError(f"{path}: {(error.strerror or str(error)).lower()}") from None
    except UnicodeDecodeError:
        raise DictionaryError(f"{path}: not UTF-8") from None
    except ValueError as error:
        raise DictionaryError(f"{path}:{error}") from None
    return text


class _Run:
    """One indexing run: find the changes, read the files, check the result, commit it."""

    def __init__(
        self,
        writer: IndexWriter,
        sources: Sequence[Path],
        dictionary: str | None,
        max_file_size: int,
        errors: ErrorCounter,
    ) -> None:
        self._writer = writer
        self._errors = errors
        base = writer.base
        self._dictionary = base.dictionary if base and dictionary is None else dictionary
        trained = base.trained_dictionary() if base else b""
        self._settings = Settings(self._dictionary, max_file_size, trained)
        self._changes = find_changes(sources, base.manifest() if base else None, errors)
        self._segments: list[Path] = []

    def read(self, jobs: int, memory: int, on_progress: Progress | None) -> None:
        """Read the files and write new segments, in the order of their files."""
        files = self._changes.to_read
        sizes = np.fromiter((file.size for file, *_ in files), np.int64, len(files))
        divided = partition(sizes, jobs, memory, self._settings.max_file_size)
        sample = self._sample(sizes)
        del sizes
        self._settings = self._settings._replace(affordable=divided.affordable)
        count = ProgressCounter(len(files), on_progress)
        for part, result in self._results(divided, sample, count):
            self._take(part, result)
        self._changes.keep_unreadable()

    def _sample(self, sizes: Int64Array) -> list[SeedFile]:
        """Choose files to train the compression dictionary, from all over the archive."""
        small = np.flatnonzero(sizes <= _MAX_SAMPLE_SIZE)
        chosen = small[:: max(1, len(small) // SAMPLE_COUNT)].tolist()
        return [next(self._changes.to_read.read(i, i + 1)).file for i in chosen]

    def _check(self) -> None:
        """Raise RemovalRefused if the run would remove too much."""
        index = self._writer.directory
        if self._writer.base is None:
            check_rebuild(index, self._writer.existing_articles(), self._changes.read_count)
        else:
            check_removal(index, self._changes)

    def commit(self, memory: int, *, lexicon: bool, allow_removal: bool) -> None:
        """Check the result and commit it, if anything has changed; ``memory`` is in bytes."""
        if not allow_removal:
            self._check()
        changes, base = self._changes, self._writer.base
        if base is not None and not changes.count(RowState.REMOVED) and not changes.read_count:
            return
        deleted = (row.id for row in changes.rows(RowState.REMOVED, RowState.REPLACED))
        analyzer = Analyzer(self._dictionary)
        learner = Learner(analyzer, known=base.lexicon if base else None)
        self._writer.commit(
            self._segments,
            self._writer.find_documents(deleted),
            heapq.merge(changes.rows(RowState.KEPT), changes.read_rows()),
            fingerprint=analyzer.fingerprint,
            dictionary=self._dictionary,
            learn=learner.learn if lexicon else None,
            max_segment_size=max_merged_size(self._article_count, memory),
        )

    @property
    def _article_count(self) -> int:
        return self._changes.count(RowState.KEPT) + self._changes.read_count

    def report(self, elapsed: float) -> BuildReport:
        """Describe the run; ``elapsed`` is in seconds."""
        changes = self._changes
        removed = changes.count(RowState.REMOVED)
        moved = moved_count(changes) if removed else 0
        return BuildReport(
            new=changes.new_count - moved,
            changed=changes.count(RowState.REPLACED),
            moved=moved,
            removed=removed - moved,
            skipped=self._errors.count,
            warnings=self._errors.warnings,
            articles=self._article_count,
            elapsed=elapsed,
        )

    def _take(self, part: Part, result: TaskResult) -> None:
        self._segments += map(Path, result.segments)
        hashes = {read.file.id: read.content_hash for read in result.read}
        for file in self._changes.to_read.read(part.start, part.stop):
            if error := result.errors.get(file.file.id):
                self._errors(error)
            self._changes.add_content(file, hashes.get(file.file.id, ""))
        for warning in result.warnings:
            self._errors(warning)

    def _results(
        self, divided: Partition, sample: Sequence[SeedFile], count: ProgressCounter
    ) -> Iterator[tuple[Part, TaskResult]]:
        """Run one task for each part, in this process or in a pool."""
        memory = divided.memory
        if not divided.jobs:
            pipeline = Pipeline(self._trained(sample))
            for part in divided.parts:
                yield part, build_segments(self._task(part, memory), pipeline, count.add)
            return
        # On an early exit the pool kills its processes first, so that no thread waits for one.
        with ThreadPoolExecutor(divided.jobs) as threads, Pool(divided.jobs) as pool:
            pool.start(self._trained(sample))  # the processes start up meanwhile

            def build(part: Part) -> TaskResult:
                return pool.build(self._task(part, memory), count.add)

            yield from zip(divided.parts, threads.map(build, divided.parts), strict=True)

    def _task(self, part: Part, memory: int) -> Task:
        files = self._changes.to_read.read(part.start, part.stop)
        pairs = [(file, known_hash) for file, _, _, known_hash in files]
        return Task(str(self._writer.new_segment_path()), memory, pairs, part.is_large)

    def _trained(self, sample: Sequence[SeedFile]) -> Settings:
        """The settings with a compression dictionary: the index's, or one trained on a sample."""
        if self._settings.trained:
            return self._settings
        articles = []
        for file in sample:
            with suppress(SeedError, OSError):  # reported when the file is indexed
                articles.append(read_article(file, self._settings.max_file_size).to_bytes())
        return self._settings._replace(trained=train_dictionary(articles))
