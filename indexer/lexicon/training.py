"""Word translation tables learnt from beads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, repeat
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from indexer.analysis import Analyzer
from indexer.codec.container import ContainerWriter
from indexer.codec.term_dictionary import write_terms
from indexer.lexicon.bead_words import BeadText
from indexer.lexicon.encoded_beads import EncodedSide, encode_sides
from indexer.lexicon.ibm_model1 import CandidatePairs, Floats, Ints, estimate
from indexer.lexicon.tables import CHINESE, ENGLISH, ONE, PAIRS

# More beads than these teach little, and take more memory than indexing has.
MAX_BEADS: Final = 250_000
ITERATIONS: Final = 5
# A glossary's entry counts as so many beads.
_GLOSSARY_WEIGHT: Final = 3
# Less likely than this both ways, a pair is not kept.
_MIN_PROBABILITY: Final = 0.005


class TrainedTables(NamedTuple):
    """What was learnt, for `write`; to use it, open what was written as `TranslationTables`.

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
        write_terms(CHINESE, self.chinese_words, out)
        write_terms(ENGLISH, self.english_words, out)
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
    beads: Iterable[BeadText], glossary: Iterable[tuple[str, str]], analyzer: Analyzer
) -> TrainedTables:
    """Learn from beads, and from the entries (Chinese, English) of glossaries.

    ``glossary`` is looked at when all beads are read. Memory grows with the number of these, to
    about 500 MB for 250,000.
    """
    ours, theirs = encode_sides(chain(beads, _entries(glossary)), analyzer)
    links = CandidatePairs.of(ours, theirs)
    forward, backward = estimate(links, ITERATIONS)
    no_chinese, no_english = links.chinese == 0, links.english == 0
    kept = ~no_chinese & ~no_english & (np.maximum(forward, backward) >= _MIN_PROBABILITY)
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


def _entries(glossary: Iterable[tuple[str, str]]) -> Iterator[BeadText]:
    for entry in sorted(set(glossary)):
        yield from repeat(BeadText(*entry), _GLOSSARY_WEIGHT)


def _null(side: EncodedSide, words: Ints, probabilities: Floats) -> Floats:
    """Of each word of a side; at least as if it were there once, as a word that is not known."""
    null = np.zeros(len(side.words))
    null[words] = probabilities
    return np.maximum(null, 1 / max(1, len(side.numbers)))
