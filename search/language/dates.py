"""Parse dates and pages as people write them, and ranges of them.

    date     1953  1953-10  1953/10/31  1953.10.31  19531031  1953年10月31日  １９５３－１０
    page     3  第3版
    range    A..B  A TO B  A-B (pages and years)  A~B  A—B  A至B   a missing end, or *, is open
             >=A  >A  <=A  <A

Full-width characters are read like their ASCII counterparts.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Callable
from datetime import date, timedelta
from typing import Generic, NamedTuple, TypeVar

Bound = TypeVar("Bound", date, int)


class Period(NamedTuple):
    """A year, a month or a day, as its first and last day."""

    first: date
    last: date


class ParsedRange(NamedTuple, Generic[Bound]):
    """A range from `low` to `high`, both included; None leaves an end open.

    `swapped` says that it was written backwards.
    """

    low: Bound | None
    high: Bound | None
    swapped: bool = False


_PERIODS = tuple(
    re.compile(pattern, re.ASCII)
    for pattern in (
        r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?",
        r"(\d{4})年(?:(\d{1,2})月(?:(\d{1,2})[日号]?)?)?",
        r"(\d{4})(\d\d)(\d\d)?",
    )
)
_PAGE = re.compile(r"第?(\d{1,4})[版页]?", re.ASCII)
_COMPARISON = re.compile(r"(>=|<=|[<>=≥≤]|)\s*(.*)", re.DOTALL)
_TO = r"\s*(?:\.{2,}|[–—―~〜至到]+)\s*|(?:^|\s+)TO(?:\s+|$)"
_PAGES_TO = re.compile(_TO + r"|-", re.IGNORECASE)
_DATES_TO = re.compile(_TO + r"|-(?=\d{4})", re.IGNORECASE)  # 1953-10 is a month, not a range


def parse_period(text: str) -> Period:
    """Parse a year, a month or a day; raises ValueError with a message for the user."""
    plain = unicodedata.normalize("NFKC", text).strip()
    for pattern in _PERIODS:
        if match := pattern.fullmatch(plain):
            year, month, day = (int(part) if part else None for part in match.groups())
            if reason := _impossible(year or 0, month, day):
                raise ValueError(f"impossible date {plain}: {reason}")
            return _period(year or 0, month, day)
    raise ValueError(f"{text[:40]!r} is not a date; write 1953, 1953-10 or 1953-10-31")


def _impossible(year: int, month: int | None, day: int | None) -> str | None:
    """Return why a date is impossible, or None if it is possible."""
    if year == 0:
        return "there is no year 0"
    if month is not None and not 1 <= month <= 12:
        return f"there is no month {month}"
    if month is not None and day is not None:
        days = calendar.monthrange(year, month)[1]
        if not 1 <= day <= days:
            return f"{year:04}-{month:02} has {days} days"
    return None


def _period(year: int, month: int | None, day: int | None) -> Period:
    last_month = month or 12
    last_day = day or calendar.monthrange(year, last_month)[1]
    return Period(date(year, month or 1, day or 1), date(year, last_month, last_day))


def parse_dates(text: str) -> ParsedRange[date]:
    """Parse a period or a range of periods; raises ValueError with a message for the user."""
    try:
        return _parse_range(text, parse_period, _days_later, _DATES_TO)
    except OverflowError:
        reason = "the calendar begins with the year 1 and ends with the year 9999"
        raise ValueError(f"impossible date {text[:40]!r}: {reason}") from None


def parse_pages(text: str) -> ParsedRange[int]:
    """Parse a page or a range of pages; raises ValueError with a message for the user."""
    return _parse_range(text, _parse_page, int.__add__, _PAGES_TO)


def _parse_page(text: str) -> tuple[int, int]:
    match = _PAGE.fullmatch(text)
    if match is None or int(match[1]) == 0:
        raise ValueError(f"{text[:40]!r} is not a page; write 3, 1-3 or [1 TO 3]")
    return int(match[1]), int(match[1])


def _days_later(day: date, days: int) -> date:
    return day + timedelta(days)


def _parse_range(
    text: str,
    read: Callable[[str], tuple[Bound, Bound]],
    later: Callable[[Bound, int], Bound],
    separator: re.Pattern[str],
) -> ParsedRange[Bound]:
    """Parse a range.

    ``read`` turns the text of an end into its first and last unit (day or page), and ``later``
    moves a unit by a number of units.
    """
    match = _COMPARISON.fullmatch(unicodedata.normalize("NFKC", text).strip())
    comparison, rest = match.groups() if match else ("", text)
    if comparison not in ("", "=") or not rest:
        first, last = read(rest)
        return _compared(comparison, first, last, later)
    ends = separator.split(rest, maxsplit=1)
    low, high = (None if end in ("", "*") else read(end) for end in (ends[0], ends[-1]))
    swapped = low is not None and high is not None and low[0] > high[1]
    if swapped:
        low, high = high, low
    return ParsedRange(low and low[0], high and high[1], swapped)


def _compared(
    comparison: str, first: Bound, last: Bound, later: Callable[[Bound, int], Bound]
) -> ParsedRange[Bound]:
    """Return the range that a comparison with a unit or period means."""
    match comparison:
        case ">":
            return ParsedRange(later(last, 1), None)
        case "<":
            return ParsedRange(None, later(first, -1))
        case ">=" | "≥":
            return ParsedRange(first, None)
        case _:
            return ParsedRange(None, last)
