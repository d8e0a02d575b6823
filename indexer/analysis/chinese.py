"""Chinese runs cut into words by jieba's dictionary.

The one module that imports jieba: `rjieba` (Rust) where it is installed, else `jieba`, which is
the reference. Both cut Han runs alike, and so does the first little that is cut without either.
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

# jieba's own dictionary, accurate mode, without the hidden Markov model for unknown words.
SEGMENTER: Final = "jieba-0.42.1 accurate no-hmm"

Cut = Callable[[str], list[str]]

# So many characters, more than a query has, are cut before jieba is loaded.
_MAX_CUT_WITHOUT_JIEBA: Final = 100

_OTHER: Final = f"[^ {DICTIONARY_FIRST}-{DICTIONARY_LAST}]"
_PARTS: Final = f"[ {DICTIONARY_FIRST}-{DICTIONARY_LAST}]+|."


class Segmenter:
    """Cuts runs of Han characters into words; may be used from several threads.

    ``dictionary`` is the text of a user dictionary in jieba's format: a word a line, optionally
    followed by its frequency and part of speech. jieba is loaded when more than a few characters
    are cut, or at once where there is a user dictionary.
    """

    def __init__(self, dictionary: str | None = None) -> None:
        self._entries = list(parse_dictionary(dictionary or ""))
        self._few = 0 if self._entries else _MAX_CUT_WITHOUT_JIEBA
        self._file: DictionaryFile | None = None
        self._cut: Cut | None = None

    def cut(self, run: str) -> list[str]:
        """The words of a run of Han characters, without blanks; joined they are the run.

        Several runs may be cut at once, with blanks between them, which are words of the result.
        """
        if len(run) < self._few:
            self._few -= len(run)
            self._file = self._file or DictionaryFile()
            return self._file.cut(run)
        cut = self._cut or self._load()
        if re.search(_OTHER, run) is None:
            return cut(run)
        parts = re.findall(_PARTS, run, re.DOTALL)
        return [word for part in parts for word in (cut(part) if len(part) > 1 else part)]

    def dictionary(self) -> str:
        """A text that holds every word that `cut` may find."""
        return "\n".join(
            (dictionary_file().read_text("utf-8"), *(word for word, _ in self._entries))
        )

    def _load(self) -> Cut:
        try:
            self._cut = load_rjieba(self._entries)
        except ImportError:
            self._cut = load_jieba(self._entries)
        return self._cut  # threads that meet here load one each, all alike


Entry = tuple[str, int | None]

_LINE: Final = r"\s*(\S+)(?:\s+(\d{1,9}))?(?:\s+[^\s\d]\S*)?\s*"


def parse_dictionary(text: str) -> Iterator[Entry]:
    """The words of a user dictionary with their frequencies (None: as jieba suggests).

    Raises ValueError, whose text names line and reason, for a line in another form.
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
        least = len(word) == 1  # jieba cuts off a single character even if its frequency is 0
        yield word, None if frequency is None else max(int(frequency), least)


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
    # Not by initialize(), which would trust a cache that anyone can write, in the shared
    # directory for temporary files.
    segmenter.FREQ, segmenter.total = segmenter.gen_pfdict(segmenter.get_dict_file())
    segmenter.initialized = True
    for word, frequency in entries:
        known = segmenter.FREQ.get(word, 0)
        segmenter.add_word(word, _suggest(segmenter, word) if frequency is None else frequency)
        segmenter.total -= known
    return lambda run: segmenter.lcut(run, HMM=False)


def _suggest(segmenter: Any, word: str) -> int:
    """The frequency that makes a word likelier than its parts, as rjieba reckons it."""
    total = math.log(segmenter.total)
    likelihood = 0.0
    for part in segmenter.cut(word, HMM=False):
        likelihood += math.log(segmenter.FREQ.get(part) or 1) - total
    known: int = segmenter.FREQ.get(word, 1)
    return max(int(math.exp(likelihood + total)) + 1, known)
