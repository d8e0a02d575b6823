"""How a term is rendered in the other language, counted over the beads that contain it.

A rendering is a phrase whose content words all come from the term. Such a phrase is consistent
with the word alignment, as in Och and Ney (2004), except that words without a counterpart are not
added at its ends.
"""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from indexer.analysis import Analyzer
from indexer.lexicon.bead_text import BeadText
from indexer.lexicon.tables import TranslationTables
from indexer.lexicon.term_alignment import RenderedPhrase, best_phrase, estimate_links, read_bead
from indexer.lexicon.term_finder import TermFinder

_MAX_EXAMPLES: Final = 3


class Example(NamedTuple):
    """A bead with a rendering, and the places of term and rendering in its two texts.

    ``term`` and ``rendering`` are start and end in characters. If the term is part of a longer
    Chinese word, ``term`` is that whole word.
    """

    bead: BeadText
    term: tuple[int, int]
    rendering: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Rendering:
    """A word or phrase that renders a term, in the form that occurs most often.

    ``count`` is the number of beads with it, ``share`` their share of all beads with the term.
    ``confidence``, from 0 to 1, is the mean probability that its words come from the term, times
    count / (count + 1). ``years`` has the count of each year that has any; dates and years are
    those of beads with a date. ``examples`` are the three beads with the highest probability.
    """

    text: str
    count: int
    share: float
    confidence: float
    first_date: datetime.date | None
    last_date: datetime.date | None
    years: Mapping[int, int]
    examples: Sequence[Example]


def renderings(
    term: str,
    language: str,
    beads: Iterable[BeadText],
    tables: TranslationTables,
    analyzer: Analyzer,
) -> list[Rendering]:
    """Find the renderings of a term of ``"zh"`` or ``"en"``, best first.

    The best has the highest product of confidence and count. ``beads`` are all beads with the
    term, or a fair sample of them; beads without it are ignored. All beads with the term are held
    in memory, at about 20 KB each.
    """
    finder = TermFinder(term, language, analyzer)
    read = (read_bead(bead, finder, language, tables, analyzer) for bead in beads)
    found = [bead for bead in read if bead]
    links = estimate_links(found, finder.words, language, tables)
    groups: dict[tuple[str, ...], list[RenderedPhrase]] = defaultdict(list)
    for bead, bead_links in zip(found, links, strict=True):
        if phrase := best_phrase(bead, bead_links, language):
            groups[phrase.key].append(phrase)
    results = [_rendering(phrases, len(found), language) for phrases in groups.values()]
    return sorted(results, key=lambda found: (-found.confidence * found.count, found.text))


def _rendering(phrases: Sequence[RenderedPhrase], total: int, language: str) -> Rendering:
    """Sum up the phrases that have the same content words; ``total`` beads have the term."""
    forms = Counter(_form(phrase, language) for phrase in phrases)
    dates = sorted(date for phrase in phrases if (date := phrase.bead.text.date))
    best = sorted(phrases, key=lambda phrase: -phrase.link)[:_MAX_EXAMPLES]
    return Rendering(
        text=forms.most_common(1)[0][0],
        count=len(phrases),
        share=len(phrases) / total,
        confidence=sum(phrase.link for phrase in phrases) / (len(phrases) + 1),
        first_date=dates[0] if dates else None,
        last_date=dates[-1] if dates else None,
        years=dict(Counter(date.year for date in dates)),
        examples=[Example(p.bead.text, p.bead.term, (p.start, p.end)) for p in best],
    )


def _form(phrase: RenderedPhrase, language: str) -> str:
    """The phrase as the text has it, with single spaces for white space and line breaks."""
    return " ".join(phrase.bead.text.sides(language)[1][phrase.start : phrase.end].split())
