"""A sorted list of words in one array of bytes, and how it is searched."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from indexer.codec.arrays import Int64Array
from indexer.codec.container import Container, ContainerWriter

_MAX_CACHE: Final = 1 << 14
# So many words are compared at a time.
_BATCH_TERMS: Final = 1 << 15


def write_terms(field: str, words: Sequence[str], out: ContainerWriter) -> None:
    """Write words that are sorted, and hold no line breaks."""
    write_term_lines(field, "\n".join(words).encode(), len(words), out)


def write_term_lines(field: str, lines: bytes, count: int, out: ContainerWriter) -> None:
    """Write so many words, given in UTF-8 with line breaks between them."""
    text = np.frombuffer(b"\n%b\n" % lines if count else b"\n", np.uint8)
    out.add(f"{field}/words", text)
    places = np.flatnonzero(text == ord("\n")) + 1
    out.add(f"{field}/word_starts", places.astype(np.min_scalar_type(len(text) | 1 << 31)))


class TermDictionary:
    """The words of a field, numbered in the order of their code points.

    Ranges of numbers are half-open. May be used from several threads.
    """

    def __init__(self, field: str, container: Container) -> None:
        self._container = container
        self._base = container.offset(f"{field}/words")
        self._field = field
        self._starts = container[f"{field}/word_starts"]
        self._known: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._starts) - 1

    def find(self, word: str) -> int:
        """The number of a word, or -1."""
        number = self._known.get(word)
        if number is None:
            if len(self._known) >= _MAX_CACHE:
                self._known.clear()
            text = encode_term(word)
            number = self._lower_bound(text)
            if number == len(self) or self._bytes(number) != text:
                number = -1
            self._known[word] = number
        return number

    def lower_bound(self, text: bytes) -> int:
        """The number of the first word that is not less than ``text``."""
        return self._lower_bound(text)

    def _lower_bound(self, text: bytes) -> int:
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            if self._bytes(middle) < text:
                low = middle + 1
            else:
                high = middle
        return low

    def prefix_range(self, prefix: str) -> tuple[int, int]:
        """The range of the words that start with ``prefix``."""
        text = encode_term(prefix)
        return self._lower_bound(text), self._lower_bound(text + b"\xff")  # no UTF-8 has that

    def search(self, pattern: re.Pattern[bytes], low: int, high: int) -> Int64Array:
        """The numbers of those words in a range that ``pattern`` matches as a whole.

        All are read in one scan, as a text with a line for each, so the pattern must not match a
        line break: ValueError if it does.
        """
        if high <= low:
            return np.zeros(0, np.int64)
        # Led by a literal character, a pattern is tried only where that character stands.
        line = re.compile(b"\n(?:" + pattern.pattern + b")(?=\n)", pattern.flags)
        bounds = int(self._starts[low]) - 1 + self._base, int(self._starts[high]) + self._base
        matches = line.finditer(self._container.map, *bounds)
        spans = np.array([match.span() for match in matches], np.int64).reshape(-1, 2) - self._base
        starts = self._starts[low : high + 1].astype(np.int64)
        numbers = np.searchsorted(starts, spans[:, 0] + 1)
        if np.any(starts[numbers + 1] - 1 != spans[:, 1]):
            raise ValueError(f"{pattern.pattern!r} matches line breaks")
        return numbers + low

    def term(self, number: int) -> str:
        """The word of a number."""
        return self._bytes(number).decode()

    def terms(self, low: int, high: int) -> list[str]:
        """The words of a range."""
        return self.lines(low, high).decode().split("\n") if low < high else []

    def lines(self, low: int, high: int) -> bytes:
        """The words of a range that is not empty, in UTF-8, with line breaks between them."""
        start, end = int(self._starts[low]), int(self._starts[high])
        return self._container.map[self._base + start : self._base + end - 1]

    def _bytes(self, number: int) -> bytes:
        return self.lines(number, number + 1)

    def arrays(self) -> tuple[np.typing.NDArray[np.uint8], Int64Array]:
        """All words, each followed by a newline, and where in them each starts and the last ends.

        Word i is ``text[starts[i] : starts[i + 1] - 1]``, in UTF-8.
        """
        return self._container[f"{self._field}/words"], self._starts.astype(np.int64)


def encode_term(text: str) -> bytes:
    """Bytes to compare with words; half a surrogate pair, which no word has, is in none."""
    return text.encode(errors="surrogatepass")


def term_faults(field: str, container: Container) -> Iterator[str]:
    """What is impossible in the words of a field; raises ValueError where they are not UTF-8."""
    text = container[f"{field}/words"]
    places = np.flatnonzero(text == ord("\n")) + 1
    if not np.array_equal(places, container[f"{field}/word_starts"]) or places[-1] != len(text):
        yield f"{field}/word_starts does not divide {field}/words"
        return
    words = TermDictionary(field, container)
    last = None
    for low in range(0, len(words), _BATCH_TERMS):
        part = words.lines(low, min(low + _BATCH_TERMS, len(words))).split(b"\n")
        if last is not None:
            part.insert(0, last)
        if not all(first < second for first, second in pairwise(part)):
            yield f"{field}/words is not in order"
        b"\n".join(part).decode()
        last = part[-1]
