"""What queries are looked up as, in both languages and across them."""

from __future__ import annotations

from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis import Analyzer
from indexer.analysis.script import is_han
from indexer.schema import SEARCHED_FIELDS, TEXT_FIELDS
from search.language import query
from search.language.parser import parse
from search.plan.intervals import Choice, Kind, Near, Pattern, Place, Slot
from search.plan.pattern import STAR_REACH
from search.plan.planner import (
    All,
    Any,
    Found,
    Plan,
    Scaled,
    Supported,
    Term,
    Without,
    Words,
    bare_words,
    fields_of,
    plan,
)

ANALYZER = Analyzer()


def planned(text: str, language: str | None = None, *, every: bool = True) -> Plan:
    return plan(parse(text).tree, ANALYZER, language, every=every)


def place(length: int, *slots: Slot | str | None) -> Pattern:
    """A pattern of slots, one a position: a term, a slot, or nothing that is looked for."""
    return Pattern(
        tuple(
            Slot(Kind.TERM, slot, i)
            if isinstance(slot, str)
            else Slot(slot.kind, slot.text, i, slot.distance)
            for i, slot in enumerate(slots)
            if slot is not None
        ),
        length,
    )


def stem(text: str) -> Pattern:
    return place(1, Slot(Kind.STEM, text))


def prefix(text: str) -> Slot:
    return Slot(Kind.PREFIX, text)


def followed(text: str) -> Slot:
    """A Han character and one more."""
    return Slot(Kind.BIGRAM_PREFIX, text)


def led(text: str) -> Slot:
    """One more character and a Han character."""
    return Slot(Kind.BIGRAM_SUFFIX, text)


def glob(text: str) -> Slot:
    return Slot(Kind.GLOB, text)


def near_word(text: str, distance: int) -> Slot:
    return Slot(Kind.FUZZY, text, distance=distance)


def words(*units: Pattern, bigrams: str = "", ranking: str, every: bool = True) -> Words:
    """Words that score in full, ``ranking``, and bigrams that score half, or half more."""
    weights: defaultdict[tuple[Pattern, str | None], float] = defaultdict(float)
    for unit, word in zip(units, ranking.split(), strict=True):
        weights[unit, word if len(word) > 2 and is_han(word) else None] += 1
    for text in bigrams.split():
        weights[place(2, text), None] += 0.5
    terms = tuple(Term(unit, weight, word) for (unit, word), weight in weights.items())
    return Words(units, terms, SEARCHED_FIELDS, every)


def han(text: str) -> Words:
    """One Chinese word of two characters."""
    return words(place(2, text), bigrams=text, ranking=text)


def english(text: str) -> Words:
    return words(stem(text), ranking=text)


def found(place: Place) -> Found:
    return Found(place, SEARCHED_FIELDS)


