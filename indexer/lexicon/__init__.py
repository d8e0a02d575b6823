"""Which words of one language stand for which of the other, by the archive's own translations."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from indexer.lexicon.bead_words import BeadText, bead_text
    from indexer.lexicon.links import Linker
    from indexer.lexicon.rendering import Example, Rendering, renderings
    from indexer.lexicon.table_anchors import TableLexicon
    from indexer.lexicon.tables import Tables
    from indexer.lexicon.training import TrainedTables, train

__all__ = [
    "BeadText", "Example", "Linker", "Rendering", "TableLexicon", "Tables", "TrainedTables",
    "bead_text", "renderings", "train",
]  # fmt: skip

_HOMES = {
    "BeadText": "bead_words",
    "Example": "rendering",
    "Linker": "links",
    "Rendering": "rendering",
    "TableLexicon": "table_anchors",
    "Tables": "tables",
    "TrainedTables": "training",
    "bead_text": "bead_words",
    "renderings": "rendering",
    "train": "training",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for: a search trains nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
