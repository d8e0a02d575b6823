"""A text split into paragraphs and sentences, with their lengths."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

from indexer.align.sentences import sentence_ends


class SplitText(NamedTuple):
    """All paragraphs of one language, joined by line breaks, and where its parts begin.

    ``paragraph_starts`` and ``sentence_starts`` are offsets in ``text``, in characters.
    ``sentence_lengths`` are in the unit of the function that measured them. ``first_sentences``
    holds the number of the first sentence of each paragraph, and at the end the number of all
    sentences.
    """

    text: str
    paragraph_starts: list[int]
    sentence_starts: list[int]
    sentence_lengths: list[int]
    first_sentences: list[int]

    @classmethod
    def split(cls, paragraphs: Sequence[str], length: Callable[[str], int] = len) -> SplitText:
        """Split paragraphs into sentences, and measure each of these with ``length``."""
        paragraph_starts: list[int] = []
        sentence_starts: list[int] = []
        lengths: list[int] = []
        firsts = [0]
        offset = 0
        for paragraph in paragraphs:
            paragraph_starts.append(offset)
            start = 0
            for end in sentence_ends(paragraph):
                sentence_starts.append(offset + start)
                lengths.append(length(paragraph[start:end]))
                start = end
            offset += len(paragraph) + 1
            firsts.append(len(sentence_starts))
        return cls("\n".join(paragraphs), paragraph_starts, sentence_starts, lengths, firsts)

    @property
    def sentence_count(self) -> int:
        """The number of sentences."""
        return len(self.sentence_starts)

    @property
    def paragraph_count(self) -> int:
        """The number of paragraphs."""
        return len(self.paragraph_starts)

    def paragraph_lengths(self) -> list[int]:
        """The lengths of the paragraphs, in the unit of the sentences."""
        sums = [*accumulate(self.sentence_lengths, initial=0)]
        return [sums[after] - sums[first] for first, after in pairwise(self.first_sentences)]
