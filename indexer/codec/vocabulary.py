"""The terms of a segment that is being built, numbered in the order of first use."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Final

import numpy as np

from indexer.array_types import Int64Array

# Bytes that a term takes beside its entry in the dictionary.
_TERM_SIZE: Final = 110


class Vocabulary(dict[str, int]):
    """Terms and their numbers; looking up a new term adds it."""

    __slots__ = ()

    def __missing__(self, term: str) -> int:
        """Number a new term; ValueError if it is empty, or has a newline or a lone surrogate."""
        if not term or "\n" in term:
            raise ValueError(f"not a term: {term[:40]!r}")
        term.encode()  # a lone surrogate is a UnicodeEncodeError, which is a ValueError
        number = self[term] = len(self)
        return number

    def numbers(self, terms: Sequence[str]) -> Int64Array:
        """Return the numbers of terms; new ones are added."""
        return np.fromiter(map(self.__getitem__, terms), np.int64, len(terms))

    def ranked(self) -> tuple[list[str], Int64Array]:
        """Return the terms in order, and for each number the rank of its term."""
        terms = sorted(self)
        ranks = np.empty(len(terms), np.int64)
        ranks[self.numbers(terms)] = np.arange(len(terms))
        return terms, ranks

    @property
    def memory(self) -> int:
        """An estimate of the bytes that the terms take."""
        return sys.getsizeof(self) + len(self) * _TERM_SIZE

    def truncate(self, count: int) -> None:
        """Keep the first ``count`` terms only."""
        while len(self) > count:
            self.popitem()
