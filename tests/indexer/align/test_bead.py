"""Beads as bytes, and the text of beads."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.align import CONFIDENT, Bead, ParagraphSpan
from indexer.align.bead_codec import encode_beads
from tests.indexer.align.oracles import bead_spans, decode_beads
from tests.search.articles import make_article

KINDS = ((1, 1), (1, 2), (2, 1), (2, 2), (1, 3), (3, 1))
beads = st.lists(
    st.builds(
        lambda kind, level: Bead(kind[0], kind[1], level),
        st.sampled_from(KINDS),
        st.integers(0, 15),
    )
    | st.sampled_from([Bead(1, 0, 0), Bead(0, 1, 0)])
)


@given(beads)
def test_decoding_returns_the_encoded_beads(expected: list[Bead]) -> None:
    data = encode_beads(expected)
    assert list(decode_beads(data)) == expected
    assert len(data) <= len(expected)


def test_sixteen_sentences_without_a_counterpart_take_one_byte() -> None:
    assert len(encode_beads([Bead(1, 0, 0)] * 33 + [Bead(0, 1, 0)] * 16)) == 4


@pytest.mark.parametrize("bead", [Bead(4, 4, 1), Bead(1, 1, 16), Bead(1, 1, -1), Bead(0, 1, 3)])
def test_an_impossible_bead_cannot_be_encoded(bead: Bead) -> None:
    with pytest.raises(ValueError, match="Bead"):
        encode_beads([bead])


def test_an_impossible_byte_cannot_be_decoded() -> None:
    with pytest.raises(ValueError, match="255"):
        decode_beads(b"\xff")


ARTICLE = make_article(
    "a.txt",
    paragraphs_zh=("天津增产。北京丰收！", "你呢？"),
    paragraphs_en=("More from Tianjin.", "A harvest in Beijing! And you?"),
)


def test_the_text_of_beads() -> None:
    first, second = bead_spans(ARTICLE, [Bead(2, 1, 9), Bead(1, 2, 9)])
    assert first.chinese == (ParagraphSpan(0, 0, 10),)
    assert first.english == (ParagraphSpan(0, 0, 18),)
    assert second.chinese == (ParagraphSpan(1, 0, 3),)
    assert second.english == (ParagraphSpan(1, 0, 30),)
    (whole,) = bead_spans(ARTICLE, [Bead(3, 3, 9)])
    assert whole.chinese == (ParagraphSpan(0, 0, 10), ParagraphSpan(1, 0, 3))
    assert whole.english == (ParagraphSpan(0, 0, 18), ParagraphSpan(1, 0, 30))


@pytest.mark.parametrize("wrong", [[], [Bead(3, 2, 9)], [Bead(3, 3, 9), Bead(1, 0, 0)]])
def test_beads_of_another_article_are_an_error(wrong: list[Bead]) -> None:
    with pytest.raises(ValueError, match="end"):
        bead_spans(ARTICLE, wrong)


def test_which_beads_are_confident() -> None:
    assert Bead(1, 1, CONFIDENT).is_confident
    assert not Bead(1, 1, CONFIDENT - 1).is_confident
