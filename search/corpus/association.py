"""Association measures: how strongly a word is associated with the words of a query.

The query's words are called the *node*, the other word is its *collocate*. A measure takes four
counts: how often both occur near each other (``together``), how often the ``node`` and the
``collocate`` occur at all, and the number of ``tokens`` in the corpus.
"""

from __future__ import annotations

from collections.abc import Callable
from math import log2, sqrt
from typing import Final, Literal

MeasureName = Literal["logdice", "pmi", "t"]
AssociationMeasure = Callable[[int, int, int, int], float]


def log_dice(together: int, node: int, collocate: int, _tokens: int) -> float:
    """Return 14 + log2 of Dice's coefficient (Rychlý 2008), which ignores the size of the corpus.

    It is 14 if neither word occurs without the other. It is only higher if a collocate occurs twice
    near the same node.
    """
    return 14 + log2(2 * together / (node + collocate))


def mutual_information(together: int, node: int, collocate: int, tokens: int) -> float:
    """Return the pointwise mutual information (Church and Hanks 1990).

    This is log2 of how many times as often as by chance the words occur together. It favours rare
    words.
    """
    return log2(together * tokens / (node * collocate))


def t_score(together: int, node: int, collocate: int, tokens: int) -> float:
    """Return the t-score (Church, Gale, Hanks and Hindle 1991).

    It says how certain it is that the words occur together more often than by chance. It favours
    frequent words.
    """
    return (together - node * collocate / tokens) / sqrt(together)


MEASURES: Final[dict[MeasureName, AssociationMeasure]] = {
    "logdice": log_dice,
    "pmi": mutual_information,
    "t": t_score,
}
