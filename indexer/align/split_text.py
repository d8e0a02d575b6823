"""A text cut into paragraphs and sentences, and measured."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

from indexer.align.sentences import sentence_ends


class SplitText(NamedTuple):
    """The paragraphs of one language, one after the other with a line break between.

    ``sentences``: where each sentence begins in ``whole``; ``paragraphs``: the same of paragraphs.
    ``lengths`` of the sentences, as the reader of them measures. ``first_sentences``: the number
    of the first sentence of each paragraph, and of all sentences.
    """

    whole: str
    sentences: list[int]
    paragraphs: list[int]
    lengths: list[int]
    first_sentences: list[int]

    @classmethod
    def of(cls, paragraphs: Sequence[str], length: Callable[[str], int] = len) -> SplitText:
        """Cut paragraphs into sentences, and measure these."""
        sentences: list[int] = []
        starts: list[int] = []
        lengths: list[int] = []
        firsts = [0]
        place = 0
        for paragraph in paragraphs:
            starts.append(place)
            start = 0
            for end in sentence_ends(paragraph):
                sentences.append(place + start)
                lengths.append(length(paragraph[start:end]))
                start = end
            place += len(paragraph) + 1
            firsts.append(len(sentences))
        return cls("\n".join(paragraphs), sentences, starts, lengths, firsts)

    @property
    def sentence_count(self) -> int:
        """How many sentences there are."""
        return len(self.sentences)

    @property
    def paragraph_count(self) -> int:
        """How many paragraphs there are."""
        return len(self.paragraphs)

    def paragraph_lengths(self) -> list[int]:
        """The lengths of the paragraphs."""
        sums = [*accumulate(self.lengths, initial=0)]
        return [sums[b] - sums[a] for a, b in pairwise(self.first_sentences)]

    def units_at(self, places: Sequence[int], *, paragraphs: bool) -> set[int]:
        """The sentences, or paragraphs, in which these places of ``whole`` are."""
        starts = self.paragraphs if paragraphs else self.sentences
        return {bisect_right(starts, place) - 1 for place in places}


def utf8_length(text: str) -> int:
    """The length of a text in bytes."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
