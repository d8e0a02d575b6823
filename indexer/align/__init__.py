"""Alignment: which sentences of an article's Chinese text translate which of its English text.

A search only needs to find stored beads, so the modules that compute them are imported when one of
their names is first used.
"""

from __future__ import annotations

from indexer.exports import lazy_exports

TYPE_CHECKING = False  # without an import; type checkers take it for true
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
    "CONFIDENT": "bead",
    "MAX_OCCURRENCES": "anchor",
    "Alignment": "record",
    "Anchor": "anchor",
    "AnchorSource": "paragraph_alignment",
    "Bead": "bead",
    "BeadSpans": "bead",
    "ParagraphSpan": "bead",
    "align": "aligner",
    "align_paragraphs": "aligner",
    "align_record": "aligner",
    "encode_record": "record",
}

__getattr__ = lazy_exports(__name__, _HOMES)
