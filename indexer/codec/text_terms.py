"""The terms of the text of one document, as arrays."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from indexer.analysis.bigrams import CODE_BITS
from indexer.array_types import Int32Array, Int64Array, UInt32Array

# This bit is set in the tokens of words, and in no bigram.
WORD_FLAG: Final = np.uint32(1 << 31)
# Tokens that are handled at a time, so that intermediate arrays are small.
BATCH_TOKENS: Final = 1 << 17


class TextTerms(NamedTuple):
    """The terms of a text: its ``words``, each once, and the ``tokens`` (n,) at its n positions.

    A token is a bigram, as `indexer.analysis.bigrams` numbers it; or `WORD_FLAG` and the index of
    a word among the ``words``; or 0 at a position without a term.
    """

    words: Sequence[str]
    tokens: UInt32Array

    def most_frequent(self, least: int) -> int:
        """Return the frequency of the most frequent word or Han character.

        A bigram counts for its first character. Returns 0 for texts of less than ``least`` tokens.
        """
        if len(self.tokens) < least:
            return 0
        word_counts = np.zeros(max(len(self.words), 1 << CODE_BITS), np.int64)
        character_counts = np.zeros_like(word_counts)
        size = len(word_counts)
        for start in range(0, len(self.tokens), BATCH_TOKENS):
            tokens = self.tokens[start : start + BATCH_TOKENS]
            is_word = tokens >= WORD_FLAG
            word_counts += np.bincount(tokens[is_word] ^ WORD_FLAG, minlength=size)
            character_counts += np.bincount(tokens[~is_word] >> CODE_BITS, minlength=size)
        character_counts[0] = 0
        return int(max(word_counts.max(), character_counts.max()))


class TextCollector:
    """Joins the terms of the chunks of a text."""

    def __init__(self) -> None:
        self._words: dict[str, int] = {}
        self._tokens = array("I")

    @property
    def word_count(self) -> int:
        """The number of different words."""
        return len(self._words)

    def add(
        self,
        words: Sequence[str],
        word_positions: Int32Array | Int64Array,
        bigrams: UInt32Array,
        bigram_positions: Int32Array | Int64Array,
        size: int,
    ) -> None:
        """Add a chunk of ``size`` positions, which has words and bigrams at some of them."""
        known = self._words
        for word in dict.fromkeys(words):
            known.setdefault(word, len(known))
        tokens = np.zeros(size, np.uint32)
        numbers = np.fromiter(map(known.__getitem__, words), np.uint32, len(words))
        tokens[word_positions] = numbers | WORD_FLAG
        tokens[bigram_positions] = bigrams
        self._tokens.frombytes(tokens.tobytes())

    def terms(self) -> TextTerms:
        """Return the terms of all chunks; afterwards no chunk may be added."""
        return TextTerms([*self._words], np.frombuffer(self._tokens, np.uint32))
