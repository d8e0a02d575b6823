"""Packing and unpacking deletions gives the same masks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.deletions import pack_deletions, unpack_deletions

MASKS = st.lists(st.lists(st.booleans(), max_size=20))


@given(MASKS)
def test_what_is_packed_is_unpacked(masks: list[list[bool]]) -> None:
    sizes = [len(mask) for mask in masks]
    live = [None if all(mask) else np.array(mask) for mask in masks]
    bitmap = pack_deletions(live, sizes)
    assert len(bitmap) == (0 if all(map(all, masks)) else -(-sum(sizes) // 8))
    found = unpack_deletions(bitmap, sizes)
    assert [mask if mask is None else mask.tolist() for mask in found] == [
        mask if mask is None else mask.tolist() for mask in live
    ]


@pytest.mark.parametrize("size", [0, 1, 3])
def test_a_bitmap_of_another_length_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match="wrong number"):
        unpack_deletions(b"\1" * size or b"\1\1\1\1", [5, 6])


def test_the_deletions_of_two_million_documents_are_small() -> None:
    live = np.ones(2_000_000, np.bool_)
    live[::5] = False
    bitmap = pack_deletions([live, None], [2_000_000, 5])
    assert len(bitmap) == 250_001
    mask, rest = unpack_deletions(bitmap, [2_000_000, 5])
    assert rest is None
    assert mask is not None
    assert (mask == live).all()
