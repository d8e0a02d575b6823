"""The tables agree with the rules of folding, for all code points."""

from __future__ import annotations

import re

from indexer.analysis import fold, fold_tables
from indexer.analysis.fold_tables import (
    KIND_SHIFT,
    POINT_MASK,
    fold_partly,
    fold_plain,
    look_up,
    may_contain_han,
    to_code_points,
)
from indexer.analysis.script import NUMERAL, WORD, is_han, is_plain

# Blocks of all code points; each is met twice, because the tables learn from the first time.
BLOCKS = ["".join(map(chr, range(start, start + 256))) for start in range(0, 0x110000, 256)] * 2


def kind(character: str) -> int:
    folded = fold(character)
    if len(folded) != 1:
        return fold_tables.SEVERAL_KIND
    if is_han(folded):
        return fold_tables.HAN_KIND
    if re.match(f"[{NUMERAL}]", folded):
        return fold_tables.NUMERAL_KIND
    if re.match(WORD, folded):
        return fold_tables.WORD_KIND
    return fold_tables.SPACE_KIND if folded.isspace() else fold_tables.BREAK_KIND


def test_an_entry_is_the_kind_and_the_folded_character() -> None:
    for block in BLOCKS:
        entries = look_up(to_code_points(block))
        assert (entries >> KIND_SHIFT).tolist() == [*map(kind, block)]
        singles = [(c, chr(e & POINT_MASK)) for c, e in zip(block, entries.tolist(), strict=True)]
        assert all(fold(c) in (found, "") or len(fold(c)) > 1 for c, found in singles)


def test_only_what_folds_to_one_plain_character_is_folded() -> None:
    for block in BLOCKS:
        letters, odd = fold_partly(block)
        left_out = {*odd.tolist()}
        assert {i for i, letter in enumerate(letters) if letter == "\0"} == left_out
        for i, character in enumerate(block):
            folded = fold(character)
            assert letters[i] == folded or i in left_out
            assert i not in left_out or not _is_entered(character, folded)


def _is_entered(character: str, folded: str) -> bool:
    is_one = len(folded) == 1 and is_plain(folded) and folded != "\0"
    units = (character + folded).encode("utf-16-le", "surrogatepass")
    return is_one and len(units) == 4 and not re.search("[\ud800-\udfff\uffff]", character + folded)


def test_a_text_is_folded_as_a_whole_or_not_at_all() -> None:
    for text in ("增產節約", "中 x，Y", "“中”"):
        fold_partly(text)
        assert fold_plain(text) == fold(text)
    for text in ("中é\u0301", "㎏中", "中\U00020000", "中\0"):
        fold_partly(text)
        assert fold_plain(text) is None


def test_what_may_contain_han() -> None:
    assert not may_contain_han("x")
    assert not may_contain_han("“naïve”")
    for character in map(chr, range(0x110000)):
        assert may_contain_han(character) or not any(map(is_han, fold(character)))
