"""The words that stand near the places of a query's words.

Near are so many words before a place and as many after it, in its paragraph. What is near two
places of a language counts once, so that no word is near more often than it stands in the texts.
Numbers are words, punctuation is none, nor is the s of a possessive.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from indexer.analysis import Analyzer, fold
from indexer.analysis.script import is_han
from indexer.article import LanguageCode
from search.corpus.occurrences import Occurrences, ZoneOccurrences
from search.engine.matches import DocNumbers


@dataclass(slots=True)
class Cooccurrences:
    """What is near words of one language.

    ``nodes``: how many places there are; ``counts``: how often each word is near one; ``firsts``:
    the document in which it is for the first time.
    """

    nodes: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    firsts: dict[str, int] = field(default_factory=dict)


def count_cooccurrences(
    occurrences: Occurrences, documents: DocNumbers, analyzer: Analyzer, window: int
) -> dict[LanguageCode, Cooccurrences]:
    """Count in documents, in their order; ``window`` is in words."""
    found: dict[LanguageCode, Cooccurrences] = {"zh": Cooccurrences(), "en": Cooccurrences()}
    for passages in occurrences.by_zone(documents):
        for language, words in words_near(passages, analyzer, window):
            side = found[language]
            side.nodes += 1
            for word in words:
                if word not in side.counts:
                    side.firsts[word] = passages.document
            side.counts.update(words)
    return found


def words_near(
    passages: ZoneOccurrences, analyzer: Analyzer, window: int
) -> Iterator[tuple[LanguageCode, list[str]]]:
    """The language of what stands at each of the places, in their order, and the words near it.

    The language is that of the first word: there is English in Chinese texts. The words are
    folded; those that were near a place before are left out.
    """
    known = None
    counted: dict[LanguageCode, set[int]] = {"zh": set(), "en": set()}  # where words begin
    for low, start, end, high in zip(*(part.tolist() for part in passages[-4:]), strict=True):
        if known != (low, high):
            known = low, high
            tokens = analyzer.words(passages.text[low:high])
            starts = [low + token.start for token in tokens]
            ends = [low + token.end for token in tokens]
        before, after = bisect_right(ends, start), bisect_left(starts, end)
        near = (*range(max(0, before - window), before), *range(after, len(starts))[:window])
        language: LanguageCode = "zh" if is_han(fold(passages.text[start])) else "en"
        fresh = [i for i in near if starts[i] not in counted[language]]
        counted[language].update(starts[i] for i in fresh)
        yield language, [tokens[i].term for i in fresh]