TIANJIN, WORKERS = han("天津"), han("工人")
THRIFT = place(4, "增产", "产节", "节约")
HARVEST = place(2, "增产")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Chinese runs, cut into words
        ("天津", TIANJIN),
        ("天津 工人", All((TIANJIN, WORKERS))),
        ("增产节约", words(THRIFT, bigrams="增产 产节 节约", ranking="增产节约")),
        (
            "生产的",
            words(place(2, "生产"), place(1, prefix("的")), bigrams="生产 产的", ranking="生产 的"),
        ),
        ("天", words(place(1, prefix("天")), ranking="天")),
        ("農民", han("农民")),
        ("天津、工人", All((TIANJIN, WORKERS))),
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
            All((words(HARVEST, bigrams="增产", ranking="增产"), found(place(2, "co", "op")))),
        ),
        # words of several parts, as they stand
        ("co-operatives", found(place(2, "co", "operatives"))),
        ("U.S.", found(place(2, "u", "s"))),
        ("don't", found(place(2, "don", "t"))),
        ("R&D", found(place(2, "r", "d"))),
        ("1,000", found(place(2, "1", "000"))),
        ("1,000,000", found(place(3, "1", "000", "000"))),
        ("12:30", found(place(2, "12", "30"))),
        ("1953-10-31", found(place(3, "1953", "10", "31"))),
        ("1½", found(place(2, "1", "½"))),
        ("a,b", All((english("a"), english("b")))),
        ("1,b", All((english("1"), english("b")))),
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
        ('"mass line"~3', found(Near(place(1, "mass"), place(1, "line"), 3))),
        ('"增产 天津"~3', found(Near(HARVEST, place(2, "天津"), 3))),
        # wildcards
        ("增?节约", found(place(4, followed("增"), led("节"), "节约"))),
        ("增??约", found(place(4, followed("增"), None, led("约")))),
        ("?产", found(place(2, led("产")))),
        ("??产", found(place(3, None, led("产")))),
        ("?增产", found(place(3, led("增"), "增产"))),
        ("生产?节", found(place(4, "生产", followed("产"), led("节")))),
        (
            "增*节约",
            found(Near(place(1, prefix("增")), place(2, "节约"), STAR_REACH, ordered=True)),
        ),
        ("生产*", found(place(2, "生产"))),
        ("*生产", found(place(2, "生产"))),
        ("Product*", found(place(1, glob("product*")))),
        ("*duct?on", found(place(1, glob("*duct?on")))),
        ("b*战", found(place(2, glob("b*"), prefix("战")))),
        ("增?b", found(place(2, prefix("增"), glob("?b")))),
        # words spelt otherwise
        ("producton~", found(place(1, near_word("producton", 1)))),
        (
            "co-op~2",
            found(
                Near(place(1, near_word("co", 2)), place(1, near_word("op", 2)), 0, ordered=True)
            ),
        ),
        ("增产~2", found(HARVEST)),
        ("天~", found(place(1, prefix("天")))),
        # nearness
        ("天津 NEAR/5 factories", found(Near(place(2, "天津"), stem("factori"), 5))),
        ("co-op NEAR/5 天", found(Near(place(2, "co", "op"), place(1, prefix("天")), 5))),
        (
            "天津 NEAR/5 (工人 OR b*)",
            found(Near(place(2, "天津"), Choice((place(2, "工人"), place(1, glob("b*")))), 5)),
        ),
        # operators
        ("天津 AND 工人", All((TIANJIN, WORKERS))),
        ("天津 OR 工人", Any((TIANJIN, WORKERS), alternatives=True)),
        ("天津 -工人", All((TIANJIN, Without(WORKERS)))),
        ("天津^2", Scaled(TIANJIN, 2)),
        ("lang:zh 天津", All((query.Language("zh"), TIANJIN))),
        ("*", query.Everything()),
        # what holds nothing to look up
        ("", query.Nothing()),
        ("、。…", query.Nothing()),
        ('"、"', query.Nothing()),
        ('天津 "、"', TIANJIN),
        ('天津 -"、"', TIANJIN),
        ('("、" OR 天津)^2', Scaled(TIANJIN, 2)),
        ("天津 NEAR/5 、", TIANJIN),
    ],
)
def test_queries_are_looked_up_as(text: str, expected: Plan) -> None:
    assert planned(text) == expected


def test_chinese_spelt_otherwise() -> None:
    result = planned("增产结~1")
    assert isinstance(result, Found)
    assert isinstance(result.place, Choice)
    assert len(result.place.options) == 7
    assert set(result.place.options) == {
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
def test_what_is_spelt_so_is_among_what_is_spelt_otherwise(text: str, distance: int) -> None:
    fuzzy, phrase = planned(f"{text}~{distance}"), planned(f'"{text}"')
    assert isinstance(fuzzy, Found)
    assert isinstance(phrase, Found)
    options = fuzzy.place.options if isinstance(fuzzy.place, Choice) else (fuzzy.place,)
    assert phrase.place in options


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
    assert fields_of(name, language) == fields
    text = f"{name}:天津" if name else "天津"
    assert planned(text, language) == Words(TIANJIN.units, TIANJIN.terms, fields)


def test_every_field_can_be_named() -> None:
    assert {field for name in query.TEXT_FIELDS for field in fields_of(name)} == {*TEXT_FIELDS}


def test_any_word_of_a_run_will_do() -> None:
    loose = planned("增产co-op节约", every=False)
    run = words(HARVEST, place(2, "节约"), bigrams="增产 节约", ranking="增产 节约", every=False)
    assert loose == Any((run, found(place(2, "co", "op"))))


def test_the_words_of_a_phrase_support_what_any_word_finds() -> None:
    loose = planned('"mass line" 天津', every=False)
    line = words(stem("mass"), stem("line"), ranking="mass line", every=False)
    city = Words(TIANJIN.units, TIANJIN.terms, SEARCHED_FIELDS, every=False)
    phrase = found(place(2, "mass", "line"))
    assert loose == Supported(All((phrase, city)), (line,))
    assert planned('"mass line"', every=False) == phrase
    assert planned('天津 NOT "mass line"', every=False) == All((city, Without(phrase)))


def test_bare_words_are_those_looked_for() -> None:
    tree = planned("天津^2 products NOT 工人")
    assert list(bare_words(tree)) == [(TIANJIN, 2.0), (english("product"), 1.0)]
    assert not list(bare_words(planned("天津 OR products")))  # alternatives are not side by side


@given(st.text("增产节co1,.-'’\"*?~^() NEAR/ORT、。:½", max_size=40), st.booleans())
def test_any_query_can_be_planned(text: str, every: bool) -> None:
    assert planned(text, every=every) == planned(text, every=every)
