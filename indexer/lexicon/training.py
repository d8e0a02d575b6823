"""Learn word translation tables from beads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, repeat
from typing import Final, NamedTuple

import numpy as np

from indexer.analysis import Analyzer
from indexer.array_types import Int64Array, UInt32Array
from indexer.codec.container_writer import ContainerWriter
from indexer.codec.term_dictionary import write_terms
from indexer.lexicon.bead_text import BeadText
from indexer.lexicon.candidate_pairs import CandidatePairs, FloatArray
from indexer.lexicon.encoded_beads import EncodedSide, encode_sides
from indexer.lexicon.ibm_model1 import translation_probabilities
from indexer.lexicon.tables import CHINESE_SIDE, ENGLISH_SIDE, ONE, PAIRS

_TRAINING_ROUNDS: Final = 5
# An entry of a glossary counts as this many beads.
_GLOSSARY_WEIGHT: Final = 3
# A pair that is less probable than this in both directions is not kept.
_MIN_PROBABILITY: Final = 0.005


class TrainedTables(NamedTuple):
    """Word translation tables before they are written; `TranslationTables` reads them.

    Words are sorted, and the null word ``""`` is the first. ``chinese_null`` and ``english_null``
    are P(word | null word of the other language), for number 0 that of an unknown word. Pairs are
    sorted by their Chinese, then by their English words. ``forward`` is P(English | Chinese),
    ``backward`` P(Chinese | English).
    """

    chinese_words: list[str]
    english_words: list[str]
    chinese_counts: Int64Array
    english_counts: Int64Array
    chinese_null: FloatArray
    english_null: FloatArray
    pair_chinese: Int64Array
    pair_english: Int64Array
    forward: FloatArray
    backward: FloatArray

    def write(self, out: ContainerWriter) -> None:
        """Write the tables as named arrays, see `indexer.lexicon.tables`."""
        write_terms(CHINESE_SIDE, self.chinese_words, out)
        write_terms(ENGLISH_SIDE, self.english_words, out)
        out.add(f"{CHINESE_SIDE}/counts", self.chinese_counts.astype(np.uint32))
        out.add(f"{ENGLISH_SIDE}/counts", self.english_counts.astype(np.uint32))
        out.add(f"{CHINESE_SIDE}/null", _fixed_point(self.chinese_null))
        out.add(f"{ENGLISH_SIDE}/null", _fixed_point(self.english_null))
        by_english = np.argsort(self.pair_english, kind="stable")
        for side, numbers, words in (
            (CHINESE_SIDE, self.pair_chinese, self.chinese_words),
            (ENGLISH_SIDE, self.pair_english[by_english], self.english_words),
        ):
            starts = np.searchsorted(numbers, np.arange(len(words) + 1))
            out.add(f"{side}/pair_starts", starts.astype(np.uint32))
        out.add(f"{PAIRS}/english", self.pair_english.astype(np.uint32))
        out.add(f"{PAIRS}/chinese", self.pair_chinese.astype(np.uint32))
        out.add(f"{PAIRS}/by_english", by_english.astype(np.uint32))
        out.add(f"{PAIRS}/forward", _fixed_point(self.forward))
        out.add(f"{PAIRS}/backward", _fixed_point(self.backward))


def _fixed_point(probabilities: FloatArray) -> UInt32Array:
    return np.rint(probabilities * ONE).astype(np.uint32)


def train(
    beads: Iterable[BeadText], glossary: Iterable[tuple[str, str]], analyzer: Analyzer
) -> TrainedTables:
    """Learn from beads, and from the entries (Chinese, English) of glossaries.

    ``glossary`` is read after all beads have been. Memory grows with the number of beads, to about
    500 MB for 250,000.
    """
    chinese, english = encode_sides(chain(beads, _entries(glossary)), analyzer)
    pairs = CandidatePairs.find(chinese, english)
    forward, backward = translation_probabilities(pairs, _TRAINING_ROUNDS)
    is_null_chinese, is_null_english = pairs.chinese == 0, pairs.english == 0
    is_probable = np.maximum(forward, backward) >= _MIN_PROBABILITY
    kept = ~is_null_chinese & ~is_null_english & is_probable
    return TrainedTables(
        chinese.words,
        english.words,
        chinese.bead_counts,
        english.bead_counts,
        _null_probabilities(chinese, pairs.chinese[is_null_english], backward[is_null_english]),
        _null_probabilities(english, pairs.english[is_null_chinese], forward[is_null_chinese]),
        pairs.chinese[kept],
        pairs.english[kept],
        forward[kept],
        backward[kept],
    )


def _entries(glossary: Iterable[tuple[str, str]]) -> Iterator[BeadText]:
    for entry in sorted(set(glossary)):
        yield from repeat(BeadText(*entry), _GLOSSARY_WEIGHT)


def _null_probabilities(
    side: EncodedSide, words: Int64Array, probabilities: FloatArray
) -> FloatArray:
    """P(word | null word) of all words of a side.

    A word has at least the probability of an unknown word, which counts as having occurred once.
    """
    null = np.zeros(len(side.words))
    null[words] = probabilities
    return np.maximum(null, 1 / max(1, len(side.numbers)))
