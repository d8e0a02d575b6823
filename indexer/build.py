"""Articles to an index: only what changed is read, side by side, and committed at once."""

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
from indexer.codec.stored import SAMPLES, train
from indexer.commit import IndexWriter
from indexer.errors import DictionaryError, SeedError
from indexer.lazy import lazy
from indexer.learn import Learner
from indexer.partition import Division, divide, largest_segment
from indexer.pool import Pool
from indexer.source.changes import Changes, check_paths, find_changes, path_of, place_of
from indexer.source.seeds import MAX_FILE_SIZE, OnError, SeedFile, read_article
from indexer.store import IndexReader
from indexer.worker import Result, Settings, Task, Tools, build_segments

Progress = Callable[[int, int], None]

MEBIBYTE: Final = 2**20
# Articles that are larger have no share in the dictionary that articles are compressed with.
_SAMPLE_MOST: Final = 2**16


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What an indexing run did; ``articles`` is how many the index holds now."""

    new: int
    changed: int
    removed: int
    skipped: int
    articles: int
    elapsed: float  # seconds

    def __str__(self) -> str:
        return (
            f"indexed {self.new:,} new, {self.changed:,} changed, {self.removed:,} removed, "
            f"{self.skipped:,} skipped in {self.elapsed:.1f} s"
        )

    def to_dict(self) -> dict[str, Any]:
        """The report as plain data."""
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
    on_progress: Progress | None = None,
) -> BuildReport:
    """Make the index in a directory mirror the files and folders ``paths``.

    Only files that are new or changed are read; articles whose files are gone from ``paths`` are
    removed; what was indexed from elsewhere stays, unless ``rebuild`` starts afresh. ``jobs`` is
    the number of processes (default: the cores), ``memory`` what they may take together, in MB,
    ``dictionary`` a file of words to add to jieba's (default: the one the index was made with),
    ``max_file_size`` in bytes. ``lexicon``: learn which words render each other, when there are
    twice as many articles in both languages as when it was learnt. ``on_error`` is told of each
    file that is skipped, and ``on_progress`` the numbers of files read and to be read.

    The index changes all at once or not at all. Raises SeedError (a path does not exist),
    DictionaryError, IndexLocked, IndexOutdated, IndexDamaged, OSError.
    """
    started = time.perf_counter()
    report = _Skipped(on_error)
    places = [Path(path) for path in paths]
    check_paths(places)
    fingerprint: str | Callable[[str | None], str] = _fingerprint
    text = None
    if dictionary is not None:
        text = _read_dictionary(Path(dictionary))
        fingerprint = _fingerprint(text)
    with IndexWriter(Path(index), fingerprint, rebuild=rebuild) as writer:
        known = {row.id: row for row in writer.base.manifest()} if writer.base else {}
        if writer.base and text is None:
            text = writer.base.dictionary
        changes = find_changes(places, known, report)
        trained = writer.base.trained_dictionary() if writer.base else b""
        run = _Run(text, max_file_size, changes, known, writer.new_segment_path, trained)
        segments = run.read(jobs or os.cpu_count() or 1, memory * MEBIBYTE, report, on_progress)
        updated = [row.id for row in run.changed if row.id in known]
        if writer.base is None or changes.removed or run.rows:
            deleted = writer.documents([*changes.removed, *updated])
            writer.commit(
                segments,
                deleted,
                sorted([*changes.kept.values(), *run.rows]),
                fingerprint=_fingerprint(text),
                dictionary=text,
                learn=_learner(text, writer.base).learn if lexicon else None,
                largest=largest_segment(len(changes.kept) + len(run.rows), memory * MEBIBYTE),
            )
    return BuildReport(
        new=len(run.changed) - len(updated),
        changed=len(updated),
        removed=len(changes.removed),
        skipped=report.count,
        articles=len(changes.kept) + len(run.rows),
        elapsed=time.perf_counter() - started,
    )


def _learner(dictionary: str | None, base: IndexReader | None) -> Learner:
    return Learner(Analyzer(dictionary), known=base.lexicon if base else None)


def _fingerprint(dictionary: str | None) -> str:
    return Analyzer(dictionary).fingerprint


def _read_dictionary(path: Path) -> str:
    """The text of a user dictionary, tried out."""
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


class _Skipped:
    """Passes errors on, and counts them."""

    def __init__(self, on_error: OnError | None) -> None:
        self._on_error = on_error
        self.count = 0

    def __call__(self, error: SeedError) -> None:
        self.count += 1
        if self._on_error:
            self._on_error(error)


class _Run:
    """Reads the changed files; afterwards ``rows`` are theirs, and ``changed`` of the altered."""

    def __init__(
        self,
        dictionary: str | None,
        max_file_size: int,
        changes: Changes,
        known: Mapping[str, ManifestRow],
        new_path: Callable[[], Path],
        trained: bytes,
    ) -> None:
        self._settings = Settings(dictionary, max_file_size, trained)
        self._changes = changes
        self._known = known
        self._new_path = new_path
        self.rows: list[ManifestRow] = []
        self.changed: list[ManifestRow] = []

    def read(
        self, jobs: int, memory: int, on_error: OnError, on_progress: Progress | None
    ) -> list[Path]:
        """Index the files; returns the segments, in the order of their files."""
        files = self._changes.to_read
        division = divide(files, jobs, memory, self._settings.max_file_size)
        self._settings = self._settings._replace(affordable=division.affordable)
        small = [file for file, _ in files if file.size <= _SAMPLE_MOST]
        sample = small[:: max(1, len(small) // SAMPLES)]
        del small
        count = _Counter(len(files), on_progress)
        files.clear()  # the division has them, as long as they are needed
        segments: list[Path] = []
        for result in self._results(division, sample, count):
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
            segments += map(Path, result.segments)
        return segments

    def _keep(self, name: str) -> None:
        """What a file said before it became unreadable stays, also of an inner root's."""
        changes = self._changes
        if name in self._known:
            changes.kept[name] = self._known[name]
            return
        for row in self._gone.get(place_of(changes.roots[name], name), ()):
            changes.removed.remove(row.id)
            changes.kept[row.id] = row

    @lazy
    def _gone(self) -> Mapping[str, Sequence[ManifestRow]]:
        """The rows to be removed, by path; a file may be among them under its earlier id."""
        gone = defaultdict(list)
        for row in map(self._known.__getitem__, self._changes.removed):
            gone[path_of(row)].append(row)
        return gone

    def _results(
        self, division: Division, sample: Sequence[SeedFile], count: _Counter
    ) -> Iterator[Result]:
        """What becomes of each part."""
        parts, jobs = division.parts, division.jobs
        tasks = (
            Task(str(self._new_path()), division.memory, *parts.popleft())
            for _ in range(len(parts))
        )
        if not jobs:
            tools = Tools(self._trained(sample))
            for task in tasks:
                yield build_segments(task, tools, count.add)
            return
        # Left early, the processes are killed first, so that no thread waits for one.
        with ThreadPoolExecutor(jobs) as threads, Pool(jobs) as pool:
            pool.start(self._trained(sample))  # while they are starting
            yield from threads.map(lambda task: pool.build(task, count.add), tasks)

    def _trained(self, sample: Sequence[SeedFile]) -> Settings:
        """The settings, with a dictionary for articles: the index's, or one made of a sample."""
        if self._settings.trained:
            return self._settings
        articles = []
        for file in sample:
            with suppress(SeedError, OSError):  # reported when its turn comes
                articles.append(read_article(file, self._settings.max_file_size).to_bytes())
        return self._settings._replace(trained=train(articles))


class _Counter:
    """Counts the files that were read, in whatever thread."""

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
