"""The beads of an article: paragraphs first, then sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import exp, floor, inf, log
from typing import Final, NamedTuple, Protocol

from indexer.align.anchors import Anchor, compare_texts
from indexer.align.bead import CONFIDENT, MAX_CONFIDENCE, Bead
from indexer.align.length_model import MEAN_LOG_RATIO
from indexer.align.record import encode_record
from indexer.align.split_text import SplitText, utf8_length
from indexer.align.viterbi import BeadKind, PathBead, Units, best_path
from indexer.article import Article

_PARAGRAPH_KINDS: Final = (
    BeadKind(1, 1, -0.1), BeadKind(1, 2, -3.5), BeadKind(2, 1, -3.5), BeadKind(2, 2, -5.0),
)  # fmt: skip
_SENTENCE_KINDS: Final = (
    BeadKind(1, 1, -0.2), BeadKind(1, 2, -2.5), BeadKind(2, 1, -2.5), BeadKind(2, 2, -4.5),
    BeadKind(1, 3, -4.5), BeadKind(3, 1, -4.5),
)  # fmt: skip

# A path is looked for anew if a bead has a lesser margin than this, or if the article's own ratio
# of lengths, by beads of the second margin, is so far off what was taken for it at first; that
# weighs as much as so many bytes.
_SURE: Final = 1.5
_SURE_OF_LENGTHS: Final = 3.0
_PRIOR_BYTES: Final = 300
_RATIO_OFF: Final = 0.05
# Beyond this, texts differ in length since some of one is missing: it is no article's own ratio.
_MIN_RATIO: Final = -0.2
_MAX_RATIO: Final = 0.6
# A bead is shown if all paths without it are worse than this.
_MIN_MARGIN: Final = 0.6
# A passage without a counterpart speaks against a translation by no more than about this.
_MIN_LEFT_OUT: Final = -9.0
# The log odds of texts that are not compared, or that say that they have nothing in common.
_IMPOSSIBLE: Final = -inf
# Texts of more characters have no record, and of more pairs of paragraphs, or sentences, are left
# unaligned: it would take too much memory, or too long.
_MAX_CHARACTERS: Final = 2_000_000
_MAX_PARAGRAPHS: Final = 1_000_000
_MAX_SENTENCES: Final = 25_000_000


class AnchorSource(Protocol):
    """What knows which words translate each other."""

    def anchors(self, chinese: str, english: str) -> Iterable[Anchor]:
        """Words of two texts that stand for each other, with their places in them."""


class _Alignment(NamedTuple):
    """Both texts, what they share, the path through the paragraphs, and how they are related.

    ``odds``: log odds of a relation; below 0 the texts have nothing to do with each other, and
    there is no path. ``ratio``: the logarithm of this article's English to Chinese lengths.
    """

    chinese: SplitText
    english: SplitText
    anchors: Sequence[Anchor]
    path: Sequence[PathBead]
    odds: float
    ratio: float


def align(article: Article, lexicon: AnchorSource | None = None) -> tuple[Bead, ...]:
    """The beads of an article's body: in order, over all sentences of both languages.

    Where some of them are not sure, and there is a ``lexicon``, all are looked for once more with
    what it knows.
    """
    return tuple(_align(article, lexicon, _align_sentences)[1])


def align_record(article: Article, lexicon: AnchorSource | None = None) -> bytes:
    """The same as a record, for `indexer.align.Alignment`; empty if a text is far too long."""
    texts = article.paragraphs_zh, article.paragraphs_en
    if max(sum(map(len, text)) for text in texts) > _MAX_CHARACTERS:
        return b""
    alignment, beads = _align(article, lexicon, _align_sentences)
    return encode_record(
        alignment.chinese.first_sentences, alignment.english.first_sentences, beads
    )


def align_paragraphs(article: Article, lexicon: AnchorSource | None = None) -> tuple[Bead, ...]:
    """The beads of an article's paragraphs: like `align`, but so many paragraphs each."""
    return tuple(_align(article, lexicon, _paragraph_beads)[1])


def _align(
    article: Article, lexicon: AnchorSource | None, find: Callable[[_Alignment], list[Bead]]
) -> tuple[_Alignment, list[Bead]]:
    alignment = _align_paragraphs(article, None)
    beads = find(alignment)
    is_possible = alignment.odds > _IMPOSSIBLE
    if lexicon and is_possible and not all(bead.is_confident for bead in beads):
        alignment = _align_paragraphs(article, lexicon)
        beads = find(alignment)
    return alignment, beads


def _paragraph_beads(alignment: _Alignment) -> list[Bead]:
    if alignment.odds < 0:
        counts = alignment.chinese.paragraph_count, alignment.english.paragraph_count
        return [*_alone(*counts)]
    return _beads(alignment.path, MAX_CONFIDENCE, alignment.odds)


def _align_sentences(alignment: _Alignment) -> list[Bead]:
    chinese, english = alignment.chinese, alignment.english
    if alignment.odds < 0:
        return [*_alone(chinese.sentence_count, english.sentence_count)]
    shared = _shared(alignment.anchors, chinese, english, paragraphs=False)
    lengths = _scaled(english.lengths, alignment.ratio)
    beads: list[Bead] = []
    p = q = 0
    for step in alignment.path:
        ours = slice(chinese.first_sentences[p], chinese.first_sentences[p + step.chinese])
        theirs = slice(english.first_sentences[q], english.first_sentences[q + step.english])
        p, q = p + step.chinese, q + step.english
        counts = ours.stop - ours.start, theirs.stop - theirs.start
        if not (step.chinese and step.english) or counts[0] * counts[1] > _MAX_PARAGRAPHS:
            beads += _alone(*counts)
        elif counts == (1, 1):
            beads.append(Bead(1, 1, _confidence(step.margin, alignment.odds)))
        else:
            units = (
                Units(chinese.lengths[ours], shared[0][ours]),
                Units(lengths[theirs], shared[1][theirs]),
            )
            beads += _beads(best_path(*units, _SENTENCE_KINDS), step.margin, alignment.odds)
    return beads


