"""Snippets: the passages that a hit shows, and the marks in them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.article import Article
from search.hit import Hit, Snippet
from search.passage.cells import text_cells
from search.plan.intervals import Interval, Pattern
from tests.search.articles import (
    ARTICLES,
    LETTER,
    MINE,
    POEM,
    cut_out,
    make_article,
    make_hit,
    marked,
)


def passages_of(hit: Hit) -> list[tuple[str, int]]:
    """Language and paragraph of each snippet."""
    return [(snippet.language, snippet.paragraph) for snippet in hit.snippets]


def paragraph_of(snippet: Snippet, article: Article) -> str:
    paragraphs = article.paragraphs_en if snippet.language == "en" else article.paragraphs_zh
    return paragraphs[snippet.paragraph - 1]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("采煤", [("zh", 2, {"采煤", "採煤"})]),
        ("coal safety", [("en", 1, {"coal"}), ("en", 3, {"Safety"})]),
        ("巷道 timbering", [("zh", 3, {"巷道"}), ("en", 3, {"timbering"})]),
        ('"先进经验"', [("zh", 2, {"先進經驗"})]),
        ('"new method" eleven', [("en", 2, {"new method", "eleven"})]),
        ("历史 支架", [("zh", 1, {"历史"}), ("zh", 3, {"支架"})]),
        ("历史 支架 gallery", [("zh", 1, {"历史"}), ("en", 3, {"gallery"})]),
    ],
)
def test_one_passage_in_each_language_or_two_in_one(
    query: str, expected: list[tuple[str, int, set[str]]]
) -> None:
    hit = make_hit(query, MINE)
    assert [(s.language, s.paragraph, set(marked(s))) for s in hit.snippets] == expected


def test_different_words_count_more_than_matches_and_matches_more_than_order() -> None:
    many, both, other = "甲甲甲。", "甲乙。", "甲乙乙。"
    assert passages_of(make_hit("甲 乙", make_article("a", paragraphs_zh=(many, both)))) == [
        ("zh", 2)
    ]
    hit = make_hit("甲 乙", make_article("a", paragraphs_zh=(many, both, other)))
    assert passages_of(hit) == [("zh", 3)]
    hit = make_hit("甲 乙", make_article("a", paragraphs_zh=(many, other, other)))
    assert passages_of(hit) == [("zh", 2)]


def test_a_rare_word_outweighs_common_ones() -> None:
    def rarity(place: Interval, fields: Sequence[str]) -> float:
        assert isinstance(place, Pattern)
        assert set(fields) >= {"body_en", "body_zh"}
        return {"甲": 1.0, "乙": 1.0, "丙": 3.0}[place.slots[0].text]

    article = make_article("a", paragraphs_zh=("甲，乙。", "丙。"))
    hit = make_hit("甲 乙 丙", article, rarity=rarity)
    assert passages_of(hit) == [("zh", 2), ("zh", 1)]


def test_a_second_passage_has_words_that_the_first_lacks() -> None:
    article = make_article("a", paragraphs_zh=("甲乙。", "甲。", "乙乙。", "丙。"))
    assert passages_of(make_hit("甲 乙", article)) == [("zh", 1)]
    assert passages_of(make_hit("甲 乙 丙", article)) == [("zh", 1), ("zh", 4)]


@pytest.mark.parametrize(
    "text", ["甲。这里没有什么。那里也没什么。乙丙。", "乙丙。这里没有什么。那里也没什么。甲。"]
)
def test_two_passages_of_one_paragraph_do_not_overlap(text: str) -> None:
    hit = make_hit("甲 乙 丙", make_article("a", paragraphs_zh=(text,)), width=36)
    best, other = hit.snippets
    assert (marked(best), marked(other)) == (["乙丙"], ["甲"])
    first, second = sorted(hit.snippets, key=lambda snippet: snippet.start)
    assert first.start + len(first.text) == second.start


def test_long_words_are_shown_as_far_as_they_fit() -> None:
    words = ["mechanization", "industrialization", "electrification", "collectivization"]
    article = make_article("a", paragraphs_zh=("他念道：" + " ".join(words) + "。",))
    (snippet, *_) = make_hit(" ".join(words), article, width=40).snippets
    assert marked(snippet) == words[:2]


@pytest.mark.parametrize(
    ("query", "language", "expected"),
    [
        ("title:煤矿", None, [("zh", 1), ("en", 1)]),
        ("author:周文", None, [("zh", 1), ("en", 1)]),
        ("date:1954", None, [("zh", 1), ("en", 1)]),
        ("title:output", "en", [("en", 1)]),
        ("周文", "zh", [("zh", 1)]),
    ],
)
def test_the_beginning_is_shown_if_no_body_matches(
    query: str, language: str | None, expected: list[tuple[str, int]]
) -> None:
    hit = make_hit(query, MINE, language=language)
    assert passages_of(hit) == expected
    assert all(s.start == 0 and s.spans == () and not s.cut_before for s in hit.snippets)


def test_only_the_fields_that_are_searched_are_marked() -> None:
    hit = make_hit("title:methods", MINE)
    assert cut_out(MINE.title_en, hit.title_spans_en) == ["Methods"]
    assert not any(snippet.spans for snippet in hit.snippets)
    hit = make_hit("body:method", MINE)
    assert hit.title_spans_en == ()
    assert any(snippet.spans for snippet in hit.snippets)
    hit = make_hit("煤矿 mine", MINE, language="en")
    assert hit.title_spans_zh == ()
    assert cut_out(MINE.title_en, hit.title_spans_en) == ["Mine"]
    assert {snippet.language for snippet in hit.snippets} == {"en"}


def test_excluded_words_are_not_marked() -> None:
    (snippet,) = make_hit("pupils -village", LETTER).snippets
    assert marked(snippet) == ["pupils", "pupils"]
    assert make_hit("pupils -village", LETTER).title_spans_en == ()


def test_neighbouring_matches_are_one_mark() -> None:
    (snippet, *_) = make_hit("双阳 煤矿", MINE).snippets
    assert marked(snippet) == ["双阳煤矿"]


def test_a_poem_keeps_its_lines() -> None:
    (snippet,) = make_hit("渠水", POEM).snippets
    assert snippet.text == POEM.paragraphs_zh[0]
    (snippet,) = make_hit("渠水", POEM, width=20).snippets
    assert snippet.text == "渠水流到家门口"
    assert (snippet.cut_before, snippet.cut_after) == (True, True)


def test_a_wrapped_sentence_is_whole() -> None:
    (snippet,) = make_hit('"over the mountain"', LETTER, width=80).snippets
    assert marked(snippet) == ["over the\nmountain"]
    assert snippet.text == ("The books were carried over the\nmountain by the pupils’ own fathers.")


def test_a_phrase_longer_than_the_snippet_is_shown_whole() -> None:
    phrase = "从此没有人愿意再照老样子干活，邻近各矿的采煤队也来向他学习"
    (snippet,) = make_hit(f'"{phrase}"', MINE, width=20).snippets
    assert snippet.text == phrase
    assert marked(snippet) == [phrase]


def test_no_width_no_snippets() -> None:
    hit = make_hit("coal 方法", MINE, width=0)
    assert hit.snippets == ()
    assert cut_out(MINE.title_zh, hit.title_spans_zh) == ["方法"]


def test_an_article_without_text_has_a_hit() -> None:
    hit = make_hit("图片", make_article("a", title_zh="图片"))
    assert (hit.snippets, hit.title_spans_zh) == ((), ((0, 2),))


# Properties, for any query and any article.

_WORDS = [
    "采煤",
    "方法",
    "新",
    "先进",
    "coal",
    "the",
    "method",
    "mine",
    "山",
    "A",
    "。",
    "\n",
    " ",
    "，",
]
_OPERATORS = [" ", " OR ", " NEAR/3 ", " -", "*", "?", "??", "~2", '"', "(", ")", "title:"]


def _texts() -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from([*_WORDS, " coal ", " mine. "]), max_size=60).map("".join)


def _articles() -> st.SearchStrategy[Article]:
    bodies = st.lists(_texts().map(str.strip).filter(bool), max_size=4).map(tuple)
    composed = st.builds(
        lambda english, chinese, title: make_article(
            "a", paragraphs_en=english, paragraphs_zh=chinese, title_zh=title
        ),
        bodies,
        bodies,
        _texts(),
    )
    return st.one_of(st.sampled_from(ARTICLES), composed)


@settings(max_examples=400)
@given(
    st.lists(st.sampled_from(_WORDS + _OPERATORS), max_size=8).map("".join),
    _articles(),
    st.sampled_from([1, 20, 60, 240]),
    st.sampled_from([None, "en", "zh"]),
)
def test_every_snippet_is_a_piece_of_its_paragraph_with_spans_inside(
    query: str, article: Article, width: int, language: str | None
) -> None:
    hit = make_hit(query, article, width=width, language=language)
    assert len(hit.snippets) <= 2
    for snippet in hit.snippets:
        paragraph = paragraph_of(snippet, article)
        end = snippet.start + len(snippet.text)
        assert snippet.text == paragraph[snippet.start : end]
        assert snippet.text == snippet.text.strip()
        assert (snippet.cut_before, snippet.cut_after) == (snippet.start > 0, end < len(paragraph))
        assert _are_apart(snippet.spans, len(snippet.text))
        assert text_cells(snippet.text) <= max(width, _longest_mark(snippet))
    assert _are_apart(hit.title_spans_zh, len(article.title_zh))
    assert _are_apart(hit.title_spans_en, len(article.title_en))
    if len(hit.snippets) == 2:
        first, second = sorted(hit.snippets, key=lambda s: (s.language, s.paragraph, s.start))
        same = (first.language, first.paragraph) == (second.language, second.paragraph)
        assert not same or first.start + len(first.text) <= second.start


def _are_apart(spans: Sequence[tuple[int, int]], length: int) -> bool:
    """Whether spans are in order, neither empty nor touching, and in a text of this length."""
    edges = [edge for span in spans for edge in span]
    return all(a < b for a, b in pairwise(edges)) and (
        not edges or (edges[0] >= 0 and edges[-1] <= length)
    )


def _longest_mark(snippet: Snippet) -> int:
    return max((text_cells(text) for text in marked(snippet)), default=2)


@settings(max_examples=200)
@given(_articles(), st.sampled_from([20, 60, 240]), st.data())
def test_each_language_that_matches_is_shown_matching(
    article: Article, width: int, data: st.DataObject
) -> None:
    words = data.draw(st.lists(st.sampled_from(["采煤", "方法", "coal", "mine"]), min_size=1))
    hit = make_hit(" ".join(f'"{word}"' for word in words), article, width=width)
    for language, body in (("en", article.paragraphs_en), ("zh", article.paragraphs_zh)):
        if any(_contains(paragraph, word) for paragraph in body for word in words):
            assert any(s.spans for s in hit.snippets if s.language == language)


def _contains(paragraph: str, word: str) -> bool:
    """Whether a paragraph contains a Chinese word, or an English word as a whole."""
    whole = rf"(?<![A-Za-z]){word}(?![A-Za-z])" if word.isascii() else word
    return re.search(whole, paragraph) is not None
