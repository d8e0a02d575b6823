"""The words of many beads as numbers, language by language."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from indexer.analysis import Analyzer
from indexer.lexicon.bead_words import BeadText, content_words, stop_words

# Words of fewer beads are not learnt.
_MIN_COUNT: Final = 2
# Beads of more words on a side are no sentences.
_MAX_WORDS: Final = 120


class EncodedSide(NamedTuple):
    """One language of all beads.

    ``words``: the null word "", then the words in order. ``counts``: in how many beads each is.
    ``numbers``: the words of each bead, the null word first; ``bounds``: where each bead starts,
    and the last ends.
    """

    words: list[str]
    counts: npt.NDArray[np.int64]
    numbers: npt.NDArray[np.int32]
    bounds: npt.NDArray[np.int64]


class SideReader:
    """Collects one language of beads."""

    def __init__(self, stop_words: frozenset[str]) -> None:
        self._stop_words = stop_words
        self._numbers: dict[str, int] = {}
        self._texts: list[array[int]] = []

    def append(self, analyzer: Analyzer, text: str) -> None:
        """Take the content words of one more bead."""
        words = content_words(analyzer, text, self._stop_words)
        numbers = self._numbers
        found = [numbers.setdefault(word, len(numbers)) for word in words[:_MAX_WORDS]]
        self._texts.append(array("i", found))

    def side(self) -> EncodedSide:
        """All that was read, without rare words."""
        read = np.frombuffer(b"".join(text.tobytes() for text in self._texts), np.int32)
        counts = np.bincount(read, minlength=len(self._numbers))
        words = sorted(word for word, i in self._numbers.items() if counts[i] >= _MIN_COUNT)
        new_numbers = np.full(len(self._numbers), -1, np.int32)
        new_numbers[[self._numbers[word] for word in words]] = np.arange(1, len(words) + 1)
        lengths = np.array([len(text) for text in self._texts], np.int64)
        beads = np.repeat(np.arange(len(lengths)), lengths)
        known = new_numbers[read] >= 0
        numbers, beads = new_numbers[read[known]], beads[known]
        starts = np.searchsorted(beads, np.arange(len(lengths) + 1))
        numbers = np.insert(numbers, starts[:-1], 0)
        bounds = starts + np.arange(len(starts))
        return EncodedSide(
            ["", *words], np.bincount(numbers, minlength=len(words) + 1), numbers, bounds
        )


def encode_sides(beads: Iterable[BeadText], analyzer: Analyzer) -> tuple[EncodedSide, EncodedSide]:
    """The Chinese and the English side of beads."""
    chinese, english = SideReader(stop_words("zh")), SideReader(stop_words("en"))
    for bead in beads:
        chinese.append(analyzer, bead.chinese)
        english.append(analyzer, bead.english)
    return chinese.side(), english.side()
