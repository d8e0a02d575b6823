"""The pairs of words that may translate each other, and where they meet.

Two words meet in a bead if each is on one side of it. Pairs that meet no more often than by chance
are left out, by the log-likelihood ratio of Dunning (1993); Moore (2004) uses it for this purpose.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from indexer.array_types import AnyArray, BoolArray, Int32Array, Int64Array, UInt32Array
from indexer.lexicon.encoded_beads import EncodedSide

FloatArray = npt.NDArray[np.float64]
# One number for each pair of words.
_Keys = Int64Array

# Words that meet by chance have such a log-likelihood ratio once in 10,000 times.
_MIN_RATIO: Final = 15.0
_MIN_MEETINGS: Final = 2
# About this many meetings are held in memory at a time; the beads of a batch stay whole.
_BATCH_SIZE: Final = 500_000
_BUCKETS: Final = 1 << 24
# Keys are added up in this many ranges, so that only one range at a time needs memory.
_KEY_RANGES: Final = 16


class Meetings(NamedTuple):
    """All meetings of candidate pairs in some consecutive beads, as parallel arrays.

    ``pair`` is the number of the pair. ``chinese`` and ``english`` name its words by their
    occurrences: two meetings have the same value if they share one word of one bead.
    """

    pair: Int32Array
    chinese: Int32Array
    english: Int32Array


class CandidatePairs(NamedTuple):
    """The pairs of words that may translate each other, and all their meetings.

    ``chinese`` and ``english``: int64[pairs], the numbers of the two words of each pair. Each word
    is also paired with the null word of the other language, which has the number 0.
    """

    chinese: Int64Array
    english: Int64Array
    batches: list[Meetings]

    @classmethod
    def find(cls, ours: EncodedSide, theirs: EncodedSide) -> CandidatePairs:
        """Find the candidate pairs of a Chinese and an English side."""
        keys = _candidate_keys(ours, theirs)
        batches = []
        for i, j in _meetings(ours, theirs):
            key = _key(ours, theirs, i, j)
            pair = np.minimum(np.searchsorted(keys, key), len(keys) - 1)
            known = keys[pair] == key
            meetings = pair[known].astype(np.int32), i[known] - i[0], j[known] - j[0]
            batches.append(Meetings(*meetings))
        return cls(*np.divmod(keys, len(theirs.words)), batches)


def _meetings(ours: EncodedSide, theirs: EncodedSide) -> Iterator[tuple[AnyArray, AnyArray]]:
    """All meetings of a Chinese and an English word, in batches of whole beads.

    A meeting is a pair of indices into ``numbers`` of the two sides.
    """
    ends = np.cumsum(np.diff(ours.bounds) * np.diff(theirs.bounds))
    firsts = np.unique(ends // _BATCH_SIZE, return_index=True)[1].tolist()
    for first, last in pairwise([*firsts, len(ends)]):
        beads = slice(first, last + 1)
        a, b = ours.bounds[beads], theirs.bounds[beads]
        widths = np.repeat(np.diff(b), np.diff(a))
        chinese = np.repeat(np.arange(a[0], a[-1]), widths)
        starts = np.repeat(b[:-1], np.diff(a)) - (np.cumsum(widths) - widths)
        english = np.arange(len(chinese)) + np.repeat(starts, widths)
        yield chinese.astype(np.int32), english.astype(np.int32)


def _key(ours: EncodedSide, theirs: EncodedSide, chinese: AnyArray, english: AnyArray) -> _Keys:
    """The pair of words of each meeting as one number."""
    return ours.numbers[chinese].astype(np.int64) * len(theirs.words) + theirs.numbers[english]


def _candidate_keys(ours: EncodedSide, theirs: EncodedSide) -> _Keys:
    """The keys of all candidate pairs and of the pairs with a null word, in ascending order."""
    counted = _count_frequent(ours, theirs)
    step = -(-len(ours.words) // _KEY_RANGES) * len(theirs.words)
    candidates = []
    for first in range(0, step * _KEY_RANGES, step):
        keys, together = _add_up(counted, first, first + step)
        candidates.append(keys[_is_candidate(keys, together, ours, theirs)])
    return np.concatenate(candidates)


def _count_frequent(ours: EncodedSide, theirs: EncodedSide) -> list[tuple[_Keys, UInt32Array]]:
    """The keys of pairs that may meet twice, ascending in each batch, with their counts.

    Most pairs meet only once. A first pass over all meetings counts the keys by their remainder,
    in buckets, and a second pass leaves out the keys that are alone in their bucket.
    """
    buckets = np.zeros(_BUCKETS, np.uint32)
    for meetings in _meetings(ours, theirs):
        np.add.at(buckets, _key(ours, theirs, *meetings) % _BUCKETS, 1)
    counted: list[tuple[_Keys, UInt32Array]] = []
    for meetings in _meetings(ours, theirs):
        key = _key(ours, theirs, *meetings)
        is_frequent = (buckets[key % _BUCKETS] >= _MIN_MEETINGS) | (key == 0)
        keys, counts = np.unique(key[is_frequent], return_counts=True)
        counted.append((keys, counts.astype(np.uint32)))
    return counted


def _add_up(
    counted: Iterable[tuple[_Keys, AnyArray]], first: int, last: int
) -> tuple[_Keys, FloatArray]:
    """The keys from ``first`` to before ``last`` in ascending order, and their total counts."""
    keys, counts = [np.zeros(0, np.int64)], [np.zeros(0, np.uint32)]
    for some_keys, some_counts in counted:
        here = slice(*np.searchsorted(some_keys, (first, last)))
        keys.append(some_keys[here])
        counts.append(some_counts[here])
    different, indices = np.unique(np.concatenate(keys), return_inverse=True)
    total = np.bincount(indices, np.concatenate(counts), minlength=len(different))
    return different, total.astype(np.float64)


def _is_candidate(
    keys: _Keys, together: AnyArray, ours: EncodedSide, theirs: EncodedSide
) -> BoolArray:
    """Whether each pair meets often enough, or has a null word; ``together`` counts meetings."""
    chinese, english = np.divmod(keys, len(theirs.words))
    counts = ours.bead_counts[chinese], theirs.bead_counts[english]
    beads = len(ours.bounds) - 1
    is_more = together * beads > counts[0] * counts[1]
    ratio = log_likelihood_ratio(together, *counts, beads)
    is_null = (chinese == 0) | (english == 0)
    is_associated = (together >= _MIN_MEETINGS) & is_more & (ratio >= _MIN_RATIO)
    candidates: BoolArray = is_null | is_associated
    return candidates


def log_likelihood_ratio(
    together: AnyArray, ours: AnyArray, theirs: AnyArray, beads: int
) -> FloatArray:
    """Dunning's G² of each pair of words, 2 Σ observed · ln(observed / expected).

    ``together``, ``ours`` and ``theirs`` are the numbers of beads with both words, with the Chinese
    and with the English one; ``beads`` is the number of all beads. The sum is over the four cells
    of the contingency table.
    """
    ratio = np.zeros(len(together))
    for observed, row, column in (
        (together, ours, theirs),
        (ours - together, ours, beads - theirs),
        (theirs - together, beads - ours, theirs),
        (beads - ours - theirs + together, beads - ours, beads - theirs),
    ):
        expected = row * (column / beads)
        with np.errstate(divide="ignore", invalid="ignore"):
            term = observed * np.log(observed / expected)
        ratio += np.where(observed > 0, term, 0.0)
    return 2 * ratio
