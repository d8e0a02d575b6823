"""Everything that can go wrong for a user of the indexer.

DuizhaoError
├── SeedError        a file that cannot be read as an article
├── DictionaryError  a user dictionary that cannot be read
├── IndexMissing     there is no index yet
├── IndexOutdated    the index was made by another version, or with another analyzer
├── IndexDamaged     the index's files contradict themselves
├── IndexLocked      another process is writing to the index
└── RemovalRefused   a run would have emptied the index
"""

from __future__ import annotations

from pathlib import Path


class DuizhaoError(Exception):
    """Base of all errors a user can mend; its text is one line that says how."""


class SeedError(DuizhaoError):
    """A file that cannot be read as an article.

    Attributes: ``path`` as given, ``line`` counted from 1 (0: the file as a whole), ``reason``.
    """

    def __init__(self, path: str | Path, line: int, reason: str) -> None:
        self.path = Path(path)
        self.line = line
        self.reason = reason
        where = f"{path}:{line}" if line else str(path)
        super().__init__(f"{where}: {reason}")


class DictionaryError(DuizhaoError):
    """A user dictionary that cannot be read."""


class IndexMissing(DuizhaoError):
    """There is no index in the directory."""


class IndexOutdated(DuizhaoError):
    """The index was made by another version of the format, or with another analyzer."""


class IndexDamaged(DuizhaoError):
    """The files of the index contradict themselves.

    Attributes: ``path`` of the file, ``reason``, and ``command``, which makes the index anew. Where
    the index is known, ``command`` names the folders of its articles in place of ``PATHS``.
    """

    def __init__(self, path: Path, reason: str) -> None:
        self.path = path
        self.reason = reason
        self.command = "duizhao index --rebuild PATHS"
        super().__init__(path, reason)

    def __str__(self) -> str:
        return f"{self.path}: damaged ({self.reason}); repair it with: {self.command}"


class IndexLocked(DuizhaoError):
    """Another process is writing to the index."""


class RemovalRefused(DuizhaoError):
    """A run would have removed a large part of the index, and the user has not allowed it."""
