"""Word translation probabilities from words that share beads.

IBM model 1 (Brown et al. 1993) both ways at once, the two made to agree (Liang et al. 2006): a
link counts as much as both directions believe in it. A bead is two sets of words, with a null word
each, which stands for what has no counterpart. Pairs of words that meet no more often than chance
would have it are left out (log-likelihood ratio, Dunning 1993; Moore 2004).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from indexer.lexicon.encoded_beads import EncodedSide

# A pair that meets by chance alone has so high a ratio once in 10,000.
_MIN_RATIO: Final = 15.0
# Added to how often a word was translated: rare words are less sure of their translations.
_DOUBT: Final = 0.5
# So many pairs at a time, or as many as one bead has.
_CHUNK: Final = 500_000
_BUCKETS: Final = 1 << 24
# Pairs are put in order in so many steps.
_RANGES: Final = 16

Array = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class CandidatePairs(NamedTuple):
    """All pairs of words of the same bead that may be links, a share of the beads at a time.

    ``chinese`` and ``english`` int64[pairs] are the numbers of the words of each different pair.
    """

    chinese: Ints
    english: Ints
    shares: list[_Share]

    @classmethod
    def of(cls, ours: EncodedSide, theirs: EncodedSide) -> CandidatePairs:
        """Those of pairs that meet often enough, and of each word with the null word."""
        keys = _frequent_keys(ours, theirs)
        shares = []
        for i, j in _products(ours, theirs):
            key = _key(ours, theirs, i, j)
            place = np.minimum(np.searchsorted(keys, key), len(keys) - 1)
            known = keys[place] == key
            shares.append(_Share(place[known].astype(np.int32), i[known] - i[0], j[known] - j[0]))
        return cls(*np.divmod(keys, len(theirs.words)), shares)


class _Share(NamedTuple):
    """Links: each one's pair, and which word it is of all Chinese, and English, words here."""

    pair: npt.NDArray[np.int32]
    chinese: npt.NDArray[np.int32]
    english: npt.NDArray[np.int32]


