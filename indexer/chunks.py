"""Long texts in pieces that are analysed one by one, as if they were whole.

A text is cut between paragraphs, and a long paragraph where a token and a run of Han characters
end anyhow: after a mark of punctuation, or after a blank that follows a letter. So the terms of the
pieces are those of the text, and what analysis takes beside them does not grow with the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

# A piece has about so many characters, and so many more at most to the next place to cut at.
PIECE: Final = 1 << 18
UNBROKEN_MOST: Final = 1 << 20

_MARKS: Final = '.,;:!?。，、；：！？…()（）《》“”"'
# Letters of which none stands for a Han character, in any width.
_LETTERS: Final = "0-9A-Za-z\u00c0-\u024f\u0370-\u05ff\u0620-\u06ff\uac00-\ud7a3"
_CUT = re.compile(rf"[{_MARKS}]|(?<=[{_LETTERS}])\s")


class Piece(NamedTuple):
    """Paragraphs, or parts of them, each followed by ``gaps`` empty positions, in its ``zones``."""

    paragraphs: list[str]
    gaps: list[int]
    zones: list[int]


def pieces(parts: Sequence[Sequence[str]], paragraph_gap: int, zone_gap: int) -> Iterator[Piece]:
    """The paragraphs of some zones in pieces of about `PIECE` characters, at least one.

    Each paragraph is followed by so many empty positions, and a zone that has any by some more.
    Raises ValueError where a piece cannot end.
    """
    piece, size = Piece([], [], []), 0
    for zone, paragraphs in enumerate(parts):
        last = len(paragraphs) - 1
        for number, paragraph in enumerate(paragraphs):
            gap = paragraph_gap + (zone_gap if number == last else 0)
            for part, is_last in _cut(paragraph):
                piece.paragraphs.append(part)
                piece.gaps.append(gap if is_last else 0)
                piece.zones.append(zone)
                size += len(part)
                if size >= PIECE:
                    yield piece
                    piece, size = Piece([], [], []), 0
    yield piece


def _cut(text: str) -> Iterator[tuple[str, bool]]:
    """The parts of a text, and whether each is the last."""
    start = 0
    while len(text) - start > PIECE + UNBROKEN_MOST:
        cut = _CUT.search(text, start + PIECE, start + PIECE + UNBROKEN_MOST)
        if cut is None:
            raise ValueError(f"{UNBROKEN_MOST:,} characters without a mark of punctuation")
        yield text[start : cut.end()], False
        start = cut.end()
    yield (text[start:] if start else text), True
