"""Dates, pages and ranges as readers write them."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.language.dates import ParsedRange, Period, parse_dates, parse_pages, parse_period

YEAR = Period(date(1953, 1, 1), date(1953, 12, 31))
OCTOBER = Period(date(1953, 10, 1), date(1953, 10, 31))
LAST_DAY = Period(date(1953, 10, 31), date(1953, 10, 31))
MAY_DAY = Period(date(1953, 5, 1), date(1953, 5, 1))

PERIODS = [
    ("1953", YEAR),
    ("1953年", YEAR),
    (" 1953 ", YEAR),
    ("１９５３", YEAR),
    ("1953-10", OCTOBER),
    ("1953/10", OCTOBER),
    ("1953.10", OCTOBER),
    ("195310", OCTOBER),
    ("1953年10月", OCTOBER),
    ("１９５３－１０", OCTOBER),
    ("１９５３年１０月", OCTOBER),
    ("1953-10-31", LAST_DAY),
    ("1953/10/31", LAST_DAY),
    ("1953.10.31", LAST_DAY),
    ("19531031", LAST_DAY),
    ("1953年10月31日", LAST_DAY),
    ("1953年10月31号", LAST_DAY),
    ("1953-5-1", MAY_DAY),
    ("1953年5月1日", MAY_DAY),
    ("1952-02", Period(date(1952, 2, 1), date(1952, 2, 29))),
    ("9999-12", Period(date(9999, 12, 1), date(9999, 12, 31))),
]


@pytest.mark.parametrize(("text", "period"), PERIODS)
def test_a_period_is_its_first_and_last_day(text: str, period: Period) -> None:
    assert parse_period(text) == period


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1953-13", "impossible date 1953-13: there is no month 13"),
        ("1953-00", "impossible date 1953-00: there is no month 0"),
        ("1953-02-29", "impossible date 1953-02-29: 1953-02 has 28 days"),
        ("1953-10-00", "impossible date 1953-10-00: 1953-10 has 31 days"),
        ("1953年13月", "impossible date 1953年13月: there is no month 13"),
        ("0000", "impossible date 0000: there is no year 0"),
        ("yesterday", "'yesterday' is not a date; write 1953, 1953-10 or 1953-10-31"),
        ("53", "'53' is not a date; write 1953, 1953-10 or 1953-10-31"),
        ("", "'' is not a date; write 1953, 1953-10 or 1953-10-31"),
        ("\x1b[31m", r"'\x1b[31m' is not a date; write 1953, 1953-10 or 1953-10-31"),
        ("1953-10-31-05", "'1953-10-31-05' is not a date; write 1953, 1953-10 or 1953-10-31"),
    ],
)
def test_impossible_dates_are_explained_in_one_line(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=r"\A[^\n]+\Z") as caught:
        parse_period(text)
    assert str(caught.value) == reason


@given(st.dates())
def test_every_notation_of_a_day_is_read(day: date) -> None:
    year, month, number = f"{day.year:04}", day.month, day.day
    for text in (
        day.isoformat(),
        day.isoformat().replace("-", ""),
        f"{year}/{month}/{number}",
        f"{year}年{month}月{number}日",
        f"{year}.{month:02}.{number:02}",
    ):
        assert parse_period(text) == (day, day)


@given(st.dates())
def test_months_and_years_are_ranges_of_days(day: date) -> None:
    month, year = parse_period(f"{day:%Y-%m}".zfill(7)), parse_period(f"{day.year:04}")
    assert year.first <= month.first <= day <= month.last <= year.last
    assert month.first.day == 1
    assert month.last == date.max or (month.last + timedelta(1)).day == 1
    assert (year.first.month, year.last.month) == (1, 12)


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("1953", date(1953, 1, 1), date(1953, 12, 31)),
        ("=1953", date(1953, 1, 1), date(1953, 12, 31)),
        ("1953..1954", date(1953, 1, 1), date(1954, 12, 31)),
        ("1953-1954", date(1953, 1, 1), date(1954, 12, 31)),
        ("1953–1954", date(1953, 1, 1), date(1954, 12, 31)),
        ("1953——1954", date(1953, 1, 1), date(1954, 12, 31)),
        ("1953~1954", date(1953, 1, 1), date(1954, 12, 31)),
        ("１９５３～１９５４", date(1953, 1, 1), date(1954, 12, 31)),
        ("1953年至1954年", date(1953, 1, 1), date(1954, 12, 31)),
        ("1953-10 TO 1954-02", date(1953, 10, 1), date(1954, 2, 28)),
        ("1953-10-1954-02", date(1953, 10, 1), date(1954, 2, 28)),
        ("1953 to 1953-03", date(1953, 1, 1), date(1953, 3, 31)),
        ("1953 TO", date(1953, 1, 1), None),
        ("1953 TO *", date(1953, 1, 1), None),
        ("1953..", date(1953, 1, 1), None),
        ("TO 1954", None, date(1954, 12, 31)),
        ("* TO 1954", None, date(1954, 12, 31)),
        ("..1954", None, date(1954, 12, 31)),
        ("*", None, None),
        ("TO", None, None),
        (">=1953", date(1953, 1, 1), None),
        ("≥1953", date(1953, 1, 1), None),
        ("＞＝ 1953", date(1953, 1, 1), None),
        (">1953", date(1954, 1, 1), None),
        (">1953-10", date(1953, 11, 1), None),
        ("<=1953", None, date(1953, 12, 31)),
        ("≤1953", None, date(1953, 12, 31)),
        ("<1953", None, date(1952, 12, 31)),
        ("<1953-10-01", None, date(1953, 9, 30)),
    ],
)
def test_ranges_of_dates(text: str, since: date | None, until: date | None) -> None:
    assert parse_dates(text) == ParsedRange(since, until, swapped=False)


@pytest.mark.parametrize("text", ["1954..1953", "1954 TO 1953", "1954-1953"])
def test_a_backwards_range_is_swapped(text: str) -> None:
    assert parse_dates(text) == ParsedRange(date(1953, 1, 1), date(1954, 12, 31), swapped=True)


@pytest.mark.parametrize(
    "text", ["", ">", ">9999", "<0001", "1953..x", "1953-13..1954", ">=1953..1954", "1..2..3", "-"]
)
def test_impossible_ranges_of_dates_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\A[^\n]+\Z"):
        parse_dates(text)


@given(st.dates(), st.dates())
def test_a_range_is_from_the_first_to_the_last_of_its_ends(one: date, other: date) -> None:
    found = parse_dates(f"{one.isoformat()} TO {other.isoformat()}")
    assert found == ParsedRange(min(one, other), max(one, other), swapped=one > other)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1", ParsedRange(1, 1)),
        ("第3版", ParsedRange(3, 3)),
        ("３", ParsedRange(3, 3)),
        ("1-3", ParsedRange(1, 3)),
        ("1..3", ParsedRange(1, 3)),
        ("1 TO 3", ParsedRange(1, 3)),
        ("第1版至第3版", ParsedRange(1, 3)),
        ("3-1", ParsedRange(1, 3, swapped=True)),
        (">=2", ParsedRange(2, None)),
        (">2", ParsedRange(3, None)),
        ("<=2", ParsedRange(None, 2)),
        ("<2", ParsedRange(None, 1)),
        ("2 TO", ParsedRange(2, None)),
        ("*", ParsedRange(None, None)),
    ],
)
def test_pages(text: str, expected: ParsedRange[int]) -> None:
    assert parse_pages(text) == expected


@pytest.mark.parametrize("text", ["", "0", "one", "12345", "1.5", "-1-2"])
def test_impossible_pages_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a page; write 3, 1-3 or"):
        parse_pages(text)


@given(st.text(st.characters() | st.sampled_from("0123456789-/.年月日<>=*~TO 至")))
def test_any_text_is_read_or_refused_with_a_value_error(text: str) -> None:
    for read in (parse_period, parse_dates, parse_pages):
        with suppress(ValueError):
            read(text)
