"""How likely a text is as long as its translation."""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np

# Length of a Chinese text: its bytes in UTF-8, so that a Han character counts for three letters.
# The logarithm of English characters to Chinese bytes is normal, of this mean, and variance
# SPREAD + NOISE / bytes; but a share is anything at all. As
# `python -m bench.alignment fit` finds them.
MEAN_LOG_RATIO: Final = 0.087
SPREAD: Final = 0.0154
NOISE: Final = 2.37
_STRAY: Final = 0.05
_STRAY_DENSITY: Final = 0.05
# How the lengths of texts that have nothing to do with each other differ: their ratio's logarithm
# has this density where translations are.
_CHANCE: Final = 0.35

# No pair of lengths has higher odds.
MAX_LOG_ODDS: Final = 2.3
# Logarithms of lengths are told apart in steps of 1 / STEPS.
_STEPS: Final = 24
_MOST: Final = 12 * _STEPS


@cache
def _steps() -> list[int]:
    """The logarithm of each length that is met often, in steps."""
    lengths = np.log(np.maximum(np.arange(4096), 1)) * _STEPS
    steps: list[int] = np.minimum(np.rint(lengths), _MOST - 1).astype(int).tolist()
    return steps


def length_class(length: int) -> int:
    """The logarithm of a length, in the steps that `log_odds_table` takes."""
    steps = _steps()
    if length < len(steps):
        return steps[length]
    return min(int(np.rint(np.log(length) * _STEPS)), _MOST - 1)


@cache
def log_odds_table() -> list[list[float]]:
    """Log odds that texts of two lengths are translations: [class of Chinese][class of English].

    The odds of such a pair of lengths among translations to that among any two texts.
    """
    logarithms = (np.arange(_MOST) / _STEPS)[:, None]
    ratio = logarithms.T - logarithms - MEAN_LOG_RATIO
    variance = SPREAD + NOISE * np.exp(-logarithms)
    density = np.exp(-(ratio**2) / (2 * variance)) / np.sqrt(2 * np.pi * variance)
    table: list[list[float]] = np.log(
        ((1 - _STRAY) * density + _STRAY * _STRAY_DENSITY) / _CHANCE
    ).tolist()
    return table
