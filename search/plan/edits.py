"""Edit distance between words: for one pair, or for a whole vocabulary at once.

It is the optimal string alignment distance: insertions, deletions, substitutions and exchanges of
neighbours cost one each (Damerau 1964; Boytsov 2011, section 2.2).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def edit_distance(left: str, right: str) -> int:
    """Return the number of edits that turn ``left`` into ``right``."""
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
    """Return the distance from ``word`` to each of m terms, all of one-byte characters.

    ``terms`` has shape (m, longest): one term per row, padded with any bytes. ``lengths`` has
    shape (m,). The result is uint8 of shape (m,).
    """
    count, longest = terms.shape
    result = np.full(count, len(word), np.uint8)  # correct for empty terms
    # One row of the dynamic programme at a time: row[i] is the distance from the first i letters
    # of the word to the first j letters of each term.
    row = [np.full(count, i, np.uint8) for i in range(len(word) + 1)]
    before = row
    for j in range(longest):
        letters = terms[:, j]
        following = [np.full(count, j + 1, np.uint8)]
        for i, letter in enumerate(word, 1):
            best = np.minimum(row[i], following[i - 1]) + np.uint8(1)
            np.minimum(best, row[i - 1] + (letters != letter), out=best)
            if i > 1 and j > 0:
                swapped = (letters == word[i - 2]) & (terms[:, j - 1] == letter)
                np.minimum(best, np.where(swapped, before[i - 2] + np.uint8(1), best), out=best)
            following.append(best)
        before, row = row, following
        np.copyto(result, row[-1], where=lengths == j + 1)
    return result
