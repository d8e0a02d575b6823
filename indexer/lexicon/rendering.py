"""How a term is rendered in the other language across the archive.

A rendering is a phrase of words that come from the term, and of no others but stop words between
them (phrases consistent with an alignment, Och and Ney 2004, for a given phrase of one side).
"""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from indexer.analysis import Analyzer
from indexer.lexicon.bead_words import BeadText, TermFinder
from indexer.lexicon.tables import TranslationTables
from indexer.lexicon.term_alignment import RenderingPhrase, best_phrase, estimate_links, read_bead

_MAX_EXAMPLES: Final = 3


class Example(NamedTuple):
    """A bead in which a rendering was found, and where in the two texts term and rendering are.

    ``term`` and ``rendering`` are characters (start, end); a Chinese word that is longer than the
    term is told as a whole.
    """

    bead: BeadText
    term: tuple[int, int]
    rendering: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Rendering:
    """A word or phrase that renders a term, as it stands most often.

    ``count``: in how many beads; ``share``: of those that have the term. ``confidence``: how
    probable it is, from 0 to 1, that the words come from the term, less where beads are few.
    ``years``: the count of each year that has any. ``examples``: the surest first.
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
    """The renderings of a term of ``"zh"`` or ``"en"``, best first.

    ``beads`` are those that have the term, or a fair sample of them; an entry of a glossary is one
    too. Others are passed over. All are held in memory, at about 20 KB each.
    """
    finder = TermFinder(term, language, analyzer)
    read = (read_bead(bead, finder, language, tables, analyzer) for bead in beads)
    found = [bead for bead in read if bead]
    links = estimate_links(found, finder.words, language, tables)
    groups: dict[tuple[str, ...], list[RenderingPhrase]] = defaultdict(list)
    for bead, linked in zip(found, links, strict=True):
        if phrase := best_phrase(bead, linked, language):
            groups[phrase.key].append(phrase)
    results = [_rendering(phrases, len(found), language) for phrases in groups.values()]
    return sorted(results, key=lambda found: (-found.confidence * found.count, found.text))


def _rendering(phrases: Sequence[RenderingPhrase], total: int, language: str) -> Rendering:
    surfaces = Counter(_surface(phrase, language) for phrase in phrases)
    dates = sorted(date for phrase in phrases if (date := phrase.bead.text.date))
    best = sorted(phrases, key=lambda phrase: -phrase.belief)[:_MAX_EXAMPLES]
    return Rendering(
        text=surfaces.most_common(1)[0][0],
        count=len(phrases),
        share=len(phrases) / total,
        confidence=sum(phrase.belief for phrase in phrases) / (len(phrases) + 1),
        first_date=dates[0] if dates else None,
        last_date=dates[-1] if dates else None,
        years=dict(Counter(date.year for date in dates)),
        examples=[Example(p.bead.text, p.bead.term, (p.start, p.end)) for p in best],
    )


def _surface(phrase: RenderingPhrase, language: str) -> str:
    """The phrase as it stands, line breaks as blanks."""
    return " ".join(phrase.bead.text.sides(language)[1][phrase.start : phrase.end].split())
