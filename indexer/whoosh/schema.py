"""The schema of an index for Whoosh.

The class `StreamAnalyzer` is pickled in the table of contents under its name and module, so that
Whoosh cannot open existing indexes once either has changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from whoosh import analysis, columns, fields

from indexer.analysis import Analyzer, Token, fold
from indexer.analysis.script import is_han
from indexer.schema import DOCUMENT_ARRAYS, ID_FIELD, RANKING, TEXT_FIELDS

# Whoosh has no types, so mypy takes its base classes for Any.
# mypy: disable-error-code="misc"


def whoosh_schema(dictionary: str | None = None) -> fields.Schema:
    """The schema of an index; ``dictionary`` is the text of its user dictionary.

    The titles, the column and the section are stored fields. Hits can be sorted by ``date`` (days
    since 1970), ``page`` and ``languages``.
    """
    stored = {"title_en", "title_zh", "column", "section"}
    schema = fields.Schema(**{ID_FIELD: fields.ID(stored=True, unique=True)})
    for name in TEXT_FIELDS:
        schema.add(name, fields.TEXT(analyzer=StreamAnalyzer("exact"), stored=name in stored))
    ranking = StreamAnalyzer("ranking", dictionary)
    schema.add(RANKING, fields.TEXT(analyzer=ranking, phrase=False))
    for name in DOCUMENT_ARRAYS:
        schema.add(name, fields.COLUMN(columns.NumericColumn("i")))
    return schema


@cache
def _analyzer(dictionary: str | None) -> Analyzer:
    return Analyzer(dictionary)


class StreamAnalyzer(analysis.Analyzer):
    """Makes Whoosh's tokens of one stream of ours, "exact" or "ranking"."""

    def __init__(self, stream: str, dictionary: str | None = None) -> None:
        self.stream = stream
        self.dictionary = dictionary

    def __call__(
        self, value: str, *, tokenize: bool = True, mode: str = "", **options: Any
    ) -> Iterator[analysis.Token]:
        """Yield the same token object for each token, as Whoosh's analyzers do.

        ``tokenize`` is false for wildcards and prefixes, which are one token.
        """
        whole = Token(fold(value), 0, len(value), 0)
        result = analysis.Token(mode=mode, **options)
        for token in self._tokens(value, mode) if tokenize else [whole]:
            result.text = token.term
            result.original = value[token.start : token.end]
            result.pos = options.get("start_pos", 0) + token.position
            result.startchar = options.get("start_char", 0) + token.start
            result.endchar = options.get("start_char", 0) + token.end
            yield result

    def _tokens(self, text: str, mode: str) -> list[Token]:
        analyzer = _analyzer(self.dictionary)
        if self.stream == "ranking":
            tokens = analyzer.ranking(text)
            return [token for token in tokens if len(token.term) > 2 or not is_han(token.term)]
        tokens = analyzer.exact(text)
        if mode == "query":  # the bigram before it covers the last character of a Han run
            ends = [None, *(token.end for token in tokens)]
            tokens = [token for token, end in zip(tokens, ends, strict=False) if token.end != end]
        return tokens
