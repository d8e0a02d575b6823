"""The ratio of English to Chinese lengths in one article.

The ratio differs between articles: a terse Chinese text has a longer translation. So the English
lengths of an article are scaled before they are compared with the general length model.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log
from typing import Final

from indexer.align.length_model import MEAN_LOG_RATIO
from indexer.align.viterbi import PathBead

# Beyond these logarithms of the ratio, part of one text is missing: it is not the article's ratio.
_MIN_LOG_RATIO: Final = -0.2
_MAX_LOG_RATIO: Final = 0.6
# The ratio of an article is estimated from beads with at least this margin. The ratio that was
# assumed before counts as much as this many bytes of Chinese text.
_MIN_RATIO_MARGIN: Final = 3.0
_PRIOR_BYTES: Final = 300


def log_ratio(chinese: int, english: int) -> float:
    """The logarithm of English to Chinese length, or the general mean if they are too far apart."""
    ratio = log(max(english, 1) / max(chinese, 1))
    return ratio if _MIN_LOG_RATIO <= ratio <= _MAX_LOG_RATIO else MEAN_LOG_RATIO


def scale(lengths: Sequence[int], ratio: float) -> list[int]:
    """Scale English lengths as if the article, whose log ratio is given, had the general mean."""
    factor = exp(MEAN_LOG_RATIO - ratio)
    return [round(length * factor) for length in lengths]


def ratio_of_path(
    path: Sequence[PathBead], chinese: Sequence[int], english: Sequence[int], assumed: float
) -> float:
    """The log ratio of an article, estimated from the beads of a path that have a high margin.

    ``chinese`` and ``english`` are the lengths of the units; ``assumed`` is the log ratio with
    which the path was found.
    """
    i = j = chinese_length = english_length = 0
    for bead in path:
        if bead.chinese and bead.english and bead.margin >= _MIN_RATIO_MARGIN:
            chinese_length += sum(chinese[i : i + bead.chinese])
            english_length += sum(english[j : j + bead.english])
        i, j = i + bead.chinese, j + bead.english
    found = log_ratio(chinese_length, english_length)
    return (found * chinese_length + assumed * _PRIOR_BYTES) / (chinese_length + _PRIOR_BYTES)
