"""Build or update an index: find what changed, read it in parallel, and commit it at once."""

from __future__ import annotations

import os
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from indexer.analysis import Analyzer
from indexer.codec.manifest import ManifestRow
from indexer.codec.stored import SAMPLE_COUNT, train_dictionary
from indexer.commit import IndexWriter
from indexer.errors import DictionaryError, SeedError
from indexer.job import Pipeline, Settings, Task, TaskResult, build_segments
from indexer.lazy import lazy
from indexer.learn import Learner
from indexer.memory import MEBIBYTE
from indexer.partition import Partition, max_merged_size, partition
from indexer.pool import Pool
from indexer.source.changes import Changes, check_paths, find_changes, row_path, seed_path
from indexer.source.seeds import MAX_FILE_SIZE, OnError, SeedFile, read_article
from indexer.store import IndexReader

BuildProgress = Callable[[int, int], None]

# Articles in larger files are not used to train the compression dictionary.
_MAX_SAMPLE_SIZE: Final = 2**16


@dataclass(frozen=True, slots=True)
class BuildReport:
    """The report of an indexing run.

    ``new``, ``changed``, ``removed`` and ``skipped`` count files; ``articles`` is the number of
    articles in the index after the run; ``elapsed`` is in seconds.
    """

    new: int
    changed: int
    removed: int
    skipped: int
    articles: int
    elapsed: float

    def __str__(self) -> str:
        return (
            f"indexed {self.new:,} new, {self.changed:,} changed, {self.removed:,} removed, "
            f"{self.skipped:,} skipped in {self.elapsed:.1f} s"
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain data."""
        return asdict(self)


def build_index(
    *paths: str | Path,
    index: str | Path = "index",
    rebuild: bool = False,
    jobs: int | None = None,
    memory: int = 512,
    dictionary: str | Path | None = None,
    max_file_size: int = MAX_FILE_SIZE,
    lexicon: bool = True,
    on_error: OnError | None = None,
    on_progress: BuildProgress | None = None,
) -> BuildReport:
    """Make the index in a directory mirror the files and folders ``paths``.

    Only new and changed files are read. Articles whose files have gone from ``paths`` are removed.
    Articles that were indexed from elsewhere stay, unless ``rebuild`` starts from nothing.

    ``jobs`` is the number of processes (default: the number of cores) and ``memory`` the memory
    that they may take together, in MB. ``dictionary`` is a file of words to add to jieba's
    (default: the one with which the index was made). ``max_file_size`` is in bytes; larger files
    are skipped. With ``lexicon``, the dictionary of translations is learnt again once the number of
    bilingual articles has doubled. ``on_error`` is called with the error of each file that is
    skipped, ``on_progress`` with the numbers of files read and to read.

    The index changes all at once or not at all. Raises SeedError if a path does not exist,
    DictionaryError, IndexLocked, IndexOutdated, IndexDamaged, and OSError.
    """
    started = time.perf_counter()
    report_error = _ErrorCounter(on_error)
    sources = [Path(path) for path in paths]
    check_paths(sources)
    text = None if dictionary is None else _read_dictionary(Path(dictionary))
    fingerprint = _fingerprint if text is None else _fingerprint(text)
    with IndexWriter(Path(index), fingerprint, rebuild=rebuild) as writer:
        base = writer.base
        known = {row.id: row for row in base.manifest()} if base else {}
        if base and text is None:
            text = base.dictionary
        changes = find_changes(sources, known, report_error)
        settings = Settings(text, max_file_size, base.trained_dictionary() if base else b"")
        run = _Run(settings, changes, known, writer.new_segment_path)
        segments = run.read(
            jobs or os.cpu_count() or 1, memory * MEBIBYTE, report_error, on_progress
        )
        updated = [row.id for row in run.changed if row.id in known]
        count = len(changes.kept) + len(run.rows)
        if base is None or changes.removed or run.rows:
            writer.commit(
                segments,
                writer.find_documents([*changes.removed, *updated]),
                sorted([*changes.kept.values(), *run.rows]),
                fingerprint=_fingerprint(text),
                dictionary=text,
                learn=_learner(text, base).learn if lexicon else None,
                largest=max_merged_size(count, memory * MEBIBYTE),
            )
    return BuildReport(
        new=len(run.changed) - len(updated),
        changed=len(updated),
        removed=len(changes.removed),
        skipped=report_error.count,
        articles=count,
        elapsed=time.perf_counter() - started,
    )


def _learner(dictionary: str | None, base: IndexReader | None) -> Learner:
    return Learner(Analyzer(dictionary), known=base.lexicon if base else None)


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
    """Passes errors on and counts them."""

    def __init__(self, on_error: OnError | None) -> None:
        self._on_error = on_error
        self.count = 0

    def __call__(self, error: SeedError) -> None:
        self.count += 1
        if self._on_error:
            self._on_error(error)


class _Run:
    """Reads the files of one run.

    After `read`, ``rows`` are the manifest rows of all files that were read, and ``changed`` those
    whose content is new.
    """

    def __init__(
        self,
        settings: Settings,
        changes: Changes,
        known: Mapping[str, ManifestRow],
        new_path: Callable[[], Path],
    ) -> None:
        self._settings = settings
        self._changes = changes
        self._known = known
        self._new_path = new_path
        self.rows: list[ManifestRow] = []
        self.changed: list[ManifestRow] = []

    def read(
        self, jobs: int, memory: int, on_error: OnError, on_progress: BuildProgress | None
    ) -> list[Path]:
        """Index the files and return the new segments, in the order of their files."""
        files = self._changes.to_read
        divided = partition(files, jobs, memory, self._settings.max_file_size)
        self._settings = self._settings._replace(affordable=divided.affordable)
        small = [file for file, _ in files if file.size <= _MAX_SAMPLE_SIZE]
        sample = small[:: max(1, len(small) // SAMPLE_COUNT)]
        del small
        count = _ProgressCounter(len(files), on_progress)
        files.clear()  # the partition holds them, each only until it has been read
        segments: list[Path] = []
        for result in self._results(divided, sample, count):
            self._take(result, on_error)
            segments += map(Path, result.segments)
        return segments

    def _take(self, result: TaskResult, on_error: OnError) -> None:
        for name, error in result.errors.items():
            on_error(error)
            self._keep(name)
        for read in result.read:
            file = read.file
            root = self._changes.roots[file.id]
            row = ManifestRow(file.id, root, file.size, file.mtime_ns, read.content_hash)
            self.rows.append(row)
            if read.changed:
                self.changed.append(row)

    def _keep(self, name: str) -> None:
        """Keep the indexed article of a file that has become unreadable.

        The file may have been indexed under another id, below an inner root.
        """
        changes = self._changes
        if name in self._known:
            changes.kept[name] = self._known[name]
            return
        for row in self._gone.get(seed_path(changes.roots[name], name), ()):
            changes.removed.remove(row.id)
            changes.kept[row.id] = row

    @lazy
    def _gone(self) -> Mapping[str, Sequence[ManifestRow]]:
        """The rows to be removed, by path; a file may be among them under its earlier id."""
        gone = defaultdict(list)
        for row in map(self._known.__getitem__, self._changes.removed):
            gone[row_path(row)].append(row)
        return gone

    def _results(
        self, divided: Partition, sample: Sequence[SeedFile], count: _ProgressCounter
    ) -> Iterator[TaskResult]:
        """Run one task for each part, in this process or in a pool."""
        parts, jobs = divided.parts, divided.jobs
        tasks = (
            Task(str(self._new_path()), divided.memory, *parts.popleft()) for _ in range(len(parts))
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

    def __init__(self, total: int, on_progress: BuildProgress | None) -> None:
        self._total = total
        self._done = 0
        self._on_progress = on_progress
        self._lock = threading.Lock()

    def add(self, count: int) -> None:
        with self._lock:
            self._done += count
            if self._on_progress:
                self._on_progress(self._done, self._total)
