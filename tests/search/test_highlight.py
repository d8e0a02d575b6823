"""Where the words of a query stand in a text, to the character."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from indexer.analysis import Token
from search.highlight import Mark, characters, marks, targets
from search.parse import parse
from search.pattern import pattern
from search.place import Choice, Near, Pattern, Place
from search.plan import plan
from tests.search.articles import ANALYZER, ARTICLES
from tests.search.naive import exact_text, spans

PARAGRAPHS = [text for a in ARTICLES for text in (*a.paragraphs_en, *a.paragraphs_zh) if text]


def marked(query: str, text: str) -> list[str]:
    """What a query marks in one paragraph."""
    sought = [(i, t.place) for i, t in enumerate(targets(plan(parse(query).tree, ANALYZER)))]
    found = marks([text], sought, ANALYZER)
    return [text[start:end] for start, end in characters(text, found, ANALYZER)]


@pytest.mark.parametrize(
    ("query", "text", "expected"),
    [
        ("能源", "新能源和旧能源", ["能源", "能源"]),
        ('"增产节约"', "我们增产\n　节约。", ["增产\n　节约"]),
        ('"增产节约"', "增产，节约", []),
        ('"增产，节约"', "增产，节约", ["增产，节约"]),
        ("農業", "农业与農業", ["农业", "農業"]),
        ("农业", "農\n業", ["農\n業"]),
        ('"１９５３年"', "从1953年起", ["1953年"]),
        ("ddt", "ＤＤＴ药粉", ["ＤＤＴ"]),
        ('"年"', "五年计划，今年，年", ["年", "年", "年"]),
        ('"年"', "今年\ufe00，", ["年\ufe00"]),
        ('"年"', "年\ufe00年", ["年\ufe00", "年"]),
        ("cafe", "the cafe\u0301, the café", ["cafe\u0301", "café"]),
        (
            "producing",
            "He produces; production; a producer; produced.",
            ["produces", "producer", "produced"],
        ),
        ("die", "The old ways are dying.", ["dying"]),
        ('"produce"', "They produce what was produced.", ["produce"]),
        ("art", "The art of the artist, part of a party.", ["art"]),
        ("co-operative", "the co-operative; to co operate", ["co-operative"]),
        ('"mass line"', "mass\nline, a line, mass", ["mass\nline"]),
        ("product*", "product production byproduct", ["product", "production"]),
        ("产?节约", "增产不节约，产节约", ["产不节约"]),
        ("增产*节约", "增产又节约，增产了很多很多很多很多很多，节约", ["增产", "节约"]),
        ("producton~1", "production", ["production"]),
        ("增产结约~1", "增产节约", ["增产节约"]),
        (
            "天津 NEAR/3 工厂",
            "天津的工厂。北京的；上海的；天津有许多许多新的工厂",
            ["天津", "工厂"],
        ),
        ("(天津 OR 北京) NEAR/2 工厂", "北京的工厂天津", ["北京", "工厂", "天津"]),
        ("工厂 NOT 天津", "天津工厂", ["工厂"]),
        ("工厂 -(天津 北京)", "天津工厂", ["工厂"]),
        ("(工厂 天津)^2", "天津工厂", ["天津", "工厂"]),
        ("title:*", "天津工厂", []),
        ("date:1953", "1953 天津", []),
    ],
)
def test_what_is_marked(query: str, text: str, expected: list[str]) -> None:
    assert marked(query, text) == expected


def test_targets_have_the_fields_in_which_they_are_sought() -> None:
    planned = plan(parse('title:天津 OR (mine "coal" -iron)').tree, ANALYZER, "en")
    sought = [(target.fields, target.weight) for target in targets(planned)]
    texts = ("title_en", "body_en", "author")
    assert sought == [(("title_en",), 1.0), (texts, 1.0), (texts, 1.0)]


def test_what_is_near_may_stand_in_two_paragraphs() -> None:
    place = Near(_phrase("煤矿"), _phrase("安全"), 5)
    found = marks(["双阳煤矿", "", "安全第一"], [(0, place)], ANALYZER)
    assert found == [Mark(0, 2, 4, 0), Mark(2, 0, 2, 0)]
    assert marks(["双阳煤矿", "", "一二三四安全"], [(0, place)], ANALYZER) == []


@pytest.mark.parametrize(
    ("query", "paragraphs", "expected"),
    [
        ("??产", ["天津", "增产"], ["增产"]),
        ("增产节约~2", ["天津增产了", "约"], ["增产了"]),
    ],
)
def test_a_wildcard_that_reaches_out_of_a_paragraph_marks_what_is_there(
    query: str, paragraphs: list[str], expected: list[str]
) -> None:
    (target,) = targets(plan(parse(query).tree, ANALYZER))
    found = marks(paragraphs, [(0, target.place)], ANALYZER)
    texts = [paragraphs[mark.paragraph] for mark in found]
    spans = [characters(t, [mark], ANALYZER)[0] for t, mark in zip(texts, found, strict=True)]
    assert [text[a:b] for text, (a, b) in zip(texts, spans, strict=True)] == expected


def _phrase(text: str) -> Pattern:
    place = pattern(ANALYZER.exact(text))
    assert place is not None
    return place


# The first law, on one text: what is quoted is marked, and nothing else.

_TRADITIONAL = str.maketrans("阳矿产们师总学习经验进广", "陽礦產們師總學習經驗進廣")
_FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
# A word or a character of the texts here, with the marks that belong to it.
_WORD = re.compile(r"(?:[a-zA-Zａ-ｚＡ-Ｚ0-9０-９]\u0301?)+|[\u4e00-\u9fff]\ufe00?")


def _pieces(text: str) -> st.SearchStrategy[tuple[int, int]]:
    """The places of substrings that begin and end with a word or a character."""
    words = [match.span() for match in _WORD.finditer(text)]
    pairs = st.tuples(st.sampled_from(words), st.integers(0, 30))
    return pairs.map(lambda p: (p[0][0], words[min(words.index(p[0]) + p[1], len(words) - 1)][1]))


def _units(text: str) -> list[str]:
    """The words and single characters of a text, folded."""
    terms = ANALYZER.exact_terms(text)
    return [term[0] if "\u4e00" <= term[0] <= "\u9fff" else term for term in terms]


def _composed() -> st.SearchStrategy[str]:
    """Texts of few words, so that they meet often, with all that may stand between them."""
    parts = [
        "增", "产", "產", "节\ufe00", "約", "ab", "Ａｂ", "e\u0301", "1", " ", "\n", "，", "“", "-",
    ]  # fmt: skip
    return st.lists(st.sampled_from(parts), min_size=1, max_size=25).map("".join)


@settings(max_examples=500)
@given(st.one_of(st.sampled_from(PARAGRAPHS), _composed()), st.data())
def test_any_substring_in_quotation_marks_is_marked_and_nothing_else(
    text: str, data: st.DataObject
) -> None:
    assume(_WORD.search(text))
    start, end = data.draw(_pieces(text))
    table = data.draw(st.sampled_from([{}, _TRADITIONAL, _FULL_WIDTH]))
    phrase = text[start:end].translate(table)
    found = marks([text], [(0, _phrase(phrase))], ANALYZER)
    marked = characters(text, found, ANALYZER)
    assert (start, end) in marked
    assert all(_units(text[a:b]) == _units(phrase) for a, b in marked)


# Against the naive oracle: paragraphs that are passed over, positions, patterns, choices, nearness.

_WORDS = ["增", "产", "节约", "增产", "mass", "line", "lines", "mass line", "增line"]


def _places() -> st.SearchStrategy[Place]:
    phrases = [f'"{word}"' for word in _WORDS]
    others = [
        "lining", "m*", "增?约", "?节", "??节", "增??节", "mas~1", "增产节~1", "增产节约~2",
        "产*节", "节?line",
    ]  # fmt: skip
    simple = st.sampled_from(phrases + others).map(
        lambda q: next(targets(plan(parse(q).tree, ANALYZER))).place
    )
    return st.recursive(
        simple,
        lambda inner: st.one_of(
            st.builds(Near, inner, inner, st.integers(0, 4), st.booleans()),
            st.lists(inner, min_size=2, max_size=3).map(lambda options: Choice(tuple(options))),
        ),
        max_leaves=4,
    )


def _patterns(place: Place) -> list[Pattern]:
    match place:
        case Choice(options):
            return [pattern for option in options for pattern in _patterns(option)]
        case Near(left, right):
            return _patterns(left) + _patterns(right)
        case _:
            return [place]


def _naive(paragraphs: list[str], place: Place) -> set[tuple[int, int]]:
    """The positions in the whole text that should be marked."""
    text = exact_text(ANALYZER, paragraphs)
    wholes = spans(place, text, ANALYZER)
    return {
        (start, end)
        for pattern in _patterns(place)
        for start, end in spans(pattern, text, ANALYZER)
        if any(a <= start and end <= b for a, b in wholes)
    }


@settings(max_examples=500)
@given(
    st.lists(st.lists(st.sampled_from([*_WORDS, "，", " ", "\n"]), max_size=6).map("".join)),
    _places(),
)
def test_marks_are_those_that_a_naive_search_finds(paragraphs: list[str], place: Place) -> None:
    firsts, first = [], 0
    tokens: list[list[Token]] = [ANALYZER.exact(paragraph) for paragraph in paragraphs]
    for held in tokens:
        firsts.append(first)
        first += len(held) + 1
    found = {
        (firsts[m.paragraph] + m.start, firsts[m.paragraph] + m.end)
        for m in marks(paragraphs, [(0, place)], ANALYZER)
    }
    there = {  # a ? at the edge of a pattern may reach out of the paragraph
        i
        for first, held in zip(firsts, tokens, strict=True)
        for i in range(first, first + len(held))
    }
    expected = [{i for i in range(*span) if i in there} for span in _naive(paragraphs, place)]
    assert found == {(min(positions), max(positions) + 1) for positions in expected}
