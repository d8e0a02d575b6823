"""Folded blocks: the same text and offsets as the analyzer's fold."""

from __future__ import annotations

from hypothesis import given

from indexer.analysis.folding import fold_with_spans
from indexer.analysis.script import is_han
from search.passage.folded_block import fold_block
from tests.indexer.analysis.texts import texts

# All code points in texts of 256. They are checked twice, because the table grows in between.
UNICODE = ["".join(map(chr, range(start, start + 256))) for start in range(0, 0x110000, 256)]


def check(text: str) -> None:
    ours, reference = fold_block(text), fold_with_spans(text)
    assert ours.text == reference.text
    places = range(len(ours.text))
    assert [ours.span(i, i + 1) for i in places] == [reference.span(i, i + 1) for i in places]


def test_all_of_unicode() -> None:
    for text in UNICODE * 2:
        check(f"中x{text}x")


@given(texts)
def test_any_text(text: str) -> None:
    check(text)
    result = fold_block(text)
    words = {c for c in result.text if c.isalnum() and not c.isascii()}
    assert result.plain is all(is_han(c) and c.isalnum() for c in words | _unassigned(result.text))


def _unassigned(text: str) -> set[str]:
    return {c for c in text if is_han(c) and not c.isalnum()}


@given(texts)
def test_the_first_character_from_an_offset_on(text: str) -> None:
    result = fold_block(text)
    starts = [result.span(i, i + 1)[0] for i in range(len(result.text))]
    for place in range(len(text) + 1):
        expected = [i for i, start in enumerate(starts) if start >= place]
        assert result.first(place) == (expected or [len(starts)])[0] or result.starts is None
