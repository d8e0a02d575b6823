"""The content words of many beads as numbers, in arrays."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from typing import Final, NamedTuple

import numpy as np

from indexer.analysis import Analyzer
from indexer.array_types import Int32Array, Int64Array
from indexer.lexicon.bead_text import BeadText
from indexer.lexicon.stop_words import STOP_WORDS

# Words that occur in fewer beads are not learnt.
_MIN_BEADS: Final = 2
# A side with more different words can hardly be a few sentences: only its first words are used.
_MAX_WORDS: Final = 120


class EncodedSide(NamedTuple):
    """One language of all beads.

    ``words``: the null word ``""``, then all words in order; a word is named by its number here.
    ``bead_counts``: int64[words], the number of beads that contain each word.
    ``numbers``: int32, the words of one bead after the other, each beginning with the null word.
    ``bounds``: int64[beads + 1], where each bead begins in ``numbers``, and where the last ends.
    """

    words: list[str]
    bead_counts: Int64Array
    numbers: Int32Array
    bounds: Int64Array


def encode_sides(beads: Iterable[BeadText], analyzer: Analyzer) -> tuple[EncodedSide, EncodedSide]:
    """Encode the Chinese and the English side of beads, which are read one by one."""
    chinese, english = _SideEncoder(STOP_WORDS["zh"]), _SideEncoder(STOP_WORDS["en"])
    for bead in beads:
        chinese.append(analyzer, bead.chinese)
        english.append(analyzer, bead.english)
    return chinese.encoded(), english.encoded()


class _SideEncoder:
    """Collects one language of beads."""

    def __init__(self, stop_words: frozenset[str]) -> None:
        self._stop_words = stop_words
        self._numbers: dict[str, int] = {}
        self._texts: list[array[int]] = []

    def append(self, analyzer: Analyzer, text: str) -> None:
        """Add one bead: the different terms of its ranking stream that are no stop words."""
        terms = dict.fromkeys(analyzer.streams(text).ranking)
        words = [term for term in terms if term not in self._stop_words]
        numbers = self._numbers
        found = [numbers.setdefault(word, len(numbers)) for word in words[:_MAX_WORDS]]
        self._texts.append(array("i", found))

    def encoded(self) -> EncodedSide:
        """All beads, without rare words."""
        read = np.frombuffer(b"".join(text.tobytes() for text in self._texts), np.int32)
        counts = np.bincount(read, minlength=len(self._numbers))
        words = sorted(word for word, i in self._numbers.items() if counts[i] >= _MIN_BEADS)
        new_numbers = np.full(len(self._numbers), -1, np.int32)
        new_numbers[[self._numbers[word] for word in words]] = np.arange(1, len(words) + 1)
        lengths = np.array([len(text) for text in self._texts], np.int64)
        beads = np.repeat(np.arange(len(lengths)), lengths)
        known = new_numbers[read] >= 0
        numbers, beads = new_numbers[read[known]], beads[known]
        starts = np.searchsorted(beads, np.arange(len(lengths) + 1))
        numbers = np.insert(numbers, starts[:-1], 0)
        bounds = starts + np.arange(len(starts))
        bead_counts = np.bincount(numbers, minlength=len(words) + 1)
        return EncodedSide(["", *words], bead_counts, numbers, bounds)
