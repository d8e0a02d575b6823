"""Folding works character by character, changes nothing twice, and keeps the original spans."""

import re
import sys
import unicodedata
import zlib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis.fold_rules import fold_character, make_table, simplified_characters
from indexer.analysis.folding import (
    TABLE_FILE,
    UNICODE_VERSION,
    UNKNOWN,
    fold,
    fold_with_spans,
    without_unknown,
)
from indexer.analysis.script import is_han
from tests.indexer.analysis.texts import HAN_CHARACTER, texts, without

ALL = [*map(chr, range(sys.maxunicode + 1))]
KNOWN = [c for c in ALL if fold(c) != UNKNOWN]
ASSIGNED = [c for c in KNOWN if unicodedata.category(c) not in {"Cn", "Co"}]


def test_the_table_is_made_by_the_rules() -> None:
    """A later Python knows more characters, but folds none of those in the table otherwise."""
    assert [c for c in KNOWN if fold(c) != fold_character(c)] == []
    if unicodedata.unidata_version == UNICODE_VERSION:
        assert TABLE_FILE.read_bytes() == make_table().encode()


def test_every_python_sees_the_same_letters_digits_and_blanks_in_a_folded_text() -> None:
    """The numbers are those of Unicode 14. `re` and `str` decide by the same properties."""
    folded = {c for character in ALL for c in fold(character) if not is_han(c)}
    letters = "".join(sorted(filter(str.isalnum, folded)))
    assert len(letters) == 34_734
    assert zlib.crc32(letters.encode()) == 4119880297
    assert {c for c in folded if re.match(r"\w", c)} == {*letters, "_"}
    blanks = [c for c in ALL if c.isspace()]
    assert [c for c in ALL if re.match(r"\s", c)] == blanks
    assert all(fold(c).isspace() for c in blanks)
    assert "".join(blanks) == (
        "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006"
        "\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
    )


def test_a_letter_of_a_later_unicode_is_no_letter() -> None:
    later = "\ua7cb\ua7dc\U00011f02\U0001e4d0"  # of Unicode 15 and 16
    assert fold(later) == UNKNOWN * 4
    assert without_unknown(f"é{later}增") == f"é{UNKNOWN * 4}增"
    assert without_unknown("Éa") == "Éa"
    assert fold("\U00031350\U0002ebf0") == "\U00031350\U0002ebf0"  # ideographs stay


@given(texts, texts)
def test_each_character_is_folded_by_itself(left: str, right: str) -> None:
    assert fold(left + right) == fold(left) + fold(right)


