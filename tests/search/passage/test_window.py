"""Windows: the marks that a snippet shows together."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.language.parser import parse
from search.passage.article_text import ArticleText
from search.passage.highlight import Highlighter, Highlights, Mark
from search.passage.targets import targets
from search.passage.window import Window, WindowSelector
from search.plan.planner import make_plan
from tests.search.articles import ANALYZER

WEIGHTS = (1.0, 2.0, 2.5, 0.5)
QUERY = "甲 OR 乙 OR 丙 OR 丁"
WIDTH = 24  # in Chinese, eight characters for the marks


def find_marks(*paragraphs: str) -> Highlights:
    sought = list(targets(make_plan(parse(QUERY).tree, ANALYZER)))
    return Highlighter(sought, ANALYZER).highlight(ArticleText("zh", "", paragraphs))


def selector() -> WindowSelector:
    return WindowSelector(WIDTH, WEIGHTS.__getitem__)


def shown(found: Highlights, window: Window | None) -> str:
    assert window is not None
    return "".join(found.text.whole[start:end] for start, end, _ in window.marks)


@pytest.mark.parametrize(
    ("paragraphs", "expected"),
    [
        (("甲甲甲甲", "甲乙"), "甲乙"),  # different words before their number
        (("甲乙", "甲乙乙"), "甲乙乙"),  # their number before the place
        (("甲乙乙", "甲甲乙"), "甲乙乙"),
        (("甲丁", "丙"), "丙"),  # a rare word before common ones
        (("甲", "乙"), "乙"),  # not across paragraphs
        (("甲一二三四五六乙",), "甲乙"),
        (("甲一二三四五六七乙",), "乙"),  # nor farther apart than fits
    ],
)
def test_the_best_window(paragraphs: tuple[str, ...], expected: str) -> None:
    found = find_marks(*paragraphs)
    assert shown(found, selector().best(found)[0]) == expected


def test_a_rare_word_after_many_common_ones_is_found_with_those_beside_it() -> None:
    found = find_marks(*["甲一二三四五六七八"] * 100, "九丙甲", "丙", *["甲"] * 100)
    assert found.known_until < len(found.text.whole)
    assert shown(found, selector().best(found)[0]) == "丙甲"


def test_the_best_addition() -> None:
    found = find_marks("甲乙", "乙丙", "甲丙丙", "丙乙乙")
    best, marks = selector().best(found)
    assert shown(found, best) == "丙乙乙"
    held = {mark[2] for mark in best.marks}
    assert shown(found, selector().best_addition(found.text, marks, held)) == "甲丙丙"
    assert selector().best_addition(found.text, marks, {0, 1, 2}) is None


def test_a_window_that_is_too_wide_is_narrowed() -> None:
    text = ArticleText("en", "", ("甲一二三四五六七八乙乙",))
    (sought,) = [list(targets(make_plan(parse(QUERY).tree, ANALYZER)))]
    found = Highlighter(sought, ANALYZER).highlight(text)
    best, _ = selector().best(found)
    assert shown(found, best) == "甲乙乙"  # as many columns as English characters have
    assert selector().core_span(text, best) == (1, 12)
    narrow = WindowSelector(18, WEIGHTS.__getitem__)
    best, _ = narrow.best(found)
    assert narrow.core_span(text, best) == (10, 12)


@given(
    st.lists(st.text("甲乙丙丁一，", max_size=30), min_size=1, max_size=5).filter(
        lambda paragraphs: any(set(QUERY) & set(p) for p in paragraphs)
    ),
    st.sets(st.integers(0, 3)),
)
def test_no_window_has_a_higher_score(paragraphs: list[str], seen: set[int]) -> None:
    found = find_marks(*paragraphs)
    everything = list(_windows(found))

    def score(marks: list[Mark]) -> tuple[float, float, int]:
        held = {mark[2] for mark in marks}
        return _weight(held - seen), _weight(held), len(marks)

    window = selector().best_addition(found.text, found.body, seen)
    adding = [marks for marks in everything if {mark[2] for mark in marks} - seen]
    assert (window is None) is (not adding)
    if window:
        assert window.score == score(list(window.marks)) == max(map(score, adding))
        assert list(window.marks) == max(adding, key=score)  # the first of the best
    best, _ = selector().best(found)
    seen = set()
    assert list(best.marks) == max(everything, key=score)


def _weight(held: set[int]) -> float:
    return sum(WEIGHTS[i] for i in sorted(held))


def _windows(found: Highlights) -> list[list[Mark]]:
    """List all runs of marks of one paragraph that fit into a snippet."""
    marks = found.body
    runs = [marks[i:j] for i in range(len(marks)) for j in range(i + 1, len(marks) + 1)]
    return [
        run
        for run in runs
        if run[-1][1] - run[0][0] <= WIDTH // 3
        and all(
            found.text.paragraph_number(a[0]) == found.text.paragraph_number(b[0])
            for a, b in pairwise(run)
        )
    ]
