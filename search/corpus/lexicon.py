"""How a term is rendered in the other language, across the archive.

And of the indexer align, analysis, article, lexicon. The index tells which articles have the term,
their beads show it in both languages, and the index's tables tell what of a bead renders it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from indexer.align import BeadSpans
from indexer.analysis import Analyzer, fold
from indexer.analysis.script import is_han
from indexer.article import Article, LanguageCode
from indexer.lexicon import BeadText, Rendering, TranslationTables, renderings
from search.corpus.occurrences import Occurrences, ZoneOccurrences
from search.engine.matches import DocNumbers
from search.engine.snapshot import Snapshot
from search.language.query import Phrase, Query, Words

# About so many beads are looked at, which takes a fifth of a second.
MAX_BEADS: Final = 500
# What was found but once, and is less probable than this, is left out.
_MIN_CONFIDENCE: Final = 0.5

_NOWHERE: Final = (0, 0)


class LexiconEntry(NamedTuple):
    """How a term, a word or phrase of ``language``, is rendered in the other language.

    It stands in ``places`` of the texts of ``articles``. ``beads`` aligned passages that have it
    were looked at, all there are or, where there are very many, those of articles drawn evenly in
    the order of their dates; among them entries of glossaries. Counts and shares of the renderings
    are those of ``beads``, and ``total`` is how many there are, of which the best are told.
    """

    term: str
    language: LanguageCode
    places: int
    articles: int
    beads: int
    total: int
    renderings: tuple[Rendering, ...]


class TermOccurrences(NamedTuple):
    """Where a term is: its ``occurrences`` in ``documents``, and which have it in ``glossaries``.

    Documents are in the order of their dates.
    """

    occurrences: Occurrences
    documents: DocNumbers
    glossaries: DocNumbers


def term_language(term: str) -> LanguageCode:
    """Chinese if it has a Chinese character, else English."""
    return "zh" if any(map(is_han, fold(term))) else "en"


def term_query(term: str, field: str) -> Query:
    """The query for a term in a field: an English word in all its forms, all else as it stands."""
    if term.isascii() and term.isalnum():
        return Words(text=term, span=_NOWHERE, field=field)
    return Phrase(text=term, span=_NOWHERE, field=field)


def lexicon_entry(
    term: str,
    language: LanguageCode,
    found: TermOccurrences,
    snapshot: Snapshot,
    tables: TranslationTables,
    analyzer: Analyzer,
) -> LexiconEntry:
    """What the places of a term tell of it."""
    places, articles = found.occurrences.count(found.documents)
    step = max(1, places // MAX_BEADS)
    beads = [
        *_aligned_beads(found.occurrences.by_zone(found.documents[::step]), snapshot),
        *_glossary_entries(found.glossaries[: MAX_BEADS // 2], snapshot, term, language),
    ]
    result = renderings(term, language, beads, tables, analyzer)
    kept = [r for r in result if r.count > 1 or r.confidence >= _MIN_CONFIDENCE] or result[:1]
    return LexiconEntry(term, language, places, articles, len(beads), len(kept), tuple(kept))


def _aligned_beads(passages: Iterator[ZoneOccurrences], snapshot: Snapshot) -> Iterator[BeadText]:
    """The beads at some places."""
    for found in passages:
        alignment = snapshot.index.alignment(found.document, found.article)
        if found.is_title or alignment is None:
            continue
        numbers: dict[int, None] = {}
        places = (found.paragraphs, found.starts - found.lows, found.ends - found.lows)
        for paragraph, start, end in zip(*(part.tolist() for part in places), strict=True):
            numbers.update(dict.fromkeys(alignment.beads_at(found.language, paragraph, start, end)))
        for number in filter(alignment.is_confident, numbers):
            sides = (tuple(alignment.spans(side, number, number)) for side in ("zh", "en"))
            yield BeadText.from_spans(found.article, BeadSpans(*sides))


def _glossary_entries(
    documents: DocNumbers, snapshot: Snapshot, term: str, language: LanguageCode
) -> Iterator[BeadText]:
    """The entries of glossaries that have a term."""
    sought = fold(term)
    for document in documents.tolist():
        article = Article.from_bytes(snapshot.index.stored(document))
        for pair in article.glossary:
            entry = BeadText(*pair, article.date, article.id)
            if sought in fold(entry.sides(language)[0]):
                yield entry
