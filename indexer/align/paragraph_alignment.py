"""Which paragraphs of an article correspond, and whether its texts are translations at all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import inf
from typing import Final, NamedTuple, Protocol

from indexer.align.anchor import Anchor, shared_bits
from indexer.align.comparison import compare_texts
from indexer.align.length_model import MEAN_LOG_RATIO, utf8_length
from indexer.align.length_ratio import log_ratio, ratio_of_path, scale
from indexer.align.split_text import SplitText
from indexer.align.viterbi import BeadKind, PathBead, Units, best_path
from indexer.article import Article

_PARAGRAPH_KINDS: Final = (
    BeadKind(1, 1, -0.1), BeadKind(1, 2, -3.5), BeadKind(2, 1, -3.5), BeadKind(2, 2, -5.0),
)  # fmt: skip
# The path is searched once more if a bead has a lower margin, or if the log ratio of lengths found
# in the article differs by more from the one assumed.
_MIN_SETTLED_MARGIN: Final = 1.5
_MAX_RATIO_ERROR: Final = 0.05
# Consecutive units without a counterpart stop counting once their log odds add up to less.
_MIN_SKIPPED_LOG_ODDS: Final = -9.0
# The log odds of texts that are not compared, or that share too few anchors.
IMPOSSIBLE: Final = -inf
# With more pairs of paragraphs, or of sentences in the whole article, alignment would take too much
# time or memory.
MAX_UNIT_PAIRS: Final = 1_000_000
_MAX_SENTENCE_PAIRS: Final = 25_000_000


class AnchorSource(Protocol):
    """A bilingual dictionary that finds anchors, such as a lexicon learnt from the archive."""

    def anchors(self, chinese: str, english: str) -> Iterable[Anchor]:
        """The words of two texts that translate each other, with all their occurrences."""


class ParagraphAlignment(NamedTuple):
    """Both texts of an article, their anchors, and the best path through their paragraphs.

    ``log_odds`` are those that the texts are translations of each other. Below 0 the texts are
    unrelated, and the path means nothing. ``log_ratio`` is that of English to Chinese lengths.
    """

    chinese: SplitText
    english: SplitText
    anchors: Sequence[Anchor]
    path: Sequence[PathBead]
    log_odds: float
    log_ratio: float

    @property
    def is_translation(self) -> bool:
        """Whether it is at least as likely as not that the texts are translations."""
        return self.log_odds >= 0


def align_article_paragraphs(article: Article, lexicon: AnchorSource | None) -> ParagraphAlignment:
    """Find the best path through the paragraphs of an article."""
    chinese = SplitText.split(article.paragraphs_zh, utf8_length)
    english = SplitText.split(article.paragraphs_en)
    unrelated = ParagraphAlignment(chinese, english, (), (), IMPOSSIBLE, MEAN_LOG_RATIO)
    if not (article.paragraphs_zh and article.paragraphs_en) or _is_too_long(chinese, english):
        return unrelated
    comparison = compare_texts(chinese.text, english.text, article.glossary)
    if comparison.unrelated:
        return unrelated
    anchors = comparison.anchors
    if lexicon:
        anchors += lexicon.anchors(chinese.text, english.text)
    path, log_odds, ratio = _search_path(chinese, english, anchors)
    return ParagraphAlignment(chinese, english, anchors, path, log_odds, ratio)


def _search_path(
    chinese: SplitText, english: SplitText, anchors: Sequence[Anchor]
) -> tuple[list[PathBead], float, float]:
    """The best path, the log odds that the texts are translations, and the log ratio of lengths."""
    bits = shared_bits(anchors, chinese.paragraph_starts, english.paragraph_starts)
    chinese_units = Units(chinese.paragraph_lengths(), bits[0])
    lengths = english.paragraph_lengths()
    ratio = log_ratio(sum(chinese_units.lengths), sum(lengths))
    path = best_path(chinese_units, Units(scale(lengths, ratio), bits[1]), _PARAGRAPH_KINDS)
    log_odds = _translation_log_odds(path)
    if log_odds >= 0:
        assumed, ratio = ratio, ratio_of_path(path, chinese_units.lengths, lengths, ratio)
        is_off = abs(ratio - assumed) > _MAX_RATIO_ERROR
        if is_off or any(bead.margin < _MIN_SETTLED_MARGIN for bead in path):
            path = best_path(chinese_units, Units(scale(lengths, ratio), bits[1]), _PARAGRAPH_KINDS)
    return path, log_odds, ratio


def _is_too_long(chinese: SplitText, english: SplitText) -> bool:
    return (
        chinese.paragraph_count * english.paragraph_count > MAX_UNIT_PAIRS
        or chinese.sentence_count * english.sentence_count > _MAX_SENTENCE_PAIRS
    )


def _translation_log_odds(path: Sequence[PathBead]) -> float:
    """The log odds that two texts are translations, by the best path through them.

    They are the sum over all beads, except that consecutive units without a counterpart stop
    counting after about three: a passage left out counts the same however long it is.
    """
    log_odds = skipped = 0.0
    for bead in path:
        if bead.chinese and bead.english:
            log_odds += bead.log_odds
            skipped = 0.0
        elif skipped > _MIN_SKIPPED_LOG_ODDS:
            log_odds += bead.log_odds
            skipped += bead.log_odds
    return log_odds
