"""The selection of the smallest keys is the same as sorting all of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.engine.order import smallest_keys


@given(
    st.integers(0, 2**32),
    st.sampled_from([0, 1, 50, 64, 130, 1000, 5000]),
    st.integers(0, 80),
    st.sampled_from([2, 30, 10**6]),
    st.sampled_from([np.float32, np.int32]),
)
def test_the_smallest_keys_are_those_of_a_stable_sort(
    seed: int, size: int, count: int, different: int, kind: type
) -> None:
    random = np.random.default_rng(seed)
    keys: npt.NDArray[Any] = random.integers(-different, different, size).astype(kind)
    expected = sorted(range(size), key=lambda i: (keys[i], i))[:count]
    assert smallest_keys(keys, count).tolist() == expected


@pytest.mark.parametrize("size", [10, 10_000])
def test_equal_keys_keep_their_order(size: int) -> None:
    assert smallest_keys(np.zeros(size, np.float32), 3).tolist() == [0, 1, 2]
