"""The longer words of runs of Han characters.

Most of a text need not be cut to find them. Two characters that stand side by side in no word of
the dictionary are always cut apart, so that a run falls into pieces, each cut as if it stood
alone; and only a piece that holds the beginning of a longer word can hold one.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from indexer.analysis.bigrams import CODE_BITS, code_points, han_code, han_codes
from indexer.analysis.chinese import Segmenter
from indexer.analysis.dictionary import DICTIONARY_FIRST, DICTIONARY_LAST
from indexer.array_types import BoolArray, IntpArray, UInt32Array

LONG_WORD: Final = 3

# A set of numbers is a table of flags, which a number finds by the high bits of a product. Two
# numbers may share a flag; then more is cut than need be.
_HASH_BITS: Final = 22
_HASH_SHIFT: Final = 32 - _HASH_BITS
_BIGRAM_FACTOR: Final = np.uint32(0x9E3779B1)
_THIRD_FACTOR: Final = np.uint32(0x85EBCA77)

_FIRST_CODE: Final = np.uint32(han_code(DICTIONARY_FIRST))
_LAST_CODE: Final = np.uint32(han_code(DICTIONARY_LAST))


class LongWords:
    """Finds words of three or more characters, as a segmenter cuts them.

    The dictionary is loaded when it is first needed, in some 50 ms.
    """

    def __init__(self, segmenter: Segmenter) -> None:
        self._segmenter = segmenter
        self._dictionary: _Dictionary | None = None

    def find(
        self, characters: UInt32Array, is_joined: BoolArray, bound: int = 0
    ) -> tuple[list[str], list[str]]:
        """The words in the first ``bound`` characters, and in the others, each in order.

        ``characters`` (n,) are codes, as `indexer.analysis.bigrams` has them; ``is_joined`` (n,)
        says of each whether the next is of the same run. A run ends at the bound.
        """
        if len(characters) < LONG_WORD:
            return [], []
        if self._dictionary is None:
            self._dictionary = _Dictionary(self._segmenter.dictionary())
        cuts, beginnings = self._dictionary.look_up(characters, is_joined)
        if not len(beginnings):
            return [], []
        pieces = cuts.searchsorted(beginnings, "right")
        pieces = pieces[np.append(True, pieces[1:] != pieces[:-1])]
        starts, ends = cuts[pieces - 1], cuts[pieces]
        text = code_points().take(characters).tobytes().decode("utf-32-le")
        runs = [text[i:j] for i, j in zip(starts.tolist(), ends.tolist(), strict=True)]
        split = int(starts.searchsorted(bound))
        return self._cut(runs[:split]), self._cut(runs[split:])

    def _cut(self, runs: list[str]) -> list[str]:
        words = self._segmenter.cut(" ".join(runs)) if runs else []
        return [word for word in words if len(word) >= LONG_WORD]


class _Dictionary:
    """Which characters stand side by side in words, and which three begin one."""

    def __init__(self, text: str) -> None:
        points = np.frombuffer(text.encode("utf-16-le", "surrogatepass"), np.uint16)
        characters = han_codes().take(points).astype(np.uint32)
        places = np.flatnonzero(_are_known(characters))
        characters = characters[places]
        is_linked = places[1:] - places[:-1] == 1
        is_beginning = is_linked[:-1] & is_linked[1:]
        is_beginning[1:] &= ~is_linked[:-2]
        bigrams = _products(characters)
        self._bigrams = _flags(bigrams[is_linked])
        self._triples = _flags(_with_thirds(bigrams, characters, np.flatnonzero(is_beginning)))

    def look_up(self, characters: UInt32Array, is_joined: BoolArray) -> tuple[IntpArray, IntpArray]:
        """Where cuts are certain (before a character, or at the end), and where words may begin."""
        bigrams = _products(characters)
        is_known = _are_known(characters)
        is_linked = self._bigrams.take(bigrams >> _HASH_SHIFT) & is_joined[:-1]
        is_linked &= is_known[:-1] & is_known[1:]
        is_cut = np.ones(len(characters) + 1, np.bool_)
        np.logical_not(is_linked, out=is_cut[1:-1])
        firsts = np.flatnonzero(is_linked[:-1] & is_linked[1:])
        triples = _with_thirds(bigrams, characters, firsts)
        return np.flatnonzero(is_cut), firsts[self._triples.take(triples >> _HASH_SHIFT)]


def _are_known(characters: UInt32Array) -> BoolArray:
    return characters - _FIRST_CODE <= _LAST_CODE - _FIRST_CODE


def _products(characters: UInt32Array) -> UInt32Array:
    """A number for each character and the next."""
    return (characters[:-1] << np.uint32(CODE_BITS) | characters[1:]) * _BIGRAM_FACTOR


def _with_thirds(bigrams: UInt32Array, characters: UInt32Array, firsts: IntpArray) -> UInt32Array:
    """A number for each of the characters at ``firsts`` and the next two."""
    return bigrams.take(firsts) + characters.take(firsts + 2) * _THIRD_FACTOR


def _flags(products: UInt32Array) -> BoolArray:
    """The set of some numbers."""
    flags = np.zeros(1 << _HASH_BITS, np.bool_)
    flags[products >> _HASH_SHIFT] = True
    return flags
