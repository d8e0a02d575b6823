"""Word translation tables learnt from beads; imports indexer.analysis, indexer.codec, numpy.

IBM model 1 (Brown et al. 1993) both ways at once, the two made to agree (Liang et al. 2006): a
link counts as much as both directions believe in it. A bead is two sets of words, with a null word
each, which stands for what has no counterpart. Pairs of words that meet no more often than chance
would have it are dropped before (log-likelihood ratio, Dunning 1993; Moore 2004).
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from itertools import chain, pairwise
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from indexer.analysis import Analyzer
from indexer.codec.container import ContainerWriter
from indexer.codec.words import write_words
from indexer.lexicon.tables import CHINESE, ENGLISH, ONE, PAIRS
from indexer.lexicon.text import (
    CHINESE_STOP_WORDS,
    ENGLISH_STOP_WORDS,
    BeadText,
    content_words,
)

# Of more beads, so many are drawn by chance.
BEADS_MOST: Final = 250_000
ITERATIONS: Final = 5
# Words of fewer beads are not learnt, nor pairs that meet less often.
_COUNT_LEAST: Final = 2
# A pair that meets by chance alone has so high a ratio once in 10,000.
_RATIO_LEAST: Final = 15.0
# A glossary's entry counts as so many beads.
_GLOSSARY_WEIGHT: Final = 3
# Beads of more words on a side are no sentences.
_WORDS_MOST: Final = 120
# So many pairs at a time, or as many as one bead has.
_CHUNK: Final = 500_000
_BUCKETS: Final = 1 << 24
# Pairs are put in order in so many steps.
_RANGES: Final = 16
# Added to how often a word was translated: rare words are less sure of their translations.
_DOUBT: Final = 0.5
# Less likely than this both ways, a pair is not kept.
_PROBABILITY_LEAST: Final = 0.005

Array = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class TrainedTables(NamedTuple):
    """What was learnt, for `write`; to use it, open what was written as `Tables`.

    Words are sorted, the null word "" first; ``null`` is the probability of each where no word is
    rendered, for "" that of a word that is not known. Pairs are in the order of their Chinese
    words; ``forward`` is the probability of the English word where the Chinese one stands,
    ``backward`` the other way round.
    """

    chinese_words: list[str]
    english_words: list[str]
    chinese_counts: Ints
    english_counts: Ints
    chinese_null: Floats
    english_null: Floats
    pair_chinese: Ints
    pair_english: Ints
    forward: Floats
    backward: Floats

    def write(self, out: ContainerWriter) -> None:
        """Write the tables as named arrays, see `indexer.lexicon.tables`."""
        write_words(CHINESE, self.chinese_words, out)
        write_words(ENGLISH, self.english_words, out)
        out.add(f"{CHINESE}/counts", self.chinese_counts.astype(np.uint32))
        out.add(f"{ENGLISH}/counts", self.english_counts.astype(np.uint32))
        out.add(f"{CHINESE}/null", _fixed_point(self.chinese_null))
        out.add(f"{ENGLISH}/null", _fixed_point(self.english_null))
        by_english = np.argsort(self.pair_english, kind="stable")
        for side, numbers, words in (
            (CHINESE, self.pair_chinese, self.chinese_words),
            (ENGLISH, self.pair_english[by_english], self.english_words),
        ):
            starts = np.searchsorted(numbers, np.arange(len(words) + 1))
            out.add(f"{side}/pair_starts", starts.astype(np.uint32))
        out.add(f"{PAIRS}/english", self.pair_english.astype(np.uint32))
        out.add(f"{PAIRS}/chinese", self.pair_chinese.astype(np.uint32))
        out.add(f"{PAIRS}/by_english", by_english.astype(np.uint32))
        out.add(f"{PAIRS}/forward", _fixed_point(self.forward))
        out.add(f"{PAIRS}/backward", _fixed_point(self.backward))


def _fixed_point(probabilities: Floats) -> npt.NDArray[np.uint32]:
    return np.rint(probabilities * ONE).astype(np.uint32)


def train(
    beads: Iterable[BeadText],
    glossary: Iterable[tuple[str, str]] = (),
    analyzer: Analyzer | None = None,
) -> TrainedTables:
    """Learn from beads, and from the entries (Chinese, English) of glossaries.

    Of more than `BEADS_MOST` beads, every second is taken, or every fourth, and so on.
    """
    analyzer = analyzer or Analyzer()
    chinese, english = _Reader(CHINESE_STOP_WORDS), _Reader(ENGLISH_STOP_WORDS)
    entries = [BeadText(*entry) for entry in sorted(set(glossary))] * _GLOSSARY_WEIGHT
    for bead in chain(_thinned(beads, chinese, english), entries):
        chinese.append(analyzer, bead.chinese)
        english.append(analyzer, bead.english)
    ours, theirs = chinese.numbered(), english.numbered()
    links = Links.of(ours, theirs)
    forward, backward = estimate(links, ITERATIONS)
    no_chinese, no_english = links.chinese == 0, links.english == 0
    kept = ~no_chinese & ~no_english & (np.maximum(forward, backward) >= _PROBABILITY_LEAST)
    return TrainedTables(
        ours.words,
        theirs.words,
        ours.counts,
        theirs.counts,
        _null(ours, links.chinese[no_english], backward[no_english]),
        _null(theirs, links.english[no_chinese], forward[no_chinese]),
        links.chinese[kept],
        links.english[kept],
        forward[kept],
        backward[kept],
    )


def _null(side: Side, words: Ints, probabilities: Floats) -> Floats:
    """Of each word of a side; at least as if it were there once, as a word that is not known."""
    null = np.zeros(len(side.words))
    null[words] = probabilities
    return np.maximum(null, 1 / max(1, len(side.numbers)))


def _thinned(beads: Iterable[BeadText], *sides: _Reader) -> Iterator[BeadText]:
    """Beads at even distances; those that are too many are taken out of the sides again."""
    stride = 1
    for number, bead in enumerate(beads):
        if number % stride:
            continue
        if len(sides[0].texts) >= BEADS_MOST:
            stride *= 2
            for side in sides:
                del side.texts[1::2]
            if number % stride:
                continue
        yield bead


class Side(NamedTuple):
    """The words of one language and, bead by bead, their numbers: 0, the null word, in each."""

    words: list[str]
    counts: Ints
    numbers: npt.NDArray[np.int32]
    bounds: Ints


class _Reader:
    """One language of the beads, as it is read."""

    def __init__(self, stop_words: frozenset[str]) -> None:
        self._stop_words = stop_words
        self._numbers: dict[str, int] = {}
        self.texts: list[array[int]] = []

    def append(self, analyzer: Analyzer, text: str) -> None:
        words = content_words(analyzer, text, self._stop_words)
        numbers = self._numbers
        found = [numbers.setdefault(word, len(numbers)) for word in words[:_WORDS_MOST]]
        self.texts.append(array("i", found))

    def numbered(self) -> Side:
        """With the words in order, and rare ones left out."""
        read = np.frombuffer(b"".join(text.tobytes() for text in self.texts), np.int32)
        counts = np.bincount(read, minlength=len(self._numbers))
        words = sorted(word for word, i in self._numbers.items() if counts[i] >= _COUNT_LEAST)
        new_numbers = np.full(len(self._numbers), -1, np.int32)
        new_numbers[[self._numbers[word] for word in words]] = np.arange(1, len(words) + 1)
        lengths = np.array([len(text) for text in self.texts], np.int64)
        beads = np.repeat(np.arange(len(lengths)), lengths)
        known = new_numbers[read] >= 0
        numbers, beads = new_numbers[read[known]], beads[known]
        starts = np.searchsorted(beads, np.arange(len(lengths) + 1))
        numbers = np.insert(numbers, starts[:-1], 0)
        bounds = starts + np.arange(len(starts))
        return Side(["", *words], np.bincount(numbers, minlength=len(words) + 1), numbers, bounds)


class Links(NamedTuple):
    """All pairs of words of the same bead that may be links, a share of the beads at a time.

    ``chinese`` and ``english`` int64[pairs] are the numbers of the words of each different pair.
    """

    chinese: Ints
    english: Ints
    shares: list[_Share]

    @classmethod
    def of(cls, ours: Side, theirs: Side) -> Links:
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


def _products(ours: Side, theirs: Side) -> Iterator[tuple[Array, Array]]:
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


def _key(ours: Side, theirs: Side, chinese: Array, english: Array) -> Ints:
    """Pairs of words, given by their places, as one number each."""
    return ours.numbers[chinese].astype(np.int64) * len(theirs.words) + theirs.numbers[english]


def _frequent_keys(ours: Side, theirs: Side) -> Ints:
    """The pairs that may be translations, and those with a null word, in order."""
    # Most pairs meet once: a first reading counts them in buckets, by what is left of a division.
    buckets = np.zeros(_BUCKETS, np.uint32)
    for places in _products(ours, theirs):
        np.add.at(buckets, _key(ours, theirs, *places) % _BUCKETS, 1)
    found: list[tuple[Ints, npt.NDArray[np.uint32]]] = []
    for places in _products(ours, theirs):
        key = _key(ours, theirs, *places)
        keys, counts = np.unique(key[buckets[key % _BUCKETS] >= 2], return_counts=True)
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


def _is_telling(keys: Ints, together: Array, ours: Side, theirs: Side) -> npt.NDArray[np.bool_]:
    """Of each pair, whether it is together more often than by chance, or has a null word."""
    chinese, english = np.divmod(keys, len(theirs.words))
    apart = ours.counts[chinese], theirs.counts[english]
    beads = len(ours.bounds) - 1
    is_more = together * beads > apart[0] * apart[1]
    ratio = log_likelihood_ratio(together, *apart, beads)
    is_null = (chinese == 0) | (english == 0)
    telling: npt.NDArray[np.bool_] = is_null | (together >= 2) & is_more & (ratio >= _RATIO_LEAST)
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


def estimate(links: Links, iterations: int) -> tuple[Floats, Floats]:
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
            ahead = _parts(forward[share.pair], share.english)
            back = _parts(backward[share.pair], share.chinese)
            # What has no counterpart, one direction alone can tell.
            agreed = np.where(null[share.pair], ahead + back, ahead * back)
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
