"""Make the disk fail under runs that index: `python -m bench.trust.faults [--short] [--seed N]`.

Each open, write, flush, fsync, rename and unlink of a commit fails in turn, once or from then on.
The errors are those of a full disk (ENOSPC), a broken one (EIO) and a read-only one (EACCES).

The run must raise one OSError or DuizhaoError. The index must be as it was or as it was to become,
and the next run must finish the job and leave no file that does not belong to the index. All files
of a generation must be on the disk before the table of contents that names it is renamed.
"""

from __future__ import annotations

import errno
import io
import os
import random
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

from bench.trust.history import History, observe, orphans
from indexer import build_index
from indexer.errors import DuizhaoError
from indexer.files import HOLDER

ERRORS: Final = (errno.ENOSPC, errno.EIO, errno.EACCES)
_SIZE: Final = 12
_SHORT_FAULTS: Final = 60
_WRITING: Final = frozenset("wax+")


class Event(NamedTuple):
    """An operation on a file or folder of an index."""

    kind: str
    path: str


class Disk:
    """Records all operations on the files of a folder; number ``fails`` (from 1) fails."""

    def __init__(
        self, folder: Path, fails: int = 0, code: int = 0, *, lasting: bool = False
    ) -> None:
        self.events: list[Event] = []
        self._folder = str(folder)
        self._fails = fails
        self._code = code
        self._lasting = lasting

    def note(self, kind: str, path: str) -> None:
        """Record an operation; raise OSError if it is one that fails."""
        if not path.startswith(self._folder):
            return
        self.events.append(Event(kind, path))
        number = len(self.events)
        is_lasting = self._lasting and kind not in ("unlink", "close")
        if number == self._fails or (is_lasting and 0 < self._fails < number):
            raise OSError(self._code, os.strerror(self._code), path)

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Record all that Python does to files until the context is left."""
        opening, syncing, spool = io.open, os.fsync, tempfile.TemporaryFile
        renaming, replacing, removing = os.rename, os.replace, os.unlink

        def opened(file: Any, mode: str = "r", *rest: Any, **named: Any) -> Any:
            if isinstance(file, int) or not _WRITING.intersection(mode):
                return opening(file, mode, *rest, **named)
            self.note("open", os.fspath(file))
            return _File(opening(file, mode, *rest, **named), os.fspath(file), self)

        def spooled(*rest: Any, **named: Any) -> Any:
            path = os.path.join(str(named.get("dir")), "(temporary)")
            self.note("open", path)
            return _File(spool(*rest, **named), path, self)

        def synced(descriptor: Any) -> None:
            number = descriptor if isinstance(descriptor, int) else descriptor.fileno()
            self.note("fsync", os.readlink(f"/proc/self/fd/{number}"))
            syncing(descriptor)

        def renamed(old: Any, new: Any) -> None:
            self.note("rename", os.fspath(new))
            renaming(old, new)

        def removed(path: Any, *rest: Any, **named: Any) -> None:
            self.note("unlink", os.fspath(path))
            removing(path, *rest, **named)

        io.open, os.fsync, tempfile.TemporaryFile = opened, synced, spooled  # type: ignore[assignment]
        os.rename = os.replace = renamed  # type: ignore[assignment]
        os.unlink = removed
        try:
            yield
        finally:
            io.open, os.fsync, tempfile.TemporaryFile = opening, syncing, spool
            os.rename, os.replace, os.unlink = renaming, replacing, removing


class _File:
    """A file whose writes are recorded by a `Disk`."""

    def __init__(self, file: Any, path: str, disk: Disk) -> None:
        self._file = file
        self._path = path
        self._disk = disk

    def write(self, data: Any) -> int:
        self._disk.note("write", self._path)
        count: int = self._file.write(data)
        return count

    def writelines(self, lines: Any) -> None:
        self._disk.note("write", self._path)
        self._file.writelines(lines)

    def flush(self) -> None:
        self._disk.note("flush", self._path)
        self._file.flush()

    def close(self) -> None:
        self._file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def __enter__(self) -> _File:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Faults(NamedTuple):
    """The numbers of faults, of points of a commit, and of faults after which it was complete."""

    tried: int
    points: int
    done: int


def fail(folder: Path, seed: int, most: int | None = None) -> Faults:
    """Try all faults, or ``most`` of them; raise AssertionError if a promise is broken."""
    rng = random.Random(seed)
    history = History(folder / "seeds", _SIZE, rng)
    index = folder / "index"
    history.step()
    build_index(history.folder, index=index)
    history.step()
    disk = Disk(index)
    with disk.watched():
        build_index(history.folder, index=index)
    check_order(disk.events, index)
    points = len(disk.events) + 5  # the next histories may need a few more
    cases = [(n, code, lasting) for n in range(1, points) for code in ERRORS for lasting in (0, 1)]
    if most is not None:
        cases = rng.sample(cases, most)
    done = 0
    for number, code, lasting in cases:
        before = dict(history.state)
        history.step()
        place = f"fault {number}, {errno.errorcode[code]}, lasting {lasting}, seed {seed}"
        disk = Disk(index, number, code, lasting=bool(lasting))
        said = _attempt(history.folder, index, disk)
        assert "\n" not in said, f"{place}: {said}"
        found = observe(index)
        assert found in (before, history.state), f"{place}: neither the old nor the new state"
        done += found == history.state
        build_index(history.folder, index=index)
        assert observe(index) == history.state, f"{place}: the next run did not finish the job"
        assert not orphans(index), f"{place}: left {orphans(index)}"
    return Faults(len(cases), points - 6, done)


def _attempt(seeds: Path, index: Path, disk: Disk) -> str:
    """Index on a disk that fails; return the message of the error, or "" if there was none."""
    try:
        with disk.watched():
            build_index(seeds, index=index)
    except (OSError, DuizhaoError) as error:
        return str(error)
    return ""


def check_order(events: list[Event], index: Path) -> None:
    """Check that files are on the disk before the rename by which readers find them."""
    published = next(
        i for i, event in enumerate(events) if event.kind == "rename" and ".toc" in event.path
    )
    written: dict[str, int] = {}
    synced: dict[str, int] = {}
    for number, (kind, path) in enumerate(events[:published]):
        if kind in ("open", "write"):
            written[path] = number
        elif kind == "fsync":
            synced[path] = number
    kept = {path for path in written if not path.endswith(("(temporary)", HOLDER))}
    for path in kept:
        assert synced.get(path, -1) > written[path], f"{path} is not on the disk"
    assert synced.get(str(index), -1) > max(written[path] for path in kept if "toc" not in path)
    after = [event for event in events[published + 1 :] if event.kind in ("fsync", "unlink")]
    assert after[0] == Event("fsync", str(index)), "the rename is not on the disk"


def main(arguments: list[str]) -> int:
    """Try the faults and print the figures; return 1 if a promise is broken."""
    seed = int(arguments[arguments.index("--seed") + 1]) if "--seed" in arguments else 2026
    with tempfile.TemporaryDirectory() as folder:
        try:
            found = fail(Path(folder), seed, _SHORT_FAULTS if "--short" in arguments else None)
        except AssertionError as error:
            print(f"broken: {error}")
            return 1
    print(f"points of a commit at which something is written: {found.points}")
    print(f"faults tried: {found.tried}; after {found.done} of them, the index had the new state")
    print(f"next runs that finished the job and left no other file: {found.tried}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
