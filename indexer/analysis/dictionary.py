"""Cuts runs of Han characters by looking up their words in the file of jieba's dictionary.

Loading the dictionary takes a tenth of a second. In that time, some thousands of characters can be
cut by searching the file for the words that begin at each of them.
"""

from __future__ import annotations

import math
import mmap
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Final

# jieba applies its dictionary to this range of characters. Any other character (〇, kana, a rare
# ideograph) is a word by itself.
DICTIONARY_FIRST: Final = "\u4e00"
DICTIONARY_LAST: Final = "\u9fd5"

# The logarithm of the sum of all frequencies in the dictionary.
_LOG_TOTAL: Final = math.log(60101967)


def dictionary_file() -> Path:
    """Return the path of the dictionary in jieba's package.

    Each line has a word, its frequency and its part of speech.
    """
    spec = find_spec("jieba")  # found, not imported: `rjieba` does not need the package
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("No module named 'jieba'", name="jieba")
    return Path(spec.origin).with_name("dict.txt")


class DictionaryFile:
    """The file of the dictionary, mapped into memory; may be used from several threads.

    Some words with Latin letters come first. All other lines are in the order of their first
    characters, but lines with the same first character are not quite in order.
    """

    def __init__(self) -> None:
        with dictionary_file().open("rb") as file:
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._start = self._map.find(f"\n{DICTIONARY_FIRST} ".encode()) + 1

    def cut(self, run: str) -> list[str]:
        """Return the words of a run of Han characters, as jieba cuts it.

        This is the likeliest division of the run into words. Of divisions that are equally
        likely, the one whose first word is longest is returned.
        """
        # For each offset: the log likelihood of the rest of the run, and the end of its first word.
        best = [(0.0, start + 1) for start in range(len(run) + 1)]
        for start in reversed(range(len(run))):
            if DICTIONARY_FIRST <= run[start] <= DICTIONARY_LAST:
                best[start] = max(
                    (math.log(frequency) - _LOG_TOTAL + best[end][0], end)
                    for end, frequency in [*self._words(run, start)] or [(start + 1, 1)]
                )
        words = []
        start = 0
        while start < len(run):
            _, end = best[start]
            words.append(run[start:end])
            start = end
        return words

    def _words(self, run: str, start: int) -> Iterator[tuple[int, int]]:
        """Yield the end and the frequency of each word that begins at ``start``."""
        lines = self._lines(run[start])
        for end in range(start + 1, len(run) + 1):
            word = b"\n" + run[start:end].encode()
            offset = lines.find(word)
            if offset < 0:  # then no longer word begins like this either
                return
            offset = lines.find(word + b" ", offset) + len(word) + 1
            if offset > len(word):
                yield end, int(lines[offset : lines.index(b" ", offset)])

    def _lines(self, first: str) -> bytes:
        """Return the lines that begin with a character, each after a newline."""
        offsets = range(len(self._map))
        character = first.encode()
        low = bisect_left(offsets, character, self._start, key=self._first)
        high = bisect_right(offsets, character, low, key=self._first)
        return self._map[low - 1 : high]

    def _first(self, offset: int) -> bytes:
        """Return the first character, three bytes, of the line at an offset of the file."""
        start = self._map.rfind(b"\n", 0, offset) + 1
        return self._map[start : start + 3]
