"""The encoder finds the same terms, at the same positions, as the analyzer."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis import Analyzer
from indexer.analysis.bigrams import bigram_code, bigram_lines
from indexer.analysis.encoder import EncodedTerms, Encoder, token_spans
from indexer.analysis.script import is_han
from tests.indexer.analysis.texts import SENTENCES, passages, texts

ANALYZER = Analyzer()
ENCODER = Encoder(ANALYZER)
WITH_DICTIONARY = Analyzer("节约用煤 9\n𠀀生产节约\n上来个 3\nddt喷雾器\n")
ENCODER_WITH_DICTIONARY = Encoder(WITH_DICTIONARY)

ODD_TEXTS = [
    "", "\0", "\0\0 a\0", "\n", "中", "中\n　国\n", "中 a 国", "中\0国", "人民币𠀀人民币",
    "𠀀", "𠀀𠀀x𠀀", "二〇〇一年１２月", "½中½", "3½①生产⑴Steel", "a½½b", "x" * 200, "x" * 201,
    "中" + "é" * 450 + "国", "x" * 199 + "½" + "x" * 400, "ﬁne Straße ŉ", "\u0301", "中\u200b国",
    "China's ’s 's", "Ёлка и कखग 한국어", "\ud800a\udfff", "㍿中㎏", "節約 用\u3000煤\u2028運動",
]  # fmt: skip

paragraph_lists = st.lists(
    st.tuples(
        st.one_of(texts, passages(), st.sampled_from(ODD_TEXTS), st.sampled_from(SENTENCES)),
        st.integers(0, 300),
    ),
    max_size=8,
)


class Lists(NamedTuple):
    """`EncodedTerms` as lists."""

    starts: list[int]
    lengths: list[int]
    words: list[str]
    word_positions: list[int]
    bigrams: list[int]
    bigram_positions: list[int]
    long_words: list[str]
    title_words: list[str]


def one_by_one(
    analyzer: Analyzer, paragraphs: Sequence[str], gaps: Sequence[int], titles: int
) -> Lists:
    """The expected result of `Encoder.encode`, made with the analyzer."""
    lists = Lists([], [], [], [], [], [], [], [])
    position = 0
    for i, (paragraph, gap) in enumerate(zip(paragraphs, gaps, strict=True)):
        tokens = analyzer.exact(paragraph)
        lists.starts.append(position)
        lists.lengths.append(len(tokens))
        for at, token in enumerate(tokens, position):
            pair = bigram_code(token.term)
            if pair is None:
                lists.words.append(token.term)
                lists.word_positions.append(at)
            else:
                lists.bigrams.append(pair)
                lists.bigram_positions.append(at)
        ranking = (token.term for token in analyzer.ranking(paragraph))
        words = lists.title_words if i < titles else lists.long_words
        words += [term for term in ranking if is_han(term) and len(term) >= 3]
        position += len(tokens) + gap
    return lists


def as_lists(terms: EncodedTerms) -> Lists:
    return Lists(
        terms.starts.tolist(),
        terms.lengths.tolist(),
        terms.words,
        terms.word_positions.tolist(),
        terms.bigrams.tolist(),
        terms.bigram_positions.tolist(),
        terms.long_words,
        terms.title_words,
    )


def assert_equal(
    encoder: Encoder, analyzer: Analyzer, paragraphs: Sequence[str], gaps: Sequence[int]
) -> None:
    titles = len(paragraphs) // 2
    found = encoder.encode(paragraphs, gaps, titles)
    assert as_lists(found) == one_by_one(analyzer, paragraphs, gaps, titles)


@given(paragraph_lists)
def test_terms_are_those_of_the_analyzer(parts: list[tuple[str, int]]) -> None:
    assert_equal(ENCODER, ANALYZER, [text for text, _ in parts], [gap for _, gap in parts])


@given(paragraph_lists)
def test_a_user_dictionary_counts(parts: list[tuple[str, int]]) -> None:
    assert_equal(
        ENCODER_WITH_DICTIONARY,
        WITH_DICTIONARY,
        [text for text, _ in parts],
        [gap for _, gap in parts],
    )


def test_real_and_odd_texts() -> None:
    paragraphs = [text for pair in zip(SENTENCES, ODD_TEXTS * 99, strict=False) for text in pair]
    assert_equal(ENCODER, ANALYZER, paragraphs, [*range(len(paragraphs))])


@pytest.mark.parametrize("text", ODD_TEXTS, ids=ascii)
def test_odd_texts(text: str) -> None:
    assert_equal(ENCODER, ANALYZER, [text], [5])
    assert_equal(ENCODER, ANALYZER, ["煤", text, "煤"], [0, 0, 0])


def test_types() -> None:
    for paragraphs in ([], ["Steel, 节约用煤"], ["𠀀½"]):
        terms = ENCODER.encode(paragraphs, [1] * len(paragraphs))
        assert terms.bigrams.dtype == "uint32"
        assert {str(part.dtype) for part in (*terms[:2], terms[3], terms[5])} == {"int32"}
        assert {type(word) for word in terms.words} <= {str}


def test_pairs_are_the_terms_by_their_numbers() -> None:
    terms = ENCODER.encode(["推广先进，经验。"], [0])
    assert bigram_lines(terms.bigrams).decode() == "推广\n广先\n先进\n进\n经验\n验\n"


def test_threads_encode_alike() -> None:
    expected = as_lists(ENCODER.encode(SENTENCES, [0] * len(SENTENCES)))
    fresh = Encoder(Analyzer())
    with ThreadPoolExecutor(4) as pool:
        tasks = [pool.submit(fresh.encode, SENTENCES, [0] * len(SENTENCES)) for _ in range(8)]
        assert all(as_lists(task.result()) == expected for task in tasks)


@given(st.lists(texts | st.sampled_from(ODD_TEXTS) | passages(), max_size=5))
def test_spans_of_tokens_are_those_of_the_analyzer(paragraphs: list[str]) -> None:
    starts, ends = token_spans(paragraphs, ANALYZER)
    expected = []
    origin = 0
    for paragraph in paragraphs:
        expected += [(origin + a, origin + b) for a, b in ANALYZER.position_spans(paragraph)]
        origin += len(paragraph) + 1
    assert list(zip(starts.tolist(), ends.tolist(), strict=True)) == expected
