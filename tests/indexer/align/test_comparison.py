"""Anchors that need no dictionary."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.align.comparison import compare_texts


def shared(chinese: str, english: str, **options: list[tuple[str, str]]) -> set[tuple[str, str]]:
    """The text at each anchor: three Chinese characters, and English up to white space."""
    found = compare_texts(chinese, english, options.get("glossary", ())).anchors
    return {
        (chinese[place : place + 3], english[there:].split(maxsplit=1)[0])
        for anchor in found
        for place in anchor.chinese
        for there in anchor.english
    }


@pytest.mark.parametrize(
    ("chinese", "english"),
    [
        ("三十一日", "the 31st"),
        ("十月三十一日", "October 31"),
        ("10月31日", "31 October"),
        ("百分之三十", "30 percent"),
        ("增长３０％", "rose by 30%"),
        ("一万二千人", "12,000 people"),
        ("1.2万人", "12,000 people"),
        ("一九五三年", "in 1953"),
        ("二〇〇八年", "2008"),
        ("１９５３年", "1953"),
        ("三亿五千万元", "350 million yuan"),
        ("3.5亿元", "350 million yuan"),
        ("2.5万亿元", "2.5 trillion yuan"),
        ("五个", "five of them"),
        ("二十名", "twenty people"),
        ("廿五岁", "aged 25"),
        ("两千三百", "2,300"),
        ("星期三", "on Wednesday"),
        ("周五", "Friday"),
        ("十二月", "in December"),
        ("使用 Linux 的人", "People use Linux."),
        ("３．５公斤", "3.5 kg"),
        ("“你好”", "“Hello”"),
        ("为什么？", "Why?"),
    ],
)
def test_texts_that_share_an_anchor(chinese: str, english: str) -> None:
    assert shared(chinese, english)


@pytest.mark.parametrize(
    ("chinese", "english"),
    [
        ("三十一日", "the 30th"),
        ("一个人", "One person, two"),
        ("一万二千", "1,200"),
        ("十月", "Octobers"),
        ("Java", "JavaScript"),
        ("五月", "may"[:2]),
        ("一九五三年", "19530"),
        ("", ""),
        ("没有", "nothing"),
        ("老百姓千方百计", "100 and 1,000"),
    ],
)
def test_texts_that_share_no_anchor(chinese: str, english: str) -> None:
    assert not shared(chinese, english)


def test_months_are_not_numbers() -> None:
    assert shared("十月三十一日", "October 31") == {("十月三", "October"), ("三十一", "31")}


def test_entries_of_the_glossary_are_anchors() -> None:
    pair = ("华北局", "North China Bureau")
    assert shared("中共中央华北局召开会议", "The North China Bureau met", glossary=[pair]) == {
        ("华北局", "North")
    }
    assert not shared("华北局", "The Bureau", glossary=[pair, ("", "The"), ("华", "")])


def test_texts_that_share_too_little_are_unrelated() -> None:
    chinese = "1953年产煤12万吨，Tangshan 占35%，Datong 占28%。"
    assert compare_texts(chinese, "Rain fell for 17 days.").unrelated
    assert not compare_texts(chinese, "In 1953 Tangshan mined 35 percent.").unrelated
    assert not compare_texts("没有数字", "Rain fell for 17 days.").unrelated


@given(st.integers(13, 99_999_999))
def test_numbers_of_both_scripts_are_equal(number: int) -> None:
    assert compare_texts(f"共{_in_characters(number)}人", f"in all {number:,} people").anchors


def _in_characters(number: int) -> str:
    if number >= 10_000:
        rest = number % 10_000
        tail = ("零" if 0 < rest < 1000 else "") + _in_characters(rest) if rest else ""
        return _in_characters(number // 10_000) + "万" + tail
    text, zero = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // unit % 10
        if digit:
            text += ("零" if zero else "") + "零一二三四五六七八九"[digit] + name
            zero = False
        elif text and number % unit:
            zero = True
    return text


@given(
    st.text("0123456789,.，．０９一二十百千万亿月日年周星期天A-z “”\n"),
    st.text("019,. -millionthousandA"),
)
def test_anchors_are_within_the_texts(chinese: str, english: str) -> None:
    for anchor in compare_texts(chinese, english).anchors:
        assert anchor.chinese
        assert anchor.english
        assert all(0 <= place < len(chinese) for place in anchor.chinese)
        assert all(0 <= place < len(english) for place in anchor.english)


def test_very_long_numbers_are_no_error() -> None:
    for number in ("一", "9", "亿"):
        compare_texts(f"共一{number * 5000}", "9" * 5000)
