"""Queries are planned as intervals and terms, in both languages and across them."""

from __future__ import annotations

from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis import Analyzer
from indexer.analysis.script import is_han
from indexer.schema import SEARCHED_FIELDS, TEXT_FIELDS
from search.language import query
from search.language.fields import TEXT_FIELD_NAMES
from search.language.parser import parse
from search.plan.interval_builder import STAR_REACH
from search.plan.intervals import Alternatives, Interval, NearInterval, Pattern, Slot, SlotKind
from search.plan.nodes import (
    Boosted,
    Conjunction,
    Disjunction,
    Exclusion,
    IntervalMatch,
    Plan,
    Rescored,
    ScoringTerm,
    TermGroup,
    proximity_groups,
)
from search.plan.planner import index_fields, make_plan

ANALYZER = Analyzer()


def planned(text: str, language: str | None = None, *, require_all: bool = True) -> Plan:
    return make_plan(parse(text).tree, ANALYZER, language, require_all=require_all)


def place(length: int, *slots: Slot | str | None) -> Pattern:
    """A pattern with one entry for each position: a term, a slot, or None for any term."""
    return Pattern(
        tuple(
            Slot(SlotKind.TERM, slot, i)
            if isinstance(slot, str)
            else Slot(slot.kind, slot.text, i, slot.distance)
            for i, slot in enumerate(slots)
            if slot is not None
        ),
        length,
    )


def stem(text: str) -> Pattern:
    return place(1, Slot(SlotKind.STEM, text))


def prefix(text: str) -> Slot:
    return Slot(SlotKind.PREFIX, text)


def followed(text: str) -> Slot:
    """A Han character and one more."""
    return Slot(SlotKind.BIGRAM_PREFIX, text)


def led(text: str) -> Slot:
    """One more character and a Han character."""
    return Slot(SlotKind.BIGRAM_SUFFIX, text)


def glob(text: str) -> Slot:
    return Slot(SlotKind.GLOB, text)


def near_word(text: str, distance: int) -> Slot:
    return Slot(SlotKind.FUZZY, text, distance=distance)


def words(*units: Pattern, bigrams: str = "", ranking: str, require_all: bool = True) -> TermGroup:
    """Words that score in full, ``ranking``, and bigrams that score half, or half more."""
    weights: defaultdict[tuple[Pattern, str | None], float] = defaultdict(float)
    for unit, word in zip(units, ranking.split(), strict=True):
        weights[unit, word if len(word) > 2 and is_han(word) else None] += 1
    for text in bigrams.split():
        weights[place(2, text), None] += 0.5
    terms = tuple(ScoringTerm(unit, weight, word) for (unit, word), weight in weights.items())
    return TermGroup(units, terms, SEARCHED_FIELDS, require_all)


def han(text: str) -> TermGroup:
    """One Chinese word of two characters."""
    return words(place(2, text), bigrams=text, ranking=text)


def english(text: str) -> TermGroup:
    return words(stem(text), ranking=text)


def found(place: Interval) -> IntervalMatch:
    return IntervalMatch(place, SEARCHED_FIELDS)


