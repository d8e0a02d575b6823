"""Files that were not found, but are not gone either: their articles stay in the index."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from indexer.errors import SeedError
from indexer.source.paths import to_native
from indexer.source.roots import upwards
from indexer.source.seeds import SeedFile, content_hash, find_seeds, printable


def unreachable_folder(folder: str, sources: Collection[str]) -> SeedError | None:
    """Return the error of the folder on the way from a source to ``folder`` that hides it.

    That is a link whose target is away, or a folder that may not be read. The result is None if
    ``folder`` exists, or if it was removed or renamed.
    """
    found = None
    for path in upwards(folder):
        native = to_native(path)
        try:
            os.stat(native)
        except (FileNotFoundError, NotADirectoryError):
            if os.path.islink(native):
                found = SeedError(printable(path), 0, "the link leads nowhere")
        except OSError as error:
            found = SeedError(printable(path), 0, (error.strerror or str(error)).lower())
        else:
            break
        if path in sources:
            break
    return found


def unnamed_contents(paths: Iterable[str], sizes: Collection[int]) -> Iterator[str]:
    """Yield the content hashes of files whose names cannot be ids.

    ``paths`` are such files, and folders with such names. Only files of one of ``sizes``, in bytes,
    are read.
    """
    for path in paths:
        for file in _files_below(path):
            try:
                if file.size in sizes:
                    yield content_hash(file)
            except SeedError:  # nobody can say what it contains
                continue


def _files_below(path: str) -> Iterator[SeedFile]:
    """Yield the files at or below a path, whatever their names are."""
    found: list[str] = []
    if os.path.isdir(path):
        yield from find_seeds(Path(path), lambda _: None, found.append)
    else:
        found.append(path)
    for other in found:
        if other != path and os.path.isdir(other):
            yield from _files_below(other)
        elif os.path.isfile(other):
            status = os.stat(other)
            yield SeedFile("", other, status.st_size, status.st_mtime_ns)
