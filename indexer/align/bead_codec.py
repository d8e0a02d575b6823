"""Beads as bytes.

The higher four bits of a byte are the number of the kind of bead in `_CODED_KINDS`. For kinds with
sentences on both sides, the lower four bits are the confidence. For a sentence without a
counterpart they are the length of a run of such sentences, minus one, so that up to 16 of them take
one byte.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Final

from indexer.align.bead import MAX_CONFIDENCE, Bead

_UNPAIRED: Final = ((1, 0), (0, 1))
_CODED_KINDS: Final = (*_UNPAIRED, (1, 1), (1, 2), (2, 1), (2, 2), (1, 3), (3, 1))
_KIND_NUMBERS: Final = {kind: number for number, kind in enumerate(_CODED_KINDS)}
_MAX_RUN: Final = 16


def encode_beads(beads: Iterable[Bead]) -> bytes:
    """Encode beads as bytes, at most one byte for each bead.

    Raises ValueError if a kind of bead does not exist, or if its confidence is not possible.
    """
    encoded = bytearray()
    for bead, run in groupby(beads):
        number = _KIND_NUMBERS.get(bead[:2])
        if number is None or not 0 <= bead.confidence <= MAX_CONFIDENCE:
            raise ValueError(f"no such bead: {bead}")
        count = sum(1 for _ in run)
        if number >= len(_UNPAIRED):
            encoded += bytes([number << 4 | bead.confidence]) * count
            continue
        if bead.confidence:
            raise ValueError(f"a bead with an empty side cannot have a confidence: {bead}")
        while count:
            length = min(count, _MAX_RUN)
            encoded.append(number << 4 | length - 1)
            count -= length
    return bytes(encoded)


def check_encoded(data: bytes) -> None:
    """Raise ValueError if `encode_beads` cannot have returned these bytes."""
    if data and max(data) >= len(DECODED):
        raise ValueError(f"not a bead: {max(data)}")


def _decode(byte: int) -> tuple[Bead, ...]:
    number, low = byte >> 4, byte & 15
    if number < len(_UNPAIRED):
        return (Bead(*_CODED_KINDS[number], 0),) * (low + 1)
    return (Bead(*_CODED_KINDS[number], low),)


# For each byte: its beads, how many sentences they have in each language, and whether they are
# confident.
DECODED: Final = tuple(map(_decode, range(len(_CODED_KINDS) << 4)))
CHINESE_COUNTS: Final = tuple(sum(bead.chinese for bead in beads) for beads in DECODED)
ENGLISH_COUNTS: Final = tuple(sum(bead.english for bead in beads) for beads in DECODED)
IS_CONFIDENT: Final = tuple(beads[0].is_confident for beads in DECODED)
