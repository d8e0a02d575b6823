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
CHUNK_LENGTH: Final = 1 << 18
MAX_UNBROKEN: Final = 1 << 20

_MARKS: Final = '.,;:!?。，、；：！？…()（）《》“”"'
# Letters of which none stands for a Han character, in any width.
_LETTERS: Final = "0-9A-Za-z\u00c0-\u024f\u0370-\u05ff\u0620-\u06ff\uac00-\ud7a3"
_CUT = re.compile(rf"[{_MARKS}]|(?<=[{_LETTERS}])\s")


class TextChunk(NamedTuple):
    """Paragraphs, or parts of them, each followed by ``gaps`` empty positions, in its ``zones``."""

    paragraphs: list[str]
    gaps: list[int]
    zones: list[int]


def text_chunks(
    parts: Sequence[Sequence[str]], paragraph_gap: int, zone_gap: int
) -> Iterator[TextChunk]:
    """The paragraphs of some zones in pieces of about `CHUNK_LENGTH` characters, at least one.

    Each paragraph is followed by so many empty positions, and a zone that has any by some more.
    Raises ValueError where a piece cannot end.
    """
    chunk, size = TextChunk([], [], []), 0
    for zone, paragraphs in enumerate(parts):
        last = len(paragraphs) - 1
        for number, paragraph in enumerate(paragraphs):
            gap = paragraph_gap + (zone_gap if number == last else 0)
            for part, is_last in _cut(paragraph):
                chunk.paragraphs.append(part)
                chunk.gaps.append(gap if is_last else 0)
                chunk.zones.append(zone)
                size += len(part)
                if size >= CHUNK_LENGTH:
                    yield chunk
                    chunk, size = TextChunk([], [], []), 0
    yield chunk


def _cut(text: str) -> Iterator[tuple[str, bool]]:
    """The parts of a text, and whether each is the last."""
    start = 0
    while len(text) - start > CHUNK_LENGTH + MAX_UNBROKEN:
        cut = _CUT.search(text, start + CHUNK_LENGTH, start + CHUNK_LENGTH + MAX_UNBROKEN)
        if cut is None:
            raise ValueError(f"{MAX_UNBROKEN:,} characters without a mark of punctuation")
        yield text[start : cut.end()], False
        start = cut.end()
    yield (text[start:] if start else text), True
