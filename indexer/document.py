"""An article as what is indexed of it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate
from operator import add
from typing import Final

import numpy as np

from indexer.align import align_record
from indexer.analysis.encoder import Encoder
from indexer.article import Article
from indexer.chunks import text_chunks
from indexer.codec.builder import Document
from indexer.codec.tokens import TextCollector
from indexer.schema import LANGUAGE_BITS, PARAGRAPH_GAP, TITLE_ZONE_COUNT, ZONE_GAP

# No text has as many; and what an index takes to be written grows with either.
_MAX_DISTINCT_WORDS: Final = 500_000
_MAX_OCCURRENCES: Final = 1_000_000


def zone_texts(article: Article) -> tuple[tuple[str, ...], ...]:
    """What an article says in each of `indexer.schema.ZONES`: paragraphs, or lines."""
    return (
        (article.title_en,),
        (article.title_zh,),
        (article.author_en, article.author_zh),
        article.paragraphs_zh,
        article.paragraphs_en,
    )


def other_field_texts(article: Article) -> dict[str, tuple[str, ...]]:
    """What an article says in each of `indexer.schema.OTHER_FIELDS`."""
    return {
        "column": (article.column,),
        "section": (article.section,),
        "glossary": tuple(term for pair in article.glossary for term in pair),
    }


def to_document(article: Article, encoder: Encoder) -> Document:
    """Analyse and align an article.

    Raises ValueError, which says why, for what is no text that anybody wrote.
    """
    parts = zone_texts(article)
    text = _FieldText(parts, encoder)
    return Document(
        id=article.id,
        date=article.date,
        page=article.page,
        languages=sum(LANGUAGE_BITS[language] for language in article.languages),
        text=text.terms,
        zone_starts=text.starts,
        zone_lengths=text.lengths,
        long_words=text.long_words,
        title_words=text.title_words,
        others={
            name: _FieldText([lines], encoder).terms
            for name, lines in other_field_texts(article).items()
            if any(lines)
        },
        categories=(article.author_zh or article.author_en, article.column, article.section),
        stored=article.to_bytes(),
        beads=align_record(article),
    )


class _FieldText:
    """The terms of some zones; where each zone starts, and how many tokens it has.

    ``title_words`` are the long words of zones that are titles, ``long_words`` those of others.
    """

    def __init__(self, parts: Sequence[Sequence[str]], encoder: Encoder) -> None:
        text = TextCollector()
        lengths = np.zeros(len(parts), np.int64)
        self.long_words: list[str] = []
        self.title_words: list[str] = []
        known: dict[str, str] = {}  # that of equal words there is one
        for chunk in text_chunks(parts, PARAGRAPH_GAP, ZONE_GAP):
            titles = bisect_left(chunk.zones, TITLE_ZONE_COUNT)
            terms = encoder.encode(chunk.paragraphs, chunk.gaps, titles=titles)
            np.add.at(lengths, chunk.zones, terms.lengths)
            size = int(terms.lengths.sum()) + sum(chunk.gaps)
            text.add(terms.words, terms.word_positions, terms.bigrams, terms.bigram_positions, size)
            if text.word_count > _MAX_DISTINCT_WORDS:
                raise ValueError(f"more than {_MAX_DISTINCT_WORDS:,} different words")
            self.long_words += [known.setdefault(word, word) for word in terms.long_words]
            self.title_words += [known.setdefault(word, word) for word in terms.title_words]
        self.terms = text.terms()
        if self.terms.most_frequent(_MAX_OCCURRENCES) > _MAX_OCCURRENCES:
            raise ValueError(f"more than {_MAX_OCCURRENCES:,} times the same word")
        self.lengths: list[int] = lengths.tolist()
        gaps = [PARAGRAPH_GAP * len(part) + (ZONE_GAP if part else 0) for part in parts]
        self.starts = [*accumulate(map(add, self.lengths, gaps), initial=0)][:-1]
