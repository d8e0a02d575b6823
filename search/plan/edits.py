"""Edit distance between words, one pair or a whole vocabulary at once.

The distance is the optimal string alignment distance: insertions, deletions, substitutions and
exchanges of neighbours each cost one (Damerau 1964; Boytsov 2011, section 2.2).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def edit_distance(left: str, right: str) -> int:
    """The number of edits that turn ``left`` into ``right``."""
    before: list[int] = []
    last = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        row = [i]
        for j, b in enumerate(right, 1):
            best = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and b == left[i - 2]:
                best = min(best, before[j - 2] + 1)
            row.append(best)
        before, last = last, row
    return last[-1]


def edit_distances(
    word: bytes, terms: npt.NDArray[np.uint8], lengths: npt.NDArray[np.int64]
) -> npt.NDArray[np.uint8]:
    """The distance from ``word`` to each of m terms of one-byte characters.

    ``terms`` has shape (m, longest), a term a row, filled up with anything; ``lengths`` (m,).
    Returns uint8 (m,).
    """
    count, longest = terms.shape
    result = np.full(count, len(word), np.uint8)  # right for empty terms
    columns = [np.full(count, i, np.uint8) for i in range(len(word) + 1)]
    before = columns
    for j in range(longest):
        letters = terms[:, j]
        column = [np.full(count, j + 1, np.uint8)]
        for i, letter in enumerate(word, 1):
            best = np.minimum(columns[i], column[i - 1]) + np.uint8(1)
            np.minimum(best, columns[i - 1] + (letters != letter), out=best)
            if i > 1 and j > 0:
                swapped = (letters == word[i - 2]) & (terms[:, j - 1] == letter)
                np.minimum(best, np.where(swapped, before[i - 2] + np.uint8(1), best), out=best)
            column.append(best)
        before, columns = columns, column
        np.copyto(result, columns[-1], where=lengths == j + 1)
    return result
