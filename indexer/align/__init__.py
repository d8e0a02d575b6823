"""The same passage in the other language: what an article's beads are, and where they lie."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from indexer.align.aligner import Lexicon, align, align_paragraphs, align_record
    from indexer.align.anchors import Anchor
    from indexer.align.bead import (
        CONFIDENT,
        Bead,
        BeadSpans,
        Range,
        bead_spans,
        from_bytes,
        to_bytes,
    )
    from indexer.align.record import Alignment, to_record

__all__ = [
    "CONFIDENT", "Alignment", "Anchor", "Bead", "BeadSpans", "Lexicon", "Range", "align",
    "align_paragraphs", "align_record", "bead_spans", "from_bytes", "to_bytes", "to_record",
]  # fmt: skip

_HOMES = {
    "Anchor": "indexer.align.anchors",
    "Lexicon": "indexer.align.aligner",
    "align": "indexer.align.aligner",
    "align_paragraphs": "indexer.align.aligner",
    "align_record": "indexer.align.aligner",
    "Alignment": "indexer.align.record",
    "to_record": "indexer.align.record",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for: a search only needs to know the places."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES.get(name, "indexer.align.bead")), name)
