"""tantivy, from Python, on our analyzer's tokens; imports tantivy and bench."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any, Final

import tantivy
from tantivy import FieldType, Occur, Query, SnippetGenerator

from bench.peers import LIMIT, Engine
from bench.peers.tokens import (
    EXACT_FIELDS,
    FIELDS,
    RANKING_FIELDS,
    boost,
    phrase_terms,
    prepared,
    ranking_field,
    ranking_terms,
)
from bench.queries import NEAR_DISTANCE, Kind, Question
from indexer.analysis.script import is_han
from indexer.schema import to_days

_HEAP: Final = 256_000_000  # bytes
_BODIES: Final = ("body_en", "body_zh")
_SHOWN: Final = frozenset((*_BODIES, *map(ranking_field, _BODIES)))

# The least that answers a question, a term or a phrase. Its arguments: the directory; the fields,
# with their boosts; the terms.
_COLD: Final = """
import json, sys, tantivy
index = tantivy.Index.open(sys.argv[1])
searcher = index.searcher()
fields, terms = map(json.loads, sys.argv[2:])
Query = tantivy.Query
def look_up(field):
    if len(terms) > 1:
        return Query.phrase_query(index.schema, field, terms)
    return Query.term_query(index.schema, field, terms[0], "freq")
query = Query.boolean_query([
    (tantivy.Occur.Should, Query.boost_query(look_up(field), boost)) for field, boost in fields])
