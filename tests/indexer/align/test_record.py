"""Records of beads, and finding the text of beads in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import Article
from indexer.align import Alignment, ParagraphSpan, align, align_record, encode_record
from indexer.align.bead import Bead
from tests.indexer.align.oracles import bead_spans, decode_record, sides
from tests.indexer.align.test_aligner import SEEDS, articles
from tests.search.articles import MINE, make_article

ANY = articles | st.sampled_from([*SEEDS, MINE])


@given(ANY)
def test_a_record_has_the_beads_and_their_text(article: Article) -> None:
    record = align_record(article)
    alignment = Alignment(article, record)
    beads = align(article)
    assert decode_record(article, record) == beads
    places = zip(beads, bead_spans(article, beads), strict=True)
    assert list(alignment.confident_spans()) == [
        spans for bead, spans in places if bead.is_confident
    ]


@given(ANY, st.data())
def test_beads_at_a_passage_are_those_that_contain_some_of_it(
    article: Article, data: st.DataObject
) -> None:
    alignment = Alignment(article, align_record(article))
    language = data.draw(st.sampled_from(["zh", "en"]))
    paragraphs = article.paragraphs_zh if language == "zh" else article.paragraphs_en
    if not paragraphs:
        return
    number = data.draw(st.integers(0, len(paragraphs) - 1))
    start = data.draw(st.integers(0, len(paragraphs[number]) - 1))
    end = data.draw(st.integers(start + 1, len(paragraphs[number])))
    found = filter(alignment.is_confident, alignment.beads_at(language, number, start, end))
    expected = [
        sides(spans, language)
        for spans in alignment.confident_spans()
        if any(p == number and a < end and start < b for p, a, b in sides(spans, language)[0])
    ]
    other = "en" if language == "zh" else "zh"
    assert [
        (tuple(alignment.spans(language, bead, bead)), tuple(alignment.spans(other, bead, bead)))
        for bead in found
    ] == expected


@given(ANY, st.binary(max_size=60))
def test_a_record_of_another_article_is_an_error_or_stays_within_the_text(
    article: Article, record: bytes
) -> None:
    try:
        alignment = Alignment(article, record)
    except ValueError:
        return
    for spans in alignment.confident_spans():
        for number, start, end in spans.chinese:
            assert start < end <= len(article.paragraphs_zh[number])


def test_a_paragraph_with_hundreds_of_sentences() -> None:
    article = make_article("a.txt", paragraphs_zh=("好。" * 700, "坏。"), paragraphs_en=("Good.",))
    beads = [*[Bead(1, 0, 0)] * 700, Bead(1, 1, 9)]
    record = encode_record([0, 700, 701], [0, 1], beads)
    alignment = Alignment(article, record)
    assert decode_record(article, record) == tuple(beads)
    (spans,) = alignment.confident_spans()
    assert (spans.chinese, spans.english) == ((ParagraphSpan(1, 0, 2),), (ParagraphSpan(0, 0, 5),))
    with pytest.raises(ValueError, match="cut short"):
        Alignment(article, record[:2])
    with pytest.raises(ValueError, match="reach the end"):
        Alignment(article, record[:-1])


def test_a_bead_over_two_paragraphs_has_a_span_in_each() -> None:
    article = make_article(
        "a.txt", paragraphs_zh=("天津增产。北京丰收！",), paragraphs_en=("Tianjin.", "Beijing!")
    )
    alignment = Alignment(article, encode_record([0, 2], [0, 1, 2], [Bead(2, 2, 9)]))
    assert alignment.spans("en", 0, 0) == [ParagraphSpan(0, 0, 8), ParagraphSpan(1, 0, 8)]
    assert alignment.spans("zh", 0, 0) == [ParagraphSpan(0, 0, 10)]
