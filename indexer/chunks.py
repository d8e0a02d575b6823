"""Cuts long texts into chunks that can be analyzed one by one.

A text is cut between paragraphs. A long paragraph is also cut after a mark of punctuation, or after
a blank that follows a letter, because tokens and runs of Han characters end there in any case. So
the terms of the chunks are those of the text, and the memory for analysis does not grow with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

# The number of characters after which a chunk ends at the next opportunity, and the maximum
# distance to that.
CHUNK_LENGTH: Final = 1 << 18
MAX_UNBROKEN: Final = 1 << 20

_MARKS: Final = '.,;:!?()…。，、；：！？（）《》“”"'
# Letters that never fold to a Han character.
_LETTERS: Final = "0-9A-Za-z\u00c0-\u024f\u0370-\u05ff\u0620-\u06ff\uac00-\ud7a3"
_CUT = re.compile(rf"[{_MARKS}]|(?<=[{_LETTERS}])\s")


class TextChunk(NamedTuple):
    """Paragraphs, or parts of paragraphs.

    ``gaps`` has the number of empty positions after each, and ``zones`` the index of its zone.
    """

    paragraphs: list[str]
    gaps: list[int]
    zones: list[int]


def text_chunks(
    zones: Sequence[Sequence[str]], paragraph_gap: int, zone_gap: int
) -> Iterator[TextChunk]:
    """Yield the paragraphs of some zones in chunks of about `CHUNK_LENGTH` characters.

    There is at least one chunk. Each paragraph is followed by ``paragraph_gap`` empty positions,
    and the last one of a zone by ``zone_gap`` more. Raises ValueError if a paragraph cannot be cut.
    """
    chunk, size = TextChunk([], [], []), 0
    for zone, paragraphs in enumerate(zones):
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
    """Yield the parts of a text, each with whether it is the last one."""
    start = 0
    while len(text) - start > CHUNK_LENGTH + MAX_UNBROKEN:
        cut = _CUT.search(text, start + CHUNK_LENGTH, start + CHUNK_LENGTH + MAX_UNBROKEN)
        if cut is None:
            raise ValueError(f"{MAX_UNBROKEN:,} characters without punctuation")
        yield text[start : cut.end()], False
        start = cut.end()
    yield (text[start:] if start else text), True
