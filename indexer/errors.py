"""The errors that a user of the indexer may meet.

DuizhaoError
├── SeedError        a file that cannot be read as an article
│   └── SeedWarning  a value of a file that cannot be read; the article is indexed without it
├── DictionaryError  a user dictionary that cannot be read
├── IndexMissing     there is no index yet
├── IndexOutdated    the index was made by another version, or with another analyzer
├── IndexDamaged     the files of the index are damaged, or contradict each other
├── IndexLocked      another process is writing to the index
└── RemovalRefused   a run would have emptied the index
"""

from __future__ import annotations

from pathlib import Path


class DuizhaoError(Exception):
    """Base class of all errors that a user can repair; the message is one line that says how."""


class SeedError(DuizhaoError):
    """A file that cannot be read as an article.

    Attributes: ``path`` as given, ``line`` counted from 1 (0: the file as a whole), ``reason``.
    """

    def __init__(self, path: str | Path, line: int, reason: str) -> None:
        self.path = Path(path)
        self.line = line
        self.reason = reason
        super().__init__(path, line, reason)  # `copy` and `pickle` pass these to a new error

    def __str__(self) -> str:
        path, line, reason = self.args
        return f"{path}:{line}: {reason}" if line else f"{path}: {reason}"


class SeedWarning(SeedError):
    """A value in a file that cannot be read. The article is indexed without it."""


class DictionaryError(DuizhaoError):
    """A user dictionary that cannot be read."""


class IndexMissing(DuizhaoError):
    """There is no index in the directory."""


class IndexOutdated(DuizhaoError):
    """The index was made by another version of the format, or with another analyzer."""


class IndexDamaged(DuizhaoError):
    """The files of the index are damaged, or contradict each other.

    Attributes: ``path`` of the file, ``reason``, and ``command``, which builds the index again. If
    the folders of the articles are known, ``command`` names them in place of ``PATHS``.
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
