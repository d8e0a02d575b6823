"""Which words of a bead come from a term, estimated over all beads that contain the term.

The term counts as one word of IBM model 1, however many words it has. Its translation
probabilities are estimated from its beads by expectation maximisation, with both directions made
to agree; those of all other words are taken from the tables. docs/LEXICON.md has the formulas.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from indexer.analysis import Analyzer, Token
from indexer.article import other_language
from indexer.lexicon.bead_text import BeadText
from indexer.lexicon.stop_words import MAX_STOP_WORDS_WITHIN, STOP_WORDS, has_phrase_break
from indexer.lexicon.tables import Row, TranslationTables
from indexer.lexicon.term_finder import TermFinder

_TERM_ROUNDS: Final = 4
# The translations that the tables give for the words of a term count as one occurrence of it.
_PRIOR_COUNT: Final = 1.0
# Added to the probability that a word renders the term, and also to that it renders no word: the
# tables know nothing about rare words.
_UNKNOWN_PROBABILITY: Final = 0.01
# A word belongs to a rendering if it comes from the term with at least this probability.
_MIN_RENDERING_LINK: Final = 0.4


class _Evidence(NamedTuple):
    """The evidence of the tables about a content word e of the other side of a bead.

    ``other_direct``: Σ P(e | w) over the null word and all words w of the bead but the term.
    ``term_inverse``: Σ P(w | e) over the words w of the term. ``other_inverse``: the same over the
    other words of the bead. ``bead_count``: the number of training beads that contained e.
    """

    other_direct: float
    term_inverse: float
    other_inverse: float
    bead_count: int


class TermBead(NamedTuple):
    """A bead that contains a term.

    ``term``: its start and end in characters. ``tokens``: the words of the other side.
    ``evidence``: for each content word of the other side.
    """

    text: BeadText
    term: tuple[int, int]
    tokens: Sequence[Token]
    evidence: Mapping[str, _Evidence]


class RenderedPhrase(NamedTuple):
    """The phrase that renders a term in one bead.

    ``key``: its content words. ``link``: the mean probability that they come from the term.
    ``start`` and ``end``: its characters in the other text.
    """

    key: tuple[str, ...]
    link: float
    bead: TermBead
    start: int
    end: int


def read_bead(
    bead: BeadText, finder: TermFinder, language: str, tables: TranslationTables, analyzer: Analyzer
) -> TermBead | None:
    """Collect the evidence of a bead; None if it does not contain the term of ``language``."""
    source, target = bead.sides(language)
    occurrence = finder.find(source)
    if occurrence is None:
        return None
    other = other_language(language)
    term_rows = [tables.row(word, language) for word in occurrence.words]
    other_rows = [tables.row(word, language) for word in occurrence.others]
    tokens = analyzer.ranking(target)
    evidence = {
        word: _evidence(word, term_rows, other_rows, other, tables)
        for word in dict.fromkeys(token.term for token in tokens)
        if word not in STOP_WORDS[other]
    }
    return TermBead(bead, occurrence.span, tokens, evidence)


def _evidence(
    word: str,
    term_rows: Iterable[Row],
    other_rows: Iterable[Row],
    language: str,
    tables: TranslationTables,
) -> _Evidence:
    others = [row[word] for row in other_rows if word in row]
    null = tables.null_probability(word, language)
    return _Evidence(
        null + sum(translation.direct for translation in others),
        sum(row[word].inverse for row in term_rows if word in row),
        sum(translation.inverse for translation in others),
        tables.bead_count(word, language),
    )


def estimate_links(
    beads: Sequence[TermBead], term: Iterable[str], language: str, tables: TranslationTables
) -> list[dict[str, float]]:
    """The probability, for each content word of each bead, that it comes from the term.

    ``term`` holds the words of the term. The links of a bead itself are left out of the counts by
    which it is judged (leaving one out, Wuebker et al. 2010). Otherwise a word that occurs only
    once would be explained by nothing but the term.
    """
    prior = _prior([*term], language, tables)
    links = [dict.fromkeys(bead.evidence, 0.5) for bead in beads]
    for _ in range(_TERM_ROUNDS):
        counts: dict[str, float] = {}
        for bead_links in links:
            for word, link in bead_links.items():
                counts[word] = counts.get(word, 0.0) + link
        total = sum(counts.values()) + _PRIOR_COUNT
        for bead, bead_links in zip(beads, links, strict=True):
            _update_links(bead_links, bead.evidence, counts, prior, total)
    return links


def _update_links(
    links: dict[str, float],
    evidence: Mapping[str, _Evidence],
    counts: Mapping[str, float],
    prior: Mapping[str, float],
    total: float,
) -> None:
    """Set the link of each word of a bead to the product of its probabilities in both directions.

    ``counts`` holds, for each word, the expected number of beads in which it comes from the term.
    ``total`` is the sum of these. ``prior`` is P(word | term) by the tables.
    """
    for word, (other_direct, term_inverse, other_inverse, bead_count) in evidence.items():
        elsewhere = counts[word] - links[word]
        expected = elsewhere + _PRIOR_COUNT * prior.get(word, 0.0)
        direct = expected / (expected + total * other_direct)
        share = min(1.0, elsewhere / max(bead_count, 1))
        inverse = _UNKNOWN_PROBABILITY + max(term_inverse, share)
        links[word] = direct * inverse / (inverse + other_inverse + _UNKNOWN_PROBABILITY)


def _prior(term: Sequence[str], language: str, tables: TranslationTables) -> dict[str, float]:
    """P(word | term) by the tables alone: the mean over the words of the term."""
    prior: dict[str, float] = {}
    for word in term:
        for rendering, translation in tables.row(word, language).items():
            prior[rendering] = prior.get(rendering, 0.0) + translation.direct / len(term)
    return prior


def best_phrase(bead: TermBead, links: Mapping[str, float], language: str) -> RenderedPhrase | None:
    """The phrase of the other side with the highest sum of links; None if no word is linked.

    All its content words are linked to the term, and only a few stop words, but no punctuation,
    are between them. ``language`` is the language of the term.
    """
    text = bead.text.sides(language)[1]
    best: list[Token] = []
    run: list[Token] = []
    best_sum = run_sum = 0.0
    stop_words = 0
    for token in bead.tokens:
        link = links.get(token.term)
        is_linked = link is not None and link >= _MIN_RENDERING_LINK
        stop_words = stop_words + 1 if link is None else 0
        if run and (
            stop_words > MAX_STOP_WORDS_WITHIN
            or not (is_linked or link is None)
            or (is_linked and has_phrase_break(text[run[-1].end : token.start]))
        ):
            run, run_sum = [], 0.0
        if link is not None and is_linked:
            run = [*run, token]
            run_sum += link
            if run_sum > best_sum:
                best, best_sum = run, run_sum
    if not best:
        return None
    key = tuple(token.term for token in best)
    return RenderedPhrase(key, best_sum / len(best), bead, best[0].start, best[-1].end)
