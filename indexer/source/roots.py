"""The roots of an index, and the paths of files below them.

An index mirrors its *roots*: the folders it was built from, or the folders of single files. A run
looks at its *sources*, the paths it is given; each is a root or inside a root.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from indexer.codec.manifest import ManifestRow
from indexer.source.paths import to_text
from indexer.source.seeds import printable


class Source(NamedTuple):
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


def find_sources(paths: Sequence[Path], roots: Iterable[str]) -> list[Source]:
    """Find the root of each path: the outermost of ``roots`` around it, or else its own folder."""
    real_paths = [_without_links(path) for path in paths]
    outer_roots = {*roots, *(folder for _, folder in real_paths)}
    sources = []
    for path, (real, folder) in zip(paths, real_paths, strict=True):
        root = [outer for outer in upwards(folder) if outer in outer_roots][-1]
        relative = os.path.relpath(folder, root).replace(os.sep, "/")
        sources.append(Source(path, real, root, "" if relative == "." else f"{relative}/"))
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


def upwards(path: str) -> Iterator[str]:
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
