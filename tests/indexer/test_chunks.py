"""A text in pieces is analysed as if it were whole; what is no text is refused."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import Article, chunks, document
from indexer.align import aligner
from indexer.analysis import Analyzer
from indexer.analysis.encoder import Encoder
from indexer.codec.builder import Document
from indexer.document import to_document
from indexer.source.seeds import read_seeds
from tests.indexer.codec.documents import terms_of
from tests.indexer.test_document import random_articles

SEEDS = Path(__file__).parents[2] / "seeds"
ENCODER = Encoder(Analyzer())
MARKED = st.text("增产一千二百〇节约 ab'sA1９９,.:-%。，；É\u0301\u200b\u3000é가", max_size=60)


def said(document: Document) -> list[object]:
    """All that a document says, but for how its words are numbered."""
    texts = [document.text, *document.others.values()]
    found = [(len(text.tokens), terms_of(text)) for text in texts]
    rest = {field.name: getattr(document, field.name) for field in fields(document)}
    return [found, [*document.others], {**rest, "text": None, "others": None}]


@given(random_articles(), st.lists(MARKED, max_size=4), st.integers(1, 20))
def test_a_text_in_pieces_is_analysed_as_if_it_were_whole(
    article: Article, paragraphs: list[str], size: int
) -> None:
    article = replace(article, paragraphs_zh=(*paragraphs, *article.paragraphs_zh))
    whole = to_document(article, ENCODER)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chunks, "CHUNK_LENGTH", size)
        patch.setattr(chunks, "MAX_UNBROKEN", 1_000)
        assert said(to_document(article, ENCODER)) == said(whole)


@given(st.lists(st.lists(MARKED, max_size=4), max_size=4), st.integers(1, 20))
def test_pieces_are_the_whole(parts: list[list[str]], size: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chunks, "CHUNK_LENGTH", size)
        patch.setattr(chunks, "MAX_UNBROKEN", 10)
        found: list[chunks.TextChunk] = []
        with suppress(ValueError):  # too long without a mark
            found += chunks.text_chunks(parts, 2, 3)
            _check_pieces(found, parts)
        assert all(len(text) <= size + 10 for piece in found for text in piece.paragraphs)


def _check_pieces(found: list[chunks.TextChunk], parts: list[list[str]]) -> None:
    texts = [text for piece in found for text in piece.paragraphs]
    assert "".join(texts) == "".join(text for part in parts for text in part)
    zones = [zone for piece in found for zone in piece.zones]
    assert zones == sorted(zones)
    gaps = sum(gap for piece in found for gap in piece.gaps)
    assert gaps == sum(2 * len(part) + (3 if part else 0) for part in parts)


@pytest.mark.parametrize(
    ("limit", "reason"),
    [
        ("_MAX_DISTINCT_WORDS", "more than 3 different words"),
        ("_MAX_OCCURRENCES", "one word occurs more than 3 times"),
    ],
)
def test_what_is_no_text_is_refused(
    monkeypatch: pytest.MonkeyPatch, limit: str, reason: str
) -> None:
    article = replace(next(read_seeds(SEEDS)), paragraphs_zh=(), title_zh="")
    monkeypatch.setattr(document, limit, 3)
    with pytest.raises(ValueError, match=reason):
        to_document(article, ENCODER)
    few = replace(article, title_en="", paragraphs_en=("a b c", "a b c"))
    assert to_document(few, ENCODER).text.tokens.size


def test_pairs_count_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    article = replace(next(read_seeds(SEEDS)), paragraphs_zh=("产产产产产产。",))
    monkeypatch.setattr(document, "_MAX_OCCURRENCES", 1_000)
    to_document(article, ENCODER)
    monkeypatch.setattr(document, "_MAX_OCCURRENCES", 100)
    article = replace(article, paragraphs_zh=("产" * 200,))
    with pytest.raises(ValueError, match="one word occurs more than 100 times"):
        to_document(article, ENCODER)


def test_texts_that_are_far_too_long_are_not_aligned(monkeypatch: pytest.MonkeyPatch) -> None:
    (article,) = read_seeds(SEEDS)
    assert to_document(article, ENCODER).beads
    monkeypatch.setattr(aligner, "_MAX_CHARACTERS", 100)
    assert to_document(article, ENCODER).beads == b""