@given(texts)
def test_a_folded_text_stays(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_every_folded_character_stays() -> None:
    assert [c for c in ALL if fold(fold(c)) != fold(c)] == []


def test_case_does_not_matter() -> None:
    """The only exception is ŉ, whose capital is an apostrophe and N."""
    for change in (str.upper, str.lower, str.title, str.casefold, str.swapcase):
        changed = [c for c in ASSIGNED if fold(change(c)) not in (fold(c), UNKNOWN)]
        assert changed in ([], ["ŉ"])


def test_how_an_accent_is_encoded_does_not_matter() -> None:
    """Hangul is an exception, because its syllables decompose into letters."""
    letters = [c for c in ASSIGNED if not unicodedata.name(c, "").startswith("HANGUL")]
    assert [c for c in letters if fold(unicodedata.normalize("NFD", c)) != fold(c)] == []


@given(texts.map(lambda text: without(text, "HANGUL")))
def test_how_a_text_is_encoded_does_not_matter(text: str) -> None:
    composed, decomposed = (unicodedata.normalize(form, text) for form in ("NFC", "NFD"))
    assert fold(composed) == fold(decomposed) == fold(text)


def test_width_does_not_matter() -> None:
    narrow = "".join(map(chr, range(0x20, 0x7F)))
    wide = "\u3000" + "".join(chr(code + 0xFEE0) for code in range(0x21, 0x7F))
    assert fold(wide) == fold(narrow) == narrow.lower()
    assert fold("ｱｶﾞｯ･ｰ") == fold("アガッ・ー") == "アカッ・ー"


def test_traditional_is_folded_to_simplified() -> None:
    table = simplified_characters()
    assert len(table) > 3000
    assert {t for t, s in table.items() if not fold(t) == fold(s) == s} == set()


@pytest.mark.parametrize(
    ("traditional", "expected"),
    [
        ("增產節約運動", "增产节约运动"),
        ("華北紡織廠職工學習國家計劃", "华北纺织厂职工学习国家计划"),
        ("臺灣與香港", "台湾与香港"),
        ("乾燥的麵粉、薑與鬥爭", "干燥的面粉、姜与斗争"),
        ("著名的瞭望台", "著名的瞭望台"),
    ],
)
def test_traditional_words(traditional: str, expected: str) -> None:
    assert fold(traditional) == expected


def test_a_han_character_is_folded_to_one() -> None:
    han = [c for c in ASSIGNED if HAN_CHARACTER.match(c)]
    assert len(han) > 90_000
    assert [c for c in han if not HAN_CHARACTER.fullmatch(fold(c))] == []


def test_blanks_stay_blanks_and_nothing_else_becomes_one() -> None:
    assert [c for c in ASSIGNED if fold(c).isspace() != c.isspace()] == []


def test_a_character_that_folds_to_several_folds_to_letters() -> None:
    several = {c: fold(c) for c in ASSIGNED if len(fold(c)) > 1}
    assert several["ﬁ"] == "fi"
    assert [c for c, folded in several.items() if not folded.isalnum()] == []
    assert [c for c, folded in several.items() if HAN_CHARACTER.search(folded)] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("Tianjin, 1953", "tianjin, 1953"),
        ("Zoë Łukasz, naïve coöperator", "zoe lukasz, naive cooperator"),
        ("Straße STRASSE ẞ", "strasse strasse ss"),
        ("İstanbul ISPARTA ışık", "istanbul isparta isik"),
        ("Œuvre Ærø þing ǆep Ǆep", "oeuvre aero thing dzep dzep"),
        ("Αθήνα ΑΘΗΝΑ ΟΔΟΣ", "αθηνα αθηνα οδοσ"),
        ("Ёлка Й", "елка и"),
        ("Ω µ Å", "ω μ a"),
        ("T’ien Tʻien T‘ien Tʼien", "t'ien t'ien t'ien t'ien"),
        ("“fine” – so‐so", '"fine" - so-so'),
        ("ﬁne ﬂour", "fine flour"),
        ("CO₂ 5㎏ m² Ⅳ", "co2 5kg m2 iv"),
        ("㍿ ⑴ ½ ① ㈠ ㊀ ℃ …", "㍿ ⑴ ½ ① ㈠ ㊀ ℃ …"),
        ("Ⓐ Ŀ ŉ ´", "ⓐ ŀ ŉ ´"),
        ("二○○一年 二〇◯一年", "二〇〇一年 二〇〇一年"),
        ("卅廿々", "卅廿々"),
        ("豈 ⼈ ⺟", "岂 人 母"),
        ("葛\U000e0100城 ☎\ufe0f so\u00adap\u200b\ufeff", "葛城 ☎ soap"),
        ("がｶﾞガ", "かカカ"),
        ("한국", "한국"),
        ("عَرَبِيّ آب", "عربي اب"),
        ("\x00\x07\ud800", "\x00\x07\ud800"),
    ],
)
def test_fold(text: str, expected: str) -> None:
    assert fold(text) == expected


@given(texts)
def test_every_folded_character_has_a_span(text: str) -> None:
    folded = fold_with_spans(text)
    assert folded.text == fold(text)
    spans = [folded.span(i, i + 1) for i in range(len(folded.text))]
    for (start, end), character in zip(spans, folded.text, strict=True):
        assert 0 <= start < end <= len(text)
        assert character in fold(text[start:end])
    for (start, end), (next_start, next_end) in pairwise(spans):
        assert (start, end) == (next_start, next_end) or end == next_start


@given(texts, st.data())
def test_a_part_folds_to_the_part_of_the_folded_text(text: str, data: st.DataObject) -> None:
    cuts = st.integers(0, len(text))
    start, end = sorted((data.draw(cuts), data.draw(cuts)))
    before, piece = len(fold(text[:start])), len(fold(text[start:end]))
    if piece:
        folded = fold_with_spans(text)
        place = folded.span(before, before + piece)
        assert fold(text[slice(*place)]) == fold(text[start:end])
