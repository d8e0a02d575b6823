"""What an indexing run has to do: files found against files known; imports seeds, errors, codec.

An index mirrors its *roots*, the folders (or single files' folders) it was built from. A run looks
at the paths it is given, each a root, or inside a root that is known already; what has vanished
there is removed, and other roots are left alone.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from indexer.codec.manifest import ManifestRow
from indexer.errors import SeedError
from indexer.seeds import OnError, SeedFile, find_seeds


@dataclass(slots=True)
class Changes:
    """Files to read, with the hash each had (or ""), and what becomes of the known ones."""

    to_read: list[tuple[SeedFile, str]] = field(default_factory=list)
    roots: dict[str, str] = field(default_factory=dict)  # of the files to read, by id
    kept: dict[str, ManifestRow] = field(default_factory=dict)  # by id
    removed: list[str] = field(default_factory=list)  # ids


class _Scope(NamedTuple):
    """A path to look at, and the root its ids are relative to: ``prefix`` + relative path."""

    path: Path
    root: str
    prefix: str


def find_changes(
    paths: Sequence[Path], known: Mapping[str, ManifestRow], on_error: OnError
) -> Changes:
    """Compare the files under ``paths`` with the known ones, by size and time of change.

    A file whose id another root's file has already is reported, and not read. What is known below
    a folder that cannot be read is kept. Raises SeedError if one of ``paths`` does not exist: it
    may be mistyped, or on a disk that is not there now.
    """
    changes = Changes()
    unreadable: list[str] = []

    def note(error: SeedError) -> None:
        unreadable.append(os.path.realpath(error.path))
        on_error(error)

    for path in paths:
        if not path.exists():
            raise SeedError(path, 0, "no such file or folder")
    scopes = _scopes(paths, {entry.root for entry in known.values()})
    gone = {entry.id for entry in known.values() if _is_within(entry, scopes)}
    changes.kept = {name: entry for name, entry in known.items() if name not in gone}
    for scope in scopes:
        for found in find_seeds(scope.path, note):
            file = found._replace(id=scope.prefix + found.id)
            if file.id in changes.roots or file.id in changes.kept:
                _report_twin(file, scope.root, changes, on_error)
                continue
            entry = known.get(file.id) if file.id in gone else None
            gone.discard(file.id)
            if entry and (entry.size, entry.mtime_ns) == (file.size, file.mtime_ns):
                changes.kept[file.id] = entry
            else:
                changes.to_read.append((file, entry.content_hash if entry else ""))
                changes.roots[file.id] = scope.root
    for name in sorted(gone):
        row = known[name]
        if any(_contains(folder, _path(row)) for folder in unreadable):
            changes.kept[name] = row
        else:
            changes.removed.append(name)
    return changes


def _scopes(paths: Iterable[Path], roots: set[str]) -> list[_Scope]:
    scopes = []
    for path in paths:
        absolute = os.path.realpath(path)
        folder = absolute if os.path.isdir(absolute) else os.path.dirname(absolute)
        root = next((r for r in sorted(roots) if _contains(r, folder)), folder)
        roots = roots | {root}
        relative = os.path.relpath(folder, root).replace(os.sep, "/")
        scopes.append(_Scope(path, root, "" if relative == "." else f"{relative}/"))
    return scopes


def _contains(folder: str, path: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def _is_within(entry: ManifestRow, scopes: Sequence[_Scope]) -> bool:
    """Whether a run over ``scopes`` would find the file, if it is still there."""
    path = _path(entry)
    return any(_contains(os.path.realpath(scope.path), path) for scope in scopes)


def _path(entry: ManifestRow) -> str:
    return os.path.join(entry.root, *entry.id.split("/"))


def _report_twin(file: SeedFile, root: str, changes: Changes, on_error: OnError) -> None:
    """The same file twice is no news; another file with the same id is."""
    twin = changes.kept.get(file.id)
    other = twin.root if twin else changes.roots[file.id]
    if other != root:
        reason = f"{other} has a file of this name too: index a folder that holds both"
        on_error(SeedError(file.path, 0, reason))
