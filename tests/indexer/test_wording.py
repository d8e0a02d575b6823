"""The wording of counts and sizes."""

from __future__ import annotations

import pytest

from indexer.wording import counted, file_size


@pytest.mark.parametrize(
    ("count", "expected"), [(0, "0 articles"), (1, "1 article"), (3412, "3,412 articles")]
)
def test_a_count_and_its_noun(count: int, expected: str) -> None:
    assert counted(count, "article") == expected


def test_an_irregular_plural() -> None:
    assert counted(1, "article matches", "articles match") == "1 article matches"
    assert counted(2, "article matches", "articles match") == "2 articles match"


@pytest.mark.parametrize(
    ("size", "expected"),
    [(0, "0 KB"), (34_567, "35 KB"), (2_149_000, "2.1 MB"), (1_234_567_890_123, "1,234.6 GB")],
)
def test_the_size_of_a_file(size: int, expected: str) -> None:
    assert file_size(size) == expected
