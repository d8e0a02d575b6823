"""The alignment of an article as bytes, and the text of its beads.

A record is the number of sentences of each paragraph, first of the Chinese and then of the English
ones, followed by the beads (`indexer.align.bead_codec`). A number of sentences is one byte, or
several bytes of 255 and one of less, which are added up. With these numbers the text of a bead is
found by splitting only the paragraphs that it touches into sentences.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import accumulate, pairwise
from typing import Final

from indexer.align.bead import Bead, BeadSpans, ParagraphSpan
from indexer.align.bead_codec import (
    CHINESE_COUNTS,
    ENGLISH_COUNTS,
    IS_CONFIDENT,
    check_encoded,
    encode_beads,
)
from indexer.align.sentences import sentence_ends
from indexer.article import Article

_CONTINUED: Final = 255


def encode_record(chinese: Sequence[int], english: Sequence[int], beads: Iterable[Bead]) -> bytes:
    """Encode the alignment of an article.

    ``chinese`` and ``english`` hold, for each paragraph, the number of its first sentence, counted
    from 0 through the whole text, and at the end the number of all sentences. Raises ValueError at
    a bead that `encode_beads` does not accept.
    """
    counts = bytearray()
    for firsts in (chinese, english):
        for first, after in pairwise(firsts):
            full, rest = divmod(after - first, _CONTINUED)
            counts += bytes([_CONTINUED] * full + [rest])
    return bytes(counts) + encode_beads(beads)


class Alignment:
    """The beads of an article, read from its record.

    A bead is named by its number. Sentences without a counterpart that are stored in one byte count
    as one bead here. Languages are ``"zh"`` and ``"en"``, and paragraphs are counted from 0. Raises
    ValueError if the record does not fit the article.
    """

    def __init__(self, article: Article, record: bytes) -> None:
        self._texts = {"zh": article.paragraphs_zh, "en": article.paragraphs_en}
        self._first_sentences, self._encoded = _read_counts(self._texts, record)
        check_encoded(self._encoded)
        # The number of the first sentence of each bead, and at the end of all sentences.
        self._bounds = {
            "zh": [*accumulate(map(CHINESE_COUNTS.__getitem__, self._encoded), initial=0)],
            "en": [*accumulate(map(ENGLISH_COUNTS.__getitem__, self._encoded), initial=0)],
        }
        if any(self._bounds[side][-1] != self._first_sentences[side][-1] for side in self._texts):
            raise ValueError(f"{article.id}: its beads do not reach the end")
        self._cached_ends = cache(self._compute_ends)

    @property
    def all_confident(self) -> bool:
        """Whether all beads are confident."""
        return all(map(IS_CONFIDENT.__getitem__, self._encoded))

    def is_confident(self, bead: int) -> bool:
        """Whether a bead is good enough to be shown."""
        return IS_CONFIDENT[self._encoded[bead]]

    def beads_at(self, language: str, paragraph: int, start: int, end: int) -> range:
        """The beads that contain some of the characters ``start`` to ``end`` of a paragraph."""
        first = self._first_sentences[language][paragraph]
        ends = self.sentence_ends(language, paragraph)
        low = first + min(bisect_right(ends, start), len(ends) - 1)
        high = max(low + 1, first + bisect_left(ends, end) + 1)
        bounds = self._bounds[language]
        return range(bisect_right(bounds, low) - 1, bisect_left(bounds, high))

    def spans(self, language: str, first: int, last: int) -> list[ParagraphSpan]:
        """The text of the beads ``first`` to ``last``: one span for each paragraph they touch."""
        bounds = self._bounds[language]
        return [*self._sentence_spans(language, bounds[first], bounds[last + 1])]

    def confident_spans(self) -> Iterator[BeadSpans]:
        """The text of each confident bead, in order."""
        for i in filter(self.is_confident, range(len(self._encoded))):
            yield BeadSpans(tuple(self.spans("zh", i, i)), tuple(self.spans("en", i, i)))

    def sentence_ends(self, language: str, paragraph: int) -> list[int]:
        """The ends of the sentences of a paragraph, as offsets in characters."""
        return self._cached_ends(language, paragraph)

    def _compute_ends(self, language: str, paragraph: int) -> list[int]:
        return sentence_ends(self._texts[language][paragraph])

    def _sentence_spans(self, language: str, low: int, high: int) -> Iterator[ParagraphSpan]:
        """The text of the sentences ``low`` to ``high``, one span for each paragraph."""
        firsts = self._first_sentences[language]
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
    """The first sentence of each paragraph, as `encode_record` takes them, and the beads."""
    firsts: dict[str, list[int]] = {}
    for language, paragraphs in texts.items():
        counts: Sequence[int] = record[: len(paragraphs)]
        size = len(counts)
        if _CONTINUED in counts:
            counts, size = _read_long_counts(record, len(paragraphs))
        if len(counts) < len(paragraphs):
            raise ValueError("a record of beads that is cut short")
        firsts[language] = [*accumulate(counts, initial=0)]
        record = record[size:]
    return firsts, record


def _read_long_counts(record: bytes, count: int) -> tuple[list[int], int]:
    """At most ``count`` numbers of sentences, and the number of bytes that they take."""
    counts: list[int] = []
    total = 0
    for i, byte in enumerate(record):
        total += byte
        if byte != _CONTINUED:
            counts.append(total)
            total = 0
            if len(counts) == count:
                return counts, i + 1
    return counts, len(record)
