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
from indexer.lexicon import BeadText, Rendering, renderings
from search.corpus.occurrences import Occurrences, ZoneOccurrences
from search.engine.evaluation import evaluate
from search.engine.matches import DocNumbers
from search.engine.selection import Selection
from search.engine.snapshot import Snapshot
from search.errors import LexiconMissing
from search.language.query import ParsedQuery, Phrase, Words

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


def look_up(
    term: str, selection: Selection, snapshot: Snapshot, analyzer: Analyzer
) -> LexiconEntry:
    """The entry of a term, from the articles that ``selection`` allows.

    Raises LexiconMissing if the index has no lexicon.
    """
    if snapshot.tables is None:
        raise LexiconMissing(
            f"{snapshot.index.directory}: the index has no lexicon; "
            "make it with: duizhao lexicon --build"
        )
    language = term_language(term)
    texts = evaluate(_query(term, f"body_{language}"), selection, snapshot, analyzer)
    glossaries = evaluate(_query(term, "glossary"), selection, snapshot, analyzer)
    occurrences, documents = Occurrences(texts), texts.documents("date")
    count, articles = occurrences.count(documents)
    step = max(1, count // MAX_BEADS)
    entries = glossaries.documents("date")[: MAX_BEADS // 2]
    beads = [
        *_aligned_beads(occurrences.by_zone(documents[::step]), snapshot),
        *_glossary_entries(entries, snapshot, term, language),
    ]
    result = renderings(term, language, beads, snapshot.tables, analyzer)
    kept = [r for r in result if r.count > 1 or r.confidence >= _MIN_CONFIDENCE] or result[:1]
    return LexiconEntry(term, language, count, articles, len(beads), len(kept), tuple(kept))


def term_language(term: str) -> LanguageCode:
    """Chinese if the term has a Chinese character, otherwise English."""
    return "zh" if any(map(is_han, fold(term))) else "en"


def _query(term: str, field: str) -> ParsedQuery:
    """The query for a term in a field: an English word in all its forms, else a phrase."""
    if term.isascii() and term.isalnum():
        return ParsedQuery(Words(text=term, span=_NOWHERE, field=field))
    return ParsedQuery(Phrase(text=term, span=_NOWHERE, field=field))


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
