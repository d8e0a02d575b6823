"""Beads: groups of sentences that translate each other.

The term is from Brown, Lai and Mercer, Aligning Sentences in Parallel Corpora, ACL 1991.
"""

from __future__ import annotations

from typing import Final, NamedTuple

# A bead with at least this confidence may be shown to a reader: it is "confident".
CONFIDENT: Final = 4
MAX_CONFIDENCE: Final = 15


class Bead(NamedTuple):
    """The next ``chinese`` sentences of one text and the next ``english`` ones of the other.

    Each side has 0 to 3 sentences. ``confidence`` is 1 to 15, or 0 if one side is empty, which
    says that the sentence has no counterpart.
    """

    chinese: int
    english: int
    confidence: int

    @property
    def is_confident(self) -> bool:
        """Whether the bead is good enough to be shown."""
        return self.confidence >= CONFIDENT


class ParagraphSpan(NamedTuple):
    """Characters ``start`` to ``end`` of a paragraph; the first paragraph has the number 0."""

    paragraph: int
    start: int
    end: int


class BeadSpans(NamedTuple):
    """The text of a bead: in each language, one span for each paragraph that the bead touches."""

    chinese: tuple[ParagraphSpan, ...]
    english: tuple[ParagraphSpan, ...]
