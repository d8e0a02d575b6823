"""The beads of an article as they are stored with it.

A record tells how many sentences each paragraph has, first the Chinese ones, then the English ones
(a byte each; 255 says "and more"), and then the beads, see `indexer.align.bead.encode_beads`. So
the counterpart of a passage is found without cutting the whole of both texts into sentences.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import accumulate, pairwise
from typing import Final

from indexer.align.bead import (
    CHINESE_COUNTS,
    ENGLISH_COUNTS,
    IS_CONFIDENT,
    Bead,
    BeadSpans,
    ParagraphSpan,
    check_encoded,
    decode_beads,
    encode_beads,
)
from indexer.align.sentences import sentence_ends
from indexer.article import Article

_MORE: Final = 255


def encode_record(chinese: Sequence[int], english: Sequence[int], beads: Iterable[Bead]) -> bytes:
    """A record of beads.

    ``chinese`` and ``english`` are the numbers of the first sentence of each paragraph, from 0, and
    in the end how many sentences there are.
    """
    counts = bytearray()
    for firsts in (chinese, english):
        for first, after in pairwise(firsts):
            more, rest = divmod(after - first, _MORE)
            counts += bytes([_MORE] * more + [rest])
    return bytes(counts) + encode_beads(beads)


class Alignment:
    """The beads of an article, by its record; raises ValueError if that is not the article's."""

    def __init__(self, article: Article, record: bytes) -> None:
        self._texts = {"zh": article.paragraphs_zh, "en": article.paragraphs_en}
        self._firsts, self._coded = _read_counts(self._texts, record)
        check_encoded(self._coded)
        # Where the sentences of each byte's beads begin.
        self._bounds = {
            "zh": [*accumulate(map(CHINESE_COUNTS.__getitem__, self._coded), initial=0)],
            "en": [*accumulate(map(ENGLISH_COUNTS.__getitem__, self._coded), initial=0)],
        }
        if any(self._bounds[side][-1] != self._firsts[side][-1] for side in self._texts):
            raise ValueError(f"{article.id}: its beads do not reach the end")
        self._ends = cache(self._sentence_ends)

    @property
    def beads(self) -> tuple[Bead, ...]:
        """All of them."""
        return decode_beads(self._coded)

    def beads_at(self, language: str, paragraph: int, start: int, end: int) -> range:
        """The numbers of the beads that have some characters of a paragraph.

        Paragraphs are counted from 0; the language is ``"zh"`` or ``"en"``.
        """
        first = self._firsts[language][paragraph]
        ends = self.sentence_ends(language, paragraph)
        low = first + min(bisect_right(ends, start), len(ends) - 1)
        high = max(low + 1, first + bisect_left(ends, end) + 1)
        bounds = self._bounds[language]
        return range(bisect_right(bounds, low) - 1, bisect_left(bounds, high))

    @property
    def all_confident(self) -> bool:
        """Whether all beads are fit to be shown."""
        return all(map(IS_CONFIDENT.__getitem__, self._coded))

    def is_confident(self, number: int) -> bool:
        """Whether a bead is fit to be shown, see `Bead`."""
        return IS_CONFIDENT[self._coded[number]]

    def spans(self, language: str, first: int, last: int) -> list[ParagraphSpan]:
        """Where the beads from a first to a last lie: a range for each paragraph they touch."""
        bounds = self._bounds[language]
        return [*self._ranges(language, bounds[first], bounds[last + 1])]

    def confident_spans(self) -> Iterator[BeadSpans]:
        """All beads that are fit to be shown."""
        for i in filter(self.is_confident, range(len(self._coded))):
            yield BeadSpans(tuple(self.spans("zh", i, i)), tuple(self.spans("en", i, i)))

    def sentence_ends(self, language: str, paragraph: int) -> list[int]:
        """Where the sentences of a paragraph end, in characters."""
        return self._ends(language, paragraph)

    def _sentence_ends(self, language: str, paragraph: int) -> list[int]:
        return sentence_ends(self._texts[language][paragraph])

    def _ranges(self, language: str, low: int, high: int) -> Iterator[ParagraphSpan]:
        """Sentences from ``low`` to ``high``, those of a paragraph as one range."""
        firsts = self._firsts[language]
        while low < high:
            paragraph = bisect_right(firsts, low) - 1
            first, after = firsts[paragraph : paragraph + 2]
            last = min(high, after)
            ends = self.sentence_ends(language, paragraph)
            start = ends[low - first - 1] if low > first else 0
            yield ParagraphSpan(paragraph, start, ends[last - first - 1])
            low = last


def _read_counts(
    texts: dict[str, tuple[str, ...]], record: bytes
) -> tuple[dict[str, list[int]], bytes]:
    """The first sentence numbers of both languages, as in `encode_record`, and the rest."""
    firsts: dict[str, list[int]] = {}
    for language, paragraphs in texts.items():
        counts: Sequence[int] = record[: len(paragraphs)]
        size = len(counts)
        if _MORE in counts:
            counts, size = _long_counts(record, len(paragraphs))
        if len(counts) < len(paragraphs):
            raise ValueError("a record of beads that is cut short")
        firsts[language] = [*accumulate(counts, initial=0)]
        record = record[size:]
    return firsts, record


def _long_counts(record: bytes, count: int) -> tuple[list[int], int]:
    """So many counts, as far as there are, and the bytes that they take."""
    counts: list[int] = []
    total = 0
    for place, byte in enumerate(record):
        total += byte
        if byte != _MORE:
            counts.append(total)
            total = 0
            if len(counts) == count:
                return counts, place + 1
    return counts, len(record)
