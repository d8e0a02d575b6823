"""The right to write to an index: Whoosh's own lock, so that it keeps Whoosh's writers out too."""

from __future__ import annotations

import os
import socket
from pathlib import Path

from whoosh.filedb.filestore import FileStorage

from indexer.errors import IndexLocked
from indexer.files import HOLDER, LOCK


class WriteLock:
    """The lock of an index directory, held until `release` or the end of the process.

    Raises IndexLocked if another process or another object holds it, OSError.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._lock = FileStorage(str(directory)).lock(LOCK)
        if not self._lock.acquire():
            raise IndexLocked(
                f"{directory}: {_holder(directory)} is writing to the index; try again later"
            )
        try:
            holder = f"process {os.getpid()} on {socket.gethostname()}"
            (directory / HOLDER).write_text(holder, encoding="utf-8")
        except BaseException:
            self._lock.release()
            raise

    def is_valid(self) -> bool:
        """Whether the directory is still the one that was locked.

        Another process may have removed the directory and made a new one, which has another lock.
        """
        try:
            found = os.stat(self._directory / LOCK)
        except OSError:
            return False
        return os.path.samestat(os.fstat(self._lock.fd), found)

    def release(self) -> None:
        """Give up the right to write."""
        if self.is_valid():
            (self._directory / HOLDER).unlink(missing_ok=True)
        self._lock.release()


def _holder(directory: Path) -> str:
    try:
        return (directory / HOLDER).read_text(encoding="utf-8") or "another process"
    except OSError:
        return "another process"
