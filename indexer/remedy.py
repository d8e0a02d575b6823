"""The command that rebuilds an index."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Final

from indexer.errors import IndexDamaged
from indexer.files import (
    DICTIONARY_PATTERN,
    descriptor_file_name,
    latest_generation,
    lost_generation,
    manifest_file_name,
)

# The user has to replace this if the folders are not known.
_UNKNOWN_ROOTS: Final = ("PATHS",)


def rebuild_command(directory: Path, *, other_dictionary: bool = False) -> str:
    """The command, for a shell, that rebuilds the index in a directory.

    The folders of the articles are read from the index's manifest, of this format or an earlier
    one. If it cannot be read, the command contains ``PATHS`` in their place. The user dictionary
    that is kept in the index is named too; with ``other_dictionary``, ``DICTIONARY`` is named
    instead.
    """
    import shlex

    roots, dictionary = index_roots(directory), None
    with suppress(OSError):
        if generation := _newest_generation(directory):
            dictionary = "DICTIONARY" if other_dictionary else _dictionary(directory, generation)
    command = ["duizhao", "index", "--rebuild", *(roots or _UNKNOWN_ROOTS)]
    command += ["--index", str(directory)]
    if dictionary:
        command += ["--dictionary", str(dictionary)]
    return shlex.join(command)


def index_roots(directory: Path) -> list[str] | None:
    """Read the folders that an index was made of, whatever its format.

    The list is empty if they cannot be read. The result is None if there is no index.
    """
    try:
        generation = _newest_generation(directory)
        return None if generation is None else _manifest_roots(directory, generation)
    except OSError:
        return None


def _newest_generation(directory: Path) -> int | None:
    return latest_generation(directory) or lost_generation(directory)


def _manifest_roots(directory: Path, generation: int) -> list[str]:
    from indexer.codec.manifest import read_roots

    path = directory / manifest_file_name(generation)
    for candidate in (path, path.with_suffix(".columns")):  # the name before format 4
        with suppress(IndexDamaged, FileNotFoundError):
            return read_roots(candidate)
    return []


def _dictionary(directory: Path, generation: int) -> Path | None:
    """The user dictionary of a generation, even if the descriptor that names it is damaged."""
    paths = [*directory.glob(DICTIONARY_PATTERN)]
    if len(paths) > 1:  # an interrupted run has left another
        text = (directory / descriptor_file_name(generation)).read_bytes()
        paths = [path for path in paths if path.name.encode() in text]
    return paths[0] if len(paths) == 1 else None
