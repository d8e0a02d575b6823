"""Kill runs that index: `python -m bench.trust.crash [--short] [--seed N]`.

A process that indexes, or one of its workers, is killed at a random instant. Then the index must be
exactly as it was before or as it was to become. The next run must finish the job and leave no file
that does not belong to the index.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

from bench.trust.history import History, observe, orphans
from indexer import build_index, build_lexicon, partition
from indexer.errors import DuizhaoError

KILLS: Final = 1000
SHORT_KILLS: Final = 25
_SIZE: Final = 60
# Every fifth run has workers; every eighth also learns the lexicon again.
_WITH_WORKERS: Final = 5
_WITH_LEXICON: Final = 8
_PATIENCE: Final = 10.0  # seconds
# An environment variable by which the processes of this harness are known.
_MARK: Final = "DUIZHAO_CRASH"


class Kills(NamedTuple):
    """The numbers of runs that were killed, had the new state, and ended before the kill.

    ``workers`` is the number of runs in which a worker was killed.
    """

    killed: int
    done: int
    late: int
    workers: int


def crash(kills: int, seed: int, folder: Path) -> Kills:
    """Kill ``kills`` runs; raise AssertionError if a promise is broken.

    Runs that end before they are killed do not count.
    """
    rng = random.Random(seed)
    history = History(folder / "seeds", _SIZE, rng)
    index = folder / "index"
    killed = done = late = workers = 0
    usual: dict[bool, float] = {}
    number = 0
    while killed < kills:
        number += 1
        before = dict(history.state)
        history.step()
        with_workers = number % _WITH_WORKERS == 0
        place = f"kill {number} of seed {seed}"
        started = time.monotonic()
        child = _start(history.folder, index, with_workers, number % _WITH_LEXICON == 0)
        share = rng.random() * 1.1 if rng.random() < 0.7 else 1 - rng.random() ** 2 * 0.4
        time.sleep(usual.get(with_workers, 0.2) * share)
        if with_workers and rng.random() < 0.5 and (others := _children(child)):
            workers += 1
            _kill(rng.choice(others))
        else:
            _kill(child)
        if _wait(child) == 0:
            late += 1
            usual[with_workers] = time.monotonic() - started
        else:
            killed += 1
        usual.setdefault(with_workers, 0.3)
        found = observe(index)
        assert found in (before, history.state), f"{place}: neither the old nor the new state"
        done += found == history.state
        assert _wait(_start(history.folder, index, False, False)) == 0, (
            f"{place}: the next run failed"
        )
        assert observe(index) == history.state, f"{place}: the next run did not finish the job"
        _await_workers()
        assert not orphans(index), f"{place}: left {orphans(index)}"
    return Kills(killed, done, late, workers)


def _start(seeds: Path, index: Path, with_workers: bool, with_lexicon: bool) -> int:
    """Index in a child process; return its number."""
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        with open(os.devnull, "w") as nowhere:
            os.dup2(nowhere.fileno(), 1)
            os.dup2(nowhere.fileno(), 2)
        os.environ[_MARK] = str(os.getppid())
        if with_workers:
            partition._FILES_WORTH_A_PROCESS = 2  # type: ignore[misc]
        build_index(seeds, index=index, jobs=2, memory=400)
        if with_lexicon:
            build_lexicon(index)
        status = 0
    except (DuizhaoError, OSError):
        status = 2
    finally:
        os._exit(status)


def _children(process: int) -> list[int]:
    with suppress(OSError):
        text = Path(f"/proc/{process}/task/{process}/children").read_text()
        return [*map(int, text.split())]
    return []


def _kill(process: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)


def _wait(process: int) -> int:
    """Wait for a process; return its exit status, which is negative if it was killed."""
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def _await_workers() -> None:
    """Wait for the workers of killed runs to end; raise AssertionError if one goes on."""
    deadline = time.monotonic() + _PATIENCE
    while left := [*_orphaned_workers()]:
        assert time.monotonic() < deadline, f"workers outlive their run: {left}"
        time.sleep(0.01)


def _orphaned_workers() -> list[int]:
    """The workers of runs of this harness that have ended."""
    found = []
    running = {os.getpid(), *_children(os.getpid())}
    for entry in Path("/proc").iterdir():
        with suppress(OSError, ValueError):
            command = (entry / "cmdline").read_bytes().split(b"\0")
            ours = f"{_MARK}={os.getpid()}".encode() in (entry / "environ").read_bytes().split(
                b"\0"
            )
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            if b"indexer.worker" in command and ours and parent not in running:
                found.append(int(entry.name))
    return found


def main(arguments: list[str]) -> int:
    """Kill runs and print the figures; return 1 if a promise is broken."""
    seed = int(arguments[arguments.index("--seed") + 1]) if "--seed" in arguments else 2026
    kills = SHORT_KILLS if "--short" in arguments else KILLS
    started = time.monotonic()
    with TemporaryDirectory() as folder:
        try:
            found = crash(kills, seed, Path(folder))
        except AssertionError as error:
            print(f"broken: {error}")
            return 1
    runs = found.killed + found.late
    print(f"runs killed: {found.killed} (by a worker: {found.workers}); ended before: {found.late}")
    print(f"runs that left the new state: {found.done}; the old state: {runs - found.done}")
    print(f"next runs that finished the job and left no other file: {runs}")
    print(f"seconds: {time.monotonic() - started:.0f}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
