"""What is the same in both languages without a dictionary.

Numbers and dates in either script, Latin words in the Chinese, marks of punctuation, glossaries.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Final, NamedTuple

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
_WORDS: Final[dict[float, str]] = {
    **dict(enumerate(_CARDINALS, 2)),
    **{10 * value: word for value, word in enumerate(_TENS, 2)},
}
# Numbers from here on, and Latin words, are seldom in two texts by chance. Where there are so many
# in the Chinese text, and the English has less than this share of them, it is no translation.
_TELLING: Final = 13
_MIN_TELLING: Final = 4
_MIN_SHARE: Final = 0.2
# What a number in Chinese characters begins with; a single 一 is most often none.
_HAN: Final = "〇一二三四五六七八九零○两廿卅十百千"

# Alone, these are parts of words: 百姓, 千方百计.
_NO_NUMBERS: Final = ("百", "千")
# Numbers of more characters are none.
_MAX_NUMBER: Final = 24

# Marks as they stand in Chinese, and in English; one is found in a sentence or it is not.
_MARKS: Final = (
    ("？?", "?"), ("！!", "!"), ("“「『\"", "“\""), ("（(", "("), ("：:", ":"), ("%％", "%"),
)  # fmt: skip
# What stands in more places than this tells nothing.
_MAX_PLACES: Final = 30

Places = list[int]


class Anchor(NamedTuple):
    """What stands in both texts: at which characters of each, and how much it tells in itself.

    ``weight``: the most that one shared occurrence adds to the log odds.
    """

    weight: float
    chinese: Places
    english: Places


class TextComparison(NamedTuple):
    """What two texts have in common; and whether that is so little that neither renders the other.

    Of unrelated texts, no anchors are told.
    """

    anchors: list[Anchor]
    unrelated: bool


@cache
def _chinese_pattern() -> re.Pattern[str]:
    # The first character comes first, then what it begins: so `re` is quick to find it.
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


def compare_texts(
    chinese: str, english: str, glossary: Sequence[tuple[str, str]] = ()
) -> TextComparison:
    """What stands in both texts; ``glossary`` holds pairs (Chinese, English)."""
    small = english.lower()
    numbers, words = _chinese_tokens(chinese)
    others = _english_numbers(english) if numbers else {}
    found = [
        Anchor(2.0 + len(word) / 2, places, there)
        for word, places in words.items()
        if (there := _find(small, word))
    ]
    found += [
        Anchor(4.0 if value < 100 else 6.0, places, there)
        for value, places in numbers.items()
        if value >= _TELLING and (there := _numbers_at(value, others, small))
    ]
    telling = len(words) + sum(value >= _TELLING for value in numbers)
    if telling >= _MIN_TELLING and len(found) < _MIN_SHARE * telling:
        return TextComparison([], unrelated=True)
    found += [
        Anchor(3.0, places, there)
        for value, places in numbers.items()
        if value < _TELLING and (there := _numbers_at(value, others, small))
    ]
    found += [
        Anchor(6.0, places, there)
        for ours, theirs in glossary
        if (places := _find(chinese, ours)) and (there := _find(english, theirs))
    ]
    found += [
        Anchor(1.0, places, there)
        for ours, theirs in _MARKS
        if (places := _find_any(chinese, ours)) and (there := _find_any(english, theirs))
    ]
    return TextComparison(found, unrelated=False)


def _numbers_at(value: float, numbers: Mapping[float, Places], text: str) -> Places:
    """Where a number stands in an English text, in figures or in letters."""
    return numbers.get(value, []) + _find(text, _WORDS.get(value, ""))


def _chinese_tokens(text: str) -> tuple[dict[float, Places], dict[str, Places]]:
    """The numbers of a Chinese text, and the Latin words and months in English, small letters."""
    numbers: dict[float, Places] = defaultdict(list)
    words: dict[str, Places] = defaultdict(list)
    for match in _chinese_pattern().finditer(text):
        digits, scale, month, latin, weekday, han, han_month = match.groups()
        token, place = match[0], match.start()
        if latin is not None:
            words[token.lower()].append(place)
        elif weekday:
            words[_WEEKDAYS[weekday]].append(place)
        elif token not in _NO_NUMBERS:
            if digits is None:
                value = _han_number(token[0] + han)
            else:
                value = _arabic(token[0] + digits, scale)
            if (month or han_month) and 1 <= value <= 12:
                words[_MONTHS[int(value) - 1]].append(place)
            elif value > 1:
                numbers[value].append(place)
    return numbers, words


def _arabic(digits: str, scale: str | None) -> float:
    value = float(digits.replace(",", "").replace("，", "").replace("．", "."))
    for unit in scale or "":
        value *= _UNITS[unit]
    return round(value, 6)


def _english_numbers(text: str) -> dict[float, Places]:
    numbers: dict[float, Places] = defaultdict(list)
    for match in _english_pattern().finditer(text):
        scale = match[1]
        if scale is None:
            value = float(match[0].replace(",", ""))
        else:
            digits = match[0][: -len(scale) - 1].replace(",", "")
            value = round(float(digits) * _SCALES.get(scale, 1), 6)
        numbers[value].append(match.start())
    return numbers


def _han_number(text: str) -> float:
    """一九五三 → 1953, 三千五百 → 3500, 一亿二千万 → 120000000."""
    text = text[:_MAX_NUMBER].replace("廿", "二十").replace("卅", "三十")
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


def _find(text: str, word: str) -> Places:
    """Where a word stands in a text by itself; nothing where it is everywhere."""
    places: Places = []
    alphabetic = word.isascii()
    place = text.find(word)
    while place >= 0 and word:
        end = place + len(word)
        if not alphabetic or not (
            text[end : end + 1].isalnum() or (place and text[place - 1].isalnum())
        ):
            places.append(place)
        place = text.find(word, end)
        if len(places) > _MAX_PLACES:
            return []
    return places


def _find_any(text: str, characters: Iterable[str]) -> Places:
    places: Places = []
    for character in characters:
        place = text.find(character)
        while place >= 0:
            places.append(place)
            place = text.find(character, place + 1)
        if len(places) > 4 * _MAX_PLACES:
            return []
    return places
