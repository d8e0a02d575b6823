"""Terms of one or two Han characters are numbers in the order of the terms."""

from __future__ import annotations

import sys

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis.bigrams import (
    CODE_BITS,
    CODE_MASK,
    bigram_code,
    bigram_lines,
    code_points,
    han_code,
    han_codes,
)
from indexer.analysis.script import is_han

HAN_CHARACTERS = [chr(point) for point in range(1 << 16) if is_han(chr(point))]
HAN = st.sampled_from(HAN_CHARACTERS)
PAIRS = st.text(HAN, min_size=1, max_size=2)


def test_the_han_characters_of_the_plane_have_codes_in_order() -> None:
    assert [han_code(character) for character in HAN_CHARACTERS] == [
        *range(1, len(HAN_CHARACTERS) + 1)
    ]
    assert len(HAN_CHARACTERS) < 1 << CODE_BITS
    assert code_points().tolist() == [0, *map(ord, HAN_CHARACTERS)]


def test_no_other_character_has_a_code() -> None:
    for point in range(sys.maxunicode + 1):
        if point >= 1 << 16 or not is_han(chr(point)):
            assert han_code(chr(point)) == 0


def test_the_table_says_the_same() -> None:
    assert han_codes().tolist() == [han_code(chr(point)) for point in range(1 << 16)]


@given(PAIRS, PAIRS)
def test_numbers_are_in_the_order_of_the_terms(left: str, right: str) -> None:
    first, second = bigram_code(left), bigram_code(right)
    assert first is not None
    assert second is not None
    assert (first < second) == (left < right)
    assert (first == second) == (left == right)
    assert 0 < first < 2**30


@given(st.lists(PAIRS))
def test_terms_come_back(terms: list[str]) -> None:
    numbers = np.array([bigram_code(term) for term in terms], np.uint32)
    assert bigram_lines(numbers).decode() == "".join(f"{term}\n" for term in terms)
    for term, number in zip(terms, numbers.tolist(), strict=True):
        assert [han_code(character) for character in term] == [
            code for code in (number >> CODE_BITS, number & CODE_MASK) if code
        ]


@given(st.text(HAN | st.characters(), max_size=3))
def test_other_terms_have_no_number(term: str) -> None:
    is_pair = 1 <= len(term) <= 2 and all(map(han_code, term))
    assert (bigram_code(term) is not None) == is_pair
