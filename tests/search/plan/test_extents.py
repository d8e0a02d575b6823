"""Intervals are found wherever they occur in texts."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis import Analyzer
from indexer.schema import POSITION_BITS
from search.language.parser import parse
from search.plan import extents
from search.plan.extents import Extents, PositionKeys, find_pattern, intersect, locate
from search.plan.intervals import Alternatives, Interval, NearInterval, Pattern, Slot, SlotKind
from search.plan.nodes import IntervalMatch
from search.plan.planner import make_plan
from tests.search.naive import Text, exact_text, fits, spans

ANALYZER = Analyzer()


def finder(texts: list[Text]) -> Callable[[Pattern], Extents]:
    """How patterns are found in some texts, each a document."""
    where = occurrences(texts)
    return lambda pattern: find_pattern(pattern, where)


def occurrences(texts: list[Text]) -> Callable[[Slot], PositionKeys]:
    """Where a slot's terms occur in texts that are documents 0, 1, …"""

    def keys(slot: Slot) -> PositionKeys:
        found = [
            (number << POSITION_BITS) + position
            for number, text in enumerate(texts)
            for position, term in text.items()
            if fits(slot, term, ANALYZER)
        ]
        return np.array(found, np.int64)

    return keys


def found(text: str, *paragraphs: str) -> list[str]:
    """The characters and words that a query of one interval finds in paragraphs."""
    planned = make_plan(parse(text).tree, ANALYZER)
    assert isinstance(planned, IntervalMatch)
    body = exact_text(ANALYZER, paragraphs)
    starts, ends = locate(planned.interval, finder([body]))
    shown = {i: term if term.isascii() else term[0] for i, term in body.items()}
    return [
        " ".join(shown.get(i, "|") for i in range(start, end))
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True)
    ]


@pytest.mark.parametrize(
    ("text", "body", "expected"),
    [
        ('"节约"', "增产节约，节、约，节 约", ["节 约", "节 约"]),
        ('"产"', "增产、产量 DDT产", ["产", "产", "产"]),
        ('"增产、节约"', "增产、节约；增产节约；增产，又节约", ["增 产 节 约"] * 2),
        ('"增产节约"', "增产、节约", []),
        ('"mass line"', "Mass line; the mass-line. Mass, a line", ["mass line", "mass line"]),
        ('"DDT增"', "用DDT增产。DDT 增", ["ddt 增", "ddt 增"]),
        ("增?节约", "增产节约、增、节约、增节约", ["增 产 节 约"]),
        ("增??约", "增产节约 增产约", ["增 产 节 约"]),
        ("?产", "产、增产", ["增 产"]),
        ("??产", "产、增产、大增产", ["产 增 产", "大 增 产"]),
        (
            "增*节",
            "增节 增产又节 增" + "的" * 11 + "节",
            ["增 节", "增 节 增 产 又 节", "增 产 又 节"],
        ),
        ("prod* NEAR/1 line", "line of products", ["line of products"]),
        ("prod* NEAR/1 line", "line of the products", []),
        ("节约 NEAR/2 增产", "增产节约", ["增 产 节 约"]),
        ("节约 NEAR/2 节约", "节约", []),
        ("产节 NEAR/2 增产", "增产节约", []),  # they overlap
        ("增产结约~1", "增产节约", ["增 产 节 约"]),
        ("增产结约~1", "增产约", ["增 产 约"]),
        ("增产结约~1", "增产又结约", ["增 产 又 结 约"]),
        ("增产结约~1", "大产结约", ["大 产 结 约"]),
        ("增产结约~1", "增产节省", []),
        ("增产结约~2", "增产节省", ["增 产 节", "增 产 节 省"]),
        ("producton~1", "product production producing", ["production"]),
        ("producton~2", "product production producing", ["product", "production"]),
        ("form~1", "from farm for forms firms", ["from", "farm", "for", "forms"]),
    ],
)
def test_intervals_occur_where_expected(text: str, body: str, expected: list[str]) -> None:
    assert found(text, body) == expected


def test_no_phrase_crosses_paragraphs() -> None:
    assert found('"增产节约"', "增产", "节约") == []
    assert found('"增产、节约"', "增产", "节约") == []
    assert found('"mass line"', "mass", "", "line") == []
    assert found("mass NEAR/1 line", "mass", "line") == ["mass | line"]
    assert found("mass NEAR/1 line", "mass", "", "line") == []


TERMS = ["a", "b", "c"]
TEXTS = st.lists(
    st.dictionaries(st.integers(0, 12), st.sampled_from(TERMS)).map(
        lambda text: dict(sorted(text.items()))
    ),
    min_size=1,
    max_size=4,
)


@st.composite
def patterns(draw: st.DrawFn) -> Pattern:
    offsets = draw(st.lists(st.integers(0, 3), min_size=1, max_size=3, unique=True))
    kinds = st.sampled_from([*TERMS, ""])
    slots = [Slot(SlotKind.PREFIX, draw(kinds), offset) for offset in offsets]
    return Pattern(tuple(slots), max(offsets) + draw(st.integers(1, 2)))


def joined(places: st.SearchStrategy[Interval]) -> st.SearchStrategy[Interval]:
    return st.one_of(
        st.builds(NearInterval, places, places, st.integers(0, 4), st.booleans()),
        st.builds(Alternatives, st.lists(places, min_size=2, max_size=3).map(tuple)),
    )


PLACES = patterns() | joined(patterns() | joined(patterns()))


@given(PLACES, TEXTS)
def test_locate_finds_what_trying_every_start_finds(wanted: Interval, texts: list[Text]) -> None:
    starts, ends = locate(wanted, finder(texts))
    located = list(zip(starts.tolist(), ends.tolist(), strict=True))
    expected = {
        ((number << POSITION_BITS) + start, (number << POSITION_BITS) + end)
        for number, text in enumerate(texts)
        for start, end in spans(wanted, text, ANALYZER)
    }
    assert set(located) == expected
    assert starts.tolist() == sorted(starts.tolist())


@given(st.builds(NearInterval, patterns(), patterns(), st.integers(0, 8), st.booleans()), TEXTS)
def test_too_many_pairs_still_find_every_start(wanted: NearInterval, texts: list[Text]) -> None:
    everything = locate(wanted, finder(texts))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(extents, "MAX_PAIRS", 0)
        enough = locate(wanted, finder(texts))
    assert set(enough.starts.tolist()) == set(everything.starts.tolist())
    assert set(zip(*map(np.ndarray.tolist, enough), strict=True)) <= set(
        zip(*map(np.ndarray.tolist, everything), strict=True)
    )


@given(PLACES, TEXTS)
def test_innermost_extents_are_never_missing(wanted: Interval, texts: list[Text]) -> None:
    everything = pairs(locate(wanted, finder(texts)))
    some = pairs(locate(wanted, finder(texts), innermost=True))
    assert some <= everything
    assert innermost(some) == innermost(everything)
    assert {start for start, _ in some} == {start for start, _ in everything}


def pairs(found: Extents) -> set[tuple[int, int]]:
    return set(zip(found.starts.tolist(), found.ends.tolist(), strict=True))


def innermost(found: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """Those in which no other lies."""
    return {
        (start, end)
        for start, end in found
        if not any(
            start <= low and high <= end and (low, high) != (start, end) for low, high in found
        )
    }


@given(st.sets(st.integers(0, 20)), st.sets(st.integers(0, 20)))
def test_intersect(left: set[int], right: set[int]) -> None:
    arrays = [np.array(sorted(values), np.int64) for values in (left, right)]
    assert intersect(*arrays).tolist() == sorted(left & right)
