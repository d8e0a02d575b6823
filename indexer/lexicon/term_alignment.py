"""Which words of a bead come from a term, judged over all beads that have it.

The term is taken as one word, whose translation is estimated from its beads by expectation
maximisation (IBM model 1, both directions made to agree), all other words as in the tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from indexer.analysis import Analyzer, Token
from indexer.article import other_language
from indexer.lexicon.bead_words import BeadText, TermFinder, is_joined, stop_words
from indexer.lexicon.tables import TranslationTables

_ITERATIONS: Final = 4
# What the tables know of the words of a term counts as one occurrence of it.
_PRIOR: Final = 1.0
# How likely a word is to stand for the term, and for nothing, though nothing is known of it.
_DOUBT: Final = 0.01
# A word belongs to a rendering if it comes from the term as probably as this.
_MIN_LINK: Final = 0.4
# So many stop words may stand within a rendering on end: of, with a, of the.
_MAX_GAP: Final = 3


class _Word(NamedTuple):
    """What is known of a content word beside the term.

    ``direct``: how probable all else in the bead makes it. ``own`` and ``others``: how probable the
    words of the term are where it stands, and the other words of the bead. ``beads``: in how many
    beads of the archive it was.
    """

    direct: float
    own: float
    others: float
    beads: int


class TermBead(NamedTuple):
    """A bead with the term at characters ``term``, and the words of its other side."""

    text: BeadText
    term: tuple[int, int]
    tokens: Sequence[Token]
    words: Mapping[str, _Word]


class RenderingPhrase(NamedTuple):
    """What renders the term in one bead.

    ``key``: its content words; ``belief``: how probable these come from the term, on average;
    ``start`` and ``end``: its characters in the other text.
    """

    key: tuple[str, ...]
    belief: float
    bead: TermBead
    start: int
    end: int


def read_bead(
    bead: BeadText, finder: TermFinder, language: str, tables: TranslationTables, analyzer: Analyzer
) -> TermBead | None:
    """A bead with the finder's term, which is of ``language``; None if it has it not."""
    ours, theirs = bead.sides(language)
    occurrence = finder.find(ours)
    if occurrence is None:
        return None
    other = other_language(language)
    own_rows = [tables.row(word, language) for word in occurrence.words]
    other_rows = [tables.row(word, language) for word in occurrence.others]
    tokens = analyzer.ranking(theirs)
    words = {}
    for word in dict.fromkeys(token.term for token in tokens):
        if word not in stop_words(other):
            found = [row[word] for row in other_rows if word in row]
            words[word] = _Word(
                tables.null(word, other) + sum(translation.direct for translation in found),
                sum(row[word].inverse for row in own_rows if word in row),
                sum(translation.inverse for translation in found),
                tables.bead_count(word, other),
            )
    return TermBead(bead, occurrence.span, tokens, words)


def estimate_links(
    beads: Sequence[TermBead], term: Iterable[str], language: str, tables: TranslationTables
) -> list[dict[str, float]]:
    """How probable it is of each word of each bead that it comes from the term.

    ``term``: its words. What a bead itself says is left out where it is judged (leaving one out,
    Wuebker et al. 2010): else a word that is met but once would come from nothing but the term.
    """
    prior = _prior([*term], language, tables)
    links = [dict.fromkeys(bead.words, 0.5) for bead in beads]
    for _ in range(_ITERATIONS):
        counts: dict[str, float] = {}
        for linked in links:
            for word, link in linked.items():
                counts[word] = counts.get(word, 0.0) + link
        total = sum(counts.values()) + _PRIOR
        for bead, linked in zip(beads, links, strict=True):
            for word, (direct, own, others, bead_count) in bead.words.items():
                elsewhere = counts[word] - linked[word]
                expected = elsewhere + _PRIOR * prior.get(word, 0.0)
                inverse = _DOUBT + max(own, min(1.0, elsewhere / max(bead_count, 1)))
                there = expected / (expected + total * direct)
                linked[word] = there * inverse / (inverse + others + _DOUBT)
    return links


def _prior(term: Sequence[str], language: str, tables: TranslationTables) -> dict[str, float]:
    """What the tables know of the words of the term, as the translation of it as a whole."""
    prior: dict[str, float] = {}
    for word in term:
        for rendering, chance in tables.row(word, language).items():
            prior[rendering] = prior.get(rendering, 0.0) + chance.direct / len(term)
    return prior


def best_phrase(
    bead: TermBead, links: Mapping[str, float], language: str
) -> RenderingPhrase | None:
    """The phrase that most comes from the term: linked words, nothing between but stop words.

    ``language`` is the term's.
    """
    text = bead.text.sides(language)[1]
    best: list[Token] = []
    run: list[Token] = []
    most = belief = 0.0
    gap = 0
    for token in bead.tokens:
        link = links.get(token.term)
        is_linked = link is not None and link >= _MIN_LINK
        gap = gap + 1 if link is None else 0
        if run and (
            gap > _MAX_GAP
            or not (is_linked or link is None)
            or (is_linked and not is_joined(text[run[-1].end : token.start]))
        ):
            run, belief = [], 0.0
        if link is not None and is_linked:
            run = [*run, token]
            belief += link
            if belief > most:
                best, most = run, belief
    if not best:
        return None
    key = tuple(token.term for token in best)
    return RenderingPhrase(key, most / len(best), bead, best[0].start, best[-1].end)
