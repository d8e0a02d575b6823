"""Verification of a whole index, from its checksums to the files that it was made of."""

from __future__ import annotations

import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

from indexer.analysis import Analyzer
from indexer.arguments import check_callbacks, check_flags, check_path
from indexer.callbacks import Progress
from indexer.codec.manifest import Manifest, ManifestRow
from indexer.codec.reader import SegmentReader
from indexer.errors import IndexDamaged
from indexer.files import is_ours, latest_generation, manifest_file_name
from indexer.job import Pipeline, Settings
from indexer.memory import MEBIBYTE
from indexer.remedy import rebuild_command
from indexer.source.scan import SeedChanges, compare_seeds
from indexer.source.seeds import MAX_FILE_SIZE
from indexer.store import IndexReader, open_index
from indexer.verify.articles import SegmentArticles, analysis_faults
from indexer.verify.lexicon import table_faults
from indexer.verify.structure import structure_faults

Level = Literal["quick", "full", "deep"]

# How often each byte of the segments is read.
_READS: Final = {"quick": 0, "full": 2, "deep": 3}


class Damage(NamedTuple):
    """A fault of one file of an index; its text is one line."""

    path: Path
    reason: str

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """The result of `verify_index`.

    ``articles`` and ``segments`` are numbers, and ``size`` is the size of the segments in bytes;
    they are 0 if the index cannot be opened. The index is sound if ``damage`` is empty. Otherwise
    ``remedy`` is the command that rebuilds the index; it is "" for a sound index. ``orphans`` are
    the names of files that are not part of the index. ``seeds`` says which of the files that were
    indexed have changed since, or is None if they were not compared. ``elapsed`` is in seconds.
    """

    path: Path
    level: Level
    articles: int
    segments: int
    size: int
    damage: tuple[Damage, ...]
    remedy: str
    orphans: tuple[str, ...]
    seeds: SeedChanges | None
    elapsed: float

    @property
    def is_sound(self) -> bool:
        """Whether nothing is damaged."""
        return not self.damage

    def to_dict(self) -> dict[str, Any]:
        """The report as plain data."""
        damage = [{"file": str(path), "reason": reason} for path, reason in self.damage]
        seeds = None if self.seeds is None else self.seeds._asdict()
        changed = {"path": str(self.path), "damage": damage, "seeds": seeds}
        return {"sound": self.is_sound, **asdict(self), **changed}


def verify_index(
    directory: str | Path,
    *,
    quick: bool = False,
    deep: bool = False,
    on_progress: Progress | None = None,
) -> VerifyReport:
    """Look for damage at every byte of an index.

    All checksums are compared, all arrays are checked for impossible values, and all articles are
    read and compared with the manifest. The manifest is compared with the files that were indexed.

    With ``quick``, only the small files and the directories of the segments are checked. With
    ``deep``, all articles are also analyzed and aligned again, and the result is compared with the
    index. ``on_progress`` is called with the number of megabytes read and to read.

    Damage is reported, not raised. Raises IndexMissing, IndexOutdated, and OSError.
    """
    started, path = time.perf_counter(), check_path(directory)
    check_flags(quick=quick, deep=deep)
    check_callbacks(on_progress=on_progress)
    if quick and deep:
        raise ValueError("use either quick or deep, not both")
    level: Level = "quick" if quick else "deep" if deep else "full"
    verification = _Verification(path, level, on_progress)
    verification.run()
    index, damage = verification.index, tuple(verification.damage)
    with index or nullcontext():
        return VerifyReport(
            path=path,
            level=level,
            articles=index.doc_count if index else 0,
            segments=len(index.segments) if index else 0,
            size=sum(segment.size for segment in index.segments) if index else 0,
            damage=damage,
            remedy=rebuild_command(path) if damage else "",
            orphans=tuple(sorted(_orphans(index))) if index else (),
            seeds=verification.seeds,
            elapsed=time.perf_counter() - started,
        )


def _orphans(index: IndexReader) -> Iterator[str]:
    """The files that a commit wrote, but that are not part of this generation."""
    files = index.files()
    names = (path.name for path in index.directory.iterdir())
    return (name for name in names if is_ours(name) and name not in files)


