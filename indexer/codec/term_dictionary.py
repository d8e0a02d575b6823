"""A term dictionary: sorted texts in one array of bytes, found by binary search or by a pattern.

The dictionary with the name F takes two arrays:

    F/words         uint8    a newline, then each term in UTF-8 and a newline; terms are in the
                             order of their bytes, which is the order of their code points
    F/word_starts   uint32   the offset in F/words at which each term starts, and then its size;
                             uint64 if that is 4 GiB or more
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from indexer.array_types import Int64Array, UInt8Array
from indexer.codec.container import Container
from indexer.codec.container_writer import ContainerWriter

_MAX_CACHE: Final = 1 << 14
# Terms that are compared at a time when the dictionary is verified.
_BATCH_TERMS: Final = 1 << 15


def write_terms(name: str, terms: Sequence[str], out: ContainerWriter) -> None:
    """Write terms that are sorted and have no line breaks."""
    lines = b"\n%b\n" % "\n".join(terms).encode() if terms else b"\n"
    text = np.frombuffer(lines, np.uint8)
    out.add(f"{name}/words", text)
    starts = np.flatnonzero(text == ord("\n")) + 1
    out.add(f"{name}/word_starts", starts.astype(np.min_scalar_type(len(text) | 1 << 31)))


class TermDictionary:
    """The terms of a dictionary, known by their ordinals: 0, 1, … in the order of code points.

    Ranges of ordinals are half-open. May be used from several threads.
    """

    def __init__(self, name: str, container: Container) -> None:
        self._container = container
        self._base = container.offset(f"{name}/words")
        self._name = name
        self._starts = container[f"{name}/word_starts"]
        self._known: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._starts) - 1

    def find(self, term: str) -> int:
        """Return the ordinal of a term, or -1."""
        ordinal = self._known.get(term)
        if ordinal is None:
            if len(self._known) >= _MAX_CACHE:
                self._known.clear()
            text = _encoded(term)
            ordinal = self._lower_bound(text)
            if ordinal == len(self) or self._bytes(ordinal) != text:
                ordinal = -1
            self._known[term] = ordinal
        return ordinal

    def _lower_bound(self, text: bytes) -> int:
        """Return the ordinal of the first term that is not less than ``text``."""
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            if self._bytes(middle) < text:
                low = middle + 1
            else:
                high = middle
        return low

    def prefix_range(self, prefix: str) -> tuple[int, int]:
        """Return the range of the terms that start with ``prefix``."""
        text = _encoded(prefix)
        return self._lower_bound(text), self._lower_bound(text + b"\xff")  # UTF-8 never has 0xff

    def search(self, pattern: re.Pattern[bytes], low: int, high: int) -> Int64Array:
        """Return the ordinals of those terms of a range that ``pattern`` matches as a whole.

        The terms are searched in one scan, as a text with one term on each line. So the pattern
        must not match a newline: ValueError if it does.
        """
        if high <= low:
            return np.zeros(0, np.int64)
        # A pattern that starts with a literal character is tried only where that character is.
        line = re.compile(b"\n(?:" + pattern.pattern + b")(?=\n)", pattern.flags)
        bounds = int(self._starts[low]) - 1 + self._base, int(self._starts[high]) + self._base
        matches = line.finditer(self._container.map, *bounds)
        spans = np.array([match.span() for match in matches], np.int64).reshape(-1, 2) - self._base
        starts = self._starts[low : high + 1].astype(np.int64)
        ordinals = np.searchsorted(starts, spans[:, 0] + 1)
        if np.any(starts[ordinals + 1] - 1 != spans[:, 1]):
            raise ValueError(f"{pattern.pattern!r} matches line breaks")
        return ordinals + low

    def term(self, ordinal: int) -> str:
        """Return the term of an ordinal."""
        return self._bytes(ordinal).decode()

    def terms(self, low: int, high: int) -> list[str]:
        """Return the terms of a range."""
        return self.lines(low, high).decode().split("\n") if low < high else []

    def lines(self, low: int, high: int) -> bytes:
        """Return the terms of a range that is not empty, in UTF-8 with newlines between them."""
        start, end = int(self._starts[low]), int(self._starts[high])
        return self._container.map[self._base + start : self._base + end - 1]

    def _bytes(self, ordinal: int) -> bytes:
        return self.lines(ordinal, ordinal + 1)

    def arrays(self) -> tuple[UInt8Array, Int64Array]:
        """Return F/words and F/word_starts.

        The term with the ordinal i is ``words[starts[i] : starts[i + 1] - 1]``, in UTF-8.
        """
        return self._container[f"{self._name}/words"], self._starts.astype(np.int64)


def _encoded(text: str) -> bytes:
    """Return a text in UTF-8; a lone surrogate, which no term has, becomes three bytes."""
    return text.encode(errors="surrogatepass")


def term_faults(name: str, container: Container) -> Iterator[str]:
    """Describe each fault in a dictionary; raises ValueError if it is not UTF-8."""
    text = container[f"{name}/words"]
    starts = np.flatnonzero(text == ord("\n")) + 1
    if not np.array_equal(starts, container[f"{name}/word_starts"]) or starts[-1] != len(text):
        yield f"{name}/word_starts does not divide {name}/words"
        return
    dictionary = TermDictionary(name, container)
    last = None
    for low in range(0, len(dictionary), _BATCH_TERMS):
        batch = dictionary.lines(low, min(low + _BATCH_TERMS, len(dictionary))).split(b"\n")
        if last is not None:
            batch.insert(0, last)
        if not all(first < second for first, second in pairwise(batch)):
            yield f"{name}/words is not in order"
        b"\n".join(batch).decode()
        last = batch[-1]
