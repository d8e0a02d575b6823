"""The same passage in the other language: what an article's beads are, and where they lie."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from indexer.align.aligner import AnchorSource, align, align_paragraphs, align_record
    from indexer.align.anchors import Anchor
    from indexer.align.bead import (
        CONFIDENT,
        Bead,
        BeadSpans,
        ParagraphSpan,
        bead_spans,
        decode_beads,
        encode_beads,
    )
    from indexer.align.record import Alignment, encode_record

__all__ = [
    "CONFIDENT", "Alignment", "Anchor", "AnchorSource", "Bead", "BeadSpans", "ParagraphSpan",
    "align", "align_paragraphs", "align_record", "bead_spans", "decode_beads", "encode_beads",
    "encode_record",
]  # fmt: skip

_HOMES = {
    "Anchor": "indexer.align.anchors",
    "AnchorSource": "indexer.align.aligner",
    "align": "indexer.align.aligner",
    "align_paragraphs": "indexer.align.aligner",
    "align_record": "indexer.align.aligner",
    "Alignment": "indexer.align.record",
    "encode_record": "indexer.align.record",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for: a search only needs to know the places."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES.get(name, "indexer.align.bead")), name)