class _Verification:
    """One run over an index; it collects ``damage``."""

    def __init__(self, directory: Path, level: Level, on_progress: Progress | None) -> None:
        self.damage: list[Damage] = []
        self.seeds: SeedChanges | None = None
        self.index: IndexReader | None = None
        self._directory = directory
        self._level = level
        self._on_progress = on_progress
        self._manifest: Manifest | None = None
        self._read = self._to_read = 0

    def run(self) -> None:
        """Check everything that belongs to the level."""
        try:
            self.index = index = self._open()
        except IndexDamaged as error:
            self.damage.append(Damage(error.path, error.reason))
            return
        if self._level == "quick":
            return
        self._to_read = _READS[self._level] * sum(segment.size for segment in index.segments)
        hashes: dict[str, str] = {}
        for segment, live in zip(index.segments, index.live, strict=True):
            articles = SegmentArticles(segment, live)
            self._check_segment(index, segment, articles)
            hashes |= articles.hashes
        if index.lexicon and self._note(index.lexicon.path, index.lexicon.faults()):
            self._note(index.lexicon.path, table_faults(index.lexicon))
        if not self.damage:
            path = index.directory / manifest_file_name(index.generation)
            self._note(path, _manifest_faults(self._manifest or (), hashes))
        try:
            self.seeds = compare_seeds(self._manifest)
        except IndexDamaged as error:
            self.damage.append(Damage(error.path, error.reason))

    def _open(self) -> IndexReader:
        """Open the index; read its manifest and the table of contents that Whoosh reads."""
        while True:
            index = open_index(self._directory, _fingerprint if self._level == "deep" else None)
            damage = []
            try:
                self._manifest = index.manifest()
            except IndexDamaged as error:
                damage.append(Damage(error.path, error.reason))
            if reason := _toc_fault(index):
                damage.append(Damage(index.toc_path, reason))
            if damage and latest_generation(self._directory) != index.generation:
                index.close()  # a commit has removed the files
                continue
            self.damage += damage
            return index

    def _check_segment(
        self, index: IndexReader, segment: SegmentReader, articles: SegmentArticles
    ) -> None:
        """Run the checks in an order in which each relies on those before it."""
        path = segment.path
        is_sound = self._note(path, segment.faults())
        self._advance(segment.size)
        is_sound = is_sound and self._note(path, structure_faults(path, self._advance))
        is_sound = is_sound and self._note(path, articles.faults(self._advance))
        if is_sound and self._level == "deep":
            pipeline = Pipeline(Settings(index.dictionary, MAX_FILE_SIZE, b""))
            has_lexicon = index.lexicon is not None
            faults = analysis_faults(segment, pipeline, self._advance, has_lexicon=has_lexicon)
            self.damage += (Damage(path, fault) for fault in faults)

    def _note(self, path: Path, faults: Iterable[str]) -> bool:
        """Keep the faults of a file as damage; return whether there are none."""
        before = len(self.damage)
        try:
            for fault in faults:
                self.damage.append(Damage(path, fault))
        except IndexDamaged as error:
            self.damage.append(Damage(error.path, error.reason))
        except OSError:
            raise
        except Exception as error:  # arrays that no writer makes can cause any exception
            reason = " ".join(f"{type(error).__name__} {error}".split())
            self.damage.append(Damage(path, f"cannot be read: {reason}"))
        return len(self.damage) == before

    def _advance(self, size: int) -> None:
        self._read += size
        if self._on_progress:
            self._on_progress(min(self._read, self._to_read) // MEBIBYTE, self._to_read // MEBIBYTE)


def _toc_fault(index: IndexReader) -> str:
    """The fault of Whoosh's table of contents, which is not parsed, or "".

    The descriptor contains the checksum of the table that was made from it.
    """
    try:
        content = index.toc_path.read_bytes()
    except FileNotFoundError:
        return "missing"
    return "" if zlib.crc32(content) == index.descriptor.toc_checksum else "wrong checksum"


def _manifest_faults(rows: Iterable[ManifestRow], hashes: Mapping[str, str]) -> Iterator[str]:
    """Compare the ids and hashes of the manifest with those of the live articles."""
    known = {row.id: row.content_hash for row in rows}
    for name in sorted(known.keys() ^ hashes.keys()):
        yield f"article {name} is not in the {'index' if name in known else 'manifest'}"
    for name in sorted(known.keys() & hashes.keys()):
        if known[name] != hashes[name]:
            yield f"article {name} was made of another file than the manifest says"


def _fingerprint(dictionary: str | None) -> str:
    return Analyzer(dictionary).fingerprint
