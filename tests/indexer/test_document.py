"""A document has the terms that the analyzer finds in the texts of its article."""

from __future__ import annotations

import datetime

from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis import Analyzer
from indexer.analysis.encoder import Encoder
from indexer.analysis.script import is_han
from indexer.article import Article
from indexer.document import other_field_texts, to_document, zone_texts
from indexer.schema import OTHER_FIELDS, PARAGRAPH_GAP, TITLE_ZONE_COUNT, ZONE_GAP, ZONES
from tests.indexer.codec.documents import terms_of

ANALYZER = Analyzer()
ENCODER = Encoder(ANALYZER)
TEXTS = st.text("增产节约運動国家 ab's\n.，。É9", max_size=12) | st.text(max_size=4)
PARAGRAPHS = st.lists(TEXTS, max_size=3).map(tuple)


@st.composite
def random_articles(draw: st.DrawFn) -> Article:
    return Article(
        id=draw(st.sampled_from(["a.txt", "1953/中.txt"])),
        title_en=draw(TEXTS),
        title_zh=draw(TEXTS),
        author_en=draw(TEXTS),
        author_zh=draw(TEXTS),
        date=draw(st.none() | st.dates()),
        page=draw(st.none() | st.integers(1, 99)),
        section=draw(TEXTS),
        column=draw(TEXTS),
        paragraphs_en=draw(PARAGRAPHS),
        paragraphs_zh=draw(PARAGRAPHS),
        glossary=draw(st.lists(st.tuples(TEXTS, TEXTS), max_size=2).map(tuple)),
        set_aside_en=draw(PARAGRAPHS),
        set_aside_zh=draw(PARAGRAPHS),
        content_hash="ab" * 32,
    )


def placed(parts: list[list[str]]) -> tuple[list[tuple[str, int]], list[int], list[int], int]:
    """The terms of zones with their positions, the start and token count of each zone, the end."""
    found, starts, lengths = [], [], []
    position = 0
    for paragraphs in parts:
        starts.append(position)
        count = 0
        for paragraph in paragraphs:
            terms = [token.term for token in ANALYZER.exact(paragraph)]
            found += [(term, position + i) for i, term in enumerate(terms)]
            count += len(terms)
            position += len(terms) + PARAGRAPH_GAP
        lengths.append(count)
        position += ZONE_GAP if paragraphs else 0
    return found, starts, lengths, position


def long_words(parts: list[list[str]]) -> list[str]:
    tokens = [token for texts in parts for text in texts for token in ANALYZER.ranking(text)]
    return [token.term for token in tokens if len(token.term) > 2 and is_han(token.term)]


@given(random_articles())
def test_the_terms_are_those_of_the_analyzer(article: Article) -> None:
    document = to_document(article, ENCODER)
    parts = [[*texts] for texts in zone_texts(article)]
    found, starts, lengths, size = placed(parts)
    assert terms_of(document.text) == found
    assert [*document.zone_starts] == starts
    assert [*document.zone_lengths] == lengths
    assert len(document.text.tokens) >= size
    assert sorted(document.title_words) == sorted(long_words(parts[:TITLE_ZONE_COUNT]))
    assert sorted(document.long_words) == sorted(long_words(parts[TITLE_ZONE_COUNT:]))
    for name, texts in other_field_texts(article).items():
        found, _, _, size = placed([[*texts]])
        if found:
            assert terms_of(document.others[name]) == found
            assert len(document.others[name].tokens) >= size


@given(random_articles())
def test_no_position_belongs_to_two_zones(article: Article) -> None:
    document = to_document(article, ENCODER)
    bounds = [*document.zone_starts, len(document.text.tokens)]
    assert bounds == sorted(bounds)
    assert len(document.zone_starts) == len(document.zone_lengths) == len(ZONES)
    positions = [position for _, position in terms_of(document.text)]
    assert positions == sorted(set(positions))
    for start, end, length in zip(bounds, bounds[1:], document.zone_lengths, strict=False):
        inside = [position for position in positions if start <= position < end]
        assert len(inside) == length
        assert not inside or inside[-1] < end - ZONE_GAP


@given(random_articles())
def test_the_article_comes_back(article: Article) -> None:
    document = to_document(article, ENCODER)
    assert Article.from_bytes(document.stored) == article
    assert (document.id, document.date, document.page) == (article.id, article.date, article.page)
    languages = {1: ("en",), 2: ("zh",), 3: ("en", "zh")}
    assert languages.get(document.languages, ()) == article.languages
    author = article.author_zh or article.author_en
    assert [*document.categories] == [author, article.column, article.section]


def test_every_text_is_in_its_field() -> None:
    article = Article(
        id="1953/a.txt",
        title_en="Saving",
        title_zh="节约",
        author_en="Li Min",
        author_zh="李民",
        date=datetime.date(1953, 10, 31),
        page=2,
        section="Editorials",
        column="Letters",
        paragraphs_en=("One two.", "Three."),
        paragraphs_zh=("增产", "共产党员"),
        glossary=(("增产", "raise output"),),
        set_aside_en=("aside",),
        set_aside_zh=("旁边",),
        content_hash="ab" * 32,
    )
    document = to_document(article, ENCODER)
    bounds = [*document.zone_starts, len(document.text.tokens)]
    found = {
        zone: [term for term, position in terms_of(document.text) if start <= position < end]
        for zone, start, end in zip(ZONES, bounds, bounds[1:], strict=False)
    }
    assert found == {
        "title_en": ["saving"],
        "title_zh": ["节约", "约"],
        "author": ["li", "min", "李民", "民"],
        "body_zh": ["增产", "产", "共产", "产党", "党员", "员"],
        "body_en": ["one", "two", "three"],
    }
    assert {
        name: [term for term, _ in terms_of(text)] for name, text in document.others.items()
    } == {
        "column": ["letters"],
        "section": ["editorials"],
        "glossary": ["增产", "产", "raise", "output"],
    }
    assert {*document.others} == {*OTHER_FIELDS}
    assert ([*document.long_words], [*document.title_words]) == (["共产党员"], [])
    assert document.languages == 3
    assert [*document.categories] == ["李民", "Letters", "Editorials"]
