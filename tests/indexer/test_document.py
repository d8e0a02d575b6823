"""What is indexed of an article is what the analyzer says of its texts."""

from __future__ import annotations

import datetime

from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis import Analyzer
from indexer.article import Article
from indexer.document import texts, to_document
from indexer.schema import RANKING_FIELDS, TEXT_FIELDS, ranking_field

ANALYZER = Analyzer()
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


@given(random_articles())
def test_each_paragraph_is_analysed_by_itself(article: Article) -> None:
    document = to_document(article, ANALYZER)
    assert set(document.exact) == set(TEXT_FIELDS)
    assert set(document.ranking) == set(RANKING_FIELDS)
    for field, paragraphs in texts(article).items():
        assert list(document.exact[field]) == [ANALYZER.exact_terms(text) for text in paragraphs]
        if (name := ranking_field(field)) in RANKING_FIELDS:
            terms = [token.term for text in paragraphs for token in ANALYZER.ranking(text)]
            assert sorted(document.ranking[name]) == sorted(terms)


@given(random_articles())
def test_the_article_comes_back(article: Article) -> None:
    document = to_document(article, ANALYZER)
    assert Article.from_json(document.stored.decode()) == article
    assert (document.id, document.date, document.page) == (article.id, article.date, article.page)
    languages = {1: ("en",), 2: ("zh",), 3: ("en", "zh")}
    assert languages.get(document.languages, ()) == article.languages


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
        paragraphs_zh=("增产", "运动"),
        glossary=(("增产", "raise output"),),
        set_aside_en=(),
        set_aside_zh=(),
        content_hash="ab" * 32,
    )
    document = to_document(article, ANALYZER)
    assert document.exact == {
        "title_en": [["saving"]],
        "title_zh": [["节约", "约"]],
        "body_en": [["one", "two"], ["three"]],
        "body_zh": [["增产", "产"], ["运动", "动"]],
        "author": [["li", "min"], ["李民", "民"]],
        "column": [["letters"]],
        "section": [["editorials"]],
        "glossary": [["增产", "产"], ["raise", "output"]],
    }
    assert document.ranking["title_en_ranking"] == ["save"]
    assert document.ranking["body_zh_ranking"] == ["增产", "运动"]
    assert document.languages == 3
