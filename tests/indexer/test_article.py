"""`Article` is the same after it has been written as bytes and read again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.article import Article

text = st.text(st.sampled_from("\r\0\n\x01 中a") | st.characters(exclude_categories=["Cs"]))
texts = st.lists(text, max_size=3).map(tuple)
articles = st.builds(
    Article,
    **dict.fromkeys(
        ("id", "title_en", "title_zh", "author_en", "author_zh", "section", "column"), text
    ),
    date=st.none() | st.dates(),
    page=st.none() | st.integers(0, 9999),
    paragraphs_en=texts,
    paragraphs_zh=texts,
    glossary=st.lists(st.tuples(text, text), max_size=3).map(tuple),
    set_aside_en=texts,
    set_aside_zh=texts,
    content_hash=text,
)


@given(articles)
def test_bytes_lose_nothing(article: Article) -> None:
    assert Article.from_bytes(article.to_bytes()) == article


def test_the_bytes_contain_the_texts() -> None:
    paragraphs = ("Cotton\nyarn", "", "was\0spun")
    article = Article("a", "", "", "", "", None, None, "", "", paragraphs, (), (), (), (), "")
    assert "\r".join(paragraphs).encode() in article.to_bytes()


@pytest.mark.parametrize("text", ["\ud800", "".join(map(chr, range(0x20)))])
def test_texts_that_no_file_has_are_refused(text: str) -> None:
    article = Article("a", text, "", "", "", None, None, "", "", (), (), (), (), (), "")
    with pytest.raises(ValueError, match=r"surrogates|contains every control character"):
        article.to_bytes()


@given(articles)
def test_languages_are_those_of_titles_and_paragraphs(article: Article) -> None:
    assert ("en" in article.languages) == bool(article.title_en or article.paragraphs_en)
    assert ("zh" in article.languages) == bool(article.title_zh or article.paragraphs_zh)
    assert list(article.languages) == sorted(article.languages)
