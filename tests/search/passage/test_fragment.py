"""Fragments: where they begin and end."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from indexer.align.sentences import sentence_ends
from search.passage.cells import running_cells, text_cells
from search.passage.fragment import cut_out, fragment

ENGLISH = (
    "The dam was finished in May. Nobody had believed it. The engineers had drawn their plans for "
    "two years, walked up and down the valley, measured the water, and asked the peasants, whose "
    "fathers remembered the flood. Then the rain came."
)
CHINESE = (
    "五月里，大坝修好了。谁也不相信。工程师们画了两年的图，走遍了山谷，量了水位，问过老农民，"
    "他们的父亲还记得那场洪水。后来下雨了。"
)


def around(text: str, word: str, width: int) -> str:
    first = text.index(word)
    start, end = fragment(text, first, first + len(word), width)
    return text[start:end]


@pytest.mark.parametrize(
    ("text", "word", "width", "expected"),
    [
        (ENGLISH, "finished", 30, "The dam was finished in May."),
        (ENGLISH, "finished", 60, "The dam was finished in May. Nobody had believed it."),
        (ENGLISH, "believed", 60, "The dam was finished in May. Nobody had believed it."),
        (ENGLISH, "rain", 60, "Then the rain came."),
        (ENGLISH, "measured", 60, "measured the water, and asked the peasants, whose fathers"),
        (ENGLISH, "engineers", 40, "The engineers had drawn their plans for"),
        (ENGLISH, "flood", 20, "the flood."),
        (ENGLISH, "engineers", 3, "engineers"),
        (ENGLISH, "The dam", 1000, ENGLISH),
        (CHINESE, "大坝", 20, "五月里，大坝修好了。"),
        (CHINESE, "相信", 40, "五月里，大坝修好了。谁也不相信。"),
        (CHINESE, "水位", 30, "量了水位，问过老农民，他们的父"),
        (CHINESE, "洪水", 12, "得那场洪水。"),
        (CHINESE, "大坝", 1000, CHINESE),
    ],
)
def test_fragments_are_sentences_or_else_clauses_or_else_words(
    text: str, word: str, width: int, expected: str
) -> None:
    assert around(text, word, width) == expected


def test_a_comma_in_a_number_ends_no_clause() -> None:
    text = "The commune of the lower valley sold 1,250 tons of rice and 3,400 tons of maize."
    assert around(text, "rice", 36) == "tons of rice and 3,400 tons of"


def test_a_mark_stays_with_its_letter() -> None:
    text = "x\u0301天\u0301天a\u0301 " * 20
    for width in range(1, 40):
        start, end = fragment(text, 56, 58, width)
        assert text[start] != "\u0301"
        assert text[end] != "\u0301"


ALPHABET = "天津工厂，。；“”ＡB cd e\u0301.,;!? \n1"


@given(st.text(st.sampled_from(ALPHABET), min_size=1, max_size=120), st.data())
def test_a_fragment_fits_contains_its_core_and_splits_no_word(
    text: str, data: st.DataObject
) -> None:
    first = data.draw(st.integers(0, len(text) - 1))
    last = data.draw(st.integers(first + 1, len(text)))
    width = data.draw(st.integers(1, 100))
    assume(text[first:last].strip() == text[first:last])
    start, end = fragment(text, first, last, width)
    assert 0 <= start <= first
    assert last <= end <= len(text)
    assert text_cells(text[start:end]) <= max(width, text_cells(text[first:last]))
    assert text[start:end].strip() == text[start:end]
    assert start == first or not _inside_word(text, start)
    assert end == last or not _inside_word(text, end)


@given(st.text(st.sampled_from(ALPHABET), min_size=1, max_size=120), st.data())
def test_sentences_are_whole_if_the_first_fits(text: str, data: st.DataObject) -> None:
    assume(text.strip() == text)
    place = data.draw(st.sampled_from([i for i, c in enumerate(text) if not c.isspace()]))
    width = data.draw(st.integers(1, 100))
    ends = sentence_ends(text)
    starts = [0, *ends[:-1]]
    sentence = max(i for i, start in enumerate(starts) if start <= place)
    assume(text_cells(text[starts[sentence] : ends[sentence]]) <= width)
    start, end = fragment(text, place, place + 1, width)
    assert start in starts
    assert end in {len(text[:e].rstrip()) for e in ends}


LONG = st.lists(
    st.sampled_from(
        ["天津的工厂，", "五月里。", "the dam, ", "e\u0301\u0301", "etc. ", "\n", "x" * 50, "”"]
    ),
    min_size=1,
    max_size=60,
).map("".join)


@given(LONG, st.data())
def test_what_is_far_away_does_not_matter(text: str, data: st.DataObject) -> None:
    """The fragment of a long text is that of the part around it."""
    first = data.draw(st.integers(0, len(text) - 1))
    last = data.draw(st.integers(first + 1, min(len(text), first + 20)))
    assume(text[first:last].strip() == text[first:last])
    width = data.draw(st.integers(1, 60))
    whole = cut_out(text, running_cells(text), first, last, width)
    assert fragment(text, first, last, width) == whole
    low, high = data.draw(st.integers(0, first)), data.draw(st.integers(last, len(text)))
    start, end = fragment(text[low:high], first - low, last - low, width)
    assert fragment(text, first, last, width, low, high) == (start + low, end + low)


def _inside_word(text: str, place: int) -> bool:
    letters = text[max(0, place - 1) : place + 1]
    return len(letters) == 2 and letters.isalnum() and letters.isascii()
