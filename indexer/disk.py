"""Files that are written so that they survive a crash of the system."""

from __future__ import annotations

import os
from pathlib import Path


def write_file(path: Path, content: bytes) -> None:
    """Write a whole file, down to the disk; its name may not be there before `sync_directory`."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def publish_file(path: Path, content: bytes) -> None:
    """Write a file that appears under its name only when it is complete, both down to the disk."""
    new = path.with_name(f"{path.name}.new")
    write_file(new, content)
    new.rename(path)
    sync_directory(path.parent)


def sync_directory(directory: Path) -> None:
    """Write the names of a directory's files to the disk."""
    if os.name == "posix":
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
