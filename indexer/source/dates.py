"""Reads dates as newspapers and their archivists write them, with the precision that they have."""

from __future__ import annotations

import datetime
import re
import unicodedata
from typing import Final, NamedTuple

from indexer.analysis.folding import without_unknown
from indexer.article import DatePrecision, last_day

_MONTHS: Final = (
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
)
_MONTH: Final = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY: Final = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?"
_YEAR: Final = r"(?P<year>[0-9]{4})"
_WEEKDAY: Final = r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,? )?"
_ISO: Final = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FORMS: Final = tuple(
    re.compile(form)
    for form in (
        rf"{_YEAR} ?(?P<by>[-/.]) ?(?P<month>[0-9]{{1,2}})(?: ?(?P=by) ?(?P<day>[0-9]{{1,2}}))?",
        r"(?P<year>[0-9]{4})(?P<month>[0-9][0-9])(?P<day>[0-9][0-9])",
        rf"{_YEAR} ?年(?: ?(?P<month>[0-9]{{1,2}}) ?月(?: ?(?P<day>[0-9]{{1,2}}) ?[日号]?)?)?",
        rf"{_YEAR} ?[-/.年] ?(?P<month>[0-9]{{1,2}}) ?[-/.月] ?(?P<day>[0-9]{{1,2}}) ?日?",
        rf"{_WEEKDAY}{_MONTH} {_DAY},? {_YEAR}",
        rf"{_WEEKDAY}(?:the )?{_DAY}(?: of)?[ -]{_MONTH},?[ -]{_YEAR}",
        rf"{_YEAR},? {_MONTH}(?: {_DAY})?",
        rf"{_MONTH},? (?:of )?{_YEAR}",
        _YEAR,
    )
)
_BRACKETS: Final = (("[", "]"), ("(", ")"), ("【", "】"), ("〔", "〕"), ("<", ">"))
_MIDNIGHT: Final = re.compile(r"(?<=[0-9])[t ]00:00(?::00(?:\.0+)?)?(?:z|\+00:?00)?")
_TIME: Final = re.compile(r"(?<=[0-9])[Tt ][0-9]{2}:[0-9:.]+(?:[Zz]|[+-][0-9:]+)?$")
_MAX_LENGTH: Final = 60
_DIGITS: Final = {c: str(n) for n, cs in enumerate(("〇零○◯", *"一二三四五六七八九")) for c in cs}
_TENS: Final = {"十": "1", "廿": "2", "卅": "3"}
_CHINESE_DATE: Final = re.compile(
    rf"(?P<year>[{''.join(_DIGITS)}]{{4}})年"
    r"(?:(?P<month>[一二三四五六七八九]|十[一二]?|元|正)月"
    r"(?:(?P<day>[一二三四五六七八九]|[一二三]?十[一二三四五六七八九]?|[廿卅][一二三四五六七八九]?)[日号]?)?)?"
)
_DATE_OF_NAME: Final = re.compile(
    r"(?:([0-9]{4}([-.])[0-9]{1,2}(?:\2[0-9]{1,2})?)|((?:1[5-9]|20)[0-9]{6}))(?:[_ ]+|-(?![0-9])|$)"
)


class PartialDate(NamedTuple):
    """A day, month or year, given by its first day."""

    first: datetime.date
    precision: DatePrecision

    def holds(self, other: PartialDate) -> bool:
        """Say whether ``other`` is this period or a part of it."""
        return self.first <= other.first and last_day(other.first, other.precision) <= last_day(
            self.first, self.precision
        )


def parse_date(text: str) -> PartialDate | None:
    """Return the date that a text consists of, or None if it is no date of the calendar.

    Digits may be full-width or Chinese. Square or round brackets around the date, a weekday before
    it and midnight after it are allowed.
    """
    if not text or len(text) > _MAX_LENGTH:
        return None
    if _ISO.fullmatch(text):
        return _calendar_date(int(text[:4]), int(text[5:7]), int(text[8:]))
    text = " ".join(unicodedata.normalize("NFKC", without_unknown(text)).lower().split())
    for left, right in _BRACKETS:
        if text.startswith(left) and text.endswith(right):
            text = text[1:-1].strip()
    if match := _CHINESE_DATE.fullmatch(text):
        return _calendar_date(*map(_chinese_number, match.group("year", "month", "day")))
    text = _MIDNIGHT.sub("", text)
    for form in _FORMS:
        if match := form.fullmatch(text):
            groups = match.groupdict()
            month = groups.get("month") or "0"
            number = int(month) if month.isdigit() else _MONTHS.index(month[:3]) + 1
            has_month = bool(groups.get("month"))
            day = groups.get("day")
            return _calendar_date(
                int(groups["year"]), number if has_month else None, int(day) if day else None
            )
    return None


def without_time(text: str) -> str:
    """Return a text without the time of day at its end."""
    return _TIME.sub("", text)


def split_name(stem: str) -> tuple[PartialDate | None, str]:
    """Divide a file's name, without its suffix, into the date at its beginning and the rest.

    In ``1958-01-02_题名`` the rest is a title, with blanks for the underscores. Without a date at
    the beginning, the rest is empty.
    """
    match = _DATE_OF_NAME.match(stem)
    date = parse_date(match[1] or match[3]) if match else None
    if not match or not date:
        return None, ""
    rest = unicodedata.normalize("NFC", stem[match.end() :])
    return date, " ".join(rest.replace("_", " ").split())


def _calendar_date(year: int | None, month: int | None, day: int | None) -> PartialDate | None:
    precision: DatePrecision = "year" if month is None else "month" if day is None else "day"
    try:
        first = datetime.date(year or 0, 1 if month is None else month, 1 if day is None else day)
    except ValueError:
        return None
    return PartialDate(first, precision)


def _chinese_number(text: str | None) -> int | None:
    """Return the number for digits in a row (一九五三) or for a number below 40 (三十一, 廿三)."""
    if not text:
        return None
    if text in "元正":
        return 1
    if len(text) == 4:
        return int("".join(_DIGITS[c] for c in text))
    tens = next((c for c in text if c in _TENS), "")
    if not tens:
        return int(_DIGITS[text])
    before, _, after = text.partition(tens)
    return int(_DIGITS[before] if before else _TENS[tens]) * 10 + int(_DIGITS.get(after, "0"))
