"""A bilingual lexicon, learnt from the aligned sentences of the archive itself.

A search only reads the lexicon, so the modules that train it are imported when one of their names
is first used.
"""

from __future__ import annotations

from indexer.exports import lazy_exports

TYPE_CHECKING = False  # without an import; type checkers take it for true
if TYPE_CHECKING:
    from indexer.lexicon.anchor_finder import AnchorFinder
    from indexer.lexicon.bead_text import BeadText
    from indexer.lexicon.linker import Linker
    from indexer.lexicon.rendering import Example, Rendering, renderings
    from indexer.lexicon.tables import TranslationTables
    from indexer.lexicon.training import TrainedTables, train

__all__ = [
    "AnchorFinder", "BeadText", "Example", "Linker", "Rendering", "TrainedTables",
    "TranslationTables", "renderings", "train",
]  # fmt: skip

_HOMES = {
    "AnchorFinder": "anchor_finder",
    "BeadText": "bead_text",
    "Example": "rendering",
    "Linker": "linker",
    "Rendering": "rendering",
    "TrainedTables": "training",
    "TranslationTables": "tables",
    "renderings": "rendering",
    "train": "training",
}

__getattr__ = lazy_exports(__name__, _HOMES)
