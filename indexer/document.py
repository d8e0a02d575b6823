"""Turns an article into a document: its terms, attributes and beads, as the index stores them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate
from operator import add
from typing import Final, NamedTuple

import numpy as np

from indexer.align import align_record
from indexer.analysis.encoder import Encoder
from indexer.article import Article
from indexer.chunks import text_chunks
from indexer.codec.builder import Document
from indexer.codec.text_terms import TextCollector, TextTerms
from indexer.schema import LANGUAGE_BITS, PARAGRAPH_GAP, TITLE_ZONE_COUNT, ZONE_GAP

# No real text has more. The memory for writing an index grows with either number.
_MAX_DISTINCT_WORDS: Final = 500_000
_MAX_OCCURRENCES: Final = 1_000_000


def zone_texts(article: Article) -> tuple[tuple[str, ...], ...]:
    """Return the paragraphs or lines of an article in each of `indexer.schema.ZONES`."""
    return (
        (article.title_en,),
        (article.title_zh,),
        (article.author_en, article.author_zh),
        article.paragraphs_zh,
        article.paragraphs_en,
    )


def other_field_texts(article: Article) -> dict[str, tuple[str, ...]]:
    """Return the texts of an article in each of `indexer.schema.OTHER_FIELDS`."""
    return {
        "column": (article.column,),
        "section": (article.section,),
        "glossary": tuple(term for pair in article.glossary for term in pair),
    }


def to_document(article: Article, encoder: Encoder) -> Document:
    """Analyze and align an article.

    Raises ValueError, with the reason, for a text that no person can have written.
    """
    text = _analyze(zone_texts(article), encoder)
    return Document(
        id=article.id,
        date=article.date,
        page=article.page,
        languages=sum(LANGUAGE_BITS[language] for language in article.languages),
        text=text.terms,
        zone_starts=text.zone_starts,
        zone_lengths=text.zone_lengths,
        long_words=text.long_words,
        title_words=text.title_words,
        others={
            name: _analyze([lines], encoder).terms
            for name, lines in other_field_texts(article).items()
            if any(lines)
        },
        categories=(article.author_zh or article.author_en, article.column, article.section),
        stored=article.to_bytes(),
        beads=align_record(article),
        last_date=article.last_date,
    )


class _AnalyzedZones(NamedTuple):
    """The terms of a field, and the first position and the number of tokens of each zone.

    ``title_words`` are the long words of zones that are titles, ``long_words`` all others.
    """

    terms: TextTerms
    zone_starts: list[int]
    zone_lengths: list[int]
    long_words: list[str]
    title_words: list[str]


def _analyze(zones: Sequence[Sequence[str]], encoder: Encoder) -> _AnalyzedZones:
    text = TextCollector()
    counts = np.zeros(len(zones), np.int64)
    long_words: list[str] = []
    title_words: list[str] = []
    known: dict[str, str] = {}  # keeps one copy of equal words
    for chunk in text_chunks(zones, PARAGRAPH_GAP, ZONE_GAP):
        titles = bisect_left(chunk.zones, TITLE_ZONE_COUNT)
        terms = encoder.encode(chunk.paragraphs, chunk.gaps, titles=titles)
        np.add.at(counts, chunk.zones, terms.lengths)
        size = int(terms.lengths.sum()) + sum(chunk.gaps)
        text.add(terms.words, terms.word_positions, terms.bigrams, terms.bigram_positions, size)
        if text.word_count > _MAX_DISTINCT_WORDS:
            raise ValueError(f"more than {_MAX_DISTINCT_WORDS:,} different words")
        long_words += [known.setdefault(word, word) for word in terms.long_words]
        title_words += [known.setdefault(word, word) for word in terms.title_words]
    collected = text.terms()
    if collected.most_frequent(_MAX_OCCURRENCES) > _MAX_OCCURRENCES:
        raise ValueError(f"one word occurs more than {_MAX_OCCURRENCES:,} times")
    lengths: list[int] = counts.tolist()
    gaps = [PARAGRAPH_GAP * len(zone) + (ZONE_GAP if zone else 0) for zone in zones]
    starts = [*accumulate(map(add, lengths, gaps), initial=0)][:-1]
    return _AnalyzedZones(collected, starts, lengths, long_words, title_words)
