"""How a term is rendered in the other language; imports indexer.analysis and its siblings.

The term is looked at as one word. How it is translated is estimated from the beads that have it
(IBM model 1, all other words held to the tables); a rendering is the phrase of the words that
are linked to it, and no others between (Och and Ney 2004, for a phrase given on one side).
"""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from indexer.analysis import Analyzer, Token
from indexer.lexicon.tables import Tables
from indexer.lexicon.text import BeadText, Occurrence, TermFinder, joined, stop_words

_ITERATIONS: Final = 4
# How many occurrences the tables' knowledge of the words of a term is worth.
_PRIOR: Final = 1.0
# A word belongs to a rendering if it comes from the term rather than from anything else.
_LINK_LEAST: Final = 0.4
# For a word of which the tables know nothing.
_DOUBT: Final = 0.01
_KAPPA: Final = 0.01
_EXAMPLES: Final = 3
_GAP_MOST: Final = 3


class Example(NamedTuple):
    """A bead in which a rendering was found, and where in the two texts term and rendering are."""

    bead: BeadText
    term: tuple[int, int]
    rendering: tuple[int, int]


class Rendering(NamedTuple):
    """A word or phrase that renders a term.

    ``count``: of how many beads; ``share``: of all that have the term; ``confidence``: how likely
    it is, from 0 to 1, that those words come from the term, less where they are few; ``years``:
    how many there are of each year that has any.
    """

    text: str
    count: int
    share: float
    confidence: float
    first_date: datetime.date | None
    last_date: datetime.date | None
    years: Mapping[int, int]
    examples: Sequence[Example]


class _Word(NamedTuple):
    """A content word beside a term: what else in the bead it may come from.

    ``ahead``: how probable it is by all else in the bead; ``back``: the part that is the term's of
    all that the word may stand for.
    """

    ahead: float
    own: float
    others: float
    count: int


class _Bead(NamedTuple):
    """A bead with the term, and the other side's words."""

    text: BeadText
    term: tuple[int, int]
    tokens: list[Token]
    words: dict[str, _Word]


class _Phrase(NamedTuple):
    """A rendering in one bead: its words without stop words, how sure it is, where it is."""

    key: tuple[str, ...]
    belief: float
    bead: _Bead
    start: int
    end: int


def renderings(
    term: str,
    language: str,
    beads: Iterable[BeadText],
    tables: Tables,
    analyzer: Analyzer | None = None,
) -> list[Rendering]:
    """The renderings of a term of ``"zh"`` or ``"en"``, best first.

    Beads without the term, as its words stand in a text, are passed over.
    """
    analyzer = analyzer or Analyzer()
    finder = TermFinder(term, language, analyzer)
    found = [
        _read(bead, occurrence, language, tables, analyzer)
        for bead in beads
        if (occurrence := finder.find(bead))
    ]
    if not found:
        return []
    links = _links(found, _prior(finder.words, language, tables))
    other = "en" if language == "zh" else "zh"
    phrases = [
        p for bead, linked in zip(found, links, strict=True) if (p := _phrase(bead, linked, other))
    ]
    groups: dict[tuple[str, ...], list[_Phrase]] = defaultdict(list)
    for phrase in phrases:
        groups[phrase.key].append(phrase)
    results = [_rendering(group, len(found), other) for group in groups.values()]
    return sorted(results, key=lambda r: (-r.confidence * r.count, r.text))


def _read(
    bead: BeadText, occurrence: Occurrence, language: str, tables: Tables, analyzer: Analyzer
) -> _Bead:
    other = "en" if language == "zh" else "zh"
    tokens = analyzer.ranking(bead.english if language == "zh" else bead.chinese)
    ours = [tables.row(word, language) for word in occurrence.words]
    rows = [tables.row(word, language) for word in occurrence.others]
    words = {}
    for word in {token.term for token in tokens} - stop_words(other):
        ahead, others = tables.null(word, other), 0.0
        for row in rows:
            if translation := row.get(word):
                ahead += translation.ahead
                others += translation.back
        own = sum(row[word].back for row in ours if word in row)
        words[word] = _Word(ahead, own, others, tables.count(word, other))
    return _Bead(bead, occurrence.span, tokens, words)


def _prior(words: Sequence[str], language: str, tables: Tables) -> dict[str, float]:
    """What the tables know of the words of the term, as the translation of it as a whole."""
    prior: dict[str, float] = defaultdict(float)
    for word in words:
        for rendering, chance in tables.row(word, language).items():
            prior[rendering] += chance.ahead / len(words)
    return prior


def _links(beads: Sequence[_Bead], prior: Mapping[str, float]) -> list[dict[str, float]]:
    """How probable it is of each word of each bead that it comes from the term.

    What a bead itself says is left out where it is judged (leaving one out: Wuebker et al. 2010),
    else a word that is met only once would come from nothing else than the term.
    """
    words = {word for bead in beads for word in bead.words}
    links = [dict.fromkeys(bead.words, 0.5) for bead in beads]
    for _ in range(_ITERATIONS):
        counts = dict.fromkeys(words, 0.0)
        for linked in links:
            for word, link in linked.items():
                counts[word] += link
        total = sum(counts.values()) + _PRIOR
        for bead, linked in zip(beads, links, strict=True):
            for word, (ahead, own, others, count) in bead.words.items():
                known = counts[word] - linked[word]
                back = max(own, min(1.0, known / max(count, 1)))
                back = (_DOUBT + back) / (_DOUBT + back + others + _KAPPA)
                known += _PRIOR * prior.get(word, 0.0)
                linked[word] = back * known / (known + total * ahead)
    return links


def _phrase(bead: _Bead, links: Mapping[str, float], language: str) -> _Phrase | None:
    """The best run of words linked to the term, with no others but stop words between."""
    text = bead.text.english if language == "en" else bead.text.chinese
    best: tuple[float, list[Token]] | None = None
    run: list[Token] = []
    belief = 0.0
    gap = 0
    for token in bead.tokens:
        link = links.get(token.term)
        if run and not joined(text[run[-1].end : token.start]):
            run, belief, gap = [], 0.0, 0
        if link is None:  # a stop word
            gap += 1
            continue
        if link < _LINK_LEAST:
            run, belief, gap = [], 0.0, 0
            continue
        if gap > _GAP_MOST:
            run, belief = [], 0.0
        gap = 0
        run = [*run, token]
        belief += link
        if best is None or belief > best[0]:
            best = belief, run
    if best is None:
        return None
    belief, run = best
    key = tuple(token.term for token in run)
    return _Phrase(key, belief / len(run), bead, run[0].start, run[-1].end)


def _rendering(phrases: Sequence[_Phrase], total: int, language: str) -> Rendering:
    surfaces = Counter(_surface(phrase, language) for phrase in phrases)
    dates = sorted(p.bead.text.date for p in phrases if p.bead.text.date)
    count = len(phrases)
    best = sorted(phrases, key=lambda p: -p.belief)[:_EXAMPLES]
    return Rendering(
        text=surfaces.most_common(1)[0][0],
        count=count,
        share=count / total,
        confidence=sum(phrase.belief for phrase in phrases) / (count + 1),
        first_date=dates[0] if dates else None,
        last_date=dates[-1] if dates else None,
        years=dict(sorted(Counter(date.year for date in dates).items())),
        examples=[Example(p.bead.text, p.bead.term, (p.start, p.end)) for p in best],
    )


def _surface(phrase: _Phrase, language: str) -> str:
    text = phrase.bead.text.english if language == "en" else phrase.bead.text.chinese
    return " ".join(text[phrase.start : phrase.end].split())
