"""How strongly words belong together, by counts of theirs.

Of two words, x and y, the *node* and its *collocate*, a measure is told how often each stands in
a corpus of so many tokens, and how often they stand together.
"""

from __future__ import annotations

from collections.abc import Callable
from math import log2, sqrt
from typing import Final, Literal

MeasureName = Literal["logdice", "pmi", "t"]
Measure = Callable[[int, int, int, int], float]


def log_dice(together: int, node: int, collocate: int, _tokens: int) -> float:
    """14 + log2 of Dice's coefficient; the size of the corpus is of no account (Rychlý 2008).

    It is 14 where neither stands without the other; more only if one node has a collocate twice.
    """
    return 14 + log2(2 * together / (node + collocate))


def mutual_information(together: int, node: int, collocate: int, tokens: int) -> float:
    """Pointwise: log2 of how much more often than by chance; the association ratio.

    It favours what is rare (Church and Hanks 1990).
    """
    return log2(together * tokens / (node * collocate))


def t_score(together: int, node: int, collocate: int, tokens: int) -> float:
    """How sure it is that it is more often than by chance (Church, Gale, Hanks and Hindle 1991).

    It favours what is frequent.
    """
    return (together - node * collocate / tokens) / sqrt(together)


MEASURES: Final[dict[MeasureName, Measure]] = {
    "logdice": log_dice,
    "pmi": mutual_information,
    "t": t_score,
}
