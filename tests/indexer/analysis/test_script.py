"""Runs of one script: joined they are the text, and each is what it is called."""

import re
import sys
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given

from indexer.analysis.script import HAN, MAX_WORD_LENGTH, NUMERAL, WORD, Script, runs
from tests.indexer.analysis.texts import texts

ALL = "".join(map(chr, range(sys.maxunicode + 1)))


def pieces(text: str) -> list[tuple[Script, str]]:
    return [(run.script, text[run.start : run.end]) for run in runs(text)]


@given(texts)
def test_runs_joined_are_the_text(text: str) -> None:
    assert "".join(piece for _, piece in pieces(text)) == text
    assert all(piece for _, piece in pieces(text))


def test_every_character_there_is_belongs_to_a_run() -> None:
    assert "".join(piece for _, piece in pieces(ALL)) == ALL


@given(texts)
def test_a_run_is_of_one_script(text: str) -> None:
    patterns = {
        Script.HAN: rf"[{HAN}](?:[{HAN}\s]*[{HAN}])?",
        Script.WORD: rf"{WORD}{{1,{MAX_WORD_LENGTH}}}|[{NUMERAL}]",
        Script.SPACE: r"\s+",
        Script.BREAK: rf"(?:(?!{WORD}|[{HAN}{NUMERAL}]|\s).)+",
    }
    for script, piece in pieces(text):
        assert re.fullmatch(patterns[script], piece, re.DOTALL), (script, piece)


@given(texts)
def test_han_runs_do_not_touch(text: str) -> None:
    visible = [script for script, _ in pieces(text) if script is not Script.SPACE]
    assert (Script.HAN, Script.HAN) not in pairwise(visible)


def test_ideographs_kana_and_bopomofo_are_han() -> None:
    names = re.compile(r"CJK (UNIFIED|COMPATIBILITY) IDEOGRAPH|(HIRAGANA|KATAKANA|BOPOMOFO) LETTER")
    named = [c for c in ALL if names.match(unicodedata.name(c, ""))]
    assert len(named) > 90_000
    assert [c for c in named if not re.match(f"[{HAN}]", c)] == []


def test_punctuation_is_a_break() -> None:
    marks = [c for c in ALL if unicodedata.category(c)[0] in "PS"]
    assert [c for c in marks if pieces(c) != [(Script.BREAK, c)]] == []


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
    assert [(script.value, piece) for script, piece in pieces(text)] == expected
