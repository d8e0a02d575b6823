"""Chinese runs cut into words by jieba's dictionary; imports nothing of the project.

The one module that imports jieba: `rjieba` (Rust) where it is installed, else `jieba`, which is
the reference. Both cut Han runs alike.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

# jieba's own dictionary, accurate mode, without the hidden Markov model for unknown words.
SEGMENTER: Final = "jieba-0.42.1 accurate no-hmm"

Cut = Callable[[str], list[str]]

# What jieba's dictionary is applied to. It takes other characters (〇, kana, rare ideographs)
# one by one.
DICTIONARY_FIRST: Final = "\u4e00"
DICTIONARY_LAST: Final = "\u9fd5"
_OTHER = re.compile(f"[^ {DICTIONARY_FIRST}-{DICTIONARY_LAST}]")
_DICTIONARY_RUN = re.compile(f"[ {DICTIONARY_FIRST}-{DICTIONARY_LAST}]+|.", re.DOTALL)


class Segmenter:
    """Cuts runs of Han characters into words.

    ``dictionary`` is the text of a user dictionary in jieba's format: a word a line, optionally
    followed by its frequency and part of speech. The dictionaries are loaded at the first cut.
    """

    def __init__(self, dictionary: str | None = None) -> None:
        self._entries = list(parse_dictionary(dictionary or ""))
        self._cut: Cut | None = None

    def cut(self, run: str) -> list[str]:
        """The words of a run of Han characters, without blanks; joined they are the run.

        Several runs may be cut at once, with blanks between them, which are words of the result.
        """
        cut = self._cut or self._load()
        if _OTHER.search(run) is None:
            return cut(run)
        parts = _DICTIONARY_RUN.findall(run)
        return [word for part in parts for word in (cut(part) if len(part) > 1 else part)]

    def dictionary(self) -> str:
        """A text that holds every word that `cut` may find."""
        return "\n".join(
            (_dictionary_file().read_text("utf-8"), *(word for word, _ in self._entries))
        )

    def _load(self) -> Cut:
        try:
            self._cut = load_rjieba(self._entries)
        except ImportError:
            self._cut = load_jieba(self._entries)
        return self._cut  # threads that meet here load one each, all alike


def _dictionary_file() -> Path:
    spec = find_spec("jieba")  # found, not imported: `rjieba` does without it
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("No module named 'jieba'", name="jieba")
    return Path(spec.origin).with_name("dict.txt")


Entry = tuple[str, int | None]

_LINE = re.compile(r"\s*(\S+)(?:\s+(\d{1,9}))?(?:\s+[^\s\d]\S*)?\s*")


def parse_dictionary(text: str) -> Iterator[Entry]:
    """The words of a user dictionary with their frequencies (None: as jieba suggests).

    Raises ValueError, whose text names line and reason, for a line in another form.
    """
    for number, line in enumerate(text.lstrip("\ufeff").splitlines(), 1):
        if not line.strip():
            continue
        entry = _LINE.fullmatch(line)
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
