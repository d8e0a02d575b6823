"""A compact list holds what a list holds, in less memory."""

from __future__ import annotations

from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import compact_list
from indexer.compact_list import CompactList, sort_texts

ITEMS = st.lists(st.tuples(st.text("a中\n\udcff", max_size=3), st.integers(-(2**70), 2**70)))


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compact_list, "_BLOCK_SIZE", 4)
    monkeypatch.setattr(compact_list, "_MAX_SORTED", 6)


@given(ITEMS, st.integers(0, 30), st.integers(0, 30))
def test_items_come_back(items: list[tuple[str, int]], start: int, stop: int) -> None:
    found: CompactList[tuple[str, int]] = CompactList(tuple)
    for item in items:
        found.append(item)
    assert len(found) == len(items)
    assert [*found] == items
    assert [*found.read(start, stop)] == items[start:stop]


@given(st.lists(st.text("ab/中", max_size=3), max_size=40))
def test_texts_are_sorted_in_runs(texts: list[str]) -> None:
    assert [*sort_texts(iter(texts))] == sorted(texts)


def test_several_readers_may_read_at_once() -> None:
    found: CompactList[tuple[int, ...]] = CompactList(tuple)
    for number in range(20):
        found.append((number,))
    readers = [iter(found) for _ in range(3)]
    assert [[*islice(reader, 9)] for reader in readers] == [[(i,) for i in range(9)]] * 3
