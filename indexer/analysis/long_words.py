"""Finds the words of three or more characters in runs of Han characters.

Most of a text does not have to be cut for this. Two characters that are neighbours in no word of
the dictionary are always cut apart. So each run falls into parts that can be cut by themselves, and
only a part that contains the beginning of a longer word can contain such a word.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from indexer.analysis.bigrams import CODE_BITS, code_points, han_code, han_codes
from indexer.analysis.chinese import Segmenter
from indexer.analysis.dictionary import DICTIONARY_FIRST, DICTIONARY_LAST
from indexer.array_types import BoolArray, IntpArray, UInt32Array

MIN_LONG_WORD: Final = 3  # characters

# A set of numbers is kept as a table of flags. The high bits of a hash give the flag of a number.
# Two numbers may share a flag; then more text is cut than necessary, with the same result.
_HASH_BITS: Final = 22
_HASH_SHIFT: Final = 32 - _HASH_BITS
_BIGRAM_FACTOR: Final = np.uint32(0x9E3779B1)
_THIRD_FACTOR: Final = np.uint32(0x85EBCA77)

_FIRST_CODE: Final = np.uint32(han_code(DICTIONARY_FIRST))
_LAST_CODE: Final = np.uint32(han_code(DICTIONARY_LAST))


class LongWords:
    """Finds words of three or more characters, as a segmenter cuts them.

    The dictionary is loaded at the first call, which takes some 50 ms.
    """

    def __init__(self, segmenter: Segmenter) -> None:
        self._segmenter = segmenter
        self._dictionary: _Dictionary | None = None

    def find(
        self, characters: UInt32Array, is_joined: BoolArray, bound: int = 0
    ) -> tuple[list[str], list[str]]:
        """Return the words in the first ``bound`` characters, and those in the rest, in order.

        ``characters`` (n,) are codes of `indexer.analysis.bigrams`. ``is_joined`` (n,) says of
        each character whether the next one belongs to the same run. A run ends at the bound.
        """
        if len(characters) < MIN_LONG_WORD:
            return [], []
        if self._dictionary is None:
            self._dictionary = _Dictionary(self._segmenter.dictionary())
        cuts, beginnings = self._dictionary.look_up(characters, is_joined)
        if not len(beginnings):
            return [], []
        parts = cuts.searchsorted(beginnings, "right")
        parts = parts[np.append(True, parts[1:] != parts[:-1])]
        starts, ends = cuts[parts - 1], cuts[parts]
        text = code_points().take(characters).tobytes().decode("utf-32-le")
        runs = [text[i:j] for i, j in zip(starts.tolist(), ends.tolist(), strict=True)]
        split = int(starts.searchsorted(bound))
        return self._cut(runs[:split]), self._cut(runs[split:])

    def _cut(self, runs: list[str]) -> list[str]:
        words = self._segmenter.cut(" ".join(runs)) if runs else []
        return [word for word in words if len(word) >= MIN_LONG_WORD]


class _Dictionary:
    """Knows which characters are neighbours in a word, and which three characters begin one."""

    def __init__(self, text: str) -> None:
        points = np.frombuffer(text.encode("utf-16-le", "surrogatepass"), np.uint16)
        characters = han_codes().take(points).astype(np.uint32)
        offsets = np.flatnonzero(_are_known(characters))
        characters = characters[offsets]
        is_linked = offsets[1:] - offsets[:-1] == 1
        is_beginning = is_linked[:-1] & is_linked[1:]
        is_beginning[1:] &= ~is_linked[:-2]
        bigrams = _bigram_hashes(characters)
        self._bigrams = _flags(bigrams[is_linked])
        self._triples = _flags(_triple_hashes(bigrams, characters, np.flatnonzero(is_beginning)))

    def look_up(self, characters: UInt32Array, is_joined: BoolArray) -> tuple[IntpArray, IntpArray]:
        """Return the offsets of certain cuts, and the offsets at which longer words may begin.

        A cut is before the character at its offset; the last one is at the end of the text.
        """
        bigrams = _bigram_hashes(characters)
        is_known = _are_known(characters)
        is_linked = self._bigrams.take(bigrams >> _HASH_SHIFT) & is_joined[:-1]
        is_linked &= is_known[:-1] & is_known[1:]
        is_cut = np.ones(len(characters) + 1, np.bool_)
        np.logical_not(is_linked, out=is_cut[1:-1])
        firsts = np.flatnonzero(is_linked[:-1] & is_linked[1:])
        triples = _triple_hashes(bigrams, characters, firsts)
        return np.flatnonzero(is_cut), firsts[self._triples.take(triples >> _HASH_SHIFT)]


def _are_known(characters: UInt32Array) -> BoolArray:
    return characters - _FIRST_CODE <= _LAST_CODE - _FIRST_CODE


def _bigram_hashes(characters: UInt32Array) -> UInt32Array:
    """Return a hash for each character and the next one."""
    return (characters[:-1] << np.uint32(CODE_BITS) | characters[1:]) * _BIGRAM_FACTOR


def _triple_hashes(bigrams: UInt32Array, characters: UInt32Array, firsts: IntpArray) -> UInt32Array:
    """Return a hash for each of the characters at ``firsts`` and the next two."""
    return bigrams.take(firsts) + characters.take(firsts + 2) * _THIRD_FACTOR


def _flags(hashes: UInt32Array) -> BoolArray:
    """Return the set of some hashes, as flags."""
    flags = np.zeros(1 << _HASH_BITS, np.bool_)
    flags[hashes >> _HASH_SHIFT] = True
    return flags
