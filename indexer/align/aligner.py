"""The beads of an article: first of its paragraphs, then of the sentences within these.

Sentences are aligned within each bead of paragraphs. docs/ALIGNMENT.md describes the method.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import floor
from typing import Final

from indexer.align.anchor import shared_bits
from indexer.align.bead import CONFIDENT, MAX_CONFIDENCE, Bead
from indexer.align.length_ratio import scale
from indexer.align.paragraph_alignment import (
    IMPOSSIBLE,
    MAX_UNIT_PAIRS,
    AnchorSource,
    ParagraphAlignment,
    align_article_paragraphs,
)
from indexer.align.record import encode_record
from indexer.align.viterbi import MAX_MARGIN, BeadKind, PathBead, Units, best_path
from indexer.article import Article

_SENTENCE_KINDS: Final = (
    BeadKind(1, 1, -0.2), BeadKind(1, 2, -2.5), BeadKind(2, 1, -2.5), BeadKind(2, 2, -4.5),
    BeadKind(1, 3, -4.5), BeadKind(3, 1, -4.5),
)  # fmt: skip
# A bead is confident from this margin on.
_MIN_CONFIDENT_MARGIN: Final = 0.6
# An article with a text of more characters gets no record: to align it would take too much memory.
_MAX_CHARACTERS: Final = 2_000_000


def align(article: Article, lexicon: AnchorSource | None = None) -> tuple[Bead, ...]:
    """The beads of an article's body, in order; together they have all sentences of both texts.

    If some beads are not confident and there is a ``lexicon``, the whole article is aligned once
    more with the anchors that the lexicon adds.
    """
    return tuple(_align(article, lexicon, _sentence_beads)[1])


def align_record(article: Article, lexicon: AnchorSource | None = None) -> bytes:
    """Like `align`, but as a record for `indexer.align.Alignment`.

    The record is empty if a text has more than two million characters.
    """
    texts = article.paragraphs_zh, article.paragraphs_en
    if max(sum(map(len, text)) for text in texts) > _MAX_CHARACTERS:
        return b""
    found, beads = _align(article, lexicon, _sentence_beads)
    return encode_record(found.chinese.first_sentences, found.english.first_sentences, beads)


def align_paragraphs(article: Article, lexicon: AnchorSource | None = None) -> tuple[Bead, ...]:
    """Like `align`, but the beads count paragraphs instead of sentences."""
    return tuple(_align(article, lexicon, _paragraph_beads)[1])


def _align(
    article: Article,
    lexicon: AnchorSource | None,
    find_beads: Callable[[ParagraphAlignment], list[Bead]],
) -> tuple[ParagraphAlignment, list[Bead]]:
    paragraphs = align_article_paragraphs(article, None)
    beads = find_beads(paragraphs)
    is_possible = paragraphs.log_odds > IMPOSSIBLE
    if lexicon and is_possible and not all(bead.is_confident for bead in beads):
        paragraphs = align_article_paragraphs(article, lexicon)
        beads = find_beads(paragraphs)
    return paragraphs, beads


def _paragraph_beads(found: ParagraphAlignment) -> list[Bead]:
    if not found.is_translation:
        return _unpaired(found.chinese.paragraph_count, found.english.paragraph_count)
    return _beads(found.path, MAX_MARGIN, found.log_odds)


def _sentence_beads(found: ParagraphAlignment) -> list[Bead]:
    chinese, english = found.chinese, found.english
    if not found.is_translation:
        return _unpaired(chinese.sentence_count, english.sentence_count)
    bits = shared_bits(found.anchors, chinese.sentence_starts, english.sentence_starts)
    english_lengths = scale(english.sentence_lengths, found.log_ratio)
    beads: list[Bead] = []
    i = j = 0
    for bead in found.path:
        ours = slice(chinese.first_sentences[i], chinese.first_sentences[i + bead.chinese])
        theirs = slice(english.first_sentences[j], english.first_sentences[j + bead.english])
        i, j = i + bead.chinese, j + bead.english
        units = (
            Units(chinese.sentence_lengths[ours], bits[0][ours]),
            Units(english_lengths[theirs], bits[1][theirs]),
        )
        beads += _beads_within(bead, units, found.log_odds)
    return beads


def _beads_within(bead: PathBead, units: tuple[Units, Units], log_odds: float) -> list[Bead]:
    """The beads of the sentences within one bead of paragraphs."""
    counts = len(units[0].lengths), len(units[1].lengths)
    if not (bead.chinese and bead.english) or counts[0] * counts[1] > MAX_UNIT_PAIRS:
        return _unpaired(*counts)
    if counts == (1, 1):
        return [Bead(1, 1, _confidence(bead.margin, log_odds))]
    return _beads(best_path(*units, _SENTENCE_KINDS), bead.margin, log_odds)


def _unpaired(chinese: int, english: int) -> list[Bead]:
    """Beads that say that no unit has a counterpart."""
    return [Bead(1, 0, 0)] * chinese + [Bead(0, 1, 0)] * english


def _beads(path: Iterable[PathBead], max_margin: float, log_odds: float) -> list[Bead]:
    """The beads of a path; a margin greater than ``max_margin`` counts as ``max_margin``."""
    return [
        Bead(bead.chinese, bead.english, _confidence(min(max_margin, bead.margin), log_odds))
        if bead.chinese and bead.english
        else Bead(bead.chinese, bead.english, 0)
        for bead in path
    ]


def _confidence(margin: float, log_odds: float) -> int:
    """The confidence of a bead, by its margin and the log odds that the texts are translations."""
    certainty = min((margin - _MIN_CONFIDENT_MARGIN) * 2, log_odds / 2)
    return max(1, min(MAX_CONFIDENCE, CONFIDENT + floor(certainty)))
