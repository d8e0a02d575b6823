"""The query language: text to query tree and diagnostics, and back."""

from __future__ import annotations

import pickle
from datetime import date
from sys import maxsize
from typing import Literal
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.language.limits import (
    MAX_BOOST,
    MAX_CLAUSES,
    MAX_DEPTH,
    MAX_DIAGNOSTICS,
    MAX_DISTANCE,
    MAX_LENGTH,
)
from search.language.normal_form import join_clauses, negate
from search.language.parser import parse
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
    ParsedQuery,
    Phrase,
    Query,
    Wildcard,
    Words,
    leaves,
)
from search.language.relaxation import relax
from tests.search.language.unparse import unparse

A, B, C, D = Words("a"), Words("b"), Words("c"), Words("d")
SAVING = Words("增产节约")
YEAR_END = date(1953, 12, 31)
YEAR = DateRange(date(1953, 1, 1), YEAR_END)


def both(*children: Query) -> And:
    return And(children)


def either(*children: Query) -> Or:
    return Or(children)


def group(*children: Query) -> Group:
    return Group(children)


# Queries that are read without a diagnostic.
READ: dict[str, list[tuple[str, Query]]] = {
    "words": [
        ("steel", Words("steel")),
        ("增产节约", SAVING),
        ("增产节约运动1953年DDT", Words("增产节约运动1953年DDT")),
        ("增产节约 Tianjin", group(SAVING, Words("Tianjin"))),
        ("增产节约　天津", group(SAVING, Words("天津"))),
        ("增产节约，天津！", group(SAVING, Words("天津"))),
        ("a,b;c", group(A, B, C)),
        ("1,000", Words("1,000")),
        ("don't co-operate U.S. 10:30",
         group(*map(Words, ("don't", "co-operate", "U.S", "10:30")))),
        ("the workers’ day", group(Words("the"), Words("workers"), Words("day"))),
        ("‘tis", Words("tis")),
        ("赛义夫·伊斯兰", Words("赛义夫·伊斯兰")),
        ("work -- or play - and rest", group(*map(Words, ["work", "or", "play", "and", "rest"]))),
        ("R&D a|b a~b x^y", group(*map(Words, ["R&D", "a|b", "a~b", "x^y"]))),
        ("6～8 km", group(Words("6～8"), Words("km"))),
        ("hello! (really)", group(Words("hello"), Words("really"))),
        ("25℃", Words("25℃")),
        ("", Nothing()),
        ("。，… -- !", Nothing()),
        ("“”", Nothing()),
        ("()", Nothing()),
    ],
    "phrases": [
        ('"增产节约"', Phrase("增产节约")),
        ("“增产节约”", Phrase("增产节约")),
        ("„Volk und Land“", Phrase("Volk und Land")),
        ("「增产节约」", Phrase("增产节约")),
        ("『增产节约』", Phrase("增产节约")),
        ("《人民日报》", Phrase("人民日报")),
        ("〈社论〉", Phrase("社论")),
        ("＂增产节约＂", Phrase("增产节约")),
        ("«план»", Phrase("план")),
        ("‘two words’", Phrase("two words")),
        ("‘增产’", Phrase("增产")),
        ("‘增产节约’运动", group(Phrase("增产节约"), Words("运动"))),
        ("“增产节约\"", Phrase("增产节约")),
        ("\"增产节约”", Phrase("增产节约")),
        ("「增产节约｣", Phrase("增产节约")),
        ('" steel  works "', Phrase("steel  works")),
        ('"他说“好”，就走了"', Phrase("他说“好”，就走了")),
        (r'"he said \"yes\" to it"', Phrase('he said "yes" to it')),
        ('"a AND (b OR title:c*"', Phrase("a AND (b OR title:c*")),
        ("读《人民日报》社论", group(Words("读"), Phrase("人民日报"), Words("社论"))),
        ('"steel""iron"', group(Phrase("steel"), Phrase("iron"))),
        ('"steel works"~5', Phrase("steel works", 5)),
        ('"steel works"~', Phrase("steel works", 10)),
        ('"steel works"~0', Phrase("steel works")),
    ],
    "wildcards": [
        ("product*", Wildcard("product*")),
        ("*tion", Wildcard("*tion")),
        ("wom?n", Wildcard("wom?n")),
        ("生产*", Wildcard("生产*")),
        ("生产＊", Wildcard("生产*")),
        ("增?节约", Wildcard("增?节约")),
        ("增？节约", Wildcard("增?节约")),
        ("product?", Wildcard("product?")),
        ("steel product?", group(Words("steel"), Wildcard("product?"))),
        ("a**b", Wildcard("a*b")),
        ("*", Everything()),
        ("＊", Everything()),
        ("title:*", Wildcard("*", field="title")),
        ("title:生产*", Wildcard("生产*", field="title")),
    ],
    "question marks": [
        ("iron AND steel wom?n product?",
         group(both(Words("iron"), Words("steel")), Wildcard("wom?n"), Wildcard("product?"))),
        ("工业?", Wildcard("工业?")),
        ("工业？", Wildcard("工业?")),
        ("工业?^2", Boost(Wildcard("工业?"), 2)),
        ("(工业?)", Wildcard("工业?")),
        ("工业?!", Wildcard("工业?")),
        ("群??", Wildcard("群??")),
        ("??群", Wildcard("??群")),
        ("增?节约？", Wildcard("增?节约?")),
        ("year 195?", group(Words("year"), Wildcard("195?"))),
        ("the year 195?", group(Words("the"), Words("year"), Wildcard("195?"))),
        ("title:工业?", Wildcard("工业?", field="title")),
        ('"Who was he?"', Phrase("Who was he?")),
        ("?", Nothing()),
    ],
    "fuzzy": [
        ("producton~1", Fuzzy("producton", 1)),
        ("producton~", Fuzzy("producton", 1)),
        ("producton~2", Fuzzy("producton", 2)),
        ("增产结约~1", Fuzzy("增产结约", 1)),
        ("增产结约～1", Fuzzy("增产结约", 1)),
        ("增产结约～２", Fuzzy("增产结约", 2)),
        ("title:producton~", Fuzzy("producton", 1, field="title")),
    ],
    "fields": [
        *((f"{name}:a", Words("a", field=name))
          for name in ("title", "author", "column", "section", "body", "glossary")),
        ("标题：增产节约", Words("增产节约", field="title")),
        ("標題:增产节约", Words("增产节约", field="title")),
        ("作者：王明 专栏：来信",
         group(Words("王明", field="author"), Words("来信", field="column"))),
        ("TITLE: a", Words("a", field="title")),
        ("title：a", Words("a", field="title")),
        ("title:a b", group(Words("a", field="title"), B)),
        ('title:"a b"~2', Phrase("a b", 2, field="title")),
        ("title:《a》", Phrase("a", field="title")),
        ("title:(a b)", group(Words("a", field="title"), Words("b", field="title"))),
        ("title:(a OR author:b)", either(Words("a", field="title"), Words("b", field="author"))),
        ("标题：（a b）", group(Words("a", field="title"), Words("b", field="title"))),
        ("-title:a", Not(Words("a", field="title"))),
    ],
    "no fields": [
        ("毛主席说：增产节约", group(Words("毛主席说"), SAVING)),
        ("新闻标题：增产节约", group(Words("新闻标题"), SAVING)),
        ("note: a", group(Words("note"), A)),
        ("Toronto:Harcourt", Words("Toronto:Harcourt")),
        ("1:2 C:\\x std::a", group(Words("1:2"), Words("C:\\x"), Words("std::a"))),
        ("a simple language: it has", group(*map(Words, ["a", "simple", "language", "it", "has"]))),
    ],
    "dates": [
        ("date:1953", YEAR),
        ("date: 1953", YEAR),
        ("日期：1953年", YEAR),
        ("date:１９５３", YEAR),
        ("date:1953-10", DateRange(date(1953, 10, 1), date(1953, 10, 31))),
        ("date:1953年10月", DateRange(date(1953, 10, 1), date(1953, 10, 31))),
        ("date:1953/10/31", DateRange(date(1953, 10, 31), date(1953, 10, 31))),
        ("date:[1953-10-01 TO 1954]", DateRange(date(1953, 10, 1), date(1954, 12, 31))),
        ("date:[1953 TO]", DateRange(date(1953, 1, 1), None)),
        ("date:[TO 1953]", DateRange(None, date(1953, 12, 31))),
        ("date:1953..1954", DateRange(date(1953, 1, 1), date(1954, 12, 31))),
        ("date:1953年—1954年", DateRange(date(1953, 1, 1), date(1954, 12, 31))),
        ("date:1953~1954", DateRange(date(1953, 1, 1), date(1954, 12, 31))),
        ("date:>=1953", DateRange(date(1953, 1, 1), None)),
        ("date: <= 1953", DateRange(None, date(1953, 12, 31))),
        ("date:<1953", DateRange(None, date(1952, 12, 31))),
        ('date:"1953"', YEAR),
        ("date:*", DateRange(None, None)),
        ("date:(1953 OR [1960 TO])", either(YEAR, DateRange(date(1960, 1, 1), None))),
        ("date:1953, a", group(YEAR, A)),
        ("(date:1953) a", group(YEAR, A)),
        ("-date:1953", Not(YEAR)),
    ],
    "pages, languages, identifiers": [
        ("page:1", PageRange(1, 1)),
        ("edition: 2", PageRange(2, 2)),
        ("版：第3版", PageRange(3, 3)),
        ("page:[1 TO 3]", PageRange(1, 3)),
        ("page:1-3", PageRange(1, 3)),
        ("page:>2", PageRange(3, None)),
        *((f"lang:{n}", LanguageFilter("en")) for n in ("en", "EN", "english", "英文", "ｅｎ")),
        *((f"语言：{name}", LanguageFilter("zh")) for name in ("zh", "chinese", "中文")),
        ("id:1953.10/1953-10-31_增产（一）.md", Identifier("1953.10/1953-10-31_增产（一）.md")),
        ("(path:a(1).md)", Identifier("a(1).md")),
        ("(id:a(1).md)^2", Boost(Identifier("a(1).md"), 2)),
        ("id:a.md^2", Boost(Identifier("a.md"), 2)),
        ("(id:a.md)OR b", Or((Identifier("a.md"), Words("b")))),
        ('id:"two words*.md"', Identifier("two words*.md")),
        ('id:" two words.md  "', Identifier(" two words.md  ")),
        ("id:(a,b.md)", Identifier("a,b.md")),
        ("(id:((a.md) OR b(1).md))^2", Boost(Or((Identifier("a.md"), Identifier("b(1).md"))), 2)),
        ("date:((1953年—1954年))", DateRange(date(1953, 1, 1), date(1954, 12, 31))),
        ("page:(>2 OR 第1版)", either(PageRange(3, None), PageRange(1, 1))),
    ],
    "operators": [
        ("a AND b", both(A, B)),
        ("a && b", both(A, B)),
        ("a&&b", both(A, B)),
        ("a AND b AND (c AND d)", both(A, B, C, D)),
        ("a OR b", either(A, B)),
        ("a || (b OR c)", either(A, B, C)),
        ("a and b or not c", group(*map(Words, ["a", "and", "b", "or", "not", "c"]))),
        ("NOT a", Not(A)),
        ("-a", Not(A)),
        ("!a", Not(A)),
        ("NOT NOT a", A),
        ("NOT (-a)", A),
        ("a NOT b", group(A, Not(B))),
        ("a AND NOT b", both(A, Not(B))),
        ('a -"b c"', group(A, Not(Phrase("b c")))),
        ("a -(b c)", group(A, Not(group(B, C)))),
        ("NOT (NOT (a b))", group(A, B)),
        ("NOT (a AND b)", either(Not(A), Not(B))),
        ("NOT (a OR NOT b)", both(Not(A), B)),
        ("a -b -c", group(A, Not(B), Not(C))),
        ("增产节约 -天津", group(SAVING, Not(Words("天津")))),
        ("+a", A),
        ("+a +b", both(A, B)),
        ("+a b", both(A, B)),
        ("a +b c", both(B, group(A, C))),
        ("+a -b", both(A, Not(B))),
    ],
    "precedence": [
        ("a b AND c", group(A, both(B, C))),
        ("a AND b c", group(both(A, B), C)),
        ("a OR b c", either(A, group(B, C))),
        ("a b OR c", either(group(A, B), C)),
        ("a OR b AND c", either(A, both(B, C))),
        ("(a OR b) AND c", both(either(A, B), C)),
        ("（a OR b）c", group(either(A, B), C)),
        ("NOT a AND b", both(Not(A), B)),
        ("NOT a b", group(Not(A), B)),
        ("NOT a NEAR b", Not(Near(A, B, 10))),
        ("a AND b NEAR c", both(A, Near(B, C, 10))),
        ("(a b) c", group(A, B, C)),
        ("a(b)", group(A, B)),
    ],
    "near": [
        ("a NEAR b", Near(A, B, 10)),
        ("增产 NEAR/5 节约", Near(Words("增产"), Words("节约"), 5)),
        ('"a b" NEAR/3 c*', Near(Phrase("a b"), Wildcard("c*"), 3)),
        ("(a OR b) NEAR c~", Near(either(A, B), Fuzzy("c"), 10)),
        ("a NEAR/2 b NEAR/3 c", both(Near(A, B, 2), Near(B, C, 3))),
        ("title:(a NEAR b)",
         Near(Words("a", field="title"), Words("b", field="title"), 10, "title")),
        ("title:a NEAR b", Near(Words("a", field="title"), B, 10, "title")),
        ("NEARBY near", group(Words("NEARBY"), Words("near"))),
    ],
    "boosts": [
        ("a^2", Boost(A, 2.0)),
        ("a^0.5 b", group(Boost(A, 0.5), B)),
        ("a^.5", Boost(A, 0.5)),
        ("a，^5 b", group(A, B)),
        ("a^1", A),
        ("a^0.99999", A),
        ("a~1^2", Boost(Fuzzy("a"), 2.0)),
        ('title:"a b"~3^2', Boost(Phrase("a b", 3, field="title"), 2.0)),
        ("(a OR b)^3", Boost(either(A, B), 3.0)),
        ("(a^2)^3", Boost(A, 6.0)),
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "tree"),
    [case for cases in READ.values() for case in cases],
    ids=str,
)
def test_queries_are_read_without_diagnostics(text: str, tree: Query) -> None:
    parsed = parse(text)
    assert parsed.tree == tree
    assert parsed.diagnostics == ()


