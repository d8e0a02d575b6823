"""The limits of a query. Whatever exceeds one is reported as a diagnostic."""

from __future__ import annotations

from typing import Final

MAX_LENGTH: Final = 10_000  # characters; far more than anybody types, parsed in about 20 ms
MAX_CLAUSES: Final = 1_000  # different ones
# AND, OR and clauses side by side that are inside each other: thirty parentheses with all three.
# With NOT and boosts, a tree is at most three times as deep, so it is safe to recurse into.
MAX_DEPTH: Final = 90
MAX_DIAGNOSTICS: Final = 20  # more than anybody reads

DEFAULT_NEAR_DISTANCE: Final = 10  # positions, for NEAR and "…"~ without a number
MAX_DISTANCE: Final = 1_000
MAX_EDITS: Final = 2
MAX_BOOST: Final = 1_000

MAX_FUZZY_LENGTH: Final = 64  # characters of a fuzzy word; longer than any word
MAX_SPELLINGS: Final = 450  # of a fuzzy Chinese run: those of 10 characters with two edits
MAX_PARTS: Final = 32  # parts of a wildcard between its stars, or words of a phrase with ~

# Wildcards and fuzzy words of one query. Each may match any number of terms. A wildcard at the
# beginning costs more, since every term of the index may match. A fuzzy Chinese run costs one for
# each `SPELLINGS_PER_EXPANSION` of its spellings.
MAX_EXPANSIONS: Final = 40
LEADING_WILDCARD_EXPANSIONS: Final = 8
SPELLINGS_PER_EXPANSION: Final = 12
