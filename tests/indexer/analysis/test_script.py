"""The classes of characters divide any text into Han, words, blanks and everything else."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import pytest
from hypothesis import given

from indexer.analysis.script import CHINESE, HAN, MAX_WORD_LENGTH, NUMERAL, WORD, is_han
from tests.indexer.analysis.texts import texts

ALL = "".join(map(chr, range(sys.maxunicode + 1)))

RUN = re.compile(
    rf"(?P<HAN>[{HAN}]+(?:\s+[{HAN}]+)*)|(?P<WORD>{WORD}{{1,{MAX_WORD_LENGTH}}}|[{NUMERAL}])"
    rf"|(?P<SPACE>\s+)|(?P<BREAK>[^\w\s{HAN}]+|_+)"
)


class Run(NamedTuple):
    script: str
    text: str


def runs(text: str) -> Iterator[Run]:
    """The runs of a text, each of one script."""
    for match in RUN.finditer(text):
        yield Run(match.lastgroup or "", match[0])


@given(texts)
def test_runs_joined_are_the_text(text: str) -> None:
    assert "".join(run.text for run in runs(text)) == text
    assert all(run.text for run in runs(text))


def test_every_character_there_is_belongs_to_a_run() -> None:
    assert "".join(run.text for run in runs(ALL)) == ALL


@given(texts)
def test_a_run_is_of_one_script(text: str) -> None:
    patterns = {
        "HAN": rf"[{HAN}](?:[{HAN}\s]*[{HAN}])?",
        "WORD": rf"{WORD}{{1,{MAX_WORD_LENGTH}}}|[{NUMERAL}]",
        "SPACE": r"\s+",
        "BREAK": rf"(?:(?!{WORD}|[{HAN}{NUMERAL}]|\s).)+",
    }
    for run in runs(text):
        assert re.fullmatch(patterns[run.script], run.text, re.DOTALL), run


@given(texts)
def test_han_runs_do_not_touch(text: str) -> None:
    visible = [run.script for run in runs(text) if run.script != "SPACE"]
    assert ("HAN", "HAN") not in pairwise(visible)


def test_ideographs_kana_and_bopomofo_are_han() -> None:
    names = re.compile(r"CJK (UNIFIED|COMPATIBILITY) IDEOGRAPH|(HIRAGANA|KATAKANA|BOPOMOFO) LETTER")
    named = [c for c in ALL if names.match(unicodedata.name(c, ""))]
    assert len(named) > 90_000
    assert [c for c in named if not re.match(f"[{HAN}]", c)] == []
    assert [c for c in ALL if is_han(c) is not bool(re.match(f"[{HAN}]", c))] == []


def test_chinese_is_han_without_kana_and_bopomofo_but_with_radicals() -> None:
    chinese, han = ({*re.findall(f"[{characters}]", ALL)} for characters in (CHINESE, HAN))
    radicals = re.compile("CJK RADICAL|KANGXI RADICAL")
    others = re.compile("HIRAGANA|HENTAIGANA|KATAKANA|BOPOMOFO|HANGZHOU|VERTICAL IDEOGRAPHIC")
    assert {c for c in ALL if radicals.match(unicodedata.name(c, ""))} < chinese
    assert [
        c for c in chinese - han if not radicals.match(unicodedata.name(c, "CJK RADICAL"))
    ] == []
    assert [c for c in han - chinese if not others.match(unicodedata.name(c, "KATAKANA"))] == []


def test_punctuation_is_a_break() -> None:
    marks = [c for c in ALL if unicodedata.category(c)[0] in "PS"]
    assert [c for c in marks if [*runs(c)] != [("BREAK", c)]] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("增产 Tianjin", [("HAN", "增产"), ("SPACE", " "), ("WORD", "Tianjin")]),
        ("増産する", [("HAN", "増産する")]),
        ("中\n　国。", [("HAN", "中\n　国"), ("BREAK", "。")]),
        ("中 a", [("HAN", "中"), ("SPACE", " "), ("WORD", "a")]),
        ("a_b", [("WORD", "a"), ("BREAK", "_"), ("WORD", "b")]),
        ("3½①中", [("WORD", "3"), ("WORD", "½"), ("WORD", "①"), ("HAN", "中")]),
        ("Цена 5", [("WORD", "Цена"), ("SPACE", " "), ("WORD", "5")]),
        ("——！", [("BREAK", "——！")]),
        ("x" * 401, [("WORD", "x" * 200), ("WORD", "x" * 200), ("WORD", "x")]),
    ],
)
def test_runs(text: str, expected: list[tuple[str, str]]) -> None:
    assert [*runs(text)] == expected