UNCLOSED = " is not closed; the phrase runs to the end of the query"
AS_WORDS = " (at character 6; it was searched as words)"
NO_DATE = f" is not a date; write 1953, 1953-10 or 1953-10-31{AS_WORDS}"
IN_SENTENCE = " is no wildcard, because the query is a sentence"
LOOSE = "must follow a plain word or a phrase; it was ignored"

# Queries that are read as well as possible, and the messages for the user.
REPORTED: list[tuple[str, Query, list[str]]] = [
    ("titel:steel", Words("titel:steel"),
     ["unknown field 'titel' at character 1; did you mean title:?"]),
    ("a Autor:b", group(A, Words("Autor:b")),
     ["unknown field 'Autor' at character 3; did you mean author:?"]),
    ("year:1953", Words("year:1953"),
     ["unknown field 'year' at character 1; it was searched as words"]),
    ("titel:(a b)", group(Words("titel"), A, B),
     ["unknown field 'titel' at character 1; did you mean title:?"]),
    ("title:", Words("title"), ["title: at character 1 has no value"]),
    ("标题： OR a", either(Words("标题"), A), ["标题: at character 1 has no value"]),
    ("title:author:a", Words("a", field="author"), ["title: at character 1 has no value"]),
    ('"增产节约', Phrase("增产节约"), [f"the quotation mark at character 1{UNCLOSED}"]),
    ("a “b c", group(A, Phrase("b c")), [f"the quotation mark at character 3{UNCLOSED}"]),
    ("《人民日报", Phrase("人民日报"), [f"the quotation mark at character 1{UNCLOSED}"]),
    ("(a b", group(A, B), ["the parenthesis at character 1 is not closed; it extends to the end"]),
    ("a AND (b OR c", both(A, either(B, C)),
     ["the parenthesis at character 7 is not closed; it extends to the end"]),
    ("a) b", group(A, B), ["the parenthesis at character 2 closes nothing; it was ignored"]),
    ("a AND", A, ["AND at character 3 has nothing after it"]),
    ("AND a", A, ["AND at character 1 has nothing before it"]),
    ("a AND OR b", either(A, B), ["AND at character 3 has nothing after it"]),
    ("OR", Nothing(),
     ["OR at character 1 has nothing before it", "OR at character 1 has nothing after it"]),
    ("a && && b", both(A, B), ["&& at character 3 has nothing after it"]),
    ("a NOT", A, ["NOT at character 3 has nothing after it"]),
    ("a -()", A, ["- at character 3 has nothing after it"]),
    ("a NEAR/3", A, ["NEAR/3 at character 3 has nothing after it"]),
    ("NEAR a", A, ["NEAR at character 1 has nothing before it"]),
    ("a NEAR NOT b", group(A, Not(B)), ["NEAR at character 3 has nothing after it"]),
    ("a NEAR (b AND c)", both(A, B, C), [
        "NEAR at character 3 needs words, phrases or alternatives (OR) of one field "
        "on both sides; it was read as AND"]),
    ("title:a NEAR body:b", both(Words("a", field="title"), Words("b", field="body")), [
        "NEAR at character 9 needs words, phrases or alternatives (OR) of one field "
        "on both sides; it was read as AND"]),
    ("a NEAR/5000 b", Near(A, B, MAX_DISTANCE),
     ["NEAR/5000 at character 3 is out of range; 1000 was used"]),
    (f"a NEAR/{'9' * 5000} b", Near(A, B, MAX_DISTANCE),
     ["NEAR/999999999999999 at character 3 is out of range; 1000 was used"]),
    ("a NEAR/0 b", Near(A, B, 1), ["NEAR/0 at character 3 is out of range; 1 was used"]),
    ("producton~9", Fuzzy("producton", 2), ["~9 at character 10 is out of range; 2 was used"]),
    ("producton~0.8", Fuzzy("producton", 1), ["~0.8 at character 10 is out of range; 1 was used"]),
    ('"a b"~9999', Phrase("a b", MAX_DISTANCE),
     ["~9999 at character 6 is out of range; 1000 was used"]),
    ("a^5000", Boost(A, MAX_BOOST), ["^5000 at character 2 is out of range; 1000 was used"]),
    ("a*~1", Wildcard("a*"), [f"~ at character 3 {LOOSE}"]),
    ("(a b)~2", group(A, B), [f"~ at character 6 {LOOSE}"]),
    ("date:1953-13", Words("1953-13"),
     [f"impossible date 1953-13: there is no month 13{AS_WORDS}"]),
    ("date:1953-02-30", Words("1953-02-30"),
     [f"impossible date 1953-02-30: 1953-02 has 28 days{AS_WORDS}"]),
    ("date:[spring TO 1954]", group(Words("spring"), Words("TO"), Words("1954")), [
        f"'spring'{NO_DATE}"]),
    ('date:"last year"', Phrase("last year"), [
        f"'last year'{NO_DATE}"]),
    ("date:[1953 TO 1952]", DateRange(date(1952, 1, 1), date(1953, 12, 31)),
     ["the range at character 6 runs backwards; it was read as [1952-01-01 TO 1953-12-31]"]),
    ("page:3-1", PageRange(1, 3),
     ["the range at character 6 runs backwards; it was read as [1 TO 3]"]),
    ("page:one", Words("one"),
     [f"'one' is not a page; write 3, 1-3 or [1 TO 3]{AS_WORDS}"]),
    ("lang:fr a", group(Words("fr"), A),
     [f"unknown language 'fr'; write en or zh{AS_WORDS}"]),
    ("title:[a TO b]",
     group(*(Words(text, field="title") for text in ("a", "TO", "b"))),
     ["the range at character 7 needs date: or page: before it; it was searched as words"]),
    ("为什么增产?", Words("为什么增产"), [f"the question mark at character 6{IN_SENTENCE}"]),
    ("（标题：为什么增产？）", Words("为什么增产", field="title"),
     [f"the question mark at character 10{IN_SENTENCE}"]),
    ("什么是增产？如何节约？", group(Words("什么是增产"), Words("如何节约")),
     [f"the question mark at character 6{IN_SENTENCE}"]),
    ("What is steel?", group(Words("What"), Words("is"), Words("steel")),
     [f"the question mark at character 14{IN_SENTENCE}"]),
    ("(Who was he)?", group(Words("Who"), Words("was"), Words("he")),
     [f"the question mark at character 13{IN_SENTENCE}"]),
    ("coal ? steel", group(Words("coal"), Words("steel")),
     ["the question mark at character 6 touches no word, so it was ignored"]),
    ("U.S.? (coal)?", group(Words("U.S"), Words("coal")),
     ["the question mark at character 5 touches no word, so it was ignored"]),
    ("http://a.b/c?d=1", Words("http://a.b/c?d=1"), [
        "the question mark at character 13 is no wildcard, because it is part of a web address"]),
    ("lang:\x1b[31m", Words("31m"), [
        rf"unknown language '\x1b[31m'; write en or zh{AS_WORDS}"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "tree", "messages"), REPORTED, ids=[text[:40] for text, *_ in REPORTED]
)
def test_problems_are_reported(text: str, tree: Query, messages: list[str]) -> None:
    parsed = parse(text)
    assert parsed.tree == tree
    assert [diagnostic.message for diagnostic in parsed.diagnostics] == messages


def test_diagnostics_have_query_offsets() -> None:
    text = '增产 titel:x date:1953-13 NEAR/9999 y "z'
    found = [(d.kind, text[d.start : d.end]) for d in parse(text).diagnostics]
    assert found == [
        ("unknown-field", "titel:"),
        ("bad-date", "1953-13"),
        ("number-out-of-range", "NEAR/9999"),
        ("unclosed-quote", '"'),
    ]


@pytest.mark.parametrize(
    "prose",
    [
        "The workers of the No. 2 cotton mill, in Tianjin, saved 1,200 yuan (about 3%) a month.",
        "Why was the campaign begun? “To save steel,” he said; ‘every ounce of it’ counts!",
        "It's the peasants' own co-operative - founded at 10:30 on the 5th - that owns the land.",
        "See http://example.org/a?b=c&d=e, or write to someone@example.org: they know.",
        "Cost/benefit = 3.5 + x; 6-8 km; A&B; 100% [sic] <b>bold</b> {x} #1 _under_ \\ | `code`",
        "本报讯　天津市第二棉纺厂的工人，在增产节约运动中，每月节约一千二百元（约百分之三）。",
        "他说：“我们要节约每一两钢铁！”大家都说：『对！』《工人报》也作了报道——这是第一次。",
        "为什么要增产？怎样才能节约？请看今天的社论：工人同志们来信了……",
        "路长６～８公里，宽5-6米；甲、乙两队比赛，１０：３０开始。",
    ],
)
def test_plain_prose_is_words_and_phrases(prose: str) -> None:
    parsed = parse(prose)
    assert {diagnostic.kind for diagnostic in parsed.diagnostics} <= {"question-mark"}
    assert all(isinstance(leaf, Words | Phrase) for leaf in leaves(parsed.tree))


def test_leaves_have_query_offsets() -> None:
    text = 'title:（增产，"节 约"~3） AND NOT date:[1953 TO] *tion~ “天津'
    places = [text[slice(*leaf.span)] for leaf in leaves(parse(text).tree)]
    assert places == ["增产", '"节 约"', "[1953 TO]", "*tion", "“天津"]


# Trees of the kinds that the parser makes.
RUNS = st.sampled_from(
    ["a", "steel", "增产节约", "don’t", "10:30", "AND", "NEAR", "title:x", "a~1"]
)
PHRASES = st.text(st.sampled_from('a 增。"“”」》\\*AND:()'), min_size=1).map(
    lambda text: f"b{text}c"
)


def texts(fields: st.SearchStrategy[str | None]) -> st.SearchStrategy[Query]:
    return st.one_of(
        st.builds(Words, RUNS, field=fields),
        st.builds(Phrase, PHRASES, st.integers(0, MAX_DISTANCE), field=fields),
        st.builds(Wildcard, st.sampled_from(["增?节约", "a*", "*tion", "b?"]), field=fields),
        st.builds(Fuzzy, RUNS, st.sampled_from([1, 2]), field=fields),
    )


def nears(field: str | None) -> st.SearchStrategy[Query]:
    sides = st.lists(texts(st.just(field)), min_size=1, max_size=3).map(
        lambda some: join_clauses(Or, some)
    )
    return st.builds(Near, sides, sides, st.integers(1, MAX_DISTANCE), st.just(field))


def combined(children: st.SearchStrategy[Query]) -> st.SearchStrategy[Query]:
    several = st.lists(children, min_size=2, max_size=4)
    kinds: st.SearchStrategy[type[And | Or | Group]] = st.sampled_from([And, Or, Group])
    factors = st.sampled_from([0.0, 0.0001, 0.3333, 2.0, 999.9999, 1000.0])
    return st.one_of(
        st.builds(join_clauses, kinds, several),
        children.map(negate),
        st.builds(Boost, children.filter(lambda child: not isinstance(child, Boost)), factors),
    )


TREES: st.SearchStrategy[Query] = st.recursive(
    st.one_of(
        texts(st.sampled_from([None, "title", "body"])),
        st.sampled_from([None, "title"]).flatmap(nears),
        st.builds(
            DateRange, st.none() | st.dates(max_value=YEAR_END), st.none() | st.dates(YEAR_END)
        ),
        st.builds(PageRange, st.none() | st.integers(1, 9), st.none() | st.integers(10, 99)),
        st.builds(LanguageFilter, st.sampled_from(["en", "zh"])),
        st.builds(Identifier, PHRASES),
        st.just(Everything()),
    ),
    combined,
    max_leaves=12,
)


@given(TREES)
def test_an_unparsed_tree_is_parsed_as_the_same_tree(tree: Query) -> None:
    with patch("search.language.clause_limits.MAX_EXPANSIONS", maxsize):
        assert parse(unparse(tree)) == ParsedQuery(tree)


PIECES = (
    *"ab增产 　\t()（）\"“”„「」《》‘’'\\!-+~～^*?＊？。，,;:：[]<>=/.&|19３\0\ud800\u0301ſ",
    "AND ", " OR ", " NOT ", " NEAR ", "NEAR/5 ", "&&", "||", "~1", "^2",
    "title:", "date:", "page:", "lang:", "id:", "作者：", "titel:",
    "http://", "1953-10", "..", "[1953 TO 1954]", "TO", "zh",
)  # fmt: skip
ANY_TEXT = st.lists(st.sampled_from(PIECES) | st.text(st.characters(), max_size=3)).map("".join)


@settings(max_examples=500)
@given(ANY_TEXT)
def test_any_text_is_read(text: str) -> None:
    parsed = parse(text)
    assert all(0 <= d.start < d.end <= len(text) for d in parsed.diagnostics)
    assert all("\n" not in d.message and d.message.isprintable() for d in parsed.diagnostics)
    for leaf in leaves(parsed.tree):
        start, end = leaf.span
        assert 0 <= start < end <= len(text) or parsed.tree == Nothing()
    assert parse(unparse(parsed.tree)) == ParsedQuery(parsed.tree)
    loose = relax(parsed.tree)
    assert loose is None or parse(unparse(loose)) == ParsedQuery(loose)


@given(ANY_TEXT)
def test_any_text_in_quotation_marks_is_that_phrase(text: str) -> None:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("＂", "\\＂")
    assert parse(f'"x{escaped}"') == ParsedQuery(Phrase(f"x{text}".strip()))


@pytest.mark.parametrize(
    "unit",
    ["a", "增", " ", "(", ")", "()", '"', "「", "‘", "‘a ", "-", "~", "^2", "a^2 ", "&&", "*", "？",
     "AND ", "a NEAR ", "NOT (", "title:(", "id:", "date:[", "[TO ", "\\", "1,", "ab:c ", "\0",
     "\ud800", "(a OR b AND NOT +c d "],
)  # fmt: skip
def test_a_megabyte_is_read_up_to_the_limits(unit: str) -> None:
    text = unit * (1_000_000 // len(unit))
    parsed = parse(text)
    assert "too-long" in {diagnostic.kind for diagnostic in parsed.diagnostics} or (
        len(parsed.diagnostics) == MAX_DIAGNOSTICS
    )
    assert len(set(leaves(parsed.tree))) <= MAX_CLAUSES


def test_exceeded_limits_are_reported() -> None:
    assert [d.message for d in parse("a" * (MAX_LENGTH + 1)).diagnostics] == [
        "the query has 10,001 characters; only the first 10,000 were read"
    ]
    letters = [chr(0x4E00 + number) for number in range(MAX_CLAUSES)]
    many = parse(" ".join([*letters, "ab", "cd", "date:1953"]))
    assert many.tree == group(*map(Words, letters[:-3]), Words("ab"), Words("cd"), YEAR)
    assert [d.message for d in many.diagnostics] == [
        "the query has more than 1,000 different clauses; the shortest ones were ignored, "
        "beginning at character 1995"
    ]
    assert parse("a " * (MAX_CLAUSES + 1)).diagnostics == ()


def test_only_parentheses_that_mean_something_are_levels() -> None:
    many = 4_000
    for text in (f"{'(' * many}a{')' * many}", f"{'NOT (' * 1_000}a{')' * 1_000}"):
        assert parse(text) == ParsedQuery(A)
    associative = "(a AND " * 900 + "b" + ")" * 900
    assert parse(associative).tree == both(*[A] * 900, B)
    deep = "(a OR (b AND " * 45 + "c" + "))" * 45
    assert parse(deep).diagnostics == ()
    deeper = parse(f"d AND {deep}")
    assert deeper.tree == both(D, parse("(a OR (b AND " * 44 + "a" + "))" * 44).tree)
    assert [d.message for d in deeper.diagnostics] == [
        "AND, OR and clauses side by side are inside each other more than 90 times; "
        "the innermost clauses, at character 586, were ignored"
    ]


def test_the_deepest_tree_can_be_walked_by_recursion() -> None:
    level = "a OR b c AND NOT (+d e "
    text = (level + "(") * (MAX_DEPTH // 5) + "x" + ")^2" * MAX_DEPTH
    tree, again = parse(text).tree, parse(text).tree
    assert {diagnostic.kind for diagnostic in parse(text).diagnostics} == {"unmatched-parenthesis"}
    assert tree == again
    assert hash(tree) == hash(again)
    assert repr(tree) == repr(again)
    assert pickle.loads(pickle.dumps(tree)) == tree
    assert unparse(tree).count("(") > MAX_DEPTH // 2
    assert relax(tree) is not None


@pytest.mark.parametrize(
    ("text", "loose"),
    [
        ("a b c", "a OR b OR c"),
        (
            "a date:1953 b page:1 lang:zh -c",
            "date:1953 AND page:1 AND lang:zh AND NOT c AND (a OR b)",
        ),
        ("a +b c", "b AND (a OR c)"),
        ("a AND b c", "(a AND b) OR c"),
        ("(a b)^2 OR c", "(a OR b)^2 OR c"),
        ("(a b) (c d)", "a OR b OR c OR d"),
        ("(date:1953 OR date:1954) a b", "(date:1953 OR date:1954) AND (a OR b)"),
        ("(a b) date:1953", "date:1953 AND (a OR b)"),
        ("a", None),
        ("增产节约", None),
        ("a date:1953", None),
        ("a AND b", None),
        ("a OR b", None),
        ("a NEAR b", None),
        ("+a b", None),
        ("NOT (a b)", None),
        ("", None),
    ],
)
def test_relaxed_queries(text: str, loose: str | None) -> None:
    assert relax(parse(text).tree) == (loose and parse(loose).tree)


BOOLEAN_TREES: st.SearchStrategy[Query] = st.recursive(
    st.sampled_from([A, B, C, LanguageFilter("en"), LanguageFilter("zh"), Everything()]),
    combined,
    max_leaves=10,
)


def holds(tree: Query, words: frozenset[str], language: str) -> bool:
    """An oracle: whether an article of these words, in this language, is found."""
    match tree:
        case Words(text):
            found = text in words
        case LanguageFilter(code):
            found = code == language
        case And(children) | Group(children):
            found = all(holds(child, words, language) for child in children)
        case Or(children):
            found = any(holds(child, words, language) for child in children)
        case Not(child):
            found = not holds(child, words, language)
        case Boost(child, _):
            found = holds(child, words, language)
        case _:
            found = tree == Everything()
    return found


ARTICLES = st.tuples(st.frozensets(st.sampled_from("abc")), st.sampled_from(["en", "zh"]))


@given(BOOLEAN_TREES, ARTICLES)
def test_relaxed_queries_find_everything_found_before(
    tree: Query, article: tuple[frozenset[str], str]
) -> None:
    if holds(tree, *article):
        assert holds(relax(tree) or tree, *article)


@given(st.lists(st.sampled_from([A, B, C]), min_size=2), st.sampled_from(["en", "zh"]), ARTICLES)
def test_relaxed_groups_find_any_word_within_the_filters(
    words: list[Query], code: Literal["en", "zh"], article: tuple[frozenset[str], str]
) -> None:
    loose = relax(Group((*words, LanguageFilter(code), Not(D))))
    assert loose is not None
    some = any(holds(word, *article) for word in words)
    assert holds(loose, *article) == (some and article[1] == code)
    assert not holds(loose, article[0] | {"d"}, article[1])
