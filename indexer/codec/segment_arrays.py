"""Names of those arrays of a segment file that more than one module writes or reads.

The map of the whole file is in the docstring of `indexer.codec`.
"""

from __future__ import annotations

from typing import Final

STORED: Final = "stored"
DICTIONARIES: Final = "dictionaries"
DICTIONARY_ENDS: Final = "dictionary_ends"
BEADS: Final = "beads"
ZONE_STARTS: Final = "text/zone_starts"
ZONE_LENGTHS: Final = "text/zone_lengths"
STEM_OF_WORD: Final = "ranking/stem_of_word"
