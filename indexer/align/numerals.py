"""Numbers, dates and Latin words, found in a Chinese or an English text.

A number is the same value in whichever script it is written: 三十一, 31 and ３１ are all 31.0.
Offsets are in characters.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache
from typing import Final

_DIGITS: Final = {
    **{character: value for value, character in enumerate("〇一二三四五六七八九")},
    "零": 0, "○": 0, "两": 2,
}  # fmt: skip
_UNITS: Final = {"十": 10, "百": 100, "千": 1_000, "万": 10_000, "萬": 10_000,
                 "亿": 100_000_000, "億": 100_000_000}  # fmt: skip
_SCALES: Final = {
    "hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000,
    "trillion": 1_000_000_000_000,
}  # fmt: skip
_MONTHS: Final = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
_WEEKDAYS: Final = {
    "一": "monday", "二": "tuesday", "三": "wednesday", "四": "thursday", "五": "friday",
    "六": "saturday", "日": "sunday", "天": "sunday",
}  # fmt: skip
_CARDINALS: Final = (
    "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
)  # fmt: skip
_TENS: Final = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
# The English words for 2 to 12, 20, 30, … 90.
NUMBER_WORDS: Final[dict[float, str]] = {
    **dict(enumerate(_CARDINALS, 2)),
    **{10 * value: word for value, word in enumerate(_TENS, 2)},
}
# The characters with which a number in Chinese characters begins. A single 一 is mostly no number.
_HAN: Final = "〇一二三四五六七八九零○两廿卅十百千"
# By themselves, these are mostly parts of words: 百姓, 千方百计.
_NO_NUMBERS: Final = ("百", "千")
# In a longer run of Han numerals, only the first characters are read.
_MAX_NUMERALS: Final = 24


@cache
def _chinese_pattern() -> re.Pattern[str]:
    # The pattern begins with a class of characters, because `re` searches for these fast. It then
    # looks behind to see which character it found, and what may follow.
    return re.compile(
        rf"[0-9０-９A-Za-z{_HAN}二三四五六七八九十星周礼]"
        r"(?:(?<=[0-9０-９])(?P<digits>[0-9０-９,，]*(?:[.．][0-9０-９]+)?)"
        r"(?:(?P<scale>[百千]?(?:[万萬][亿億]?|[亿億]))|(?P<month>月))?"
        r"|(?<=[A-Za-z])(?P<latin>[A-Za-z0-9_+#-]*[A-Za-z0-9+#])"
        rf"|(?<=[星周礼])(?:期|(?<=周)|拜)(?P<weekday>[一二三四五六日天])"
        rf"|(?<=[{_HAN}])(?P<han>[{_HAN}万亿萬億]*)(?P<han_month>月)?)"
    )


@cache
def _english_pattern() -> re.Pattern[str]:
    return re.compile(r"[0-9][0-9,]*(?:\.[0-9]+)?(?:[ -](hundred|thousand|(?:m|b|tr)illion))?")


def chinese_tokens(text: str) -> tuple[dict[float, list[int]], dict[str, list[int]]]:
    """The numbers and the words of a Chinese text, each with the offsets where it occurs.

    Words are the Latin words of the text, and its months and weekdays in English; all in lower
    case. Numbers are greater than 1.
    """
    numbers: dict[float, list[int]] = defaultdict(list)
    words: dict[str, list[int]] = defaultdict(list)
    for match in _chinese_pattern().finditer(text):
        digits, scale, month, latin, weekday, han, han_month = match.groups()
        token, start = match[0], match.start()
        if latin is not None:
            words[token.lower()].append(start)
        elif weekday:
            words[_WEEKDAYS[weekday]].append(start)
        elif token not in _NO_NUMBERS:
            if digits is None:
                value = _han_value(token[0] + han)
            else:
                value = _arabic_value(token[0] + digits, scale)
            if (month or han_month) and 1 <= value <= 12:
                words[_MONTHS[int(value) - 1]].append(start)
            elif value > 1:
                numbers[value].append(start)
    return numbers, words


def english_numbers(text: str) -> dict[float, list[int]]:
    """The numbers that an English text has in figures, each with the offsets where it occurs."""
    numbers: dict[float, list[int]] = defaultdict(list)
    for match in _english_pattern().finditer(text):
        scale = match[1]
        if scale is None:
            value = float(match[0].replace(",", ""))
        else:
            digits = match[0][: -len(scale) - 1].replace(",", "")
            value = round(float(digits) * _SCALES.get(scale, 1), 6)
        numbers[value].append(match.start())
    return numbers


def _arabic_value(digits: str, scale: str | None) -> float:
    """The value of figures and the units after them: 3.5 and 亿 → 350000000."""
    value = float(digits.replace(",", "").replace("，", "").replace("．", "."))
    for unit in scale or "":
        value *= _UNITS[unit]
    return round(value, 6)


def _han_value(text: str) -> float:
    """The value of Han numerals: 一九五三 → 1953, 三千五百 → 3500, 一亿二千万 → 120000000."""
    text = text[:_MAX_NUMERALS].replace("廿", "二十").replace("卅", "三十")
    total = section = digits = 0
    for character in text:
        if character in _DIGITS:
            digits = digits * 10 + _DIGITS[character]
            continue
        unit = _UNITS[character]
        if unit == 100_000_000:
            total, section, digits = (total + section + digits) * unit, 0, 0
        elif unit == 10_000:
            total, section, digits = total + (section + digits) * unit, 0, 0
        else:
            section, digits = section + (digits or 1) * unit, 0
    return float(total + section + digits)