def _products(ours: EncodedSide, theirs: EncodedSide) -> Iterator[tuple[Array, Array]]:
    """The places of each Chinese word of a bead and each English one, a share at a time."""
    sizes = np.cumsum(np.diff(ours.bounds) * np.diff(theirs.bounds))
    shares = np.unique(sizes // _CHUNK, return_index=True)[1].tolist()
    for first, last in pairwise([*shares, len(sizes)]):
        ends = slice(first, last + 1)
        a, b = ours.bounds[ends], theirs.bounds[ends]
        widths = np.repeat(np.diff(b), np.diff(a))
        chinese = np.repeat(np.arange(a[0], a[-1]), widths)
        starts = np.repeat(b[:-1], np.diff(a)) - (np.cumsum(widths) - widths)
        english = np.arange(len(chinese)) + np.repeat(starts, widths)
        yield chinese.astype(np.int32), english.astype(np.int32)


def _key(ours: EncodedSide, theirs: EncodedSide, chinese: Array, english: Array) -> Ints:
    """Pairs of words, given by their places, as one number each."""
    return ours.numbers[chinese].astype(np.int64) * len(theirs.words) + theirs.numbers[english]


def _frequent_keys(ours: EncodedSide, theirs: EncodedSide) -> Ints:
    """The pairs that may be translations, and those with a null word, in order."""
    # Most pairs meet once: a first reading counts them in buckets, by what is left of a division.
    buckets = np.zeros(_BUCKETS, np.uint32)
    for places in _products(ours, theirs):
        np.add.at(buckets, _key(ours, theirs, *places) % _BUCKETS, 1)
    found: list[tuple[Ints, npt.NDArray[np.uint32]]] = []
    for places in _products(ours, theirs):
        key = _key(ours, theirs, *places)
        keys, counts = np.unique(
            key[(buckets[key % _BUCKETS] >= 2) | (key == 0)], return_counts=True
        )
        found.append((keys, counts.astype(np.uint32)))
    width = len(theirs.words)
    step = -(-len(ours.words) // _RANGES) * width
    telling = []
    for first in range(0, step * _RANGES, step):
        keys, together = _added_up(found, first, first + step)
        telling.append(keys[_is_telling(keys, together, ours, theirs)])
    return np.concatenate(telling)


def _added_up(found: Iterable[tuple[Ints, Array]], first: int, last: int) -> tuple[Ints, Floats]:
    """Those keys of several ascending lists that lie in a range, and how often each is there."""
    keys, counts = [np.zeros(0, np.int64)], [np.zeros(0, np.uint32)]
    for some, some_counts in found:
        here = slice(*np.searchsorted(some, (first, last)))
        keys.append(some[here])
        counts.append(some_counts[here])
    different, places = np.unique(np.concatenate(keys), return_inverse=True)
    total = np.bincount(places, np.concatenate(counts), minlength=len(different))
    return different, total.astype(np.float64)


def _is_telling(
    keys: Ints, together: Array, ours: EncodedSide, theirs: EncodedSide
) -> npt.NDArray[np.bool_]:
    """Of each pair, whether it is together more often than by chance, or has a null word."""
    chinese, english = np.divmod(keys, len(theirs.words))
    apart = ours.counts[chinese], theirs.counts[english]
    beads = len(ours.bounds) - 1
    is_more = together * beads > apart[0] * apart[1]
    ratio = log_likelihood_ratio(together, *apart, beads)
    is_null = (chinese == 0) | (english == 0)
    telling: npt.NDArray[np.bool_] = is_null | (together >= 2) & is_more & (ratio >= _MIN_RATIO)
    return telling


def log_likelihood_ratio(together: Array, ours: Array, theirs: Array, beads: int) -> Floats:
    """Of so many beads with both words, with the one, with the other, and in all (G²)."""
    ratio = np.zeros(len(together))
    for count, row, column in (
        (together, ours, theirs),
        (ours - together, ours, beads - theirs),
        (theirs - together, beads - ours, theirs),
        (beads - ours - theirs + together, beads - ours, beads - theirs),
    ):
        expected = row * (column / beads)
        with np.errstate(divide="ignore", invalid="ignore"):
            term = count * np.log(count / expected)
        ratio += np.where(count > 0, term, 0.0)
    return 2 * ratio


def estimate(links: CandidatePairs, iterations: int) -> tuple[Floats, Floats]:
    """Probabilities of each pair, forward and backward, by expectation maximisation.

    float64[pairs]: of the English word given the Chinese one, and the other way round. The null
    word is translated, but translates nothing.
    """
    no_chinese, no_english = links.chinese == 0, links.english == 0
    null = no_chinese | no_english
    forward = np.where(no_english, 0.0, 1.0)
    backward = np.where(no_chinese, 0.0, 1.0)
    for _ in range(iterations):
        counts = np.zeros(len(null))
        for share in links.shares:
            direct = _parts(forward[share.pair], share.english)
            inverse = _parts(backward[share.pair], share.chinese)
            # What has no counterpart, one direction alone can tell.
            agreed = np.where(null[share.pair], direct + inverse, direct * inverse)
            counts += np.bincount(share.pair, agreed, minlength=len(counts))
        forward = _parts(np.where(no_english, 0.0, counts), links.chinese, _DOUBT)
        backward = _parts(np.where(no_chinese, 0.0, counts), links.english, _DOUBT)
    return forward, backward


def _parts(weights: Floats, groups: npt.NDArray[Any], doubt: float = 0.0) -> Floats:
    """Each weight as a part of the sum of its group and ``doubt``; 0 where that is 0."""
    sums = np.bincount(groups, weights) + doubt
    sums[sums == 0] = 1
    parts: Floats = weights / sums[groups]
    return parts
