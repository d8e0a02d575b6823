"""Chinese runs cut into words by jieba's dictionary; imports nothing of the project.

The one module that imports jieba: `rjieba` (Rust) where it is installed, else `jieba`, which is
the reference. Both cut Han runs alike.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

# jieba's own dictionary, accurate mode, without the hidden Markov model for unknown words.
SEGMENTER: Final = "jieba-0.42.1 accurate no-hmm"

Cut = Callable[[str], list[str]]

# What jieba's dictionary is applied to. It takes other characters (〇, kana, rare ideographs)
# one by one.
_DICTIONARY_RUN = re.compile("[\u4e00-\u9fd5]+|.", re.DOTALL)


class Segmenter:
    """Cuts runs of Han characters into words.

    ``dictionary`` is the text of a user dictionary in jieba's format: a word a line, optionally
    followed by its frequency and part of speech. The dictionaries are loaded at the first cut.
    """

    def __init__(self, dictionary: str | None = None) -> None:
        self._entries = list(parse_dictionary(dictionary or ""))
        self._cut: Cut | None = None

    def cut(self, run: str) -> list[str]:
        """The words of a run of Han characters, without blanks; joined they are the run."""
        if self._cut is None:
            self._cut = self._load()
        cut = self._cut
        return [
            word
            for part in _DICTIONARY_RUN.findall(run)
            for word in (cut(part) if len(part) > 1 else (part,))
        ]

    def _load(self) -> Cut:
        try:
            return load_rjieba(self._entries)
        except ImportError:
            return load_jieba(self._entries)


Entry = tuple[str, int | None]


def parse_dictionary(text: str) -> Iterator[Entry]:
    """The words of a user dictionary with their frequencies (None: as jieba suggests).

    Raises ValueError, whose text names line and reason, for a line in another form.
    """
    for number, line in enumerate(text.lstrip("\ufeff").splitlines(), 1):
        if not line.strip():
            continue
        word, *rest = line.split()
        if len(rest) > 2 or (len(rest) == 2 and not rest[0].isdecimal()):
            raise ValueError(f"{number}: expected: word [frequency] [part of speech]")
        yield word, int(rest[0]) if rest and rest[0].isdecimal() else None


def load_rjieba(entries: list[Entry]) -> Cut:
    """The compiled segmenter; raises ImportError where it is not installed."""
    import rjieba

    if not entries:
        return lambda run: rjieba.cut(run, False)
    segmenter = rjieba.Jieba()
    for word, frequency in entries:
        segmenter.add_word(word, frequency, None)
    return lambda run: segmenter.cut(run, False)


def load_jieba(entries: list[Entry]) -> Cut:
    """The reference segmenter."""
    import jieba

    jieba.setLogLevel("ERROR")
    segmenter = jieba.Tokenizer()
    for word, frequency in entries:
        segmenter.add_word(word, frequency)
    return lambda run: segmenter.lcut(run, HMM=False)
