"""Highlights: the exact spans of a query's matches in a text."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from search.language.parser import parse
from search.passage.article_text import ArticleText
from search.passage.highlight import Highlighter, Highlights, Mark
from search.passage.pattern_regex import SEPARATOR
from search.passage.targets import Target, targets
from search.passage.text_intervals import find_interval
from search.plan.interval_builder import phrase_pattern
from search.plan.intervals import Interval
from search.plan.planner import make_plan
from tests.search.articles import ANALYZER, ARTICLES

PARAGRAPHS = [text for a in ARTICLES for text in (*a.paragraphs_en, *a.paragraphs_zh) if text]


def find_marks(query: str, *paragraphs: str, title: str = "") -> Highlights:
    """Highlight a Chinese text."""
    sought = list(targets(make_plan(parse(query).tree, ANALYZER)))
    return Highlighter(sought, ANALYZER).highlight(ArticleText("zh", title, paragraphs))


def cut_out(found: Highlights, marks: list[Mark]) -> list[str]:
    return [found.text.whole[start:end] for start, end, _ in marks]


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
        ('"哈哈"', "哈哈哈", ["哈哈", "哈哈"]),
        ("cafe", "the cafe\u0301, the café", ["cafe\u0301", "café"]),
        ("fine", "ﬁne, fine, define", ["ﬁne", "fine"]),
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
        ("china", "China's", ["China"]),
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
def test_the_marks_of_a_query(query: str, text: str, expected: list[str]) -> None:
    found = find_marks(query, text, title=text)
    assert cut_out(found, found.body) == (expected if "title" not in query else [])
    assert cut_out(found, found.title) == expected


def test_targets_have_the_fields_of_the_query() -> None:
    planned = make_plan(parse('title:天津 OR (mine "coal" -iron)').tree, ANALYZER, "en")
    fields = [set(target.fields) for target in targets(planned)]
    assert fields == [{"title_en"}, *[{"title_en", "body_en", "author"}] * 2]


def test_only_the_fields_of_the_query_are_marked() -> None:
    found = find_marks("title:天津 OR body:工厂 OR 新", "天津新工厂", title="天津新工厂")
    assert cut_out(found, found.title) == ["天津", "新"]
    assert cut_out(found, found.body) == ["新", "工厂"]


@pytest.mark.parametrize("query", ["煤矿 安全", '"煤矿安全"', "煤矿 NEAR/5 安全"])
def test_paragraphs_of_a_text(query: str) -> None:
    found = find_marks(query, "双阳煤矿", "", "安全第一", title="煤")
    expected = [] if '"' in query else [(4, 6, 1), (8, 10, 3)]
    places = [(start, end, found.text.paragraph_number(start)) for start, end, _ in found.body]
    assert places == expected
    bounds = [
        (found.text.paragraph_start(start), found.text.paragraph_end(start)) for start, *_ in places
    ]
    assert bounds == [(2, 6), (8, 12)][: len(expected)]


def test_a_text_may_contain_the_separator_of_paragraphs() -> None:
    found = find_marks(
        '"天津" OR "a b"', f"天{SEPARATOR}津", f"a{SEPARATOR}b 天津", title=SEPARATOR
    )
    assert [(found.text.paragraph_number(start), start, end) for start, end, _ in found.body] == [
        (2, 6, 9),
        (2, 10, 12),
    ]


# The first law, on one text: any part of it in quotation marks is marked, and nothing else.

_TRADITIONAL = str.maketrans("阳矿产们师总学习经验进广", "陽礦產們師總學習經驗進廣")
_FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
# A word or a character of the texts here, with the marks that belong to it.
_WORD = re.compile(r"(?:[a-zA-Zａ-ｚＡ-Ｚ0-9０-９]\u0301?)+|[\u4e00-\u9fff]\ufe00?")


def _pieces(text: str) -> st.SearchStrategy[tuple[int, int]]:
    """Draw spans that begin and end with a word or a character."""
    words = [match.span() for match in _WORD.finditer(text)]
    pairs = st.tuples(st.sampled_from(words), st.integers(0, 30))
    return pairs.map(lambda p: (p[0][0], words[min(words.index(p[0]) + p[1], len(words) - 1)][1]))


def _units(text: str) -> list[str]:
    """List the folded words and single characters of a text."""
    terms = ANALYZER.exact_terms(text)
    return [term[0] if "\u4e00" <= term[0] <= "\u9fff" else term for term in terms]


_PARTS = [
    "增",
    "产",
    "產",
    "节\ufe00",
    "約",
    "ab",
    "Ａｂ",
    "e\u0301",
    "1",
    " ",
    "\n",
    "，",
    "“",
    "-",
]
composed = st.lists(st.sampled_from(_PARTS), min_size=1, max_size=25).map("".join)


@settings(max_examples=500)
@given(st.one_of(st.sampled_from(PARAGRAPHS), composed), st.data())
def test_any_substring_in_quotation_marks_is_marked_and_nothing_else(
    text: str, data: st.DataObject
) -> None:
    assume(_WORD.search(text))
    start, end = data.draw(_pieces(text))
    table = data.draw(st.sampled_from([{}, _TRADITIONAL, _FULL_WIDTH]))
    phrase = text[start:end].translate(table)
    place = phrase_pattern(ANALYZER.exact(phrase))
    assert place is not None
    highlighter = Highlighter([Target(place, ("body_zh",))], ANALYZER)
    found = highlighter.highlight(ArticleText("zh", "", (text,)))
    assert (start + 1, end + 1, 0) in found.marks_between(1, len(text) + 1)
    assert all(_units(marked) == _units(phrase) for marked in cut_out(found, found.body))


# Long texts, in which not all matches of frequent words are marked at first.

_QUERIES = [
    "增 产",
    '"增产" OR 产',
    "ab 增",
    "增 OR ab OR 1",
    "a* 产",
    "增?约 ab",
    "增 NEAR/2 产 OR ab",
]


@settings(max_examples=150)
@given(st.lists(composed, max_size=6), st.integers(1, 400), st.sampled_from(_QUERIES), st.data())
def test_the_marks_of_a_long_text(
    paragraphs: list[str], times: int, query: str, data: st.DataObject
) -> None:
    """All marks up to an offset are known at once, and those between any two on request."""
    paragraphs = [data.draw(composed), *paragraphs * times]
    found = find_marks(query, *paragraphs, title="增产 ab")
    expected = sorted(_everything(query, paragraphs, found.text))
    assert set(found.body) <= set(expected)
    assert [m for m in found.body if m[0] < found.known_until] == [
        m for m in expected if m[0] < found.known_until
    ]
    low = data.draw(st.integers(found.text.body, len(found.text.whole)))
    high = data.draw(st.integers(low, len(found.text.whole)))
    assert found.marks_between(low, high) == [m for m in expected if low <= m[0] and m[1] <= high]


def _everything(query: str, paragraphs: list[str], text: ArticleText) -> set[Mark]:
    firsts = [text.body]
    for paragraph in paragraphs:
        firsts.append(firsts[-1] + len(paragraph) + 1)
    intervals: list[Interval] = [
        target.interval for target in targets(make_plan(parse(query).tree, ANALYZER))
    ]
    return {
        (firsts[paragraph] + start, firsts[paragraph] + end, number)
        for number, interval in enumerate(intervals)
        for paragraph, start, end in find_interval(interval, paragraphs, ANALYZER)
    }
