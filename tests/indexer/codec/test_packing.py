"""Packed numbers are unpacked as they were."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.codec.packing import (
    FOUR_BITS,
    TWO_BITS,
    Packing,
    escape,
    escape_size,
    running_sums,
    unescape,
)

EDGES = st.sampled_from([0, 1, 253, 254, 255, 256, 509, 510, 511, 765, 70_000])
NUMBERS = st.lists(EDGES | st.integers(0, 2000), max_size=30)
SMALL = st.lists(st.integers(0, 254), max_size=30)
PACKINGS = st.sampled_from([TWO_BITS, FOUR_BITS])


@given(NUMBERS | SMALL)
def test_numbers_come_back_from_escape_code(numbers: list[int]) -> None:
    array = np.array(numbers, np.int64)
    code = escape(array)
    assert code.dtype == np.uint8
    assert len(code) == escape_size(array).sum()
    assert unescape(code).tolist() == numbers
    assert running_sums(code).tolist() == np.cumsum(array).tolist()
    assert unescape(code).dtype == running_sums(code).dtype == np.int64


@given(NUMBERS, NUMBERS)
def test_escape_codes_are_joined_by_joining_their_bytes(left: list[int], right: list[int]) -> None:
    codes = [escape(np.array(numbers, np.int64)) for numbers in (left, right)]
    assert unescape(np.concatenate(codes)).tolist() == left + right


@pytest.mark.parametrize(
    ("number", "code"),
    [(0, [0]), (254, [254]), (255, [255, 0]), (256, [255, 1]), (510, [255, 255, 0])],
)
def test_the_code_is_as_documented(number: int, code: list[int]) -> None:
    assert escape(np.array([number])).tolist() == code


@given(PACKINGS, st.data())
def test_codes_come_back_from_bits(packing: Packing, data: st.DataObject) -> None:
    count = packing.per_byte * data.draw(st.integers(0, 9))
    code = st.integers(0, packing.max_code)
    codes = data.draw(st.lists(code, min_size=count, max_size=count))
    packed = packing.pack(np.array(codes, np.uint8))
    assert len(packed) * packing.per_byte == count
    start = data.draw(st.integers(0, count))
    size = data.draw(st.integers(0, count - start))
    assert packing.unpack(packed, start, size).tolist() == codes[start : start + size]
    at, found = packing.nonzero(packed, start, size)
    held = [(i, code) for i, code in enumerate(codes[start : start + size]) if code]
    assert [*zip(at.tolist(), found.tolist(), strict=True)] == held
    if count:
        indices = data.draw(st.lists(st.integers(0, count - 1)))
        gathered = packing.gather(packed, np.array(indices, np.int64))
        assert gathered.tolist() == [codes[index] for index in indices]


def test_the_first_code_is_in_the_lowest_bits() -> None:
    assert TWO_BITS.pack(np.array([3, 0, 1, 2], np.uint8)).tolist() == [0b10_01_00_11]
    assert FOUR_BITS.pack(np.array([15, 1], np.uint8)).tolist() == [0x1F]
