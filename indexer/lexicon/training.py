"""Word translation tables learnt from beads; imports indexer.analysis, indexer.codec, numpy.

IBM model 1 (Brown et al. 1993) both ways at once, the two made to agree (Liang et al. 2006): a
link counts as much as both directions believe in it. A bead is two sets of words, with a null word
each, which stands for what has no counterpart. Pairs of words that meet no more often than chance
would have it are dropped before (log-likelihood ratio, Dunning 1993; Moore 2004).
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from itertools import chain
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
    glossary_texts,
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
_CHUNK: Final = 4_000
_BUCKETS: Final = 1 << 25
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
    rendered, for "" that of a word that is not known. Pairs are in the order of their Chinese words; ``forward`` float64 is the probability of the English word
    where the Chinese one stands, ``backward`` the other way round.
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
    chinese, english = _Side(CHINESE_STOP_WORDS), _Side(ENGLISH_STOP_WORDS)
    entries = glossary_texts(sorted(set(glossary))) * _GLOSSARY_WEIGHT
    for bead in chain(_thinned(beads, chinese, english), entries):
        chinese.append(analyzer, bead.chinese)
        english.append(analyzer, bead.english)
    ours, theirs = chinese.numbered(), english.numbered()
    links = _Links.of(ours, theirs)
    forward, backward = estimate(links, ITERATIONS)
    no_chinese, no_english = links.pair_chinese == 0, links.pair_english == 0
    kept = ~no_chinese & ~no_english & (np.maximum(forward, backward) >= _PROBABILITY_LEAST)
    return TrainedTables(
        ours.words,
        theirs.words,
        ours.counts,
        theirs.counts,
        _null(ours, links.pair_chinese[no_english], backward[no_english]),
        _null(theirs, links.pair_english[no_chinese], forward[no_chinese]),
        links.pair_chinese[kept],
        links.pair_english[kept],
        forward[kept],
        backward[kept],
    )


def _null(side: _Numbered, words: Ints, probabilities: Floats) -> Floats:
    """Of each word of a side; at least as if it were there once, as a word that is not known."""
    null = np.zeros(len(side.words))
    null[words] = probabilities
    return np.maximum(null, 1 / len(side.numbers))


def _thinned(beads: Iterable[BeadText], *sides: _Side) -> Iterator[BeadText]:
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


class _Numbered(NamedTuple):
    """The words of one language and, bead by bead, their numbers: 0, the null word, in each."""

    words: list[str]
    counts: Ints
    numbers: npt.NDArray[np.int32]
    bounds: Ints


class _Side:
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

    def numbered(self) -> _Numbered:
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
        return _Numbered(
            ["", *words], np.bincount(numbers, minlength=len(words) + 1), numbers, bounds
        )


class _Links(NamedTuple):
    """All pairs of words of the same bead that may be links, one after the other.

    ``pair`` int32: which pair of words; ``chinese``, ``english`` int32: which place in the
    numbers of that side, so each word of each bead has its own.
    """

    pair: npt.NDArray[np.int32]
    chinese: npt.NDArray[np.int32]
    english: npt.NDArray[np.int32]
    pair_chinese: Ints
    pair_english: Ints

    @classmethod
    def of(cls, ours: _Numbered, theirs: _Numbered) -> _Links:
        """Those of pairs that meet often enough, and of each word with the null word."""
        keys = _frequent_keys(ours, theirs)
        parts = []
        for i, j in _products(ours, theirs):
            key = ours.numbers[i].astype(np.int64) * len(theirs.words) + theirs.numbers[j]
            place = np.searchsorted(keys, key)
            place[place == len(keys)] = 0
            known = keys[place] == key
            parts.append((place[known].astype(np.int32), i[known], j[known]))
        pair, chinese, english = (np.concatenate(part) for part in zip(*parts, strict=True))
        return cls(pair, chinese, english, *np.divmod(keys, len(theirs.words)))


def _products(ours: _Numbered, theirs: _Numbered) -> Iterator[tuple[Array, Array]]:
    """The places of each Chinese word of a bead and each English one, a share of beads at a time."""
    for first in range(0, len(ours.bounds) - 1, _CHUNK):
        ends = slice(first, first + _CHUNK + 1)
        a, b = ours.bounds[ends], theirs.bounds[ends]
        widths = np.repeat(np.diff(b), np.diff(a))
        chinese = np.repeat(np.arange(a[0], a[-1]), widths)
        starts = np.repeat(b[:-1], np.diff(a)) - (np.cumsum(widths) - widths)
        english = np.arange(len(chinese)) + np.repeat(starts, widths)
        yield chinese.astype(np.int32), english.astype(np.int32)


def _frequent_keys(ours: _Numbered, theirs: _Numbered) -> Ints:
    """The pairs that may be translations, as Chinese number * English words + English number."""
    width = len(theirs.words)
    # Most pairs meet once: a first reading counts them in buckets, by what is left of a division.
    buckets = np.zeros(_BUCKETS, np.uint16)
    for key in _keys(ours, theirs):
        np.add.at(buckets, key % _BUCKETS, 1)
    found = []
    for key in _keys(ours, theirs):
        found.append(np.unique(key[buckets[key % _BUCKETS] >= _COUNT_LEAST], return_counts=True))
    keys, inverse = np.unique(np.concatenate([k for k, _ in found]), return_inverse=True)
    together = np.bincount(inverse, np.concatenate([count for _, count in found]))
    chinese, english = np.divmod(keys, width)
    apart = ours.counts[chinese], theirs.counts[english]
    beads = len(ours.bounds) - 1
    ratio = log_likelihood_ratio(together, *apart, beads)
    is_more = together * beads > apart[0] * apart[1]
    null = (chinese == 0) | (english == 0)
    known: Ints = keys[null | (together >= _COUNT_LEAST) & is_more & (ratio >= _RATIO_LEAST)]
    return known


def _keys(ours: _Numbered, theirs: _Numbered) -> Iterator[Ints]:
    for i, j in _products(ours, theirs):
        yield ours.numbers[i].astype(np.int64) * len(theirs.words) + theirs.numbers[j]


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


def estimate(links: _Links, iterations: int) -> tuple[Floats, Floats]:
    """Probabilities of each pair, forward and backward, by expectation maximisation.

    float64[pairs]: of the English word given the Chinese one, and the other way round. The null
    word is translated, but translates nothing.
    """
    no_english, no_chinese = links.pair_english == 0, links.pair_chinese == 0
    forward = np.where(no_english, 0.0, 1.0)
    backward = np.where(no_chinese, 0.0, 1.0)
    null = no_english[links.pair] | no_chinese[links.pair]
    for _ in range(iterations):
        ahead = _share(forward[links.pair], links.english)
        back = _share(backward[links.pair], links.chinese)
        # What has no counterpart, one direction alone can tell.
        agreed = np.where(null, ahead + back, ahead * back)
        counts = np.bincount(links.pair, agreed, minlength=len(forward))
        forward = _share(np.where(no_english, 0.0, counts), links.pair_chinese, _DOUBT)
        backward = _share(np.where(no_chinese, 0.0, counts), links.pair_english, _DOUBT)
    return forward, backward


def _share(weights: Floats, groups: npt.NDArray[Any], doubt: float = 0.0) -> Floats:
    """Each weight as a part of the sum of its group and ``doubt``; 0 where that is 0."""
    sums = np.bincount(groups, weights) + doubt
    sums[sums == 0] = 1
    return weights / sums[groups]
