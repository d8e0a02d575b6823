"""One committed state of an index as whole arrays over all its segments.

Documents are numbered through all segments. Arrays are made at their first use and kept.
Safe to use from several threads: two that need an array at once may both make it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from indexer.analysis import Analyzer
from indexer.codec.reader import SegmentReader
from indexer.codec.terms_postings import TermsPostings
from indexer.lazy import lazy
from indexer.schema import NO_DATE, POSITION_BITS, TITLE_ZONE_COUNT, ZONES
from indexer.store import IndexReader
from search.engine.bm25 import Scores, length_norms
from search.engine.cache import Cache
from search.engine.counts import Counts
from search.engine.matches import Mask

if TYPE_CHECKING:
    from indexer.lexicon import Linker, TranslationTables

# In which zones the length of a document in one language is.
_LANGUAGES = [[i for i, zone in enumerate(ZONES) if zone.endswith(end)] for end in ("en", "zh")]
_LAST = 2**31 - 1
_CACHE_SIZE = 64 << 20


class Snapshot:
    """What a query needs to know of an index as a whole."""

    def __init__(self, index: IndexReader) -> None:
        self.index = index
        self.size: int = index.doc_count_all  # document numbers are below it
        self.live_count: int = index.doc_count
        self._document_arrays: dict[str, npt.NDArray[np.int32]] = {}
        self._categories: dict[str, tuple[list[str], npt.NDArray[np.int64]]] = {}
        self._linker: Linker | None = None
        # Terms that queries ask for, decoded: over all segments, and in each.
        self.counts: Cache[Counts] = Cache(_CACHE_SIZE, lambda counts: counts.memory)
        self.postings: Cache[TermsPostings] = Cache(_CACHE_SIZE, lambda found: found.memory)

    @lazy
    def tables(self) -> TranslationTables | None:
        """Which words render each other, if the index has a lexicon."""
        if self.index.lexicon is None:
            return None
        from indexer.lexicon import TranslationTables

        return TranslationTables(self.index.lexicon)

    def linker(self, analyzer: Analyzer) -> Linker | None:
        """What finds the counterparts of words, if the index has a lexicon."""
        if self._linker is None and self.tables is not None:
            from indexer.lexicon import Linker

            self._linker = Linker(self.tables, analyzer)
        return self._linker

    def segments(self) -> Iterator[tuple[int, SegmentReader, Mask | None]]:
        """Each segment with its first document number and its mask of live documents, if any."""
        return zip(self.index.bases, self.index.segments, self.index.live, strict=True)

    @lazy
    def live(self) -> Mask:
        """Which document numbers are in use: bool (size,)."""
        parts = [
            np.ones(segment.doc_count, np.bool_) if live is None else live
            for _, segment, live in self.segments()
        ]
        return np.concatenate([np.empty(0, np.bool_), *parts])

    def document_array(self, name: str) -> npt.NDArray[np.int32]:
        """A column (date, page, languages) of all documents: int32 (size,)."""
        if name not in self._document_arrays:
            joined = self._joined(lambda segment: getattr(segment, name))
            self._document_arrays[name] = np.asarray(joined, np.int32)
        return self._document_arrays[name]

    def category(self, name: str) -> tuple[list[str], npt.NDArray[np.int64]]:
        """The values of a category, in order, and which of them each document has: (size,)."""
        if name not in self._categories:
            parts = [segment.category(name) for _, segment, _ in self.segments()]
            values = sorted({value for part in parts for value in part.values})
            places = {value: place for place, value in enumerate(values)}
            numbers = [
                np.array([places[value] for value in part.values], np.int64)[part.numbers]
                for part in parts
            ]
            joined = np.concatenate([np.empty(0, np.int64), *numbers])
            self._categories[name] = values, joined
        return self._categories[name]

    @lazy
    def oldest_first(self) -> npt.NDArray[np.int32]:
        """What to sort by for the oldest first, undated documents last: int32 (size,)."""
        dates = self.document_array("date")
        return np.where(dates == NO_DATE, _LAST, dates).astype(np.int32)

    @lazy
    def newest_first(self) -> npt.NDArray[np.int32]:
        """What to sort by for the newest first, undated documents last: int32 (size,)."""
        dates = self.document_array("date")
        return np.where(dates == NO_DATE, _LAST, -np.maximum(dates, -_LAST)).astype(np.int32)

    @lazy
    def zone_bounds(self) -> npt.NDArray[np.int64]:
        """At which key, document << `POSITION_BITS` | position, each zone of each document starts.

        They ascend; int64 (size * the number of zones,).
        """
        starts = self._joined(lambda segment: segment.zone_starts.ravel()).astype(np.int64)
        return starts + (np.arange(starts.size) // len(ZONES) << POSITION_BITS)

    @lazy
    def title_ends(self) -> npt.NDArray[np.int64]:
        """Before which position the titles of each document are: int64 (size,)."""
        return self._joined(lambda segment: segment.zone_starts[:, TITLE_ZONE_COUNT]).astype(
            np.int64
        )

    @lazy
    def norms(self) -> Scores:
        """How far the length of each document tells against it: float32 (size,)."""
        relative = np.zeros(self.size)
        languages = np.zeros(self.size, np.uint8)
        zone_lengths = self._joined(lambda segment: segment.zone_lengths.ravel())
        for zones in _LANGUAGES:
            lengths = np.zeros(self.size, np.int32)
            for zone in zones:
                lengths += zone_lengths[zone :: len(ZONES)]
            lengths *= self.live
            if count := np.count_nonzero(lengths):
                relative += lengths / (lengths.sum() / count)
            languages += lengths > 0
        relative /= np.maximum(languages, 1)
        return length_norms(relative)

    def _joined(self, array_of: Callable[[SegmentReader], npt.NDArray[Any]]) -> npt.NDArray[Any]:
        parts = [np.asarray(array_of(segment)) for _, segment, _ in self.segments()]
        if len(parts) == 1:
            return parts[0]
        return np.concatenate([np.empty(0, np.uint8), *parts])
