"""A text in chunks has the terms of the whole; a text that nobody can have written is refused."""

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
    """The content of a document, without the numbers of its words."""
    texts = [document.text, *document.others.values()]
    found = [(len(text.tokens), terms_of(text)) for text in texts]
    rest = {field.name: getattr(document, field.name) for field in fields(document)}
    return [found, [*document.others], {**rest, "text": None, "others": None}]


@given(random_articles(), st.lists(MARKED, max_size=4), st.integers(1, 20))
def test_a_text_in_chunks_has_the_terms_of_the_whole(
    article: Article, paragraphs: list[str], size: int
) -> None:
    article = replace(article, paragraphs_zh=(*paragraphs, *article.paragraphs_zh))
    whole = to_document(article, ENCODER)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chunks, "CHUNK_LENGTH", size)
        patch.setattr(chunks, "MAX_UNBROKEN", 1_000)
        assert said(to_document(article, ENCODER)) == said(whole)


@given(st.lists(st.lists(MARKED, max_size=4), max_size=4), st.integers(1, 20))
def test_chunks_make_up_the_whole(parts: list[list[str]], size: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chunks, "CHUNK_LENGTH", size)
        patch.setattr(chunks, "MAX_UNBROKEN", 10)
        found: list[chunks.TextChunk] = []
        with suppress(ValueError):  # too long without a mark
            found += chunks.text_chunks(parts, 2, 3)
            _check_chunks(found, parts)
        assert all(len(text) <= size + 10 for chunk in found for text in chunk.paragraphs)


def _check_chunks(found: list[chunks.TextChunk], parts: list[list[str]]) -> None:
    texts = [text for chunk in found for text in chunk.paragraphs]
    assert "".join(texts) == "".join(text for part in parts for text in part)
    zones = [zone for chunk in found for zone in chunk.zones]
    assert zones == sorted(zones)
    gaps = sum(gap for chunk in found for gap in chunk.gaps)
    assert gaps == sum(2 * len(part) + (3 if part else 0) for part in parts)


@pytest.mark.parametrize(
    ("limit", "reason"),
    [
        ("_MAX_DISTINCT_WORDS", "more than 3 different words"),
        ("_MAX_OCCURRENCES", "one word occurs more than 3 times"),
    ],
)
def test_impossible_texts_are_refused(
    monkeypatch: pytest.MonkeyPatch, limit: str, reason: str
) -> None:
    article = replace(next(read_seeds(SEEDS)), paragraphs_zh=(), title_zh="")
    monkeypatch.setattr(document, limit, 3)
    with pytest.raises(ValueError, match=reason):
        to_document(article, ENCODER)
    few = replace(article, title_en="", paragraphs_en=("a b c", "a b c"))
    assert to_document(few, ENCODER).text.tokens.size


def test_bigrams_count_as_words(monkeypatch: pytest.MonkeyPatch) -> None:
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
