"""Finds out what an indexing run has to do, by comparing the files with the index.

An index mirrors its *roots*: the folders it was built from, or the folders of single files. A run
looks at its *sources*, the paths it is given; each is a root or inside a root. An article whose
file has vanished from a source is removed. Other roots are left alone.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

from indexer.codec.manifest import ManifestRow
from indexer.errors import SeedError
from indexer.source.paths import to_native, to_text
from indexer.source.seeds import OnError, SeedFile, content_hash, find_seeds, printable

# The times that a manifest can represent, in nanoseconds: from 1677 to 2262.
_MIN_TIME, _MAX_TIME = -(2**63), 2**63 - 1


@dataclass(slots=True)
class Changes:
    """The work of a run.

    ``to_read`` has the files to read, each with the content hash that the index has for it, or "".
    ``roots`` maps the ids of these files to their roots. ``kept`` maps ids to the rows that stay,
    and ``removed`` lists the ids of the rows that go. ``sources`` are the paths of the run,
    absolute and without links.
    """

    to_read: list[tuple[SeedFile, str]] = field(default_factory=list)
    roots: dict[str, str] = field(default_factory=dict)
    kept: dict[str, ManifestRow] = field(default_factory=dict)
    removed: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    _removed_paths: dict[str, list[str]] | None = None

    def keep(self, name: str, known: Mapping[str, ManifestRow]) -> None:
        """Keep the indexed article of a file that has become unreadable.

        ``name`` is the id of the file. It may be in ``known`` under another id, below an inner
        root.
        """
        if name in known:
            self.kept[name] = known[name]
            return
        if self._removed_paths is None:
            self._removed_paths = {}
            for other in self.removed:
                self._removed_paths.setdefault(row_path(known[other]), []).append(other)
        for other in self._removed_paths.get(seed_path(self.roots[name], name), ()):
            self.removed.remove(other)
            self.kept[other] = known[other]


def find_changes(
    paths: Sequence[Path], known: Mapping[str, ManifestRow], on_error: OnError
) -> Changes:
    """Compare the files below ``paths`` with the rows of the index, by size and time of change.

    ``known`` maps ids to rows. A file is reported and not read if a file of another root has the
    same id. The rows of a file or folder that cannot be read are kept.
    """
    sources = _sources(paths, {row.root for row in known.values()})
    comparison = _Comparison(sources, known, on_error)
    for source in sources:
        for file in find_seeds(source.path, partial(comparison.report_unreadable, source)):
            comparison.add(source, file)
    return comparison.finish()


class _Comparison:
    """A comparison of files with rows; files are added one by one."""

    def __init__(
        self, sources: Sequence[_Source], known: Mapping[str, ManifestRow], on_error: OnError
    ) -> None:
        self._known = known
        self._on_error = on_error
        self._unreadable: set[str] = set()
        scanned = {source.real for source in sources}
        # The ids of the rows whose files have not been found yet.
        self._missing = _rows_at_or_below(scanned, known)
        self._changes = Changes(
            kept={name: row for name, row in known.items() if name not in self._missing},
            sources=sorted(scanned),
        )

    def report_unreadable(self, source: _Source, error: SeedError) -> None:
        """Report a file or folder below a source that cannot be read."""
        self._unreadable.add(source.real_path(error.path))
        self._on_error(error)

    def add(self, source: _Source, found: SeedFile) -> None:
        """Add a file that was found below a source, with its id relative to the source."""
        mtime_ns = min(max(found.mtime_ns, _MIN_TIME), _MAX_TIME)
        file = found._replace(id=source.prefix + found.id, mtime_ns=mtime_ns)
        changes = self._changes
        if file.id in changes.roots or file.id in changes.kept:
            _report_same_id(file, source.root, changes, self._on_error)
            return
        row = self._known.get(file.id)
        self._missing.discard(file.id)
        if row and row[1:4] == (source.root, file.size, file.mtime_ns):
            changes.kept[file.id] = row
        else:
            changes.to_read.append((file, row.content_hash if row else ""))
            changes.roots[file.id] = source.root

    def finish(self) -> Changes:
        """Return the changes, after all files have been added."""
        for name in sorted(self._missing):
            row = self._known[name]
            if self._unreadable.isdisjoint(_upwards(printable(row_path(row)))):
                self._changes.removed.append(name)
            else:
                self._changes.kept[name] = row
        return self._changes


def _rows_at_or_below(paths: set[str], rows: Mapping[str, ManifestRow]) -> set[str]:
    """Return the ids of the rows whose files are one of ``paths`` or below one."""

    @cache  # many rows share a folder
    def is_below(folder: str) -> bool:
        return not paths.isdisjoint(_upwards(folder))

    return {
        name
        for name, row in rows.items()
        if (path := row_path(row)) in paths or is_below(os.path.dirname(path))
    }


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


def compare_seeds(rows: Sequence[ManifestRow]) -> SeedChanges:
    """Compare the files below the roots of a manifest with its rows.

    A file is read only if its size is the same as in the index, but its time of change is not.
    """
    roots = sorted({row.root for row in rows})
    existing = [path for root in roots if (path := Path(to_native(root))).exists()]
    known = {row.id: row for row in rows}
    found = find_changes(existing, known, lambda _: None)
    files = [file for file, _ in found.to_read]
    return SeedChanges(
        missing=tuple(found.removed),
        changed=tuple(file.id for file in files if _has_changed(file, known.get(file.id))),
        new=tuple(file.id for file in files if file.id not in known),
        unreachable=tuple(root for root in roots if Path(to_native(root)) not in existing),
    )


def _has_changed(file: SeedFile, row: ManifestRow | None) -> bool:
    """Say whether a file that is in the index has other content now."""
    if row is None or file.size != row.size:
        return row is not None
    try:
        return content_hash(file) != row.content_hash
    except SeedError:
        return True


class _Source(NamedTuple):
    """A path that a run looks at: as given, and without links.

    ``root`` is its root, and ``prefix`` the beginning of the ids of its files.
    """

    path: Path
    real: str
    root: str
    prefix: str

    def real_path(self, path: Path) -> str:
        """Return a path at or below this one, as it is printed, without links above the source."""
        below = os.path.relpath(path, printable(self.path))
        return os.path.normpath(os.path.join(printable(self.real), below))


def _sources(paths: Sequence[Path], roots: set[str]) -> list[_Source]:
    """Find the root of each path: the outermost one around it, or else its own folder."""
    real_paths = [_without_links(path) for path in paths]
    roots = roots.union(folder for _, folder in real_paths)
    sources = []
    for path, (real, folder) in zip(paths, real_paths, strict=True):
        root = [outer for outer in _upwards(folder) if outer in roots][-1]
        relative = os.path.relpath(folder, root).replace(os.sep, "/")
        sources.append(_Source(path, real, root, "" if relative == "." else f"{relative}/"))
    return sources


def _without_links(path: Path) -> tuple[str, str]:
    """Return the real path, and the folder to which ids are relative.

    A file that is a link keeps its own name, because its id is made of that.
    """
    if path.is_dir():
        real = to_text(os.path.realpath(path))
        return real, real
    folder = to_text(os.path.realpath(path.parent))
    return os.path.join(folder, to_text(path.name)), folder


def _upwards(path: str) -> Iterator[str]:
    """Yield a path and the folders that contain it, up to the outermost."""
    yield path
    while (parent := os.path.dirname(path)) != path:
        yield (path := parent)


def seed_path(root: str, name: str) -> str:
    """Return the path of the file that has the id ``name`` below a root."""
    return os.path.join(root, *name.split("/"))


def row_path(row: ManifestRow) -> str:
    """Return the path of the file that a row describes."""
    return seed_path(row.root, row.id)


def _report_same_id(file: SeedFile, root: str, changes: Changes, on_error: OnError) -> None:
    """Report a file that has the id of another file, but not a file that is found twice."""
    row = changes.kept.get(file.id)
    other = row.root if row else changes.roots[file.id]
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
