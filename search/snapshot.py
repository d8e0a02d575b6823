"""One committed state of an index as whole arrays over all its segments; imports indexer.store.

Documents are numbered through all segments. Arrays are made at their first use and kept.
Safe to use from several threads: two that need an array at once may both make it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt

from indexer.codec.reader import SegmentReader
from indexer.store import IndexReader
from search.rank import Scores, length_norms

Mask = npt.NDArray[np.bool_]


class Snapshot:
    """What a query needs to know of an index as a whole."""

    def __init__(self, index: IndexReader) -> None:
        self.index = index
        self.size: int = index.doc_count_all  # document numbers are below it
        self.live_count: int = index.doc_count
        self._norms: dict[str, Scores] = {}
        self._columns: dict[str, npt.NDArray[np.int32]] = {}
        self._live: Mask | None = None

    def segments(self) -> Iterator[tuple[int, SegmentReader, Mask | None]]:
        """Each segment with its first document number and its mask of live documents, if any."""
        return zip(self.index.bases, self.index.segments, self.index.live, strict=True)

    @property
    def live(self) -> Mask:
        """Which document numbers are in use: bool (size,)."""
        if self._live is None:
            parts = [
                np.ones(segment.doc_count, np.bool_) if live is None else live
                for _, segment, live in self.segments()
            ]
            self._live = np.concatenate([np.empty(0, np.bool_), *parts])
        return self._live

    def column(self, name: str) -> npt.NDArray[np.int32]:
        """A column (date, page, languages) of all documents: int32 (size,)."""
        if name not in self._columns:
            self._columns[name] = self._joined(lambda segment: getattr(segment, name))
        return self._columns[name]

    def norms(self, field: str) -> Scores:
        """What to multiply a term's frequency in ``field`` by: float64 (size,)."""
        if field not in self._norms:
            lengths = self._joined(lambda segment: _lengths(segment, field))
            held = (lengths > 0) & self.live
            average = float(lengths[held].mean()) if held.any() else 0.0
            self._norms[field] = length_norms(field, lengths.astype(np.int64), average)
        return self._norms[field]

    def _joined(
        self, array_of: Callable[[SegmentReader], npt.NDArray[np.generic]]
    ) -> npt.NDArray[np.int32]:
        parts = [np.asarray(array_of(segment), np.int32) for _, segment, _ in self.segments()]
        return np.concatenate([np.empty(0, np.int32), *parts])


def _lengths(segment: SegmentReader, field: str) -> npt.NDArray[np.generic]:
    reader = segment.field(field)
    return np.zeros(segment.doc_count, np.int32) if reader is None else reader.lengths
