"""Anchors: words, numbers and marks that occur in both texts and so show what corresponds."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from math import log
from typing import Final, NamedTuple

# A word that occurs more often than this in a text does not show which sentences correspond.
MAX_OCCURRENCES: Final = 30


class Anchor(NamedTuple):
    """Something that occurs in both texts, such as a number, a name, or a word and its translation.

    ``chinese`` and ``english`` are the offsets in characters at which it occurs in each text.
    ``weight`` is the most that it may add to the log odds of a pair of sentences that share it.
    """

    weight: float
    chinese: list[int]
    english: list[int]


def shared_bits(
    anchors: Iterable[Anchor], chinese_starts: Sequence[int], english_starts: Sequence[int]
) -> tuple[list[int], list[int]]:
    """The anchors in each unit of both texts, as one set of bits for each unit.

    Units are sentences or paragraphs, given by the offsets at which they start. Each
    anchor has bits that no other anchor has. They are set in all units where it occurs. Their
    number is the weight of the anchor or, if that is less, half of

        log(Chinese units · English units / (Chinese units with it · English units with it)),

    so that an anchor that is rare in this article has more bits.
    """
    chinese_bits, english_bits = [0] * len(chinese_starts), [0] * len(english_starts)
    pairs = len(chinese_bits) * len(english_bits)
    used = 0
    for weight, chinese, english in anchors:
        chinese_units = {bisect_right(chinese_starts, offset) - 1 for offset in chinese}
        english_units = {bisect_right(english_starts, offset) - 1 for offset in english}
        rarity = log(pairs / (len(chinese_units) * len(english_units))) / 2
        count = round(min(weight, rarity))
        if count < 1:
            continue
        bits = ((1 << count) - 1) << used
        used += count
        for unit in chinese_units:
            chinese_bits[unit] |= bits
        for unit in english_units:
            english_bits[unit] |= bits
    return chinese_bits, english_bits
