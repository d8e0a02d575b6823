"""Measuring time, its spread over rounds, and the memory of processes."""

from __future__ import annotations

import gc
import subprocess
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import Final, NamedTuple, TypeVar

INTERVAL: Final = 0.1  # seconds between two measurements of memory

_PROCESSES: Final = Path("/proc")
_T = TypeVar("_T")


class Spread(NamedTuple):
    """The quartiles of some figures."""

    low: float
    median: float
    high: float


def spread(figures: Sequence[float]) -> Spread:
    """Return the quartiles of one or more figures, interpolated between them."""
    if len(figures) == 1:
        return Spread(figures[0], figures[0], figures[0])
    return Spread(*quantiles(figures, n=4, method="inclusive"))


def ratios(ours: Sequence[float], theirs: Sequence[float]) -> Spread:
    """Return the spread of ours / theirs in each round: a slow machine slows down both."""
    return spread([mine / other for mine, other in zip(ours, theirs, strict=True)])


def interleaved(tasks: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, list[float]]:
    """Run all tasks once in each round; return the figures of each task."""
    figures: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(rounds):
        for name, task in tasks.items():
            gc.collect()
            figures[name].append(task())
    return figures


def median_time(call: Callable[[_T], object], arguments: Iterable[_T]) -> float:
    """Return the median time of a call in seconds, over its arguments."""
    times = []
    for argument in arguments:
        started = perf_counter()
        call(argument)
        times.append(perf_counter() - started)
    return median(times)


class Finished(NamedTuple):
    """The output of a process; ``peak``: the peak memory of it and its children, in bytes."""

    output: str
    peak: int | None


def run(command: Sequence[str], folder: Path) -> Finished:
    """Run a process and measure its memory; raise CalledProcessError if it fails.

    ``peak`` is None if the system does not report the memory of processes.
    """
    peak = 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=folder) as process:
        while True:
            try:
                output, _ = process.communicate(timeout=INTERVAL)
                break
            except subprocess.TimeoutExpired:
                peak = max(peak, memory(process.pid))
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Finished(output, peak or None)


def wall_time(command: Sequence[str], folder: Path) -> float:
    """Return the time of a whole process in seconds; raise CalledProcessError if it fails."""
    started = perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                   cwd=folder)  # fmt: skip
    return perf_counter() - started


def memory(process: int) -> int:
    """Return the memory of a process and all its descendants in bytes; 0 on systems without /proc.

    It is the sum of their proportional set sizes: a page that n processes share counts as 1/n for
    each of them.
    """
    children = defaultdict(list)
    for folder in _PROCESSES.glob("[0-9]*"):
        children[_parent(folder)].append(int(folder.name))
    family = [process]
    for member in family:  # grows during the loop
        family += children[member]
    return sum(_proportional_size(_PROCESSES / str(member)) for member in family)


def _parent(folder: Path) -> int:
    try:
        return int((folder / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:  # the process has ended meanwhile
        return 0


def _proportional_size(folder: Path) -> int:
    try:
        lines = (folder / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
