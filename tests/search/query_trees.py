"""Random texts and query trees, from few words, so that queries match often."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from search.language.fields import TEXT_FIELD_NAMES
from search.language.query import (
    And,
    Boost,
    DateRange,
    Everything,
    Fuzzy,
    Group,
    Identifier,
    LanguageFilter,
    Near,
    Not,
    Nothing,
    Or,
    PageRange,
    Phrase,
    Query,
    Wildcard,
    Words,
)

# The ids of articles.
IDS = [f"{number}.txt" for number in range(8)]

# Few pieces, so that each of them occurs many times.
PIECES = st.sampled_from(
    """
    增 产 节 约 生 的 增产 生产 增产节约 𠀀 生𠀀 product products production producing
    the s co die dying DDT 1,000 1953
    """.split()  # noqa: SIM905
)
JOINTS = st.sampled_from([""] * 3 + [" "] * 6 + [*"、，。.-\n"] + ["'s ", ". "])


def texts(max_size: int, min_size: int = 0) -> st.SearchStrategy[str]:
    pairs = st.lists(st.tuples(PIECES, JOINTS), min_size=min_size, max_size=max_size)
    return pairs.map(lambda pairs: "".join(piece + joint for piece, joint in pairs))


DATES = st.sampled_from([None, *(date(1953, 10, day) for day in (29, 30, 31)), date(1960, 1, 1)])
PAGES = st.sampled_from([None, 1, 2, 3])


RUNS = texts(3, min_size=1).map(str.strip)
WILDCARDS = st.lists(
    PIECES | st.sampled_from([*"**????增产生", "prod", "ing", "d"]), min_size=1, max_size=5
).map("".join)


def text_leaves(fields: st.SearchStrategy[str | None]) -> st.SearchStrategy[Query]:
    return st.one_of(
        st.builds(Words, RUNS, field=fields),
        st.builds(Phrase, RUNS, st.integers(0, 3), field=fields),
        st.builds(Wildcard, WILDCARDS, field=fields),
        st.builds(Fuzzy, RUNS, st.integers(1, 2), field=fields),
    )


def nears(field: str | None) -> st.SearchStrategy[Query]:
    leaves = text_leaves(st.just(field))
    sides = leaves | st.lists(leaves, min_size=2, max_size=3).map(lambda c: Or(tuple(c)))
    return st.builds(Near, sides, sides, st.integers(1, 5), st.just(field))


FIELDS = st.sampled_from([*[None] * 6, *TEXT_FIELD_NAMES])
FILTERS: st.SearchStrategy[Query] = st.one_of(
    st.builds(DateRange, DATES, DATES),
    st.builds(PageRange, PAGES, PAGES),
    st.sampled_from([LanguageFilter("en"), LanguageFilter("zh"), Everything(), Nothing()]),
    st.builds(Identifier, st.sampled_from(IDS)),
)


def combined(children: st.SearchStrategy[Query]) -> st.SearchStrategy[Query]:
    several = st.lists(children, min_size=2, max_size=3).map(tuple)
    return st.one_of(
        st.builds(And, several),
        st.builds(Or, several),
        st.builds(Group, several),
        st.builds(Not, children),
        st.builds(Boost, children, st.sampled_from([0.0, 0.5, 3.0])),
    )


LEAVES = st.one_of(text_leaves(FIELDS), text_leaves(FIELDS), FIELDS.flatmap(nears), FILTERS)
QUERIES = LEAVES | combined(LEAVES | combined(LEAVES))
LANGUAGES = st.sampled_from([None, None, "en", "zh"])
