"""Where places stand in a text, to the character, by the positions of its terms."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.analysis import Token
from search.language.parser import parse
from search.passage.interval_finder import find_interval
from search.passage.targets import targets
from search.plan.interval_builder import phrase_pattern
from search.plan.intervals import Alternatives, Interval, NearInterval, Pattern
from search.plan.planner import make_plan
from tests.search.articles import ANALYZER
from tests.search.naive import exact_text, spans


def _phrase(text: str) -> Pattern:
    place = phrase_pattern(ANALYZER.exact(text))
    assert place is not None
    return place


def test_what_is_near_may_stand_in_two_paragraphs() -> None:
    place = NearInterval(_phrase("煤矿"), _phrase("安全"), 5)
    assert find_interval(place, ["双阳煤矿", "", "安全第一"], ANALYZER) == [(0, 2, 4), (2, 0, 2)]
    assert find_interval(place, ["双阳煤矿", "", "一二三四安全"], ANALYZER) == []


@pytest.mark.parametrize(
    ("query", "paragraphs", "expected"),
    [
        ("??产", ["天津", "增产"], ["增产"]),
        ("增产节约~2", ["天津增产了", "约"], ["增产了"]),
        ('"年"', ["今年\ufe00，年"], ["年\ufe00", "年"]),
        ('"½"', ["½ and 2½"], ["½", "½"]),
    ],
)
def test_what_is_found(query: str, paragraphs: list[str], expected: list[str]) -> None:
    """A wildcard that reaches out of a paragraph is found as far as it is inside."""
    (target,) = targets(make_plan(parse(query).tree, ANALYZER))
    found = find_interval(target.interval, paragraphs, ANALYZER)
    assert [paragraphs[number][start:end] for number, start, end in found] == expected


# Against the naive oracle: positions, patterns, choices, nearness.

_WORDS = ["增", "产", "节约", "增产", "mass", "line", "lines", "mass line", "增line"]


def _places() -> st.SearchStrategy[Interval]:
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


def _patterns(place: Interval) -> list[Pattern]:
    match place:
        case Alternatives(options):
            return [pattern for option in options for pattern in _patterns(option)]
        case NearInterval(left, right):
            return _patterns(left) + _patterns(right)
        case _:
            return [place]


def _naive(paragraphs: list[str], place: Interval) -> set[tuple[int, int]]:
    """The positions in the whole text that should be found."""
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
def test_what_is_found_is_what_a_naive_search_finds(paragraphs: list[str], place: Interval) -> None:
    there: dict[int, tuple[int, Token]] = {}  # position: number of the paragraph, token
    first = 0
    for number, paragraph in enumerate(paragraphs):
        tokens = ANALYZER.exact(paragraph)
        there |= {first + token.position: (number, token) for token in tokens}
        first += len(tokens) + 1
    expected = set()
    for span in _naive(paragraphs, place):
        held = [there[i] for i in range(*span) if i in there]  # a ? may reach out of the paragraph
        (number, token), (_, last) = held[0], held[-1]
        end = last.end if last.term.isascii() else last.start + 1
        expected.add((number, token.start, end))
    assert {tuple(found) for found in find_interval(place, paragraphs, ANALYZER)} == expected
