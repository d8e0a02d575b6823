"""Alignment: which sentences of an article's Chinese text translate which of its English text.

A search only needs to find stored beads, so the modules that compute them are imported when one of
their names is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from indexer.align.aligner import align, align_paragraphs, align_record
    from indexer.align.anchor import MAX_OCCURRENCES, Anchor
    from indexer.align.bead import CONFIDENT, Bead, BeadSpans, ParagraphSpan
    from indexer.align.paragraph_alignment import AnchorSource
    from indexer.align.record import Alignment, encode_record

__all__ = [
    "CONFIDENT", "MAX_OCCURRENCES", "Alignment", "Anchor", "AnchorSource", "Bead", "BeadSpans",
    "ParagraphSpan", "align", "align_paragraphs", "align_record", "encode_record",
]  # fmt: skip

_HOMES = {
    "MAX_OCCURRENCES": "indexer.align.anchor",
    "Alignment": "indexer.align.record",
    "Anchor": "indexer.align.anchor",
    "AnchorSource": "indexer.align.paragraph_alignment",
    "align": "indexer.align.aligner",
    "align_paragraphs": "indexer.align.aligner",
    "align_record": "indexer.align.aligner",
    "encode_record": "indexer.align.record",
}


def __getattr__(name: str) -> Any:
    """Import the module of a public name when the name is first used."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES.get(name, "indexer.align.bead")), name)
