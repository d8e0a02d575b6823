"""Whoosh as it comes, with jieba's analyzer for Chinese; imports whoosh, jieba and bench."""

from __future__ import annotations

import logging
from datetime import date
from pathlib import Path
from typing import Final

import jieba
from jieba.analyse import ChineseAnalyzer
from whoosh import fields, index
from whoosh.analysis import StemmingAnalyzer
from whoosh.qparser import FuzzyTermPlugin, MultifieldParser, OrGroup
from whoosh.query import And, NumericRange, Query

from bench.corpus import TEXT_FIELDS, find_files, texts
from bench.peers import LIMIT, Engine
from bench.queries import Kind, Question
from indexer.schema import to_days
from indexer.source.seeds import read_article

_HEAP: Final = 256  # MB
_BOOSTS: Final = {"title_en": 3.0, "title_zh": 3.0}


class Whoosh(Engine):
    """Its own codec and query parser, one process, one stream of each text.

    It does not know what a single character or a NEAR is, and finds few Chinese phrases.
    """

    # ruff: noqa: D102 - the methods of Engine
    kinds = frozenset(Kind) - {Kind.CHARACTER, Kind.WILDCARD_ZH, Kind.NEAR}
    text_apart = True

    @classmethod
    def build(cls, source: Path, target: Path, *, text: bool) -> int:
        jieba.setLogLevel(logging.WARNING)
        target.mkdir(parents=True)
        writer = index.create_in(target, _schema(text=text)).writer(limitmb=_HEAP)
        count = 0
        for file in find_files(source):
            article = read_article(file)
            writer.add_document(
                id=article.id,
                date=to_days(article.date),
                article=article.to_bytes(),
                **{field: "\n".join(lines) for field, lines in texts(article).items()},
            )
            count += 1
        writer.commit()
        return count

    def __init__(self, target: Path) -> None:
        jieba.setLogLevel(logging.WARNING)
        self._index = index.open_dir(target)
        self._searcher = self._index.searcher()
        parsers = [
            MultifieldParser(TEXT_FIELDS, self._index.schema, _BOOSTS, **options)
            for options in ({}, {"group": OrGroup})
        ]
        self._all, self._any = parsers
        self._all.add_plugin(FuzzyTermPlugin())

    def search(self, question: Question) -> int:
        sort = {"sortedby": "date", "reverse": True} if question.kind is Kind.SORTED else {}
        return len(self._searcher.search(self._query(question), limit=LIMIT, **sort))

    def page(self, question: Question) -> int:
        found = self._searcher.search(self._query(question), limit=LIMIT)
        field = "body_zh" if not question.words[0].isascii() else "body_en"
        return sum(bool(hit.highlights(field)) for hit in found)

    def close(self) -> None:
        self._searcher.close()
        self._index.close()

    def _query(self, question: Question) -> Query:
        words = " ".join(question.words)
        if question.kind is Kind.OR:
            return self._any.parse(words)
        if question.dates:
            return And([self._all.parse(words), _period(*question.dates)])
        return self._all.parse(question.text)


def _period(first: date, last: date) -> Query:
    return NumericRange("date", to_days(first), to_days(last))


def _schema(*, text: bool) -> fields.Schema:
    english = fields.TEXT(StemmingAnalyzer(), stored=text)
    chinese = fields.TEXT(ChineseAnalyzer(), stored=text)
    return fields.Schema(
        id=fields.ID(stored=True, unique=True),
        date=fields.NUMERIC(int, bits=64, signed=True, sortable=True),
        article=fields.STORED,
        title_en=english,
        title_zh=chinese,
        body_en=english,
        body_zh=chinese,
        author=fields.TEXT(StemmingAnalyzer()),
    )


ENGINE = Whoosh
