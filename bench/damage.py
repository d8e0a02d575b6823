"""Edit paragraphs in known ways, and score beads against the edits."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import NamedTuple

from indexer.align import CONFIDENT, Bead
from indexer.align.sentences import sentence_ends


class Damage(NamedTuple):
    """The shares of paragraphs to delete, to merge with the next, to split, or to swap with it."""

    delete: float = 0.0
    merge: float = 0.0
    split: float = 0.0
    swap: float = 0.0

    @classmethod
    def mixed(cls, rate: float) -> Damage:
        """Each kind of damage at a quarter of a rate."""
        return cls(*[rate / 4] * 4)


class Pair(NamedTuple):
    """Paragraphs that correspond: a range (start, end) of Chinese and one of English ones."""

    chinese: tuple[int, int]
    english: tuple[int, int]


class Expected(NamedTuple):
    """The bead that an edit leaves, and other beads that are just as right."""

    pair: Pair
    alternatives: tuple[Pair, ...] = ()


class Score(NamedTuple):
    """The numbers of beads found, of right ones among them, of beads expected, and of those met."""

    found: int
    right: int
    expected: int
    met: int

    def __add__(self, other: tuple[int, ...]) -> Score:  # type: ignore[override]
        return Score(*(a + b for a, b in zip(self, other, strict=True)))

    @property
    def precision(self) -> float:
        """The share of the beads found that are right."""
        return self.right / max(1, self.found)

    @property
    def recall(self) -> float:
        """The share of the beads expected that are found."""
        return self.met / max(1, self.expected)


def damage(
    paragraphs: Sequence[str], rates: Damage, rng: random.Random
) -> tuple[tuple[str, ...], list[Expected]]:
    """Edit paragraphs; return the result, and the beads between the originals and the result."""
    out: list[str] = []
    expected: list[Expected] = []
    here = 0
    while here < len(paragraphs):
        paragraph, left = paragraphs[here], len(paragraphs) - here
        edit = _edit(rates, rng, left, paragraph)
        there = len(out)
        if edit == "delete":
            here += 1
            continue
        if edit == "merge":
            out.append(f"{paragraph} {paragraphs[here + 1]}")
        elif edit == "split":
            ends = sentence_ends(paragraph)
            cut = ends[rng.randrange(len(ends) - 1)]
            out += [paragraph[:cut].rstrip(), paragraph[cut:]]
        elif edit == "swap":
            out += [paragraphs[here + 1], paragraph]
        else:
            out.append(paragraph)
        taken = 2 if edit in ("merge", "swap") else 1
        pair = Pair((here, here + taken), (there, len(out)))
        crossed = (
            Pair((here, here + 1), (there + 1, there + 2)),
            Pair((here + 1, here + 2), (there, there + 1)),
        )
        expected.append(Expected(pair, crossed if edit == "swap" else ()))
        here += taken
    return tuple(out), expected


def _edit(rates: Damage, rng: random.Random, left: int, paragraph: str) -> str:
    drawn = rng.random()
    for name, rate in rates._asdict().items():
        if drawn < rate:
            possible = {
                "delete": True,
                "merge": left > 1,
                "swap": left > 1,
                "split": len(sentence_ends(paragraph)) > 1,
            }
            return name if possible[name] else ""
        drawn -= rate
    return ""


def score(
    beads: Sequence[Bead], expected: Sequence[Expected], min_confidence: int = CONFIDENT
) -> Score:
    """Score the beads of paragraphs that have at least a confidence against those expected.

    A swap is met by one bead over both paragraphs, or by a bead for either of them.
    """
    found: set[Pair] = set()
    i = j = 0
    for bead in beads:
        if bead.confidence >= min_confidence:
            found.add(Pair((i, i + bead.chinese), (j, j + bead.english)))
        i, j = i + bead.chinese, j + bead.english
    right = [found.intersection((pair, *others)) for pair, others in expected]
    return Score(len(found), len(set().union(*right)), len(expected), sum(map(bool, right)))
