"""Beads, how they are stored, and where they lie in an article.

A bead holds sentences of one text and those of the other that say the same (Gale and Church 1993).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, groupby
from typing import Final, NamedTuple

from indexer.align.sentences import sentence_ends
from indexer.article import Article

# Beads of this confidence and more are fit to be shown.
CONFIDENT: Final = 4
MAX_CONFIDENCE: Final = 15


class Bead(NamedTuple):
    """So many sentences of the Chinese text and of the English one, 0 to 3 of each.

    ``confidence`` is 0 to 15: 0 where a sentence has no counterpart.
    """

    chinese: int
    english: int
    confidence: int

    @property
    def is_confident(self) -> bool:
        """Whether both sides are known well enough to be shown side by side."""
        return self.confidence >= CONFIDENT


class ParagraphSpan(NamedTuple):
    """Characters ``start`` to ``end`` of a paragraph, the first paragraph being 0."""

    paragraph: int
    start: int
    end: int


class BeadSpans(NamedTuple):
    """Where a bead lies: in each language a range for each paragraph that it touches."""

    chinese: tuple[ParagraphSpan, ...]
    english: tuple[ParagraphSpan, ...]

    def sides(self, language: str) -> tuple[tuple[ParagraphSpan, ...], tuple[ParagraphSpan, ...]]:
        """The ranges of ``"zh"`` or ``"en"``, and those of the other."""
        return (self.chinese, self.english) if language == "zh" else (self.english, self.chinese)


# The kinds of beads by their numbers; a byte has the kind in its higher half. The lower one has
# the confidence, or, of sentences without a counterpart, how many there are on end, less one.
_ALONE: Final = ((1, 0), (0, 1))
_KINDS: Final = (*_ALONE, (1, 1), (1, 2), (2, 1), (2, 2), (1, 3), (3, 1))
_NUMBERS: Final = {kind: number for number, kind in enumerate(_KINDS)}
_MAX_RUN: Final = 16


def encode_beads(beads: Iterable[Bead]) -> bytes:
    """Beads for `decode_beads`: a byte each, and less for sentences without a counterpart.

    Raises ValueError at a kind of bead or a confidence that there is not.
    """
    coded = bytearray()
    for bead, run in groupby(beads):
        number = _NUMBERS.get(bead[:2])
        if number is None or not 0 <= bead.confidence <= MAX_CONFIDENCE:
            raise ValueError(f"no such bead: {bead}")
        count = sum(1 for _ in run)
        if number >= len(_ALONE):
            coded += bytes([number << 4 | bead.confidence]) * count
            continue
        if bead.confidence:
            raise ValueError(f"nothing to be confident of: {bead}")
        while count:
            length = min(count, _MAX_RUN)
            coded.append(number << 4 | length - 1)
            count -= length
    return bytes(coded)


def decode_beads(data: bytes) -> tuple[Bead, ...]:
    """The beads that `encode_beads` wrote; raises ValueError if it did not."""
    check_encoded(data)
    return tuple(chain.from_iterable(map(_DECODED.__getitem__, data)))


def check_encoded(data: bytes) -> None:
    """Raises ValueError at what `encode_beads` cannot have written."""
    if data and max(data) >= len(_DECODED):
        raise ValueError(f"not a bead: {max(data)}")


def _decode(byte: int) -> tuple[Bead, ...]:
    number, low = byte >> 4, byte & 15
    if number < len(_ALONE):
        return (Bead(*_KINDS[number], 0),) * (low + 1)
    return (Bead(*_KINDS[number], low),)


_DECODED: Final = tuple(map(_decode, range(len(_KINDS) << 4)))

# Of each byte: how many sentences its beads have, and whether they are shown.
CHINESE_COUNTS: Final = tuple(sum(bead.chinese for bead in beads) for beads in _DECODED)
ENGLISH_COUNTS: Final = tuple(sum(bead.english for bead in beads) for beads in _DECODED)
IS_CONFIDENT: Final = tuple(beads[0].is_confident for beads in _DECODED)


def bead_spans(article: Article, beads: Sequence[Bead]) -> tuple[BeadSpans, ...]:
    """Where each of an article's beads lies; sentences have the blanks after them.

    Raises ValueError if the beads are another article's.
    """
    chinese, english = _ranges(article.paragraphs_zh), _ranges(article.paragraphs_en)
    spans = tuple(
        BeadSpans(tuple(_take(chinese, bead.chinese)), tuple(_take(english, bead.english)))
        for bead in beads
    )
    if next(chinese, None) or next(english, None):
        raise ValueError(f"{article.id}: beads do not reach the end")
    return spans


def _ranges(paragraphs: Sequence[str]) -> Iterator[ParagraphSpan]:
    """The sentences."""
    for number, paragraph in enumerate(paragraphs):
        start = 0
        for end in sentence_ends(paragraph):
            yield ParagraphSpan(number, start, end)
            start = end


def _take(sentences: Iterator[ParagraphSpan], count: int) -> list[ParagraphSpan]:
    """The next sentences, those of a paragraph as one range."""
    ranges: list[ParagraphSpan] = []
    for _ in range(count):
        sentence = next(sentences, None)
        if sentence is None:
            raise ValueError("beads reach beyond the end")
        if ranges and ranges[-1].paragraph == sentence.paragraph:
            ranges[-1] = ranges[-1]._replace(end=sentence.end)
        else:
            ranges.append(sentence)
    return ranges
