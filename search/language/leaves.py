"""A lexeme and its field -> a leaf."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Final, Literal

from search.language.lexeme import Lexeme, LexemeKind, Report
from search.language.lexer import FILTER_FIELDS, RUN
from search.language.query import (
    DateRange,
    DiagnosticKind,
    Everything,
    Group,
    Identifier,
    LanguageFilter,
    PageRange,
    Phrase,
    Query,
    Wildcard,
    Words,
    join_clauses,
)

_LANGUAGES: Final[dict[str, Literal["en", "zh"]]] = {
    "en": "en", "eng": "en", "english": "en", "英文": "en", "英语": "en", "英語": "en",
    "zh": "zh", "chi": "zh", "chinese": "zh", "中文": "zh", "汉语": "zh", "漢語": "zh",
}  # fmt: skip
_ADDRESS: Final = r"[^\W_]://[^\W_]"  # its ? is no wildcard
_BAD: Final[dict[str, DiagnosticKind]] = {
    "date": "bad-date",
    "page": "bad-page",
    "lang": "bad-language",
}


def leaf(lexeme: Lexeme, field: str | None, report: Report) -> Query | None:
    """What a WORD, PHRASE or RANGE means in a field; None if it is punctuation only.

    A value that a filter field cannot take is reported, and taken as words.
    """
    if field in FILTER_FIELDS:
        return _filter(lexeme, field, report)
    if lexeme.kind is LexemeKind.RANGE:
        message = f"a range {lexeme.place} needs date: or page: before it; taken as words"
        report("misplaced-range", message, lexeme.span)
    return _text(lexeme, field)


def _text(lexeme: Lexeme, field: str | None) -> Query | None:
    """A phrase as such, anything else as the bare runs that it holds, side by side."""
    if lexeme.kind is LexemeKind.PHRASE:
        has_words = any(map(_is_word, lexeme.text))
        return Phrase(lexeme.text.strip(), field=field, span=lexeme.span) if has_words else None
    start = lexeme.start + (lexeme.kind is LexemeKind.RANGE)  # its bracket
    found = RUN.finditer(lexeme.text)
    return join_clauses(Group, (run(match[0], start + match.start(), field) for match in found))


def run(text: str, start: int, field: str | None) -> Query | None:
    """A bare run that begins at column `start`, without the punctuation around it."""
    if text.isalnum():  # as most are
        return Words(text, field=field, span=(start, start + len(text)))
    text = text.replace("＊", "*")
    wildcards = "" if re.search(_ADDRESS, text) else "*?"
    kept = [i for i, character in enumerate(text) if _is_word(character) or character in wildcards]
    if not kept:
        return None
    core = text[kept[0] : kept[-1] + 1]
    span = (start + kept[0], start + kept[-1] + 1)
    if not any(map(_is_word, core)):
        if "*" not in core:
            return None
        return Wildcard("*", field=field, span=span) if field else Everything(span=span)
    if any(wildcard in core for wildcard in wildcards):
        return Wildcard(re.sub(r"\*+", "*", core), field=field, span=span)
    return Words(core, field=field, span=span)


def _is_word(character: str) -> bool:
    """Whether a character belongs to a word, itself, as a vowel sign, or in its plain form (℃)."""
    return (
        character.isalnum()
        or unicodedata.category(character).startswith("M")
        or any(map(str.isalnum, unicodedata.normalize("NFKC", character)))
    )


def _filter(lexeme: Lexeme, field: str, report: Report) -> Query | None:
    text = lexeme.text.strip()
    if field == "id":
        return Identifier(text, span=lexeme.span) if text else None
    try:
        return _READERS[field](text, lexeme, report)
    except ValueError as error:
        report(_BAD[field], f"{error} ({lexeme.place}; taken as words)", lexeme.span)
        return _text(lexeme, None)


def _dates(text: str, lexeme: Lexeme, report: Report) -> DateRange:
    from search.language.dates import parse_dates

    low, high, swapped = parse_dates(text)
    if swapped:
        _report_swapped(f"{low} TO {high}", lexeme, report)
    return DateRange(low, high, span=lexeme.span)


def _pages(text: str, lexeme: Lexeme, report: Report) -> PageRange:
    from search.language.dates import parse_pages

    low, high, swapped = parse_pages(text)
    if swapped:
        _report_swapped(f"{low} TO {high}", lexeme, report)
    return PageRange(low, high, span=lexeme.span)


def _report_swapped(reading: str, lexeme: Lexeme, report: Report) -> None:
    message = f"the range {lexeme.place} runs backwards: read as [{reading}]"
    report("backwards-range", message, lexeme.span)


def _language(text: str, lexeme: Lexeme, _report: Report) -> LanguageFilter:
    code = _LANGUAGES.get(unicodedata.normalize("NFKC", text).lower())
    if code is None:
        raise ValueError(f"unknown language {text[:40]!r}: en or zh")
    return LanguageFilter(code, span=lexeme.span)


_READERS: Final[
    dict[str, Callable[[str, Lexeme, Report], DateRange | PageRange | LanguageFilter]]
] = {
    "date": _dates,
    "page": _pages,
    "lang": _language,
}
