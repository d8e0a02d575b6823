"""A date is read in every form that is in use, and nothing else is taken for a date."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.article import DatePrecision, date_text
from indexer.source.dates import PartialDate, parse_date, split_name

DIGITS = "〇一二三四五六七八九"
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
days = st.dates(datetime.date(1000, 1, 1), datetime.date(2999, 12, 31))
precisions: st.SearchStrategy[DatePrecision] = st.sampled_from(["day", "month", "year"])


def chinese(number: int) -> str:
    tens, ones = divmod(number, 10)
    head = "" if not tens else "十" if tens == 1 else f"{DIGITS[tens]}十"
    return head + (DIGITS[ones] if ones else "")


def ordinal(number: int) -> str:
    suffix = "th" if number in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{suffix}"


def forms(date: datetime.date) -> list[str]:
    y, m, d = date.year, date.month, date.day
    month = f"{date:%B}"
    year = "".join(DIGITS[int(digit)] for digit in str(y))
    return [
        f"{date}",
        f"{date}T00:00:00",
        f"{date} 00:00",
        f"[{date}]",
        f"{y}.{m:02}.{d:02}",
        f"{y}/{m}/{d}",
        f"{y}{m:02}{d:02}",
        f"{y}年{m}月{d}日",
        f"{y} 年 {m} 月 {d} 日",
        f"{y}年{m}月{d}日".translate(FULL_WIDTH),
        f"{year}年{chinese(m)}月{chinese(d)}日",
        f"{month} {d}, {y}",
        f"{d} {month} {y}",
        f"{month[:3]}. {ordinal(d)}, {y}",
        f"the {ordinal(d)} of {month}, {y}",
        f"{month.upper()} {d} {y}",
        f"{d}-{month[:3]}-{y}",
        f"{date:%A}, {month} {d}, {y}",
    ]


@given(days, st.data())
def test_every_form_of_a_day_is_read(date: datetime.date, data: st.DataObject) -> None:
    form = data.draw(st.sampled_from(forms(date)))
    assert parse_date(form) == PartialDate(date, "day")


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("1953-10", "1953-10"),
        ("1953年10月", "1953-10"),
        ("一九五三年十月", "1953-10"),
        ("October 1953", "1953-10"),
        ("1953.1", "1953-01"),
        ("1953", "1953"),
        ("1953年", "1953"),
        ("一九五三年", "1953"),
        ("一九六○年元月廿三日", "1960-01-23"),
    ],
)
def test_a_date_keeps_its_precision(text: str, read: str) -> None:
    period = parse_date(text)
    assert period
    assert date_text(*period) == read


@pytest.mark.parametrize(
    "text",
    [
        "",
        "unknown",
        "Monday last",
        "1953-02-29",
        "1953-13",
        "19531331",
        "0000",
        "195",
        "十月一日",
        "31/10/1953",
        "1953-10-31 and later",
        "October 32, 1953",
        "一九五三年十三月",
        "2" * 1000,
    ],
)
def test_anything_else_is_no_date(text: str) -> None:
    assert parse_date(text) is None


@given(st.text(max_size=30))
def test_no_text_is_too_odd(text: str) -> None:
    parse_date(text)
    split_name(text)


@given(days, precisions, days, precisions)
def test_a_period_holds_its_parts(
    one: datetime.date,
    precision: DatePrecision,
    other: datetime.date,
    other_precision: DatePrecision,
) -> None:
    first, second = (
        parse_date(date_text(date, exact))
        for date, exact in ((one, precision), (other, other_precision))
    )
    assert first
    assert second
    begins_alike = date_text(*second).startswith(date_text(*first))
    assert first.holds(second) == begins_alike


@pytest.mark.parametrize(
    ("stem", "date", "title"),
    [
        ("1958-01-02_林海", "1958-01-02", "林海"),
        ("19580102-Spring", "1958-01-02", "Spring"),
        ("1958-01_a_b", "1958-01", "a b"),
        ("1958-01-02", "1958-01-02", ""),
        ("1958-02-30_林海", "", ""),
        ("000123_syn", "", ""),
        ("1958_a", "", ""),
        ("a 1958-01-02", "", ""),
    ],
)
def test_a_name_begins_with_a_date(stem: str, date: str, title: str) -> None:
    period, rest = split_name(stem)
    assert (date_text(*period) if period else "", rest) == (date, title)
