"""Reduces words of English, and of other alphabetic scripts, to stems."""

from __future__ import annotations

from collections.abc import Callable
from threading import local
from typing import Final

# Snowball's English ("Porter2") algorithm. Its releases 3.0 and 3.1 changed some stems.
STEMMER: Final = "snowball-english-3.1"

_MAX_CACHED_STEMS: Final = 200_000


def _load_stemmer() -> Callable[[str], str]:
    try:
        from Stemmer import Stemmer
    except ImportError:  # the same algorithm in pure Python
        from snowballstemmer import stemmer

        stem_word: Callable[[str], str] = stemmer("english").stemWord
        return stem_word
    compiled: Callable[[str], str] = Stemmer("english", 0).stemWord
    return compiled


class Stems(dict[str, str]):
    """Folded word to stem, computed when it is first needed; may be used from several threads."""

    def __init__(self) -> None:
        self._local = local()  # each thread has a stemmer: one holds the word that it works on

    def __missing__(self, word: str) -> str:
        if not hasattr(self._local, "stem"):
            self._local.stem = _load_stemmer()
        if len(self) >= _MAX_CACHED_STEMS:
            self.clear()
        stem: str = self._local.stem(word)
        self[word] = stem
        return stem


def stem_prefixes(stem: str) -> tuple[str, ...]:
    """Return a few prefixes; every word that has this stem begins with one of them.

    A word begins with all but the last two letters of its Snowball stem. The exceptions are words
    like dying, whose stem is "die".
    """
    prefix = stem[: max(2, len(stem) - 2)]
    if len(stem) == 3 and stem.endswith("ie"):
        return prefix, f"{stem[0]}ying"
    return (prefix,)
