"""Co-occurrences: the words near the occurrences of a query's words.

Near means at most a number of words before or after an occurrence, in the same paragraph. A word
that is near two occurrences of the same language counts once, so its count never exceeds its
frequency in the texts. Numbers are words. Punctuation and the s of a possessive are not.
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
    """The words near the occurrences of a query's words in one language.

    ``nodes`` is the number of these occurrences. ``counts`` maps a word to how often it is near
    one, and ``firsts`` maps it to the first document where it is.
    """

    nodes: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    firsts: dict[str, int] = field(default_factory=dict)


def count_cooccurrences(
    occurrences: Occurrences, documents: DocNumbers, analyzer: Analyzer, window: int
) -> dict[LanguageCode, Cooccurrences]:
    """Count the words near each occurrence, in the order of the documents.

    ``window`` is the number of words on each side.
    """
    found: dict[LanguageCode, Cooccurrences] = {"zh": Cooccurrences(), "en": Cooccurrences()}
    for zone in occurrences.by_zone(documents):
        for language, words in words_near(zone, analyzer, window):
            side = found[language]
            side.nodes += 1
            for word in words:
                if word not in side.counts:
                    side.firsts[word] = zone.document
            side.counts.update(words)
    return found


def words_near(
    zone: ZoneOccurrences, analyzer: Analyzer, window: int
) -> Iterator[tuple[LanguageCode, list[str]]]:
    """Yield for each occurrence its language and the words near it.

    The first word of the occurrence decides its language, because Chinese texts contain English
    words. The words near it are folded. Words near an earlier occurrence are left out.
    """
    paragraph = None
    counted: dict[LanguageCode, set[int]] = {"zh": set(), "en": set()}  # the starts of words
    for span in zone.spans():
        bounds = span.paragraph_start, span.paragraph_end
        if paragraph != bounds:
            paragraph = bounds
            tokens = analyzer.words(zone.text[slice(*bounds)])
            starts = [span.paragraph_start + token.start for token in tokens]
            ends = [span.paragraph_start + token.end for token in tokens]
        before, after = bisect_right(ends, span.start), bisect_left(starts, span.end)
        near = (*range(max(0, before - window), before), *range(after, len(starts))[:window])
        language: LanguageCode = "zh" if is_han(fold(zone.text[span.start])) else "en"
        fresh = [i for i in near if starts[i] not in counted[language]]
        counted[language].update(starts[i] for i in fresh)
        yield language, [tokens[i].term for i in fresh]
