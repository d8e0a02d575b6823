"""An article as the terms that are indexed of it; imports article, analysis, schema and codec."""

from __future__ import annotations

from collections.abc import Sequence

from indexer.analysis import Analyzer
from indexer.article import Article
from indexer.codec.builder import Document
from indexer.schema import LANGUAGE_BITS, RANKING_FIELDS, ranking_field


def texts(article: Article) -> dict[str, tuple[str, ...]]:
    """What an article says, by text field: the paragraphs, or lines, of each."""
    return {
        "title_en": (article.title_en,),
        "title_zh": (article.title_zh,),
        "body_en": article.paragraphs_en,
        "body_zh": article.paragraphs_zh,
        "author": (article.author_en, article.author_zh),
        "column": (article.column,),
        "section": (article.section,),
        "glossary": tuple(term for pair in article.glossary for term in pair),
    }


def to_document(article: Article, analyzer: Analyzer) -> Document:
    """Analyse an article."""
    exact: dict[str, Sequence[Sequence[str]]] = {}
    ranking: dict[str, list[str]] = {}
    for field, paragraphs in texts(article).items():
        streams = [analyzer.streams(paragraph) for paragraph in paragraphs]
        exact[field] = [stream.exact for stream in streams]
        if (ranked := ranking_field(field)) in RANKING_FIELDS:
            ranking[ranked] = [term for stream in streams for term in stream.ranking]
    return Document(
        id=article.id,
        date=article.date,
        page=article.page,
        languages=sum(LANGUAGE_BITS[language] for language in article.languages),
        exact=exact,
        ranking=ranking,
        stored=article.to_json().encode(),
    )
