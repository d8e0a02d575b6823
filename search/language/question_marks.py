"""Question marks of a query: which of them are wildcards.

A ? or a full-width ？ that touches a letter, a digit or a Chinese character, by itself or through
other wildcards, is a wildcard, unless the query is a sentence. In a web address it is part of the
address. All others are punctuation. Whatever is no wildcard is reported, except within quotation
marks, where no question mark is one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Final, NamedTuple

from indexer.analysis.script import WORD_OR_HAN, is_word_or_han
from search.language.lexeme import Lexeme, LexemeKind, Report, at_character
from search.language.sentence import is_sentence

_MARK: Final = "[?？]"
_CHAIN: Final = r"[?？*＊]+"
_ADDRESS: Final = rf"\S*[{WORD_OR_HAN}]://[{WORD_OR_HAN}]\S*"

_IN_SENTENCE: Final = "is no wildcard, because the query is a sentence"
_ALONE: Final = "touches no word, so it was ignored"
_IN_ADDRESS: Final = "is no wildcard, because it is part of a web address"


class QuestionMark(NamedTuple):
    """A question mark that is no wildcard: its query offset, and the reason as a message."""

    offset: int
    reason: str


def settle_question_marks(text: str) -> tuple[str, list[QuestionMark]]:
    """Return a text of equal length with ? for each wildcard, and the other question marks.

    Question marks that are punctuation become blanks; web addresses stay as they are.
    """
    if not re.search(_MARK, text) or not any(map(is_word_character, text)):
        return text, []
    if is_sentence(text):
        found = [QuestionMark(match.start(), _IN_SENTENCE) for match in re.finditer(_MARK, text)]
        return re.sub(_MARK, " ", text), found
    addresses = [match.span() for match in re.finditer(_ADDRESS, text)]
    settled = list(text)
    others: list[QuestionMark] = []
    for chain in re.finditer(_CHAIN, text):
        start, end = chain.span()
        reason = "" if _touches_word(text, start, end) else _ALONE
        if any(low <= start < high for low, high in addresses):
            reason = _IN_ADDRESS
        for offset in range(start, end):
            if text[offset] in "?？":
                settled[offset] = " " if reason is _ALONE else "?"
                if reason:
                    others.append(QuestionMark(offset, reason))
    return "".join(settled), others


def report_question_marks(
    marks: Sequence[QuestionMark], lexemes: Sequence[Lexeme], report: Report
) -> None:
    """Report the first mark of each reason that is outside of all quotation marks and values."""
    seen = {""}
    for offset, reason in marks:
        around = [lexeme for lexeme in lexemes if lexeme.start <= offset < lexeme.end]
        is_inside = any(
            lexeme.kind is LexemeKind.PHRASE or reason is not _IN_ADDRESS for lexeme in around
        )
        if reason not in seen and not is_inside:
            seen.add(reason)
            message = f"the question mark {at_character(offset)} {reason}"
            report("question-mark", message, (offset, offset + 1))


def is_word_character(character: str) -> bool:
    """Return whether a character belongs to a word.

    It may do so by itself, as a vowel sign, or in its compatibility form (℃).
    """
    return (
        is_word_or_han(character)
        or unicodedata.category(character).startswith("M")
        or any(map(str.isalnum, unicodedata.normalize("NFKC", character)))
    )


def _touches_word(text: str, start: int, end: int) -> bool:
    """Return whether the character before or after a range belongs to a word."""
    return any(map(is_word_character, text[max(0, start - 1) : start] + text[end : end + 1]))