TIANJIN, WORKERS = han("天津"), han("工人")
THRIFT = place(4, "增产", "产节", "节约")
HARVEST = place(2, "增产")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Chinese runs, cut into words
        ("天津", TIANJIN),
        ("天津 工人", Conjunction((TIANJIN, WORKERS))),
        ("增产节约", words(THRIFT, bigrams="增产 产节 节约", ranking="增产节约")),
        (
            "生产的",
            words(place(2, "生产"), place(1, prefix("的")), bigrams="生产 产的", ranking="生产 的"),
        ),
        ("天", words(place(1, prefix("天")), ranking="天")),
        ("農民", han("农民")),
        ("天津、工人", Conjunction((TIANJIN, WORKERS))),
        ("𠀀", words(place(1, prefix("𠀀")), ranking="𠀀")),
        # English words, by their stems
        ("Products", english("product")),
        ("dying", english("die")),
        ("café", english("cafe")),
        ("ＤＤＴ", english("ddt")),
        ("China's", english("china")),
        ("China’s", english("china")),
        # both in one run
        ("DDT增产", words(stem("ddt"), HARVEST, bigrams="增产", ranking="ddt 增产")),
        ("增产DDT", words(HARVEST, stem("ddt"), bigrams="增产", ranking="增产 ddt")),
        (
            "增产co-op",
            Conjunction(
                (words(HARVEST, bigrams="增产", ranking="增产"), found(place(2, "co", "op")))
            ),
        ),
        # words of several parts match as written
        ("co-operatives", found(place(2, "co", "operatives"))),
        ("U.S.", found(place(2, "u", "s"))),
        ("don't", found(place(2, "don", "t"))),
        ("R&D", found(place(2, "r", "d"))),
        ("1,000", found(place(2, "1", "000"))),
        ("1,000,000", found(place(3, "1", "000", "000"))),
        ("12:30", found(place(2, "12", "30"))),
        ("1953-10-31", found(place(3, "1953", "10", "31"))),
        ("1½", found(place(2, "1", "½"))),
        ("a,b", Conjunction((english("a"), english("b")))),
        ("1,b", Conjunction((english("1"), english("b")))),
        ("a+b", words(stem("a"), stem("b"), ranking="a b")),
        # phrases
        ('"增产节约"', found(THRIFT)),
        ('"增产 节约"', found(THRIFT)),
        ('"增产、节约"', found(place(4, "增产", None, "节约"))),
        ('"天"', found(place(1, prefix("天")))),
        ('"天、津人"', found(place(3, prefix("天"), "津人"))),
        ('"DDT增产"', found(place(3, "ddt", "增产"))),
        ('"增产DDT"', found(place(3, "增产", None, "ddt"))),
        ('"The mass line"', found(place(3, "the", "mass", "line"))),
        ('"China\'s line"', found(place(3, "china", "s", "line"))),
        ('"mass line"~3', found(NearInterval(place(1, "mass"), place(1, "line"), 3))),
        ('"增产 天津"~3', found(NearInterval(HARVEST, place(2, "天津"), 3))),
        # wildcards
        ("增?节约", found(place(4, followed("增"), led("节"), "节约"))),
        ("增??约", found(place(4, followed("增"), None, led("约")))),
        ("?产", found(place(2, led("产")))),
        ("??产", found(place(3, None, led("产")))),
        ("?增产", found(place(3, led("增"), "增产"))),
        ("生产?节", found(place(4, "生产", followed("产"), led("节")))),
        (
            "增*节约",
            found(NearInterval(place(1, prefix("增")), place(2, "节约"), STAR_REACH, ordered=True)),
        ),
        ("生产*", found(place(2, "生产"))),
        ("*生产", found(place(2, "生产"))),
        ("Product*", found(place(1, glob("product*")))),
        ("*duct?on", found(place(1, glob("*duct?on")))),
        ("b*战", found(place(2, glob("b*"), prefix("战")))),
        ("增?b", found(place(2, prefix("增"), glob("?b")))),
        # fuzzy words
        ("producton~", found(place(1, near_word("producton", 1)))),
        (
            "co-op~2",
            found(
                NearInterval(
                    place(1, near_word("co", 2)), place(1, near_word("op", 2)), 0, ordered=True
                )
            ),
        ),
        ("增产~2", found(HARVEST)),
        ("天~", found(place(1, prefix("天")))),
        # words near each other
        ("天津 NEAR/5 factories", found(NearInterval(stem("factori"), place(2, "天津"), 5))),
        ("factories NEAR/5 天津", found(NearInterval(stem("factori"), place(2, "天津"), 5))),
        ("co-op NEAR/5 天", found(NearInterval(place(1, prefix("天")), place(2, "co", "op"), 5))),
        (
            "天津 NEAR/5 (工人 OR b*)",
            found(
                NearInterval(
                    Alternatives((place(1, glob("b*")), place(2, "工人"))), place(2, "天津"), 5
                )
            ),
        ),
        # operators
        ("天津 AND 工人", Conjunction((TIANJIN, WORKERS))),
        ("天津 OR 工人", Disjunction((TIANJIN, WORKERS), explicit_or=True)),
        ("天津 -工人", Conjunction((TIANJIN, Exclusion(WORKERS)))),
        ("天津^2", Boosted(TIANJIN, 2)),
        ("lang:zh 天津", Conjunction((query.LanguageFilter("zh"), TIANJIN))),
        ("*", query.Everything()),
        # queries without anything to look up
        ("", query.Nothing()),
        ("、。…", query.Nothing()),
        ('"、"', query.Nothing()),
        ('天津 "、"', TIANJIN),
        ('天津 -"、"', TIANJIN),
        ('("、" OR 天津)^2', Boosted(TIANJIN, 2)),
        ("天津 NEAR/5 、", TIANJIN),
    ],
)
def test_queries_are_planned_as_expected(text: str, expected: Plan) -> None:
    assert planned(text) == expected


