"""Lexicon entries: how a term is expressed in the other language, across the archive.

The index finds the articles that contain the term. Their beads contain it with its translation, and
the lexicon's tables say which words of the translation render the term.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from indexer.align import BeadSpans
from indexer.analysis import Analyzer, fold
from indexer.analysis.script import is_han
from indexer.article import Article, LanguageCode
from indexer.lexicon import BeadText, Rendering, renderings
from indexer.wording import for_index
from search.corpus.occurrences import Occurrences, ZoneOccurrences
from search.engine.evaluation import evaluate
from search.engine.matches import DocNumbers
from search.engine.selection import Selection
from search.engine.snapshot import Snapshot
from search.errors import LexiconMissing
from search.language.query import ParsedQuery, Phrase, Words

# Roughly the largest number of beads that are examined, which takes a fifth of a second.
MAX_BEADS: Final = 500
# A rendering that was found only once needs this confidence.
_MIN_CONFIDENCE: Final = 0.5

_NOWHERE: Final = (0, 0)


class LexiconEntry(NamedTuple):
    """How a term, a word or phrase of ``language``, is expressed in the other language.

    ``places`` is the number of occurrences of the term in the bodies of ``articles`` articles.
    ``beads`` is the number of aligned passages with the term that were examined, including entries
    of glossaries. If a term is very frequent, only the beads of some articles are examined, which
    are evenly distributed over time. Counts and shares of the renderings refer to these beads.
    ``renderings`` are the best of ``total`` renderings.
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
    """Return the entry of a term, from the articles that ``selection`` allows.

    Raises LexiconMissing if the index has no lexicon.
    """
    directory = snapshot.index.directory
    if snapshot.tables is None:
        raise LexiconMissing(
            f"{directory}: the index has no lexicon; "
            f"make it with: duizhao lexicon --build{for_index(directory)}"
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
    """Return Chinese if the term has a Chinese character, otherwise English."""
    return "zh" if any(map(is_han, fold(term))) else "en"


def _query(term: str, field: str) -> ParsedQuery:
    """Return the query for a term in a field: an English word in all its forms, else a phrase."""
    if term.isascii() and term.isalnum():
        return ParsedQuery(Words(text=term, span=_NOWHERE, field=field))
    return ParsedQuery(Phrase(text=term, span=_NOWHERE, field=field))


def _aligned_beads(zones: Iterator[ZoneOccurrences], snapshot: Snapshot) -> Iterator[BeadText]:
    """Yield the confident beads that contain an occurrence."""
    for zone in zones:
        alignment = snapshot.index.alignment(zone.document, zone.article)
        if zone.is_title or alignment is None:
            continue
        numbers: dict[int, None] = {}
        for paragraph, origin, start, end, _ in zone.spans():
            found = alignment.beads_at(zone.language, paragraph, start - origin, end - origin)
            numbers.update(dict.fromkeys(found))
        for number in filter(alignment.is_confident, numbers):
            sides = (tuple(alignment.spans(side, number, number)) for side in ("zh", "en"))
            yield BeadText.from_spans(zone.article, BeadSpans(*sides))


def _glossary_entries(
    documents: DocNumbers, snapshot: Snapshot, term: str, language: LanguageCode
) -> Iterator[BeadText]:
    """Yield the entries of glossaries that contain a term."""
    folded = fold(term)
    for document in documents.tolist():
        article = Article.from_bytes(snapshot.index.stored(document))
        for pair in article.glossary:
            entry = BeadText(*pair, article.date, article.id, article.date_precision)
            if folded in fold(entry.sides(language)[0]):
                yield entry
