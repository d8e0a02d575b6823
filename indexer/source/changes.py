"""What an indexing run has to do: files found against files known.

An index mirrors its *roots*, the folders (or single files' folders) it was built from. A run looks
at the paths it is given, each a root, or inside a root; what has vanished there is removed, and
other roots are left alone.
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

# The times that a manifest can hold, in nanoseconds: from 1677 to 2262.
_EARLIEST, _LATEST = -(2**63), 2**63 - 1


@dataclass(slots=True)
class Changes:
    """What a run has to do.

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
    """Compare the files under ``paths`` with the known ones, by size and time of change.

    A file whose id another root's file has already is reported, and not read. What is known of a
    file or folder that cannot be read is kept.
    """
    changes = Changes()
    unreadable: set[str] = set()

    def note(scope: _Scope, error: SeedError) -> None:
        unreadable.add(scope.place(error.path))
        on_error(error)

    scopes = _scopes(paths, {row.root for row in known.values()})
    looked_at = {scope.real for scope in scopes}

    @cache  # rows have few folders
    def is_below(folder: str) -> bool:
        return not looked_at.isdisjoint(_upwards(folder))

    gone = {
        name
        for name, row in known.items()
        if (path := row_path(row)) in looked_at or is_below(os.path.dirname(path))
    }
    changes.kept = {name: row for name, row in known.items() if name not in gone}
    changes.sources = sorted(looked_at)
    for scope in scopes:
        for found in find_seeds(scope.path, partial(note, scope)):
            mtime_ns = min(max(found.mtime_ns, _EARLIEST), _LATEST)
            file = found._replace(id=scope.prefix + found.id, mtime_ns=mtime_ns)
            if file.id in changes.roots or file.id in changes.kept:
                _report_twin(file, scope.root, changes, on_error)
                continue
            row = known.get(file.id)
            gone.discard(file.id)
            if row and row[1:4] == (scope.root, file.size, file.mtime_ns):
                changes.kept[file.id] = row
            else:
                changes.to_read.append((file, row.content_hash if row else ""))
                changes.roots[file.id] = scope.root
    for name in sorted(gone):
        if unreadable.isdisjoint(_upwards(printable(row_path(known[name])))):
            changes.removed.append(name)
        else:
            changes.kept[name] = known[name]
    return changes


class SeedChanges(NamedTuple):
    """How files differ from what an index was made of.

    Ids of those that are ``missing``, ``changed`` and ``new``: not in the index, or not readable
    when it was made. ``unreachable`` are roots that are not there, whose files are in neither.
    """

    missing: tuple[str, ...]
    changed: tuple[str, ...]
    new: tuple[str, ...]
    unreachable: tuple[str, ...]


def compare_seeds(rows: Sequence[ManifestRow]) -> SeedChanges:
    """Compare the files below the roots of a manifest with what it says of them.

    Only files whose size is the same and whose time of change is not are read.
    """
    roots = sorted({row.root for row in rows})
    there = [path for root in roots if (path := Path(to_native(root))).exists()]
    known = {row.id: row for row in rows}
    found = find_changes(there, known, lambda _: None)
    files = [file for file, _ in found.to_read]
    return SeedChanges(
        missing=tuple(found.removed),
        changed=tuple(file.id for file in files if _is_another(file, known.get(file.id))),
        new=tuple(file.id for file in files if file.id not in known),
        unreachable=tuple(root for root in roots if Path(to_native(root)) not in there),
    )


def _is_another(file: SeedFile, row: ManifestRow | None) -> bool:
    """Whether a file that is in the index has another content now."""
    if row is None or file.size != row.size:
        return row is not None
    try:
        return content_hash(file) != row.content_hash
    except SeedError:
        return True


class _Scope(NamedTuple):
    """A path to look at, as given and without links, its root, and what ids begin with there."""

    path: Path
    real: str
    root: str
    prefix: str

    def place(self, path: Path) -> str:
        """Where a path at or below this one is, as it is printed, whatever links are below."""
        below = os.path.relpath(path, printable(self.path))
        return os.path.normpath(os.path.join(printable(self.real), below))


def _scopes(paths: Sequence[Path], roots: set[str]) -> list[_Scope]:
    """Each path has the outermost root there is around it, or its own folder as a new one."""
    places = [_without_links(path) for path in paths]
    roots = roots.union(folder for _, folder in places)
    scopes = []
    for path, (real, folder) in zip(paths, places, strict=True):
        root = [outer for outer in _upwards(folder) if outer in roots][-1]
        relative = os.path.relpath(folder, root).replace(os.sep, "/")
        scopes.append(_Scope(path, real, root, "" if relative == "." else f"{relative}/"))
    return scopes


def _without_links(path: Path) -> tuple[str, str]:
    """A path and the folder that its ids are relative to; a file that is a link has its own id."""
    if path.is_dir():
        real = to_text(os.path.realpath(path))
        return real, real
    folder = to_text(os.path.realpath(path.parent))
    return os.path.join(folder, to_text(path.name)), folder


def _upwards(path: str) -> Iterator[str]:
    """A path and the folders that hold it, up to the outermost."""
    yield path
    while (parent := os.path.dirname(path)) != path:
        yield (path := parent)


def seed_path(root: str, name: str) -> str:
    """The path of the file with an id below a root."""
    return os.path.join(root, *name.split("/"))


def row_path(row: ManifestRow) -> str:
    """The path of the file that a row tells of."""
    return seed_path(row.root, row.id)


def _report_twin(file: SeedFile, root: str, changes: Changes, on_error: OnError) -> None:
    """The same file twice is no news; another file with the same id is."""
    twin = changes.kept.get(file.id)
    other = twin.root if twin else changes.roots[file.id]
    if other == root:
        return
    if os.path.exists(to_native(other)):
        reason = " has a file of this name too: index a folder that holds both"
    else:
        reason = (
            ", which is not there, had a file of this name: "
            "if it was moved, index all anew with --rebuild"
        )
    on_error(SeedError(file.path, 0, f"{printable(other)}{reason}"))