def _alone(chinese: int, english: int) -> tuple[Bead, ...]:
    return (Bead(1, 0, 0),) * chinese + (Bead(0, 1, 0),) * english


def _beads(path: Iterable[PathBead], margin: float, odds: float) -> list[Bead]:
    return [
        Bead(step.chinese, step.english, _confidence(min(margin, step.margin), odds))
        if step.chinese and step.english
        else Bead(step.chinese, step.english, 0)
        for step in path
    ]


def _confidence(margin: float, odds: float) -> int:
    """Of a bead that is better than others by a margin, in texts that are related by these odds."""
    certainty = min((margin - _MIN_MARGIN) * 2, odds / 2)
    return max(1, min(MAX_CONFIDENCE, CONFIDENT + floor(certainty)))


def _align_paragraphs(article: Article, lexicon: AnchorSource | None) -> _Alignment:
    chinese = SplitText.of(article.paragraphs_zh, utf8_length)
    english = SplitText.of(article.paragraphs_en)
    unaligned = _Alignment(chinese, english, (), (), _IMPOSSIBLE, MEAN_LOG_RATIO)
    if _too_long(chinese, english) or not (article.paragraphs_zh and article.paragraphs_en):
        return unaligned
    comparison = compare_texts(chinese.whole, english.whole, article.glossary)
    if comparison.unrelated:
        return unaligned
    anchors = comparison.anchors
    if lexicon:
        anchors += lexicon.anchors(chinese.whole, english.whole)
    shared = _shared(anchors, chinese, english, paragraphs=True)
    ours = Units(chinese.paragraph_lengths(), shared[0])
    lengths = english.paragraph_lengths()
    ratio = _ratio(sum(ours.lengths), sum(lengths))
    path = best_path(ours, Units(_scaled(lengths, ratio), shared[1]), _PARAGRAPH_KINDS)
    odds = _relation(path)
    if odds >= 0:
        assumed, ratio = ratio, _own_ratio(path, ours.lengths, lengths, ratio)
        if abs(ratio - assumed) > _RATIO_OFF or any(step.margin < _SURE for step in path):
            path = best_path(ours, Units(_scaled(lengths, ratio), shared[1]), _PARAGRAPH_KINDS)
    return _Alignment(chinese, english, anchors, path, odds, ratio)


def _too_long(chinese: SplitText, english: SplitText) -> bool:
    return (
        chinese.paragraph_count * english.paragraph_count > _MAX_PARAGRAPHS
        or chinese.sentence_count * english.sentence_count > _MAX_SENTENCES
    )


def _scaled(lengths: Sequence[int], ratio: float) -> list[int]:
    """English lengths as they would be if this article's ratio of lengths were the usual one."""
    factor = exp(MEAN_LOG_RATIO - ratio)
    return [round(length * factor) for length in lengths]


def _ratio(chinese: int, english: int) -> float:
    """The logarithm of English to Chinese lengths; the usual one where they are too far apart."""
    ratio = log(max(english, 1) / max(chinese, 1))
    return ratio if _MIN_RATIO <= ratio <= _MAX_RATIO else MEAN_LOG_RATIO


def _relation(path: Sequence[PathBead]) -> float:
    """Log odds that two texts are translations at all, by the best path through them.

    A passage left out counts for as much however long it is beyond some paragraphs.
    """
    odds = left_out = 0.0
    for step in path:
        if step.chinese and step.english:
            odds += step.odds
            left_out = 0.0
        elif left_out > _MIN_LEFT_OUT:
            odds += step.odds
            left_out += step.odds
    return odds


def _own_ratio(
    path: Sequence[PathBead], chinese: Sequence[int], english: Sequence[int], ratio: float
) -> float:
    """The logarithm of English to Chinese lengths, by the beads that are sure."""
    i = j = ours = theirs = 0
    for step in path:
        if step.chinese and step.english and step.margin >= _SURE_OF_LENGTHS:
            ours += sum(chinese[i : i + step.chinese])
            theirs += sum(english[j : j + step.english])
        i, j = i + step.chinese, j + step.english
    return (_ratio(ours, theirs) * ours + ratio * _PRIOR_BYTES) / (ours + _PRIOR_BYTES)


def _shared(
    anchors: Iterable[Anchor], chinese: SplitText, english: SplitText, *, paragraphs: bool
) -> tuple[list[int], list[int]]:
    """What each sentence, or paragraph, has in common with the other text, as bits.

    An anchor has as many bits as it adds to the log odds of a pair that shares it: the fewer
    sentences it is in, the more.
    """
    rows = chinese.paragraph_count if paragraphs else chinese.sentence_count
    columns = english.paragraph_count if paragraphs else english.sentence_count
    ours, theirs = [0] * rows, [0] * columns
    used = 0
    for weight, chinese_places, english_places in anchors:
        here = chinese.units_at(chinese_places, paragraphs=paragraphs)
        there = english.units_at(english_places, paragraphs=paragraphs)
        rarity = log(rows * columns / (len(here) * len(there))) / 2
        count = round(min(weight, rarity))
        if count < 1:
            continue
        bits = ((1 << count) - 1) << used
        used += count
        for row in here:
            ours[row] |= bits
        for column in there:
            theirs[column] |= bits
    return ours, theirs
