"""The wording of counts."""

from __future__ import annotations

import pytest

from indexer.wording import counted


@pytest.mark.parametrize(
    ("count", "expected"), [(0, "0 articles"), (1, "1 article"), (3412, "3,412 articles")]
)
def test_a_count_and_its_noun(count: int, expected: str) -> None:
    assert counted(count, "article") == expected


def test_an_irregular_plural() -> None:
    assert counted(1, "article matches", "articles match") == "1 article matches"
    assert counted(2, "article matches", "articles match") == "2 articles match"
