"""Paths as text: an index names files in UTF-8, whatever the locale of a process."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from indexer.arguments import check_path
from indexer.errors import SeedError

# In any other locale, Python reads the bytes of a file name with another encoding, so the same
# file would have another id.
_IS_UTF8: Final = sys.getfilesystemencoding().lower() == "utf-8"


def to_text(path: str | Path) -> str:
    """Return a path as UTF-8 text; bytes that are not UTF-8 become lone surrogates."""
    native = os.fspath(path)
    if _IS_UTF8 or os.name == "nt":
        return native
    try:
        return os.fsencode(native).decode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # this is such a text already
        return native


def to_native(text: str) -> str:
    """Return the path that the operating system knows by a text from `to_text`."""
    if _IS_UTF8 or os.name == "nt":
        return text
    return os.fsdecode(text.encode("utf-8", "surrogateescape"))


def check_paths(paths: Sequence[str | Path]) -> list[Path]:
    """Return the paths; raises ValueError if one is empty and SeedError if one does not exist."""
    checked = [*map(check_path, paths)]
    for path in checked:
        if not path.exists():
            raise SeedError(path, 0, "no such file or folder")
    return checked


def is_at_or_below(path: str, folder: str) -> bool:
    """Say whether a path is ``folder`` or inside it."""
    return path == folder or path.startswith(os.path.join(folder, ""))
