"""An article as what is indexed of it; imports article, align, analysis, schema and codec."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise

import numpy as np

from indexer.align import align_record
from indexer.analysis.encoder import Encoder, Terms
from indexer.article import Article
from indexer.codec.builder import Document
from indexer.codec.tokens import TextTerms
from indexer.schema import LANGUAGE_BITS, PARAGRAPH_GAP, TITLES, ZONE_GAP


def zones(article: Article) -> tuple[tuple[str, ...], ...]:
    """What an article says in each of `indexer.schema.ZONES`: paragraphs, or lines."""
    return (
        (article.title_en,),
        (article.title_zh,),
        (article.author_en, article.author_zh),
        article.paragraphs_zh,
        article.paragraphs_en,
    )


def others(article: Article) -> dict[str, tuple[str, ...]]:
    """What an article says in each of `indexer.schema.OTHER_FIELDS`."""
    return {
        "column": (article.column,),
        "section": (article.section,),
        "glossary": tuple(term for pair in article.glossary for term in pair),
    }


def to_document(article: Article, encoder: Encoder) -> Document:
    """Analyse and align an article."""
    parts = zones(article)
    terms = encoder.encode(*_with_gaps(parts), titles=TITLES)
    bounds = [*accumulate(map(len, parts), initial=0)]
    starts = [*terms.starts.tolist(), _size(terms)]
    lengths = terms.lengths.tolist()
    return Document(
        id=article.id,
        date=article.date,
        page=article.page,
        languages=sum(LANGUAGE_BITS[language] for language in article.languages),
        text=_text_terms(terms),
        zone_starts=[starts[bound] for bound in bounds[:-1]],
        zone_lengths=[sum(lengths[a:b]) for a, b in pairwise(bounds)],
        long_words=terms.long_words,
        title_words=terms.title_words,
        others={
            name: _text_terms(encoder.encode(*_with_gaps([lines])))
            for name, lines in others(article).items()
            if any(lines)
        },
        categories=(article.author_zh or article.author_en, article.column, article.section),
        stored=article.to_bytes(),
        beads=align_record(article),
    )


def _with_gaps(parts: Sequence[Sequence[str]]) -> tuple[list[str], list[int]]:
    """The paragraphs of some zones, and how many positions are empty after each."""
    gaps = []
    for paragraphs in parts:
        gaps += [PARAGRAPH_GAP] * len(paragraphs)
        if paragraphs:
            gaps[-1] += ZONE_GAP
    return [paragraph for paragraphs in parts for paragraph in paragraphs], gaps


def _size(terms: Terms) -> int:
    """How many positions some zones take, gaps included."""
    if not len(terms.starts):
        return 0
    return int(terms.starts[-1] + terms.lengths[-1]) + PARAGRAPH_GAP + ZONE_GAP


def _text_terms(terms: Terms) -> TextTerms:
    return TextTerms(
        words=terms.words,
        word_positions=terms.word_positions.astype(np.int64),
        pairs=terms.pairs.astype(np.int64),
        pair_positions=terms.pair_positions.astype(np.int64),
        size=_size(terms),
    )