def test_fuzzy_chinese_runs() -> None:
    result = planned("增产结~1")
    assert isinstance(result, IntervalMatch)
    assert isinstance(result.interval, Alternatives)
    assert len(result.interval.options) == 7
    assert set(result.interval.options) == {
        place(3, "增产", "产结"),
        # another character instead of one
        place(3, led("产"), "产结"),
        place(3, followed("增"), led("结")),
        place(3, "增产", followed("产")),
        # one missing, but not at the ends
        place(2, "增结"),
        # one more, but not at the ends
        place(4, followed("增"), led("产"), "产结"),
        place(4, "增产", followed("产"), led("结")),
    }


@pytest.mark.parametrize("text", ["增产结约", "DDT增产", "增产", "二〇一年"])
@pytest.mark.parametrize("distance", [1, 2])
def test_a_fuzzy_run_includes_the_run_as_written(text: str, distance: int) -> None:
    fuzzy, phrase = planned(f"{text}~{distance}"), planned(f'"{text}"')
    assert isinstance(fuzzy, IntervalMatch)
    assert isinstance(phrase, IntervalMatch)
    options = (
        fuzzy.interval.options if isinstance(fuzzy.interval, Alternatives) else (fuzzy.interval,)
    )
    assert phrase.interval in options


@pytest.mark.parametrize(
    ("name", "language", "fields"),
    [
        (None, None, SEARCHED_FIELDS),
        (None, "en", ("title_en", "author", "body_en")),
        ("title", None, ("title_en", "title_zh")),
        ("body", "zh", ("body_zh",)),
        ("author", "zh", ("author",)),
        ("glossary", None, ("glossary",)),
    ],
)
def test_fields(name: str | None, language: str | None, fields: tuple[str, ...]) -> None:
    assert index_fields(name, language) == fields
    text = f"{name}:天津" if name else "天津"
    assert planned(text, language) == TermGroup(TIANJIN.units, TIANJIN.terms, fields)


def test_every_field_can_be_named() -> None:
    assert {field for name in TEXT_FIELD_NAMES for field in index_fields(name)} == {*TEXT_FIELDS}


def test_any_word_of_a_run_may_match() -> None:
    loose = planned("增产co-op节约", require_all=False)
    run = words(
        HARVEST, place(2, "节约"), bigrams="增产 节约", ranking="增产 节约", require_all=False
    )
    assert loose == Disjunction((run, found(place(2, "co", "op"))))


def test_words_of_a_phrase_add_to_the_score_if_any_word_may_match() -> None:
    loose = planned('"mass line" 天津', require_all=False)
    line = words(stem("mass"), stem("line"), ranking="mass line", require_all=False)
    city = TermGroup(TIANJIN.units, TIANJIN.terms, SEARCHED_FIELDS, require_all=False)
    phrase = found(place(2, "mass", "line"))
    assert loose == Rescored(Conjunction((phrase, city)), (line,))
    assert planned('"mass line"', require_all=False) == phrase
    assert planned('天津 NOT "mass line"', require_all=False) == Conjunction(
        (city, Exclusion(phrase))
    )


def test_proximity_groups_are_the_bare_words_side_by_side() -> None:
    tree = planned("天津^2 products NOT 工人")
    assert list(proximity_groups(tree)) == [(TIANJIN, 2.0), (english("product"), 1.0)]
    assert not list(
        proximity_groups(planned("天津 OR products"))
    )  # alternatives are not side by side


@given(st.text("增产节co1,.-'’\"*?~^() NEAR/ORT、。:½", max_size=40), st.booleans())
def test_any_query_can_be_planned(text: str, require_all: bool) -> None:
    assert planned(text, require_all=require_all) == planned(text, require_all=require_all)
