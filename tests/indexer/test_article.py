"""`Article` is the same after it has been written as bytes and read again."""

import datetime
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.article import Article, DatePrecision

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
precisions: st.SearchStrategy[DatePrecision] = st.sampled_from(["day", "month", "year"])


@given(articles)
def test_bytes_lose_nothing(article: Article) -> None:
    assert Article.from_bytes(article.to_bytes()) == article


@given(articles, st.dates(), precisions)
def test_a_month_or_a_year_is_kept_as_precisely_as_it_is_known(
    article: Article, day: datetime.date, precision: DatePrecision
) -> None:
    first = {"day": day, "month": day.replace(day=1), "year": day.replace(month=1, day=1)}
    dated = replace(article, date=first[precision], date_precision=precision)
    assert Article.from_bytes(dated.to_bytes()) == dated
    assert f"{day}".startswith(dated.date_text)
    assert dated.date
    assert dated.last_date
    assert dated.date <= day <= dated.last_date


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
