"""Finds the files of an indexing run and compares them with the index.

Both are read in the order of the ids, side by side, so that no more than a few thousand rows are in
memory at a time.
"""

from __future__ import annotations

import heapq
import os
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from indexer.callbacks import OnError
from indexer.codec.manifest import Manifest, ManifestRow
from indexer.errors import IndexDamaged, SeedError
from indexer.source.changes import Changes, FileToRead, RowState
from indexer.source.missing import unnamed_contents, unreachable_folder
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
    for _, found in groupby(heapq.merge(*below, key=_id_of_found), _id_of_found):
        comparison.add([*found])
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
        self._unnamed: list[str] = []

        @lru_cache  # rows that follow each other often share a folder
        def is_below(folder: str) -> bool:
            return not scanned.isdisjoint(upwards(folder))

        self._is_below = is_below
        self._unreachable = lru_cache(lambda folder: unreachable_folder(folder, scanned))

    def files_below(self, source: Source) -> Iterator[tuple[Source, SeedFile]]:
        """Yield the files below a source, with their ids relative to its root."""

        def report(error: SeedError) -> None:
            self._changes.add_unreadable(source.real_path(error.path))
            self._on_error(error)

        for name, path, size, mtime_ns in find_seeds(source.path, report, self._unnamed.append):
            time = min(max(mtime_ns, _MIN_TIME), _MAX_TIME)
            yield source, SeedFile(source.prefix + name, path, size, time)

    def add(self, found: Sequence[tuple[Source, SeedFile]]) -> None:
        """Add the files with the next id, which are below different sources.

        A file of the root from which the index has the article comes first. The article stays even
        if this file cannot be read.
        """
        name, roots = found[0][1].id, [source.root for source, _ in found]
        while self._row and self._row.id < name:
            self._pass_row()
        row = self._row if self._row and self._row.id == name else None
        root = roots[0] if row is None or self._may_go(row) else row.root
        if row is not None and row.root in roots:
            root = row.root
        for source, file in found:
            if source.root != root:
                _report_same_id(file, source.root, root, self._on_error)
        if root in roots:
            self._compare(found[roots.index(root)][1], root, row)
        else:
            self._next_row(RowState.KEPT)

    def _compare(self, file: SeedFile, root: str, row: ManifestRow | None) -> None:
        """Compare a file with the row that has its id."""
        if row is None:
            self._changes.to_read.append(FileToRead(file, root))
        elif row[1:4] == (root, file.size, file.mtime_ns):
            self._next_row(RowState.KEPT)
        else:
            unread = FileToRead(file, root, self._number, row.content_hash)
            self._changes.to_read.append(unread)
            self._next_row(RowState.READ)

    def finish(self) -> Changes:
        """Return the changes, after all files have been added."""
        while self._row:
            self._pass_row()
        self._changes.keep_unreadable()
        if self._unnamed and self._changes.count(RowState.REMOVED):
            sizes = {row.size for row in self._changes.rows(RowState.REMOVED)}
            self._changes.keep_contents({*unnamed_contents(self._unnamed, sizes)})
        return self._changes

    def _pass_row(self) -> None:
        """Decide what becomes of a row for which there is no file."""
        may_go = self._row and self._may_go(self._row)
        self._next_row(RowState.REMOVED if may_go else RowState.KEPT)

    def _may_go(self, row: ManifestRow) -> bool:
        """Say whether the run looks at the place of a row's file, and can read it."""
        if not self._is_scanned(row) or self._changes.is_unreadable(row):
            return False
        error = self._unreachable(os.path.dirname(row_path(row)))
        if error:
            self._changes.add_unreadable(str(error.path))
            self._on_error(error)
        return error is None

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
    """Report a file that has the id of a file of another root."""
    try:
        is_same = os.path.samefile(to_native(other), to_native(root))
    except OSError:
        reason = (
            ", which does not exist any more, had a file of this name: "
            "if it was moved, build the index again with --rebuild"
        )
    else:
        reason = " has a file of this name too: index a folder that contains both"
        if is_same:
            reason = " is now a link to this folder: build the index again with --rebuild"
    on_error(SeedError(file.path, 0, f"{printable(other)}{reason}"))
