"""The best path and its margins, compared with all possible paths."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.align.length_model import MAX_LOG_ODDS, length_class, log_odds_table
from indexer.align.viterbi import MAX_MARGIN, BeadKind, PathBead, Units, best_path

KINDS = (
    BeadKind(1, 1, -0.1),
    BeadKind(1, 2, -3.0),
    BeadKind(2, 1, -3.5),
    BeadKind(2, 2, -5.0),
    BeadKind(1, 3, -4.0),
)
SKIP, UNSHARED, SHARED = -3.5, 0.3, 1.6


def units(most: int) -> st.SearchStrategy[Units]:
    unit = st.tuples(st.integers(0, 400), st.integers(0, 31))
    return st.lists(unit, min_size=1, max_size=most).map(
        lambda pairs: Units([length for length, _ in pairs], [bits for _, bits in pairs])
    )


def odds_of(chinese: Units, english: Units, i: int, j: int, kind: BeadKind) -> float:
    """The log odds of a bead, by their definition."""
    ours, theirs = slice(i, i + kind.chinese), slice(j, j + kind.english)
    first = second = 0
    for bits in chinese.bits[ours]:
        first |= bits
    for bits in english.bits[theirs]:
        second |= bits
    classes = (
        length_class(sum(text.lengths[s])) for text, s in ((chinese, ours), (english, theirs))
    )
    row, column = classes
    cost = UNSHARED * (first.bit_count() + second.bit_count())
    return (
        kind.log_prior
        + log_odds_table()[row][column]
        + SHARED * (first & second).bit_count()
        - cost
    )


def all_paths(
    chinese: Units, english: Units, i: int = 0, j: int = 0
) -> Iterator[tuple[float, tuple[tuple[int, int, int, int], ...]]]:
    rows, columns = len(chinese.lengths), len(english.lengths)
    if (i, j) == (rows, columns):
        yield 0.0, ()
        return
    steps = [(kind.chinese, kind.english, kind) for kind in KINDS]
    for dz, de, kind in [*steps, (1, 0, None), (0, 1, None)]:
        if i + dz <= rows and j + de <= columns:
            odds = odds_of(chinese, english, i, j, kind) if kind else SKIP
            for rest, path in all_paths(chinese, english, i + dz, j + de):
                yield odds + rest, ((i, j, dz, de), *path)


def placed(path: list[PathBead]) -> list[tuple[int, int, int, int]]:
    beads, i, j = [], 0, 0
    for step in path:
        beads.append((i, j, step.chinese, step.english))
        i, j = i + step.chinese, j + step.english
    return beads


@given(units(4), units(4))
def test_the_path_is_the_best_and_margins_are_those_of_other_paths(
    chinese: Units, english: Units
) -> None:
    path = best_path(chinese, english, KINDS)
    everything = [*all_paths(chinese, english)]
    best = max(score for score, _ in everything)
    assert sum(step.log_odds for step in path) == pytest.approx(best)
    for bead, step in zip(placed(path), path, strict=True):
        without = [score for score, beads in everything if bead not in beads]
        if step.margin < MAX_MARGIN:
            assert min(abs(best - step.margin - score) for score in without) < 1e-6
            assert step.margin >= best - max(without) - 1e-6


@given(units(40), units(40))
def test_a_path_covers_both_texts(chinese: Units, english: Units) -> None:
    path = best_path(chinese, english, KINDS)
    assert sum(step.chinese for step in path) == len(chinese.lengths)
    assert sum(step.english for step in path) == len(english.lengths)
    assert {(step.chinese, step.english) for step in path} <= {
        (0, 1), (1, 0), *(kind[:2] for kind in KINDS),
    }  # fmt: skip
    assert all(0 <= step.margin <= MAX_MARGIN for step in path)


def test_a_path_far_from_the_diagonal_is_found() -> None:
    lengths = [30 + 37 * i % 200 for i in range(120)]
    bits = [1 << i for i in range(120)]
    # The first 20 Chinese and the last 20 English units have no counterpart.
    path = best_path(
        Units(lengths[:100], [b * 15 for b in bits[:100]]),
        Units([round(1.09 * x) for x in lengths[20:]], [b * 15 for b in bits[20:]]),
        KINDS,
    )
    pairs = {(i, j) for i, j, dz, de in placed(path) if (dz, de) == (1, 1)}
    assert pairs == {(i, i - 20) for i in range(20, 100)}


def test_log_odds_of_lengths() -> None:
    table = log_odds_table()
    assert max(map(max, table)) <= MAX_LOG_ODDS
    long, short = length_class(300), length_class(20)
    assert table[long][length_class(330)] > table[long][length_class(450)]
    # The ratio of short texts counts less, whether it is good or bad.
    assert table[short][length_class(22)] < table[long][length_class(330)]
    assert table[short][length_class(30)] > table[long][length_class(450)]
    assert length_class(0) == length_class(1) == 0
    assert length_class(10**9) == len(table) - 1
