"""Build or update an index: find what changed, read it in parallel, and commit it at once."""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path
from typing import Any, Final

from indexer.analysis import Analyzer
from indexer.callbacks import Progress
from indexer.codec.manifest import ManifestRow
from indexer.codec.stored import SAMPLE_COUNT, train_dictionary
from indexer.commit import IndexWriter
from indexer.errors import DictionaryError, SeedError, SeedWarning
from indexer.job import Pipeline, Settings, Task, TaskResult, build_segments
from indexer.learn import Learner
from indexer.memory import MEBIBYTE
from indexer.partition import Partition, max_merged_size, partition
from indexer.pool import Pool
from indexer.safeguard import check_rebuild, check_removal, lost_rows
from indexer.source.changes import find_changes
from indexer.source.paths import check_path, check_paths
from indexer.source.seeds import MAX_FILE_SIZE, OnError, SeedFile, read_article
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
    bilingual articles has doubled. ``on_error`` is called with the error of each skipped file, and
    each `SeedWarning`, ``on_progress`` with the numbers of files read and to read.

    The index changes all at once or not at all. Raises SeedError for a missing path, ValueError for
    an empty one, DictionaryError, IndexLocked, IndexOutdated, IndexDamaged and OSError.
    """
    started = time.perf_counter()
    errors = _ErrorCounter(on_error)
    sources = check_paths(paths)
    target = check_path(index)
    text = None if dictionary is None else _read_dictionary(check_path(dictionary))
    fingerprint = _fingerprint if text is None else _fingerprint(text)
    with IndexWriter(target, fingerprint, rebuild=rebuild) as writer:
        run = _Run(writer, sources, text, max_file_size, errors)
        run.read(jobs or os.cpu_count() or 1, memory * MEBIBYTE, on_progress)
        run.commit(memory * MEBIBYTE, lexicon=lexicon, allow_removal=allow_removal)
    return run.report(time.perf_counter() - started)


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


class _ErrorCounter:
    """Passes errors and warnings on and counts them."""

    def __init__(self, on_error: OnError | None) -> None:
        self._on_error = on_error
        self.count = 0
        self.warnings = 0

    def __call__(self, error: SeedError) -> None:
        is_warning = isinstance(error, SeedWarning)
        self.warnings += is_warning
        self.count += not is_warning
        if self._on_error:
            self._on_error(error)


class _Run:
    """One indexing run: find the changes, read the files, check the result, commit it.

    ``rows`` are the manifest rows of all files that were read, and ``changed`` those whose content
    is new under their id.
    """

    def __init__(
        self,
        writer: IndexWriter,
        sources: Sequence[Path],
        dictionary: str | None,
        max_file_size: int,
        errors: _ErrorCounter,
    ) -> None:
        self._writer = writer
        self._errors = errors
        base = writer.base
        self._known = {row.id: row for row in base.manifest()} if base else {}
        self._dictionary = base.dictionary if base and dictionary is None else dictionary
        trained = base.trained_dictionary() if base else b""
        self._settings = Settings(self._dictionary, max_file_size, trained)
        self._changes = find_changes(sources, self._known, errors)
        self._segments: list[Path] = []
        self.rows: list[ManifestRow] = []
        self.changed: list[ManifestRow] = []

    def read(self, jobs: int, memory: int, on_progress: Progress | None) -> None:
        """Read the files and write new segments, in the order of their files."""
        files = self._changes.to_read
        divided = partition(files, jobs, memory, self._settings.max_file_size)
        self._settings = self._settings._replace(affordable=divided.affordable)
        small = [file for file, _ in files if file.size <= _MAX_SAMPLE_SIZE]
        sample = small[:: max(1, len(small) // SAMPLE_COUNT)]
        del small
        count = _ProgressCounter(len(files), on_progress)
        files.clear()  # the partition holds them, each only until it has been read
        for result in self._results(divided, sample, count):
            self._take(result)
            self._segments += map(Path, result.segments)

    def _check(self) -> None:
        """Raise RemovalRefused if the run would remove too much."""
        index = self._writer.directory
        if self._writer.base is None:
            check_rebuild(index, self._writer.existing_articles(), len(self.rows))
            return
        changes = self._changes
        after = chain(changes.kept.values(), self.rows)
        lost = lost_rows(self._known, changes.removed, after)
        check_removal(index, self._known, lost, changes.sources)

    def commit(self, memory: int, *, lexicon: bool, allow_removal: bool) -> None:
        """Check the result and commit it, if anything has changed; ``memory`` is in bytes."""
        if not allow_removal:
            self._check()
        changes, base = self._changes, self._writer.base
        if base is not None and not changes.removed and not self.rows:
            return
        updated = [row.id for row in self.changed if row.id in self._known]
        analyzer = Analyzer(self._dictionary)
        learner = Learner(analyzer, known=base.lexicon if base else None)
        self._writer.commit(
            self._segments,
            self._writer.find_documents([*changes.removed, *updated]),
            sorted([*changes.kept.values(), *self.rows]),
            fingerprint=analyzer.fingerprint,
            dictionary=self._dictionary,
            learn=learner.learn if lexicon else None,
            max_segment_size=max_merged_size(self._article_count, memory),
        )

    @property
    def _article_count(self) -> int:
        return len(self._changes.kept) + len(self.rows)

    def report(self, elapsed: float) -> BuildReport:
        """Describe the run; ``elapsed`` is in seconds."""
        added = Counter(row.content_hash for row in self.changed if row.id not in self._known)
        moved = 0
        for name in self._changes.removed:
            moved_hash = self._known[name].content_hash
            if added[moved_hash]:
                added[moved_hash] -= 1
                moved += 1
        new = added.total()
        return BuildReport(
            new=new,
            changed=len(self.changed) - new - moved,
            moved=moved,
            removed=len(self._changes.removed) - moved,
            skipped=self._errors.count,
            warnings=self._errors.warnings,
            articles=self._article_count,
            elapsed=elapsed,
        )

    def _take(self, result: TaskResult) -> None:
        for name, error in result.errors.items():
            self._errors(error)
            self._changes.keep(name, self._known)
        for warning in result.warnings:
            self._errors(warning)
        for read in result.read:
            file = read.file
            root = self._changes.roots[file.id]
            row = ManifestRow(file.id, root, file.size, file.mtime_ns, read.content_hash)
            self.rows.append(row)
            if read.changed:
                self.changed.append(row)

    def _results(
        self, divided: Partition, sample: Sequence[SeedFile], count: _ProgressCounter
    ) -> Iterator[TaskResult]:
        """Run one task for each part, in this process or in a pool."""
        parts, jobs = divided.parts, divided.jobs
        tasks = (
            Task(str(self._writer.new_segment_path()), divided.memory, *parts.popleft())
            for _ in range(len(parts))
        )
        if not jobs:
            pipeline = Pipeline(self._trained(sample))
            for task in tasks:
                yield build_segments(task, pipeline, count.add)
            return
        # On an early exit the pool kills its processes first, so that no thread waits for one.
        with ThreadPoolExecutor(jobs) as threads, Pool(jobs) as pool:
            pool.start(self._trained(sample))  # the processes start up meanwhile
            yield from threads.map(lambda task: pool.build(task, count.add), tasks)

    def _trained(self, sample: Sequence[SeedFile]) -> Settings:
        """The settings with a compression dictionary: the index's, or one trained on a sample."""
        if self._settings.trained:
            return self._settings
        articles = []
        for file in sample:
            with suppress(SeedError, OSError):  # reported when the file is indexed
                articles.append(read_article(file, self._settings.max_file_size).to_bytes())
        return self._settings._replace(trained=train_dictionary(articles))


class _ProgressCounter:
    """Counts the files that were read, from any thread."""

    def __init__(self, total: int, on_progress: Progress | None) -> None:
        self._total = total
        self._done = 0
        self._on_progress = on_progress
        self._lock = threading.Lock()

    def add(self, count: int) -> None:
        with self._lock:
            self._done += count
            if self._on_progress:
                self._on_progress(self._done, self._total)
