"""Which words of one language stand for which of the other, by the archive's own translations."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from indexer.lexicon.anchor_finder import AnchorFinder
    from indexer.lexicon.bead_words import BeadText
    from indexer.lexicon.linker import Linker
    from indexer.lexicon.rendering import Example, Rendering, renderings
    from indexer.lexicon.tables import TranslationTables
    from indexer.lexicon.training import TrainedTables, train

__all__ = [
    "AnchorFinder", "BeadText", "Example", "Linker", "Rendering", "TrainedTables",
    "TranslationTables", "renderings", "train",
]  # fmt: skip

_HOMES = {
    "BeadText": "bead_words",
    "Example": "rendering",
    "Linker": "linker",
    "Rendering": "rendering",
    "AnchorFinder": "anchor_finder",
    "TranslationTables": "tables",
    "TrainedTables": "training",
    "renderings": "rendering",
    "train": "training",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for: a search trains nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
