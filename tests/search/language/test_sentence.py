"""What is a sentence, and what is a query."""

from __future__ import annotations

import pytest

from search.language.sentence import is_in_capitals, is_sentence


@pytest.mark.parametrize(
    "text",
    [
        "Who was he?",
        "who was he?",
        "(Who was he?)",
        "Who was (he)?",
        "What happened?",
        "In which year was the mill built?",
        "And why did they go?",
        "Was the harvest good?",
        "Why was the campaign begun? “To save steel,” he said; ‘every ounce of it’ counts!",
        "The mills doubled their output.",
        "Workers of all countries, unite!",
        "SHALL COAL AND STEEL BE RATIONED?",
        "为什么增产?",
        "为什么增产？",
        "為什麼增產?",
        "誰是最可愛的人？",
        "什么是增产？如何节约？",
        "他说：“你是谁？”",
        "丰收了吗?",
        "中国农民的出路？",
        "天津的工人，增产节约！",
        "title:what is steel?",
        "标题：为什么增产？",
    ],
)
def test_sentences(text: str) -> None:
    assert is_sentence(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "?",
        "工业?",
        "工业？",
        "群??",
        "吗啡?",
        "中国农民的出路?",
        "product?",
        "steel product?",
        "year 195?",
        "the year 195?",
        "The year 195?",
        "Who was he",
        "what product* is it?",
        "who knows wom?n?",
        "coal AND steel plan?",
        "what is steel NOT iron?",
        "was it steel -iron?",
        "was it date:1953 or not?",
        "is it +steel?",
        "which mill~ was it?",
        "was it [1953 TO 1954]?",
        "steel and iron.",
        "为什么增* 产?",
    ],
)
def test_queries(text: str) -> None:
    assert not is_sentence(text)


def test_texts_in_capitals() -> None:
    assert is_in_capitals("COAL AND STEEL, 1953 增产")
    assert not is_in_capitals("Coal AND STEEL")
    assert not is_in_capitals("增产 1953")
