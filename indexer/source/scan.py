"""Finds the files of an indexing run and compares them with the index.

Both are read in the order of the ids, side by side, so that no more than a few thousand rows are in
memory at a time.
"""

from __future__ import annotations

import heapq
import os
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from indexer.callbacks import OnError
from indexer.codec.manifest import Manifest, ManifestRow
from indexer.errors import IndexDamaged, SeedError
from indexer.source.changes import Changes, FileToRead, RowState
from indexer.source.paths import to_native
from indexer.source.roots import Source, find_sources, row_path, upwards
from indexer.source.seeds import SeedFile, content_hash, find_seeds, printable

# The times that a manifest can represent, in nanoseconds: from 1677 to 2262.
_MIN_TIME, _MAX_TIME = -(2**63), 2**63 - 1


def find_changes(paths: Sequence[Path], known: Manifest | None, on_error: OnError) -> Changes:
    """Compare the files below ``paths`` with the rows of an index, by size and time of change.

    A file is reported and not read if a file of another root has the same id. The rows of a file or
    folder that cannot be read are kept. Raises IndexDamaged if the rows are not in the order of
    their ids.
    """
    sources = find_sources(paths, known.roots if known else ())
    comparison = _Comparison(known, sources, on_error)
    below = [comparison.files_below(source) for source in sources]
    for source, file in heapq.merge(*below, key=_id_of_found):
        comparison.add(source, file)
    return comparison.finish()


def _id_of_found(found: tuple[Source, SeedFile]) -> str:
    return found[1].id


class _Comparison:
    """A comparison of files with the rows of a manifest, both in the order of their ids."""

    def __init__(
        self, known: Manifest | None, sources: Sequence[Source], on_error: OnError
    ) -> None:
        scanned = {source.real for source in sources}
        self._changes = Changes(known, sorted(scanned))
        self._rows = _ascending(known) if known else iter(())
        self._row = next(self._rows, None)
        self._number = 0
        self._scanned = scanned
        self._on_error = on_error
        self._last = "", ""  # id and root of the last file

        @lru_cache  # rows that follow each other often share a folder
        def is_below(folder: str) -> bool:
            return not scanned.isdisjoint(upwards(folder))

        self._is_below = is_below

    def files_below(self, source: Source) -> Iterator[tuple[Source, SeedFile]]:
        """Yield the files below a source, with their ids relative to its root."""

        def report(error: SeedError) -> None:
            self._changes.add_unreadable(source.real_path(error.path))
            self._on_error(error)

        for name, path, size, mtime_ns in find_seeds(source.path, report):
            time = min(max(mtime_ns, _MIN_TIME), _MAX_TIME)
            yield source, SeedFile(source.prefix + name, path, size, time)

    def add(self, source: Source, file: SeedFile) -> None:
        """Add the file with the next id."""
        last_id, last_root = self._last
        if file.id == last_id:
            _report_same_id(file, source.root, last_root, self._on_error)
            return
        while self._row and self._row.id < file.id:
            self._pass_row()
        row = self._row if self._row and self._row.id == file.id else None
        if row is None:
            self._changes.to_read.append(FileToRead(file, source.root))
        elif row[1:4] == (source.root, file.size, file.mtime_ns):
            self._next_row(RowState.KEPT)
        elif row.root != source.root and not self._is_scanned(row):
            self._next_row(RowState.KEPT)
            _report_same_id(file, source.root, row.root, self._on_error)
            self._last = file.id, row.root
            return
        else:
            unread = FileToRead(file, source.root, self._number, row.content_hash)
            self._changes.to_read.append(unread)
            self._next_row(RowState.READ)
        self._last = file.id, source.root

    def finish(self) -> Changes:
        """Return the changes, after all files have been added."""
        while self._row:
            self._pass_row()
        self._changes.keep_unreadable()
        return self._changes

    def _pass_row(self) -> None:
        """Decide what becomes of a row for which there is no file."""
        is_scanned = self._row and self._is_scanned(self._row)
        self._next_row(RowState.REMOVED if is_scanned else RowState.KEPT)

    def _next_row(self, state: RowState) -> None:
        self._changes.add_row(state)
        self._row = next(self._rows, None)
        self._number += 1

    def _is_scanned(self, row: ManifestRow) -> bool:
        """Say whether the file of a row is one of the paths of the run, or below one."""
        path = row_path(row)
        return path in self._scanned or self._is_below(os.path.dirname(path))


def _ascending(known: Manifest) -> Iterator[ManifestRow]:
    last = None
    for row in known:
        if last is not None and row.id <= last:
            raise IndexDamaged(known.path, "ids are not in order")
        last = row.id
        yield row


class SeedChanges(NamedTuple):
    """How the files differ from those that an index was made of.

    ``missing``, ``changed`` and ``new`` are ids. A file is new if it is not in the index, perhaps
    because it could not be read at that time. ``unreachable`` lists roots that do not exist; the
    ids of their files are in none of the other lists.
    """

    missing: tuple[str, ...]
    changed: tuple[str, ...]
    new: tuple[str, ...]
    unreachable: tuple[str, ...]


def compare_seeds(known: Manifest | None) -> SeedChanges:
    """Compare the files below the roots of a manifest with its rows.

    A file is read only if its size is the same as in the index, but its time of change is not.
    Raises IndexDamaged as `find_changes` does.
    """
    roots = sorted(known.roots) if known else []
    existing = [path for root in roots if (path := Path(to_native(root))).exists()]
    found = find_changes(existing, known, lambda _: None)
    known_files = (file for file, _, row, _ in found.to_read if row >= 0)
    pairs = zip(known_files, found.rows(RowState.READ), strict=True)
    return SeedChanges(
        missing=tuple(row.id for row in found.rows(RowState.REMOVED)),
        changed=tuple(file.id for file, row in pairs if _has_changed(file, row)),
        new=tuple(file.id for file, _, row, _ in found.to_read if row < 0),
        unreachable=tuple(root for root in roots if Path(to_native(root)) not in existing),
    )


def _has_changed(file: SeedFile, row: ManifestRow) -> bool:
    """Say whether a file that is in the index has other content now."""
    if file.size != row.size:
        return True
    try:
        return content_hash(file) != row.content_hash
    except SeedError:
        return True


def _report_same_id(file: SeedFile, root: str, other: str, on_error: OnError) -> None:
    """Report a file that has the id of a file of another root, but not a file found twice."""
    if other == root:
        return
    if os.path.exists(to_native(other)):
        reason = " has a file of this name too: index a folder that contains both"
    else:
        reason = (
            ", which does not exist any more, had a file of this name: "
            "if it was moved, build the index again with --rebuild"
        )
    on_error(SeedError(file.path, 0, f"{printable(other)}{reason}"))
