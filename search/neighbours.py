"""The words that stand near the places of a query's words; imports occurrences and analysis.

Near are so many words before a place and as many after it, in its paragraph. A word that is near
two places counts for each. Numbers are words, punctuation is none, nor is the s of a possessive.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from indexer.analysis import Analyzer, fold
from indexer.analysis.script import is_han
from search.matches import Documents
from search.occurrences import Language, Occurrences, Passages


@dataclass(slots=True)
class Neighbours:
    """What is near words of one language.

    ``nodes``: how many places there are; ``counts``: how often each word is near one; ``firsts``:
    the document in which it is for the first time.
    """

    nodes: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    firsts: dict[str, int] = field(default_factory=dict)


def count_neighbours(
    occurrences: Occurrences, documents: Documents, analyzer: Analyzer, window: int
) -> dict[Language, Neighbours]:
    """Count in documents, in their order; ``window`` is in words."""
    found: dict[Language, Neighbours] = {"zh": Neighbours(), "en": Neighbours()}
    for passages in occurrences.passages(documents):
        for language, words in neighbours(passages, analyzer, window):
            side = found[language]
            side.nodes += 1
            for word in words:
                if word not in side.counts:
                    side.firsts[word] = passages.document
            side.counts.update(words)
    return found


def neighbours(
    passages: Passages, analyzer: Analyzer, window: int
) -> Iterator[tuple[Language, list[str]]]:
    """The language of what stands at each of the places, in their order, and the words near it.

    The language is that of the first word: there is English in Chinese texts.
    """
    known = None
    lows, starts, ends, highs = (part.tolist() for part in passages[-4:])
    for low, start, end, high in zip(lows, starts, ends, highs, strict=True):
        if known != (low, high):
            known = low, high
            tokens = analyzer.words(passages.text[low:high])
            words = [token.term for token in tokens]
            token_starts = [token.start for token in tokens]
            token_ends = [token.end for token in tokens]
        before = bisect_right(token_ends, start - low)
        after = bisect_left(token_starts, end - low)
        language: Language = "zh" if is_han(fold(passages.text[start])) else "en"
        yield language, words[max(0, before - window) : before] + words[after : after + window]
