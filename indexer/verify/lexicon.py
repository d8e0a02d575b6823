"""Check that the tables of a lexicon are consistent."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from indexer.codec.container import Container
from indexer.codec.term_dictionary import term_faults
from indexer.lexicon.tables import CHINESE_SIDE, ENGLISH_SIDE, PAIRS


def table_faults(container: Container) -> Iterator[str]:
    """Yield a description of each fault in the tables of a file whose checksums are right.

    Raises IndexDamaged if an array is missing, and ValueError or IndexError if one cannot be read.
    """
    names = ("chinese", "english", "by_english", "forward", "backward")
    if len({container.count(f"{PAIRS}/{name}") for name in names}) > 1:
        yield f"arrays of {PAIRS} of different lengths"
        return
    order = container[f"{PAIRS}/by_english"]
    for side, numbers in (
        (CHINESE_SIDE, container[f"{PAIRS}/chinese"]),
        (ENGLISH_SIDE, container[f"{PAIRS}/english"][order]),
    ):
        yield from term_faults(side, container)
        words = container.count(f"{side}/word_starts") - 1
        if {container.count(f"{side}/{name}") for name in ("counts", "null")} != {words}:
            yield f"arrays of {side} of different lengths"
        starts = np.searchsorted(numbers, np.arange(words + 1))
        if (np.diff(numbers.astype(np.int64)) < 0).any() or (numbers >= words).any():
            yield f"pairs of {side} out of order"
        elif not np.array_equal(starts, container[f"{side}/pair_starts"]):
            yield f"{side}/pair_starts does not divide the pairs"
    if not np.array_equal(np.sort(order), np.arange(len(order))):
        yield f"{PAIRS}/by_english is not an order"
