"""jieba's dictionary where it lies, and runs cut by it.

To load the dictionary takes a tenth of a second, in which some thousands of characters can be cut
by looking up each in the file.
"""

from __future__ import annotations

import math
import mmap
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Final

# What the dictionary is applied to. It takes other characters (〇, kana, rare ideographs) one by
# one.
DICTIONARY_FIRST: Final = "\u4e00"
DICTIONARY_LAST: Final = "\u9fd5"

# Of all frequencies together.
_LOG_TOTAL: Final = math.log(60101967)


def dictionary_file() -> Path:
    """The file, in jieba's package: a line a word, its frequency and its part of speech."""
    spec = find_spec("jieba")  # found, not imported: `rjieba` does without it
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("No module named 'jieba'", name="jieba")
    return Path(spec.origin).with_name("dict.txt")


class DictionaryFile:
    """The dictionary, mapped; may be used from several threads.

    Its lines are in the order of their first characters, but for some words with Latin letters
    that come before them all. Lines with the same first character are not quite in order.
    """

    def __init__(self) -> None:
        with dictionary_file().open("rb") as file:
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._start = self._map.find(f"\n{DICTIONARY_FIRST} ".encode()) + 1

    def cut(self, run: str) -> list[str]:
        """The words of a run of Han characters, as jieba cuts it.

        These are the likeliest that the run can be divided into; of equals, those whose first is
        longest.
        """
        # From each place on: the likelihood of the rest, and where its first word ends.
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
        """The words that begin at a place of the run: where each ends, and its frequency."""
        lines = self._lines(run[start])
        for end in range(start + 1, len(run) + 1):
            word = b"\n" + run[start:end].encode()
            place = lines.find(word)
            if place < 0:  # nor does a longer word begin so
                return
            place = lines.find(word + b" ", place) + len(word) + 1
            if place > len(word):
                yield end, int(lines[place : lines.index(b" ", place)])

    def _lines(self, first: str) -> bytes:
        """The lines that begin with a character, each after a newline."""
        places = range(len(self._map))
        character = first.encode()
        low = bisect_left(places, character, self._start, key=self._first)
        high = bisect_right(places, character, low, key=self._first)
        return self._map[low - 1 : high]

    def _first(self, place: int) -> bytes:
        """The first character of the line in which a place of the file is; three bytes."""
        start = self._map.rfind(b"\n", 0, place) + 1
        return self._map[start : start + 3]
