"""The ends of sentences."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.align.sentences import sentence_ends


def sentences(text: str) -> list[str]:
    ends = sentence_ends(text)
    return [text[start:end] for start, end in zip([0, *ends], ends, strict=False)]


@pytest.mark.parametrize(
    "expected",
    [
        ["天津工人增产。", "河北农民丰收！", "你呢？", "好；", "很好"],
        ["他说：“我们都来。”", "大家鼓掌。"],
        ["（这是去年的事。）", "今年不同。"],
        ["等一等……", "“来了！！”", "他说。"],
        ["The harvest is in. ", "Who will carry it? ", "All of us! ", "We begin; ", "they follow"],
        ["“We are ready.” ", "He nodded. ", "(It was late.) ", "[1.] ", "They left."],
        ["Mr. Sun and Dr. Li met at No. 5. ", "J. K. Wu came from the U.S. in Sept. 1950."],
        ["It rose by 3.5 per cent, i.e. to 12.75 yuan; ", "the plan asked for 3."],
        ["DDT 的用量是３.5 公斤。", "The end. ", "完。"],
        ["稻谷堆得比山高\n", "渠水流到家门口\n", "山歌越唱心越宽"],
        ["Coal\n", "Iron\n", "Salt"],
        ["The books were carried over the mountain by\nthe pupils’ fathers. ", "They came home."],
        [
            "农民们从山上一直走到山下，在那里修了一条长长的水渠，又\n修了一座桥。",
            "完工了。\n",
            "好",
        ],
        [""],
        ["   "],
        ["。"],
    ],
)
def test_where_sentences_end(expected: list[str]) -> None:
    assert sentences("".join(expected)) == expected


@given(st.text(st.sampled_from("。！？；….!?;”」）\"' \nA.B天津No. Mr3")))
def test_sentences_joined_are_the_text(text: str) -> None:
    parts = sentences(text)
    assert "".join(parts) == text
    assert all(parts) or parts == [""]
    assert not any(part[:1].isspace() for part in parts[1:])
