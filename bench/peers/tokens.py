"""Articles as text of ready-made tokens, for peers that split at blanks; imports indexer, bench.

So the peers index the terms that ours does: what differs is the engine.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from bench.corpus import TEXT_FIELDS, find_files, texts
from indexer import Article
from indexer.analysis import Analyzer
from indexer.analysis.script import is_han
from indexer.errors import SeedError
from indexer.schema import to_days
from indexer.source.seeds import SeedFile, read_article

# A token that no query has, after each paragraph: a phrase matches in no two.
PARAGRAPH_END: Final = "¶"
EXACT_FIELDS: Final = TEXT_FIELDS
RANKING_FIELDS: Final = tuple(f"{field}_ranking" for field in TEXT_FIELDS)
FIELDS: Final = (*EXACT_FIELDS, *RANKING_FIELDS)
TITLE_BOOST: Final = 3.0

_CHUNK: Final = 64  # articles that are handed from process to process at a time


class Prepared(NamedTuple):
    """An article for a peer: ``texts`` are tokens joined by blanks, by field of both streams."""

    id: str
    date: int
    texts: dict[str, str]
    stored: bytes


def ranking_field(field: str) -> str:
    """The field of the ranking stream of a text."""
    return f"{field}_ranking"


def boost(field: str) -> float:
    """How much a field of either stream counts."""
    return TITLE_BOOST if field.startswith("title") else 1.0


def prepare(article: Article, analyzer: Analyzer) -> Prepared:
    """Analyse an article."""
    joined = {}
    for field, paragraphs in texts(article).items():
        streams = [*map(analyzer.streams, paragraphs)]
        exact = (term for stream in streams for term in (*stream.exact, PARAGRAPH_END))
        joined[field] = " ".join(exact)
        joined[ranking_field(field)] = " ".join(term for s in streams for term in s.ranking)
    return Prepared(article.id, to_days(article.date), joined, article.to_bytes())


def prepared(source: Path) -> Iterator[Prepared]:
    """The articles of a folder, read and analyzed by as many processes as there are cores.

    On two cores, with tantivy's own threads beside them, tantivy indexed 1.2 times as fast as when
    it was fed by its own process alone.
    """
    files = find_files(source)
    chunks = [files[at : at + _CHUNK] for at in range(0, len(files), _CHUNK)]
    with multiprocessing.Pool() as pool:
        for chunk in pool.imap_unordered(_read, chunks):
            yield from chunk


@cache
def analyzer() -> Analyzer:
    """The analyzer of this process."""
    return Analyzer()


def _read(files: Sequence[SeedFile]) -> list[Prepared]:
    articles = []
    for file in files:
        with suppress(SeedError):  # ours skips it too
            articles.append(prepare(read_article(file), analyzer()))
    return articles


def ranking_terms(word: str) -> list[str]:
    """What a bare word is in the ranking stream."""
    return analyzer().streams(word).ranking


def phrase_terms(phrase: str) -> list[str]:
    """A phrase in the exact stream; a last Han character is covered by the bigram before it."""
    terms = analyzer().exact_terms(phrase)
    covered = len(terms) > 1 and is_han(terms[-1]) and terms[-2][1:] == terms[-1]
    return terms[:-1] if covered else terms
