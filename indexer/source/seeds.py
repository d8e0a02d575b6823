"""Finds and reads the files of the archive."""

from __future__ import annotations

import hashlib
import logging
import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from indexer.arguments import check_at_least, check_callbacks, check_path
from indexer.article import Article
from indexer.callbacks import OnError
from indexer.compact_list import sort_texts
from indexer.errors import SeedError, SeedWarning
from indexer.source.decode import decode
from indexer.source.layout import parse_article
from indexer.source.paths import to_native, to_text

MAX_FILE_SIZE = 32 * 2**20
SUFFIXES = (".txt", ".md")
MAX_LINES = 500_000

# Neither an id nor a message of one line can have these characters: control characters, and halves
# of surrogate pairs, which represent bytes of a name that are not UTF-8.
_UNPRINTABLE = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029\\ud800-\\udfff]")
_UNPRINTABLE_REASON = "the name has control characters or is not UTF-8"
_BLOCK = 1 << 16
# If a pipe has replaced the file since it was found, opening it must not wait for a writer.
_OPEN_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


class SeedFile(NamedTuple):
    """A file to be read.

    ``id`` is its path relative to the root, with ``/``. ``size`` is in bytes.
    """

    id: str
    path: str
    size: int
    mtime_ns: int


def read_seeds(
    *paths: str | Path, max_file_size: int = MAX_FILE_SIZE, on_error: OnError | None = None
) -> Iterator[Article]:
    """Yield the articles in files and folders.

    A file that cannot be read, or is larger than ``max_file_size`` bytes, is skipped. Its error is
    given to ``on_error``, or else logged as a warning by the logger ``duizhao``. So is a
    `SeedWarning` for each value that cannot be read in a file that is not skipped.
    """
    check_at_least(1, max_file_size=max_file_size)
    check_callbacks(on_error=on_error)
    return _read([*map(check_path, paths)], max_file_size, on_error or _log)


def _read(paths: Iterable[Path], max_file_size: int, on_error: OnError) -> Iterator[Article]:
    for path in paths:
        for seed in find_seeds(path, on_error):
            try:
                yield read_article(seed, max_file_size, on_error)
            except SeedError as error:
                on_error(error)


def read_article(
    seed: SeedFile, max_file_size: int = MAX_FILE_SIZE, on_warning: OnError | None = None
) -> Article:
    """Return the article in a file of at most ``max_file_size`` bytes; raises `SeedError`.

    ``on_warning`` is called with a `SeedWarning` for each value that cannot be read.
    """
    data = _read_bytes(seed.path, max_file_size)
    content_hash = hashlib.sha256(data).hexdigest()
    path = printable(seed.path)
    text = decode(data, path)
    del data  # a large file needs several times its size in memory
    if text.count("\n") > MAX_LINES or text.count("\r") > MAX_LINES:
        raise SeedError(path, MAX_LINES + 1, f"more than {MAX_LINES:,} lines")

    def warn(line: int, reason: str) -> None:
        if on_warning:
            on_warning(SeedWarning(path, line, reason))

    return parse_article(text, seed.id, content_hash, path, warn)


def content_hash(seed: SeedFile) -> str:
    """Return `Article.content_hash` for the present content of a file; raises `SeedError`."""
    return hashlib.sha256(_read_bytes(seed.path, seed.size)).hexdigest()


def find_seeds(
    root: Path, on_error: OnError, on_unnamed: Callable[[str], None] | None = None
) -> Iterator[SeedFile]:
    """Yield the files below ``root``, or ``root`` itself if it is a file.

    They come in the order of their ids. In a folder, they are the ``.txt`` and ``.md`` files, but
    not hidden ones and not ``README``. Links are followed, but each folder is read only once; a
    folder inside ``root`` is read in its own place, even if a link leads to it. Errors are given to
    ``on_error``. ``on_unnamed`` is called with the path of each file or folder inside ``root``
    whose name cannot be part of an id, besides.
    """
    try:
        if not stat.S_ISDIR(os.stat(root).st_mode):
            yield _seed_file(to_text(root.name), os.fspath(root))
            return
        walk = _Walk(root, on_error, on_unnamed)
    except OSError as error:
        on_error(_seed_error(root, _reason(error)))
        return
    except SeedError as error:
        on_error(error)
        return
    yield from walk.files()


