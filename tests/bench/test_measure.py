"""Times, spreads, and the memory of processes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.measure import Spread, interleaved, median_time, memory, ratios, run, spread

FIGURES = st.lists(st.floats(0.001, 1e6), min_size=1, max_size=20)


def test_the_quartiles_of_five_figures_are_three_of_them() -> None:
    assert spread([5, 1, 4, 2, 3]) == Spread(2, 3, 4)
    assert spread([7]) == Spread(7, 7, 7)
    assert spread([1, 2]) == Spread(1.25, 1.5, 1.75)


@given(FIGURES)
def test_a_spread_lies_within_its_figures(figures: list[float]) -> None:
    low, middle, high = spread(figures)
    assert min(figures) <= low <= middle <= high <= max(figures)
    assert sum(figure <= middle for figure in figures) >= len(figures) / 2


def test_ratios_are_taken_round_by_round() -> None:
    slow = [10, 20, 400]  # a round that the machine was busy in
    assert ratios(slow, [5, 10, 200]) == Spread(2, 2, 2)


def test_all_take_their_turns_in_each_round() -> None:
    calls: list[str] = []

    def task(name: str) -> float:
        calls.append(name)
        return len(calls)

    figures = interleaved({"a": lambda: task("a"), "b": lambda: task("b")}, 3)
    assert "".join(calls) == "ababab"
    assert figures == {"a": [1, 3, 5], "b": [2, 4, 6]}


def test_each_argument_is_timed_once() -> None:
    called: list[int] = []
    assert median_time(called.append, [3, 1, 2]) > 0
    assert called == [3, 1, 2]


HOG = """
import subprocess, sys, time
taken = bytearray(64 << 20)
if len(sys.argv) > 1:
    subprocess.run([sys.executable, "-c", sys.argv[1]], check=True)
time.sleep(1)
print("done")
"""


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="no /proc")
def test_memory_counts_the_children_too() -> None:
    finished = run([sys.executable, "-c", HOG, HOG], Path.cwd())
    assert finished.output.split() == ["done", "done"]
    assert finished.peak is not None
    assert 128 << 20 < finished.peak < 256 << 20


def test_a_process_that_is_not_there_takes_no_memory() -> None:
    assert memory(2**22 + 1) == 0


def test_a_process_that_fails_is_an_error() -> None:
    with pytest.raises(subprocess.CalledProcessError):
        run([sys.executable, "-c", "raise SystemExit(3)"], Path.cwd())
