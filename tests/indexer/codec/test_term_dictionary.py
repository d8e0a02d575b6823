"""Terms are found as in a sorted list, and categories are read as they were written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.codec.categories import Category, write_category
from indexer.codec.container import Container
from indexer.codec.container_writer import ContainerWriter
from indexer.codec.term_dictionary import TermDictionary, write_terms
from tests.indexer.codec.documents import TERMS

VOCABULARIES = st.sets(TERMS, max_size=20)
WANTED = TERMS | st.sampled_from(["", "\ud800", "\0", "\U0010ffff"])
PATTERNS = (r"a", r"a.*", r".*a", r"[^\n]b?", r".*(增|b).*", r"", r"a|ab", r".{3}")


@contextmanager
def written(vocabulary: set[str]) -> Iterator[TermDictionary]:
    with TemporaryDirectory() as directory:
        path = Path(directory, "a")
        with ContainerWriter(path) as out:
            write_terms("f", sorted(vocabulary), out)
        yield TermDictionary("f", Container(path))


@given(VOCABULARIES, WANTED)
def test_words_are_found_as_in_a_sorted_list(vocabulary: set[str], wanted: str) -> None:
    expected = sorted(vocabulary)
    with written(vocabulary) as words:
        assert len(words) == len(expected)
        assert [words.term(i) for i in range(len(words))] == expected
        assert [words.find(word) for word in expected] == [*range(len(words))]
        for _ in range(2):  # the second time from the cache
            number = expected.index(wanted) if wanted in vocabulary else -1
            assert words.find(wanted) == number
        low, high = words.prefix_range(wanted)
        assert expected[low:high] == [word for word in expected if word.startswith(wanted)]


@given(VOCABULARIES, st.data())
def test_ranges_of_words(vocabulary: set[str], data: st.DataObject) -> None:
    expected = sorted(vocabulary)
    low = data.draw(st.integers(0, len(expected)))
    high = data.draw(st.integers(low, len(expected)))
    with written(vocabulary) as words:
        assert words.terms(low, high) == expected[low:high]
        if low < high:
            assert words.lines(low, high).decode() == "\n".join(expected[low:high])
        text, starts = words.arrays()
        assert len(starts) == len(expected) + 1
        assert [
            text[start : end - 1].tobytes().decode() for start, end in pairwise(starts)
        ] == expected
        for each in PATTERNS:
            pattern = re.compile(each.encode())
            matching = [i for i in range(low, high) if pattern.fullmatch(expected[i].encode())]
            assert words.search(pattern, low, high).tolist() == matching


def test_a_pattern_that_matches_line_breaks_is_refused() -> None:
    with written({"a", "b", "c"}) as words:
        with pytest.raises(ValueError, match="line breaks"):
            words.search(re.compile(rb"[^b]*b?[^b]*"), 0, 3)
        assert words.search(re.compile(rb"[^b\n]*b?[^b\n]*"), 0, 3).tolist() == [0, 1, 2]


VALUES = st.lists(st.text("ab增\n\t\x85 \ud800", max_size=3), max_size=300)


@given(VALUES)
def test_values_come_back_on_one_line(values: list[str]) -> None:
    with TemporaryDirectory() as directory:
        path = Path(directory, "a")
        with ContainerWriter(path) as out:
            write_category("f", values, out)
        category = Category("f", Container(path))
    expected = [" ".join(value.replace("\ud800", "?").split()) for value in values]
    assert category.texts() == expected
    assert category.values == sorted({"", *expected})
    assert [category.values[number] for number in category.numbers.tolist()] == expected
