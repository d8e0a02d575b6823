"""Intervals found by positions: the exact spans."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.analysis import Token
from search.language.parser import parse
from search.passage.targets import targets
from search.passage.text_intervals import find_interval
from search.plan.interval_builder import phrase_pattern
from search.plan.intervals import Alternatives, Interval, NearInterval, Pattern
from search.plan.planner import make_plan
from tests.search.articles import ANALYZER
from tests.search.naive import exact_text, spans


def _phrase(text: str) -> Pattern:
    interval = phrase_pattern(ANALYZER.exact(text))
    assert interval is not None
    return interval


def test_words_near_each_other_may_be_in_two_paragraphs() -> None:
    interval = NearInterval(_phrase("煤矿"), _phrase("安全"), 5)
    assert find_interval(interval, ["双阳煤矿", "", "安全第一"], ANALYZER) == [(0, 2, 4), (2, 0, 2)]
    assert find_interval(interval, ["双阳煤矿", "", "一二三四安全"], ANALYZER) == []


@pytest.mark.parametrize(
    ("query", "paragraphs", "expected"),
    [
        ("??产", ["天津", "增产"], ["增产"]),
        ("增产节约~2", ["天津增产了", "约"], ["增产了"]),
        ('"年"', ["今年\ufe00，年"], ["年\ufe00", "年"]),
        ('"½"', ["½ and 2½"], ["½", "½"]),
    ],
)
def test_spans_of_intervals(query: str, paragraphs: list[str], expected: list[str]) -> None:
    """A ? that extends beyond its paragraph is cut at the paragraph's end."""
    (target,) = targets(make_plan(parse(query).tree, ANALYZER))
    found = find_interval(target.interval, paragraphs, ANALYZER)
    assert [paragraphs[number][start:end] for number, start, end in found] == expected


# Against the naive oracle: positions, patterns, alternatives, NEAR.

_WORDS = ["增", "产", "节约", "增产", "mass", "line", "lines", "mass line", "增line"]


def _intervals() -> st.SearchStrategy[Interval]:
    phrases = [f'"{word}"' for word in _WORDS]
    others = [
        "lining", "m*", "增?约", "?节", "??节", "增??节", "mas~1", "增产节~1", "增产节约~2",
        "产*节", "节?line",
    ]  # fmt: skip
    simple = st.sampled_from(phrases + others).map(
        lambda q: next(targets(make_plan(parse(q).tree, ANALYZER))).interval
    )
    return st.recursive(
        simple,
        lambda inner: st.one_of(
            st.builds(NearInterval, inner, inner, st.integers(0, 4), st.booleans()),
            st.lists(inner, min_size=2, max_size=3).map(
                lambda options: Alternatives(tuple(options))
            ),
        ),
        max_leaves=4,
    )


def _patterns(interval: Interval) -> list[Pattern]:
    match interval:
        case Alternatives(options):
            return [pattern for option in options for pattern in _patterns(option)]
        case NearInterval(left, right):
            return _patterns(left) + _patterns(right)
        case _:
            return [interval]


def _naive(paragraphs: list[str], interval: Interval) -> set[tuple[int, int]]:
    """Return the positions of the whole text that should be found."""
    text = exact_text(ANALYZER, paragraphs)
    wholes = spans(interval, text, ANALYZER)
    return {
        (start, end)
        for pattern in _patterns(interval)
        for start, end in spans(pattern, text, ANALYZER)
        if any(a <= start and end <= b for a, b in wholes)
    }


@settings(max_examples=500)
@given(
    st.lists(st.lists(st.sampled_from([*_WORDS, "，", " ", "\n"]), max_size=6).map("".join)),
    _intervals(),
)
def test_the_spans_are_those_of_a_naive_search(paragraphs: list[str], interval: Interval) -> None:
    there: dict[int, tuple[int, Token]] = {}  # position: number of the paragraph, token
    first = 0
    for number, paragraph in enumerate(paragraphs):
        tokens = ANALYZER.exact(paragraph)
        there |= {first + token.position: (number, token) for token in tokens}
        first += len(tokens) + 1
    expected = set()
    for span in _naive(paragraphs, interval):
        held = [there[i] for i in range(*span) if i in there]  # a ? may reach out of the paragraph
        (number, token), (_, last) = held[0], held[-1]
        end = last.end if last.term.isascii() else last.start + 1
        expected.add((number, token.start, end))
    assert {tuple(found) for found in find_interval(interval, paragraphs, ANALYZER)} == expected
