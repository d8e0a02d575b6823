"""Translation probabilities, compared with those of plain Python loops."""

from __future__ import annotations

import math
from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis import Analyzer
from indexer.lexicon import BeadText
from indexer.lexicon.candidate_pairs import CandidatePairs, log_likelihood_ratio
from indexer.lexicon.encoded_beads import encode_sides
from indexer.lexicon.ibm_model1 import translation_probabilities

ANALYZER = Analyzer()
Pair = tuple[str, str]
Counts = dict[Pair, float]

words = st.lists(st.sampled_from(["甲", "乙", "丙", "丁", "戊"]), max_size=4)
stems = st.lists(st.sampled_from(["alpha", "bravo", "delta", "echo", "golf"]), max_size=4)
bead_texts = st.lists(
    st.builds(lambda zh, en: BeadText("，".join(zh), " ".join(en)), words, stems), max_size=40
)


def oracle(beads: list[tuple[list[str], list[str]]], pairs: set[Pair], rounds: int) -> Counts:
    """Forward probabilities by (Chinese, English), backward ones by ("back Chinese", English)."""
    forward = {(c, e): float(e != "") for c, e in pairs}
    backward = {(c, e): float(c != "") for c, e in pairs}
    for _ in range(rounds):
        counts: Counts = defaultdict(float)
        for chinese, english in beads:
            for c in chinese:
                for e in english:
                    if (c, e) not in pairs:
                        continue
                    row = sum(forward.get((other, e), 0.0) for other in chinese)
                    column = sum(backward.get((c, other), 0.0) for other in english)
                    ahead = forward[c, e] / row if row else 0.0
                    back = backward[c, e] / column if column else 0.0
                    counts[c, e] += ahead * back if c and e else ahead + back
        for c, e in pairs:
            row = sum(counts[c, other] for other in {b for a, b in pairs if a == c} if other)
            column = sum(counts[other, e] for other in {a for a, b in pairs if b == e} if other)
            forward[c, e] = counts[c, e] / (row + 0.5) if e else 0.0
            backward[c, e] = counts[c, e] / (column + 0.5) if c else 0.0
    return {**forward, **{(f"back {c}", e): chance for (c, e), chance in backward.items()}}


def as_words(links: CandidatePairs, chinese: list[str], english: list[str]) -> list[Pair]:
    return [(chinese[c], english[e]) for c, e in zip(links.chinese, links.english, strict=True)]


@given(bead_texts)
def test_probabilities_are_those_of_plain_loops(texts: list[BeadText]) -> None:
    ours, theirs = encode_sides(texts, ANALYZER)
    links = CandidatePairs.find(ours, theirs)
    pairs = as_words(links, ours.words, theirs.words)
    sides = [
        [
            [side.words[i] for i in side.numbers[start:end]]
            for start, end in zip(side.bounds, side.bounds[1:], strict=False)
        ]
        for side in (ours, theirs)
    ]
    expected = oracle([*zip(*sides, strict=True)], set(pairs), 3)
    forward, backward = translation_probabilities(links, 3)
    assert len(set(pairs)) == len(pairs)
    for (c, e), ahead, back in zip(pairs, forward, backward, strict=True):
        assert ahead == pytest.approx(expected[c, e])
        assert back == pytest.approx(expected[f"back {c}", e])


@given(bead_texts)
def test_probabilities_of_a_word_add_up_to_one_at_most(texts: list[BeadText]) -> None:
    ours, theirs = encode_sides(texts, ANALYZER)
    links = CandidatePairs.find(ours, theirs)
    forward, backward = translation_probabilities(links, 4)
    for probabilities, words_ in ((forward, links.chinese), (backward, links.english)):
        assert (probabilities >= 0).all()
        assert (np.bincount(words_, probabilities) <= 1 + 1e-9).all()


@given(bead_texts)
def test_candidate_pairs_meet_twice_and_more_often_than_by_chance(
    texts: list[BeadText],
) -> None:
    ours, theirs = encode_sides(texts, ANALYZER)
    links = CandidatePairs.find(ours, theirs)
    kept = {pair for pair in as_words(links, ours.words, theirs.words) if all(pair)}
    total = len(texts)
    for c in ours.words[1:]:
        for e in theirs.words[1:]:
            a = sum(c in text.chinese for text in texts)
            b = sum(e in text.english for text in texts)
            both = sum(c in text.chinese and e in text.english for text in texts)
            table = [(both, a * b), (a - both, a * (total - b)), (b - both, (total - a) * b),
                     (total - a - b + both, (total - a) * (total - b))]  # fmt: skip
            ratio = 2 * sum(n * math.log(n * total / m) for n, m in table if n)
            if abs(ratio - 15) > 1e-6:
                assert ((c, e) in kept) == (both >= 2 and both * total > a * b and ratio > 15)


def test_log_likelihood_ratio_of_a_known_table() -> None:
    # 10 of 100 beads have both words, none has only one: -2 * 100 * (0.1 ln 0.1 + 0.9 ln 0.9)
    found = log_likelihood_ratio(np.array([10]), np.array([10]), np.array([10]), 100)
    assert found[0] == pytest.approx(65.0166, abs=1e-3)
    by_chance = log_likelihood_ratio(np.array([25]), np.array([50]), np.array([50]), 100)
    assert by_chance[0] == pytest.approx(0.0)
