"""Tables: aligned entries."""

from __future__ import annotations

import pytest

from search.render.table import table_lines


def test_the_first_entry_is_aligned_to_the_left_and_the_others_to_the_right() -> None:
    assert table_lines(
        [("word", "count", "last"), ("增产节约", "3", ""), ("a", "1,000", "1953")]
    ) == [
        "word      count  last",
        "增产节约      3",
        "a         1,000  1953",
    ]


@pytest.mark.parametrize(("width", "entries"), [(None, 4), (16, 4), (15, 3), (10, 2), (1, 2)])
def test_the_last_entries_are_left_out_on_a_narrow_terminal(
    width: int | None, entries: int
) -> None:
    rows = [["工人", "1", "22", "333"], ["a", "4", "5", "6"]]
    assert [line.split() for line in table_lines(rows, width)] == [row[:entries] for row in rows]