class _Walk:
    """A walk through a folder, in the order of the paths."""

    def __init__(
        self, root: Path, on_error: OnError, on_unnamed: Callable[[str], None] | None
    ) -> None:
        self._root = root
        self._on_error = on_error
        self._on_unnamed = on_unnamed
        self._real_root = os.path.realpath(root)
        self._seen: set[tuple[int, int]] = set()

    def files(self) -> Iterator[SeedFile]:
        # The entries of each folder on the way, with path and id; the id of a folder ends with "/".
        entries = [iter([(os.fspath(self._root), "")])]
        while entries:
            entry = next(entries[-1], None)
            if entry is None:
                entries.pop()
                continue
            path, name = entry
            if self._on_unnamed and _UNPRINTABLE.search(name):
                self._on_unnamed(path)
            try:
                if name and not name.endswith("/"):
                    yield _seed_file(name, path)
                elif _UNPRINTABLE.search(name):
                    raise _seed_error(path, _UNPRINTABLE_REASON)
                else:
                    entries.append(self._entries(path, name))
            except OSError as error:
                self._on_error(_seed_error(path, _reason(error)))
            except SeedError as error:
                self._on_error(error)

    def _entries(self, path: str, name: str) -> Iterator[tuple[str, str]]:
        """Return path and id of each file and folder in a folder; none if it was read before."""
        status = os.stat(path)
        if (status.st_dev, status.st_ino) in self._seen:
            return iter(())
        self._seen.add((status.st_dev, status.st_ino))
        names = sort_texts(self._names(path))
        return ((os.path.join(path, to_native(part.rstrip("/"))), name + part) for part in names)

    def _names(self, path: str) -> Iterator[str]:
        """Yield the names of files and folders in a folder; that of a folder ends with "/"."""
        with os.scandir(path) as entries:
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                if _is_folder(entry):
                    if not (entry.is_symlink() and self._is_loop(entry.path)):
                        yield f"{to_text(entry.name)}/"
                elif _is_seed(entry.name):
                    yield to_text(entry.name)

    def _is_loop(self, link: str) -> bool:
        """Say whether a link leads to a folder inside the root, or to one around the root."""
        target = os.path.realpath(link)
        return os.path.commonpath((target, self._real_root)) in (target, self._real_root)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself: it is reported when it is read as a file
        return False


def _is_seed(name: str) -> bool:
    stem, suffix = os.path.splitext(name.lower())
    return suffix in SUFFIXES and stem != "readme"


def _seed_file(name: str, path: str) -> SeedFile:
    if _UNPRINTABLE.search(name):
        raise _seed_error(path, _UNPRINTABLE_REASON)
    status = os.stat(path)
    if not stat.S_ISREG(status.st_mode):
        raise _seed_error(path, "not a regular file")
    return SeedFile(name, path, status.st_size, status.st_mtime_ns)


def _read_bytes(path: str, max_file_size: int) -> bytes:
    try:
        descriptor = os.open(path, _OPEN_FLAGS)
        with open(descriptor, "rb", buffering=0) as file:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise _seed_error(path, "not a regular file")
            left = max_file_size + 1 - status.st_size
            parts: list[bytes] = []
            # The file may grow as fast as it is read, so do not wait for its end.
            while left > 0 and (part := file.read(max(_BLOCK, status.st_size))):
                parts.append(part)
                left = max_file_size + 1 - sum(map(len, parts))
    except OSError as error:
        raise _seed_error(path, _reason(error)) from error
    if left <= 0:
        raise _seed_error(path, f"larger than {max_file_size:,} bytes")
    return b"".join(parts)


def _seed_error(path: str | Path, reason: str) -> SeedError:
    """Return an error about a file as a whole."""
    return SeedError(printable(path), 0, reason)


def printable(path: str | Path) -> str:
    """Return a path as one line of UTF-8, in which all other characters are escaped."""
    return _UNPRINTABLE.sub(lambda match: ascii(match[0])[1:-1], to_text(path))


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


def _log(error: SeedError) -> None:
    logging.getLogger("duizhao").warning("%s", error)
