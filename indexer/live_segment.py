"""A segment together with its live documents."""

from __future__ import annotations

from pathlib import Path
from typing import Self

import numpy as np

from indexer.array_types import BoolArray
from indexer.codec.reader import SegmentReader
from indexer.deletions import pack_deletions
from indexer.files import segment_id


class LiveSegment:
    """A segment of the next generation, with the mask of its live documents (None: all)."""

    def __init__(self, reader: SegmentReader, live: BoolArray | None = None) -> None:
        self.reader = reader
        self.live = live
        self.id = segment_id(reader.path)
        self.doc_count = reader.doc_count
        self.live_count = reader.doc_count if live is None else int(np.count_nonzero(live))
        # In bytes; estimated, as if all documents were of one size.
        self.live_size = reader.size * self.live_count // max(1, reader.doc_count)

    @classmethod
    def open(cls, path: Path, live: BoolArray | None = None) -> Self:
        """Open a segment's file."""
        return cls(SegmentReader(path), live)

    def toc_entry(self) -> tuple[str, int, bytes]:
        """The segment's values for `toc_content`."""
        return self.id, self.doc_count, pack_deletions([self.live], [self.doc_count])
