"""Reads the lines above a body: a header, or a heading with its record.

A line is taken out of the body only if the fields of the article hold everything that it says.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice, takewhile

from indexer.source.dates import PartialDate, parse_date, without_time

# A figure of a date or a page: half or full width, but not of any other script.
DIGIT = "[0-9０-９]"
_KEY = re.compile(r"\s*(Title|Author|Date|Page|Edition)\s*[:：](.*)")
_DATE = re.compile(rf"({DIGIT}{{4}}) ?[-/.年] ?({DIGIT}{{1,2}}) ?[-/.月] ?({DIGIT}{{1,2}}) ?日?")
# A line of a record may be a date in words: 一九五三年十月三十一日, October 31, 1953.
_DATE_IN_WORDS = re.compile(rf"(?=.{{5,60}}$).*(?:[一二三四五六七八九十〇][年月]|{DIGIT}{{4}}).*")
_PAGE = re.compile(rf"(?:第 ?)?({DIGIT}{{0,4}}) ?版?")
_PAGE_AND_SECTION = re.compile(rf"第 ?({DIGIT}{{0,4}}) ?版 ?(?:[(（](.*)[)）])?")
_COLUMN = re.compile(r"专栏 ?[:：](.*)")
_RECORD = (_DATE, _DATE_IN_WORDS, _PAGE_AND_SECTION, _COLUMN)
_HEADING = re.compile(r"#{1,6}\s*(.*?)(?:\s#+)?")
_MAX_AUTHOR_LENGTH = 60
# A longer line belongs to the body, however it begins.
_MAX_LINE_LENGTH = 10_000


@dataclass(slots=True)
class Facts:
    """The facts about an article that either half of its file may give.

    Each method takes a value and says whether the fields now hold all of it. They do not if the
    value cannot be read, or if it contradicts the other half; the first value is then kept.
    ``warn`` is called with the line and a reason if a value cannot be read.
    """

    warn: Callable[[int, str], None]
    period: PartialDate | None = None
    page: int | None = None
    section: str = ""
    column: str = ""

    def take_date(self, value: str, line: int) -> bool:
        """Take a day, month or year; the more precise one of two that agree is kept."""
        if not value:
            return True
        whole = parse_date(value)
        period = whole or parse_date(without_time(value))
        if not period:
            self.warn(line, f"{value[:40]!r} is not a date")
            return False
        if not self.period or self.period.holds(period):
            self.period = period
        return whole is not None and period.holds(self.period)

    def take_page(self, value: str) -> bool:
        """Take a page: a number, 第4版, or nothing."""
        match = _PAGE.fullmatch(value)
        if not match or not match[1]:
            return not value
        page = int(match[1])
        self.page = page if self.page is None else self.page
        return self.page == page

    def take_record(self, match: re.Match[str], line: int) -> bool:
        """Take a line of the record, given its match by one of the patterns ``_RECORD``."""
        if match.re in (_DATE, _DATE_IN_WORDS):
            return self.take_date(match[0], line)
        if match.re is _COLUMN:
            column = match[1].strip()
            self.column = self.column or column
            return column in ("", self.column)
        section = (match[2] or "").strip()
        self.section = self.section or section
        return self.take_page(match[1]) and section in ("", self.section)


def read_header(lines: list[str], first: int, facts: Facts) -> tuple[str, str, list[str]]:
    """Read lines of the form ``Key: value``; return title, author, and the lines of the body.

    ``first`` is the number of the first of ``lines`` in the file.
    """
    values: dict[str, str] = {}
    kept: list[str] = []
    end = 0
    for here, line in enumerate(lines):
        match = _KEY.fullmatch(line) if len(line) <= _MAX_LINE_LENGTH else None
        if match and match[1] not in values:
            key, value = match[1], match[2].strip()
            values[key] = value
            end = here + 1
            if key == "Date" and not facts.take_date(value, first + here):
                kept.append(line)
            if key in ("Page", "Edition") and not facts.take_page(value):
                kept.append(line)
        elif line.strip():
            break
    return values.get("Title", ""), values.get("Author", ""), kept + lines[end:]


def read_heading(lines: list[str], first: int, facts: Facts) -> tuple[str, str, list[str]]:
    """Read a heading, an author and a record; return title, author, and the lines of the body.

    ``first`` is the number of the first of ``lines`` in the file. A first line without ``#`` is a
    heading only if a record follows. The line between a heading and its record is the author.
    """
    filled = _first_filled_lines(lines)
    heading = _HEADING.fullmatch(filled[0][1]) if filled else None
    record = next((at for at, (_, text) in enumerate(filled[:3]) if _match_record(text)), None)
    if record is None or (record == 2 and len(filled[1][1]) > _MAX_AUTHOR_LENGTH):
        if not heading:
            return "", "", lines
        record = 1
    title = heading[1] if heading else filled[0][1] if record > 0 else ""
    author = filled[1][1] if record == 2 else ""
    end = filled[record - 1][0] + 1 if record > 0 else 0
    kept: list[str] = []
    seen: set[re.Pattern[str]] = set()
    for here, text in filled[record:]:
        match = _match_record(text)
        kind = match and (_DATE if match.re is _DATE_IN_WORDS else match.re)
        if not match or not kind or kind in seen:
            break
        seen.add(kind)
        end = here + 1
        if not facts.take_record(match, first + here):
            kept += (text, "")
    return title, author, kept + lines[end:]


def _first_filled_lines(lines: list[str]) -> list[tuple[int, str]]:
    """Return the first five lines that are not blank, stripped, each with its index.

    They end before a line that is too long for a heading or a record.
    """
    stripped = ((here, line.strip()) for here, line in enumerate(lines))
    filled = islice(((here, text) for here, text in stripped if text), 5)
    return [*takewhile(lambda line: len(line[1]) <= _MAX_LINE_LENGTH, filled)]


def _match_record(line: str) -> re.Match[str] | None:
    for pattern in _RECORD:
        match = pattern.fullmatch(line)
        if match and (pattern is not _DATE_IN_WORDS or parse_date(line)):
            return match
    return None
