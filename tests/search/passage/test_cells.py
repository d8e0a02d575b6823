"""Terminal cells: the width of texts, and texts cut or padded to a width."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from search.passage.cells import (
    align_left,
    align_right,
    character_cells,
    first_cells,
    last_cells,
    running_cells,
    text_cells,
)

TEXTS = st.text(
    st.one_of(st.sampled_from("ab 天津工厂，“。\u3000Ａe\u0301\U00020000…"), st.characters())
)


@pytest.mark.parametrize(
    ("character", "cells"),
    [("a", 1), ("天", 2), ("，", 2), ("Ａ", 2), ("\u0301", 0), ("\u200b", 0), ("\U00020000", 2)],
)
def test_cells_of_a_character(character: str, cells: int) -> None:
    assert character_cells(character) == text_cells(character) == cells


@given(TEXTS)
def test_running_cells(text: str) -> None:
    assert [*running_cells(text)] == [text_cells(text[:i]) for i in range(len(text) + 1)]


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Mc"), max_codepoint=0xFFFF)))
def test_the_cells_of_common_text_are_those_of_rich(text: str) -> None:
    common = re.sub("[^ -~\u3000-\u3029\u3400-\u4dbf\u4e00-\u9fff\uff01-\uff60“”‘’…—·]", "", text)
    assert text_cells(common) == cell_len(common)


@given(TEXTS, st.integers(0, 12))
def test_the_beginning_and_the_end_that_fit_are_the_longest(text: str, cells: int) -> None:
    start, end = first_cells(text, cells), last_cells(text, cells)
    assert text.startswith(start)
    assert text.endswith(end)
    fitting = [i for i in range(len(text) + 1) if text_cells(text[:i]) <= cells]
    assert len(start) == max(fitting)
    fitting = [i for i in range(len(text) + 1) if text_cells(text[len(text) - i :]) <= cells]
    assert len(end) == max(fitting)


@given(TEXTS, st.integers(0, 12))
def test_padding(text: str, cells: int) -> None:
    left, right = align_left(text, cells), align_right(text, cells)
    assert left.startswith(text)
    assert right.endswith(text)
    assert {*left[len(text) :], *right[: len(right) - len(text)]} <= {" "}
    assert text_cells(left) == text_cells(right) == max(cells, text_cells(text))
