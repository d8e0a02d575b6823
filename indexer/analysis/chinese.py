"""Cuts runs of Han characters into words with jieba's dictionary.

`rjieba` (Rust) does it where it is installed; otherwise `jieba`, the reference, does. Both cut Han
runs alike. The first characters are cut by `indexer.analysis.dictionary`, which needs neither and
also cuts alike.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from indexer.analysis.dictionary import (
    DICTIONARY_FIRST,
    DICTIONARY_LAST,
    DictionaryFile,
    dictionary_file,
)

# jieba's own dictionary, in accurate mode, without the hidden Markov model for unknown words.
SEGMENTER: Final = "jieba-0.42.1 accurate no-hmm"

Cut = Callable[[str], list[str]]

# The number of characters that are cut before jieba is loaded; a query has fewer.
_MAX_CUT_WITHOUT_JIEBA: Final = 100

_OTHER: Final = f"[^ {DICTIONARY_FIRST}-{DICTIONARY_LAST}]"
_PARTS: Final = f"[ {DICTIONARY_FIRST}-{DICTIONARY_LAST}]+|."


class Segmenter:
    """Cuts runs of Han characters into words; may be used from several threads.

    ``dictionary`` is the text of a user dictionary in jieba's format: one word a line, optionally
    followed by its frequency and part of speech. jieba is loaded when more than a few characters
    have been cut, or at the first cut if there is a user dictionary.
    """

    def __init__(self, dictionary: str | None = None) -> None:
        self._entries = list(parse_dictionary(dictionary or ""))
        self._left_without_jieba = 0 if self._entries else _MAX_CUT_WITHOUT_JIEBA
        self._file: DictionaryFile | None = None
        self._cut: Cut | None = None

    def cut(self, run: str) -> list[str]:
        """Return the words of a run of Han characters without blanks; joined, they are the run.

        Several runs may be cut at once, with blanks between them. The blanks are then words of the
        result.
        """
        if len(run) < self._left_without_jieba:
            self._left_without_jieba -= len(run)
            self._file = self._file or DictionaryFile()
            return self._file.cut(run)
        cut = self._cut or self._load()
        if re.search(_OTHER, run) is None:
            return cut(run)
        parts = re.findall(_PARTS, run, re.DOTALL)
        return [word for part in parts for word in (cut(part) if len(part) > 1 else part)]

    def dictionary(self) -> str:
        """Return a text that contains every word that `cut` may find."""
        return "\n".join(
            (dictionary_file().read_text("utf-8"), *(word for word, _ in self._entries))
        )

    def _load(self) -> Cut:
        # Threads that come here at once load one segmenter each. They all cut alike.
        try:
            self._cut = load_rjieba(self._entries)
        except ImportError:
            self._cut = load_jieba(self._entries)
        return self._cut


Entry = tuple[str, int | None]

_LINE: Final = r"\s*(\S+)(?:\s+(\d{1,9}))?(?:\s+[^\s\d]\S*)?\s*"


def parse_dictionary(text: str) -> Iterator[Entry]:
    """Yield the words of a user dictionary with their frequencies (None: jieba suggests one).

    Raises ValueError, which names the line and the reason, for a line in another format.
    """
    for number, line in enumerate(text.lstrip("\ufeff").splitlines(), 1):
        if not line.strip():
            continue
        entry = re.fullmatch(_LINE, line)
        if entry is None:
            raise ValueError(
                f"{number}: expected: word [frequency, up to 9 digits] [part of speech]"
            )
        word, frequency = entry.groups()
        min_frequency = len(word) == 1  # jieba cuts off a single character even at frequency 0
        yield word, None if frequency is None else max(int(frequency), min_frequency)


def load_rjieba(entries: list[Entry]) -> Cut:
    """Load the compiled segmenter; raises ImportError where it is not installed."""
    import rjieba

    if not entries:
        return lambda run: rjieba.cut(run, False)
    segmenter = rjieba.Jieba()
    for word, frequency in entries:
        segmenter.add_word(word, frequency, None)
    return lambda run: segmenter.cut(run, False)


def load_jieba(entries: list[Entry]) -> Cut:
    """Load the reference segmenter."""
    import jieba

    jieba.setLogLevel("ERROR")
    segmenter = jieba.Tokenizer()
    # Its method initialize() would trust a cache in the shared directory for temporary files,
    # which every user can write.
    segmenter.FREQ, segmenter.total = segmenter.gen_pfdict(segmenter.get_dict_file())
    segmenter.initialized = True
    for word, frequency in entries:
        known = segmenter.FREQ.get(word, 0)
        segmenter.add_word(word, _suggest(segmenter, word) if frequency is None else frequency)
        segmenter.total -= known
    return lambda run: segmenter.lcut(run, HMM=False)


def _suggest(segmenter: Any, word: str) -> int:
    """Return the frequency that makes a word likelier than its parts, as rjieba computes it."""
    total = math.log(segmenter.total)
    likelihood = 0.0
    for part in segmenter.cut(word, HMM=False):
        likelihood += math.log(segmenter.FREQ.get(part) or 1) - total
    known: int = segmenter.FREQ.get(word, 1)
    return max(int(math.exp(likelihood + total)) + 1, known)
