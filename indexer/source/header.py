"""What stands above a body: header, heading, record.

A line is taken from the body only if a field says all that it says.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from itertools import islice, takewhile
from pathlib import Path

from indexer.errors import SeedError

_KEY = re.compile(r"\s*(Title|Author|Date|Page|Edition)\s*[:：](.*)")
_DATE = re.compile(r"(\d{4}) ?[-/.年] ?(\d{1,2}) ?[-/.月] ?(\d{1,2}) ?日?")
_PAGE = re.compile(r"(?:第 ?)?(\d{0,4}) ?版?")
_PAGE_AND_SECTION = re.compile(r"第 ?(\d{0,4}) ?版 ?(?:[(（](.*)[)）])?")
_COLUMN = re.compile(r"专栏 ?[:：](.*)")
_RECORD = (_DATE, _PAGE_AND_SECTION, _COLUMN)
_HEADING = re.compile(r"#{1,6}\s*(.*?)(?:\s#+)?")
_MAX_AUTHOR_LENGTH = 60
# A longer line is text, whatever it begins with.
_MAX_LINE_LENGTH = 10_000


@dataclass(slots=True)
class Facts:
    """What either half may say.

    The methods return whether the fields now hold all of the value: not if it cannot be read, nor
    if the other half says something else.
    """

    path: str | Path
    date: datetime.date | None = None
    page: int | None = None
    section: str = ""
    column: str = ""

    def take_date(self, value: str, line: int) -> bool:
        """Raises `SeedError` unless ``value`` is empty or a day of the calendar."""
        if not value:
            return True
        match = _DATE.fullmatch(value)
        try:
            date = datetime.date(*map(int, match.groups())) if match else None
        except ValueError:
            date = None
        if not date:
            raise SeedError(self.path, line, f"impossible date {value[:40]!r}")
        self.date = self.date or date
        return self.date == date

    def take_page(self, value: str) -> bool:
        """Takes a number, or 第4版; an empty one says nothing."""
        match = _PAGE.fullmatch(value)
        if not match or not match[1]:
            return not value
        page = int(match[1])
        self.page = page if self.page is None else self.page
        return self.page == page

    def take_record(self, match: re.Match[str], line: int) -> bool:
        """Takes a line of the record, as one of the patterns ``_RECORD`` matched it."""
        if match.re is _DATE:
            return self.take_date(match[0], line)
        if match.re is _COLUMN:
            column = match[1].strip()
            self.column = self.column or column
            return column in ("", self.column)
        section = (match[2] or "").strip()
        self.section = self.section or section
        return self.take_page(match[1]) and section in ("", self.section)


def read_header(lines: list[str], first: int, facts: Facts) -> tuple[str, str, list[str]]:
    """Reads ``Key: value`` lines; returns title, author, and the lines of the body.

    ``first`` is the number of the first line in the file.
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
    """Reads a heading, an author, and the record; returns title, author, and the lines of the body.

    A first line without ``#`` is a heading only if a record stands below it. The author stands
    between heading and record.
    """
    stripped = ((here, line.strip()) for here, line in enumerate(lines))
    first_lines = islice(((here, text) for here, text in stripped if text), 5)
    filled = [*takewhile(lambda line: len(line[1]) <= _MAX_LINE_LENGTH, first_lines)]
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
        if not match or match.re in seen:
            break
        seen.add(match.re)
        end = here + 1
        if not facts.take_record(match, first + here):
            kept += (text, "")
    return title, author, kept + lines[end:]


def _match_record(line: str) -> re.Match[str] | None:
    for pattern in _RECORD:
        if match := pattern.fullmatch(line):
            return match
    return None