found = searcher.search(query, 10, count=True)
print(found.count, [searcher.doc(address).get_first("id") for _, address in found.hits])
"""


class Tantivy(Engine):
    """Same terms, fields and boosts as ours; the articles are stored.

    A bare word is looked up in the ranking fields. Our engine finds the characters of a Chinese
    word wherever they occur, however the text was cut, so the numbers of documents differ a little.
    """

    # ruff: noqa: D102 - the methods of Engine
    kinds = frozenset(Kind)
    counted = frozenset(
        (
            Kind.PHRASE_ZH, Kind.PHRASE_EN, Kind.PREFIX, Kind.CHARACTER, Kind.FUZZY,
            Kind.WILDCARD_ZH, Kind.WILDCARD_EN,
        )
    )  # fmt: skip
    text_apart = True

    @classmethod
    def build(cls, source: Path, target: Path, *, text: bool) -> int:
        articles = prepared(source)  # its processes start before any thread of tantivy's
        target.mkdir(parents=True)
        index = tantivy.Index(_schema(text=text), path=str(target))
        writer = index.writer(heap_size=_HEAP, num_threads=os.cpu_count() or 1)
        count = 0
        for article in articles:
            document = tantivy.Document()
            document.add_text("id", article.id)
            document.add_integer("date", article.date)
            document.add_bytes("article", article.stored)
            for field, said in article.texts.items():
                document.add_text(field, said)
            writer.add_document(document)
            count += 1
        writer.commit()
        writer.wait_merging_threads()
        return count

    def __init__(self, target: Path) -> None:
        index = tantivy.Index.open(str(target))
        self._schema = index.schema
        self._searcher = index.searcher()

    def search(self, question: Question) -> int:
        return int(self._found(question, self._query(question)).count)

    def page(self, question: Question) -> int:
        query = self._query(question)
        found = self._found(question, query)
        body = "body_zh" if is_han(question.words[0]) else "body_en"
        if question.kind not in (Kind.PHRASE_ZH, Kind.PHRASE_EN):
            body = ranking_field(body)
        generator = SnippetGenerator.create(self._searcher, query, self._schema, body)
        documents = [self._searcher.doc(address) for _, address in found.hits]
        snippets = [generator.snippet_from_doc(document) for document in documents]
        return sum(bool(snippet.highlighted()) for snippet in snippets)

    @classmethod
    def cold(cls, target: Path, question: Question | None) -> list[str] | None:
        if question is None:
            return None
        terms, fields = ranking_terms(question.words[0]), RANKING_FIELDS
        if len(terms) > 1:
            terms, fields = phrase_terms(question.words[0]), EXACT_FIELDS
        boosts = [(field, boost(field)) for field in fields]
        return [sys.executable, "-c", _COLD, str(target), json.dumps(boosts), json.dumps(terms)]

    def _found(self, question: Question, query: Query) -> Any:
        newest = "date" if question.kind is Kind.SORTED else None
        return self._searcher.search(query, LIMIT, count=True, order_by_field=newest)

    def _query(self, question: Question) -> Query:
        words = question.words
        match question.kind:
            case Kind.OR:
                return _any(part for word in words for part in self._bare(word))
            case Kind.AND:
                return Query.boolean_query([(Occur.Must, _any(self._bare(w))) for w in words])
            case Kind.PHRASE_ZH | Kind.PHRASE_EN:
                return self._phrase(phrase_terms(words[0]))
            case Kind.NEAR:
                return self._phrase([phrase_terms(word)[0] for word in words], NEAR_DISTANCE)
            case Kind.PREFIX | Kind.CHARACTER:
                return self._exact(partial(self._beginning, words[0]))
            case Kind.FUZZY:
                return self._exact(
                    lambda field: Query.fuzzy_term_query(self._schema, field, words[0])
                )
            case Kind.WILDCARD_EN:
                pattern = re.escape(words[0]).replace(r"\*", ".*")
                return self._exact(lambda field: Query.regex_query(self._schema, field, pattern))
            case Kind.WILDCARD_ZH:
                return self._wildcard(words[0])
            case Kind.DATES if question.dates:
                first, last = map(to_days, question.dates)
                dated = Query.range_query(self._schema, "date", FieldType.Integer, first, last)
                clauses = [_any(self._bare(words[0])), Query.const_score_query(dated, 0.0)]
                return Query.boolean_query([(Occur.Must, clause) for clause in clauses])
            case _:
                return _any(self._bare(words[0]))

    def _bare(self, word: str) -> list[Query]:
        """A word in each of the ranking fields; if it is several there, all of them in one."""
        terms = ranking_terms(word)
        return [
            _boosted(
                field,
                _all([Query.term_query(self._schema, field, term, "freq") for term in terms]),
            )
            for field in RANKING_FIELDS
        ]

    def _exact(self, make: Callable[[str], Query]) -> Query:
        return _any(_boosted(field, make(field)) for field in EXACT_FIELDS)

    def _beginning(self, prefix: str, field: str) -> Query:
        """What has a term that begins so.

        `phrase_prefix_query` is faster but looks at 50 terms only, and so miscounts; of what counts
        right, this is faster than `regex_query`.
        """
        terms = [term for term, _ in self._searcher.terms_with_prefix(field, prefix)]
        return Query.term_set_query(self._schema, field, terms)

    def _phrase(self, terms: list[str], slop: int = 0) -> Query:
        if len(terms) == 1:
            return self._exact(lambda field: Query.term_query(self._schema, field, terms[0]))
        words: list[str | tuple[int, str]] = [*terms]
        return self._exact(lambda field: Query.phrase_query(self._schema, field, words, slop))

    def _wildcard(self, text: str) -> Query:
        """A Chinese run with ``?``, as the bigrams that may occur there."""
        pairs = map(str.__add__, text, text[1:])
        words: list[str | tuple[int, str]] = [pair.replace("?", ".") for pair in pairs]
        return self._exact(lambda field: Query.regex_phrase_query(self._schema, field, words))


def _schema(*, text: bool) -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("date", fast=True)
    builder.add_bytes_field("article", stored=True)
    for field in FIELDS:
        builder.add_text_field(
            field,
            stored=text and field in _SHOWN,
            tokenizer_name="whitespace",
            index_option="freq" if field in RANKING_FIELDS else "position",
        )
    return builder.build()


def _boosted(field: str, query: Query) -> Query:
    factor = boost(field)
    return query if factor == 1 else Query.boost_query(query, factor)


def _any(queries: Iterable[Query]) -> Query:
    return Query.boolean_query([(Occur.Should, query) for query in queries])


def _all(queries: list[Query]) -> Query:
    if len(queries) == 1:
        return queries[0]
    return Query.boolean_query([(Occur.Must, query) for query in queries])


ENGINE = Tantivy
