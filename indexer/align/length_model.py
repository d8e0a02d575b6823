"""How likely it is that two texts have these lengths if one translates the other.

The length of a Chinese text is its number of bytes in UTF-8, that of an English text its number of
characters. A Han character so counts as much as three letters. As in Gale and Church (1993), the
lengths of translations differ by a normal error. Here the logarithm of their ratio,

    x = log(English characters / Chinese bytes),

is normal with mean `MEAN_LOG_RATIO` and variance `_VARIANCE` + `_NOISE` / Chinese bytes. A share
`_STRAY` of the pairs follows no such rule; for these, x has the constant density `_STRAY_DENSITY`.
`python -m bench.alignment fit` finds the four parameters.
"""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np

MEAN_LOG_RATIO: Final = 0.087
_VARIANCE: Final = 0.0154
_NOISE: Final = 2.37
_STRAY: Final = 0.05
_STRAY_DENSITY: Final = 0.05
# The density of x for two texts that have nothing to do with each other, near the mean.
_CHANCE_DENSITY: Final = 0.35

# No value of `log_odds_table` is greater.
MAX_LOG_ODDS: Final = 2.3
# Lengths are grouped into classes by their logarithm, 24 classes for each factor of e.
_CLASSES_PER_UNIT: Final = 24
_CLASS_COUNT: Final = 12 * _CLASSES_PER_UNIT
_MAX_TABLED_LENGTH: Final = 4096


def utf8_length(text: str) -> int:
    """The length of a text in bytes of UTF-8."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def length_class(length: int) -> int:
    """The class of a length, for `log_odds_table`."""
    classes = _small_classes()
    if length < len(classes):
        return classes[length]
    return min(int(np.rint(np.log(length) * _CLASSES_PER_UNIT)), _CLASS_COUNT - 1)


@cache
def _small_classes() -> list[int]:
    """The class of each length below `_MAX_TABLED_LENGTH`."""
    logarithms = np.log(np.maximum(np.arange(_MAX_TABLED_LENGTH), 1))
    rounded = np.rint(logarithms * _CLASSES_PER_UNIT)
    classes: list[int] = np.minimum(rounded, _CLASS_COUNT - 1).astype(int).tolist()
    return classes


@cache
def log_odds_table() -> list[list[float]]:
    """The log odds of translation against chance, by [class of Chinese][class of English].

    A value is log(P(x | translation) / P(x | chance)). The table is 288 × 288.
    """
    logarithms = (np.arange(_CLASS_COUNT) / _CLASSES_PER_UNIT)[:, None]
    error = logarithms.T - logarithms - MEAN_LOG_RATIO
    variance = _VARIANCE + _NOISE * np.exp(-logarithms)
    density = np.exp(-(error**2) / (2 * variance)) / np.sqrt(2 * np.pi * variance)
    translation = (1 - _STRAY) * density + _STRAY * _STRAY_DENSITY
    table: list[list[float]] = np.log(translation / _CHANCE_DENSITY).tolist()
    return table
