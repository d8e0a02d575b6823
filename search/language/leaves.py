"""Make leaves of the query tree from lexemes and their fields."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Final, TypeAlias

from indexer.analysis.folding import without_unknown
from indexer.analysis.script import WORD_OR_HAN
from indexer.article import LanguageCode
from search.language.fields import FILTER_FIELD_NAMES
from search.language.lexeme import Lexeme, LexemeKind, Report
from search.language.lexer import RUN
from search.language.normal_form import join_clauses
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
)
from search.language.question_marks import is_word_character

_LANGUAGE_CODES: Final[dict[str, LanguageCode]] = {
    "en": "en", "eng": "en", "english": "en", "英文": "en", "英语": "en", "英語": "en",
    "zh": "zh", "chi": "zh", "chinese": "zh", "中文": "zh", "汉语": "zh", "漢語": "zh",
}  # fmt: skip
_ADDRESS: Final = rf"[{WORD_OR_HAN}]://[{WORD_OR_HAN}]"  # the ? of a web address is no wildcard
_BAD_VALUE: Final[dict[str, DiagnosticKind]] = {
    "date": "bad-date",
    "page": "bad-page",
    "lang": "bad-language",
}


def make_leaf(lexeme: Lexeme, field: str | None, report: Report) -> Query | None:
    """Return the leaf of a WORD, PHRASE or RANGE in a field; None for punctuation only.

    If a filter field cannot take the value, that is reported, and the value is read as words.
    """
    if field in FILTER_FIELD_NAMES:
        return _filter(lexeme, field, report)
    if lexeme.kind is LexemeKind.RANGE:
        message = (
            f"the range {lexeme.location} needs date: or page: before it; it was searched as words"
        )
        report("misplaced-range", message, lexeme.span)
    return _text(lexeme, field)


def bare_run(text: str, start: int, field: str | None) -> Query | None:
    """Return the leaf of a bare run that begins at a query offset.

    Punctuation around the run is dropped. None means that nothing else is left.
    """
    if text.isalnum():  # as most runs are
        return Words(text, field=field, span=(start, start + len(text)))
    text = text.replace("＊", "*")
    wildcards = "" if re.search(_ADDRESS, text) else "*?"
    kept = [
        i
        for i, character in enumerate(text)
        if is_word_character(character) or character in wildcards
    ]
    if not kept:
        return None
    core = text[kept[0] : kept[-1] + 1]
    span = (start + kept[0], start + kept[-1] + 1)
    if not any(map(is_word_character, core)):
        if "*" not in core:
            return None
        return Wildcard("*", field=field, span=span) if field else Everything(span=span)
    if any(wildcard in core for wildcard in wildcards):
        return Wildcard(re.sub(r"\*+", "*", core), field=field, span=span)
    return Words(core, field=field, span=span)


def _text(lexeme: Lexeme, field: str | None) -> Query | None:
    """Return a phrase as it is, and anything else as its bare runs side by side."""
    if lexeme.kind is LexemeKind.PHRASE:
        has_words = any(map(is_word_character, without_unknown(lexeme.text)))
        return Phrase(lexeme.text.strip(), field=field, span=lexeme.span) if has_words else None
    start = lexeme.start + (lexeme.kind is LexemeKind.RANGE)  # skip its bracket
    runs = RUN.finditer(without_unknown(lexeme.text))
    return join_clauses(Group, (bare_run(run[0], start + run.start(), field) for run in runs))


def _filter(lexeme: Lexeme, field: str, report: Report) -> Query | None:
    if field == "id":
        return Identifier(lexeme.text, span=lexeme.span) if lexeme.text else None
    text = without_unknown(lexeme.text.strip())
    try:
        return _READERS[field](text, lexeme, report)
    except ValueError as error:
        message = f"{error} ({lexeme.location}; it was searched as words)"
        report(_BAD_VALUE[field], message, lexeme.span)
        return _text(lexeme, None)


def _dates(text: str, lexeme: Lexeme, report: Report) -> DateRange:
    from search.language.dates import parse_dates  # imported only if a query needs it

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
    message = f"the range {lexeme.location} runs backwards; it was read as [{reading}]"
    report("backwards-range", message, lexeme.span)


def _language(text: str, lexeme: Lexeme, _report: Report) -> LanguageFilter:
    code = _LANGUAGE_CODES.get(unicodedata.normalize("NFKC", text).lower())
    if code is None:
        raise ValueError(f"unknown language {text[:40]!r}; write en or zh")
    return LanguageFilter(code, span=lexeme.span)


_Reader: TypeAlias = Callable[[str, Lexeme, Report], DateRange | PageRange | LanguageFilter]
_READERS: Final[dict[str, _Reader]] = {"date": _dates, "page": _pages, "lang": _language}
