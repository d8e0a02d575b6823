"""Tables: aligned entries."""

from __future__ import annotations

from search.render.table import table_lines


def test_the_first_entry_is_aligned_to_the_left_and_the_others_to_the_right() -> None:
    assert table_lines(
        [("word", "count", "last"), ("增产节约", "3", ""), ("a", "1,000", "1953")]
    ) == [
        "word      count  last",
        "增产节约      3",
        "a         1,000  1953",
    ]
