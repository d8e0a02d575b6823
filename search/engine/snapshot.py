"""One committed state of an index, as arrays over the documents of all segments."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

import numpy as np

from indexer.analysis import Analyzer
from indexer.array_types import AnyArray, BoolArray, Int32Array, Int64Array
from indexer.codec.reader import SegmentReader
from indexer.codec.terms_postings import TermsPostings
from indexer.lazy import lazy
from indexer.schema import NO_DATE, POSITION_BITS, TITLE_ZONE_COUNT, ZONES
from indexer.store import IndexReader
from search.engine.bm25 import Scores, length_norms
from search.engine.cache import Cache
from search.engine.counts import Counts

if TYPE_CHECKING:
    from indexer.lexicon import Linker, TranslationTables

# The zones of each language, by which the length of a document is measured.
_ZONES_OF_LANGUAGES: Final = [
    [i for i, zone in enumerate(ZONES) if zone.endswith(end)] for end in ("en", "zh")
]
_LAST: Final = 2**31 - 1  # sorts behind all dates
_MAX_CACHE_BYTES: Final = 64 << 20


class Snapshot:
    """One committed state of an index, open for queries.

    Documents are numbered across all segments, from 0 to ``size`` - 1, deleted ones included;
    ``live_count`` documents are not deleted. Each array is computed when it is first needed, and
    kept. Several threads may use a snapshot; two that need an array at once may both compute it.

    ``counts`` and ``postings`` cache the terms that queries ask for: the counts over all segments,
    and the decoded postings of one field of one segment.
    """

    def __init__(self, index: IndexReader) -> None:
        self.index = index
        self.size: int = index.doc_count_all
        self.live_count: int = index.doc_count
        self._document_arrays: dict[str, Int32Array] = {}
        self._categories: dict[str, tuple[list[str], Int64Array]] = {}
        self._linker: Linker | None = None
        self.counts: Cache[Counts] = Cache(_MAX_CACHE_BYTES, lambda counts: counts.memory)
        self.postings: Cache[TermsPostings] = Cache(_MAX_CACHE_BYTES, lambda found: found.memory)

    @lazy
    def tables(self) -> TranslationTables | None:
        """The tables of words that translate each other; None if the index has no lexicon."""
        if self.index.lexicon is None:
            return None
        from indexer.lexicon import TranslationTables

        return TranslationTables(self.index.lexicon)

    def linker(self, analyzer: Analyzer) -> Linker | None:
        """Return the finder of a word's counterparts; None if the index has no lexicon."""
        if self._linker is None and self.tables is not None:
            from indexer.lexicon import Linker

            self._linker = Linker(self.tables, analyzer)
        return self._linker

    def segments(self) -> Iterator[tuple[int, SegmentReader, BoolArray | None]]:
        """Yield each segment with the number of its first document and its mask of live documents.

        The mask is None if no document of the segment is deleted.
        """
        return zip(self.index.bases, self.index.segments, self.index.live, strict=True)

    @lazy
    def live(self) -> BoolArray:
        """The mask of documents that are not deleted: bool (size,)."""
        parts = [
            np.ones(segment.doc_count, np.bool_) if live is None else live
            for _, segment, live in self.segments()
        ]
        return np.concatenate([np.empty(0, np.bool_), *parts])

    def document_array(self, name: str) -> Int32Array:
        """Return one of `indexer.schema.DOCUMENT_ARRAYS` of all documents: int32 (size,)."""
        if name not in self._document_arrays:
            joined = self._joined(lambda segment: getattr(segment, name))
            self._document_arrays[name] = np.asarray(joined, np.int32)
        return self._document_arrays[name]

    def category(self, name: str) -> tuple[list[str], Int64Array]:
        """Return the sorted values of a category, and the index of the value for each document."""
        if name not in self._categories:
            parts = [segment.category(name) for _, segment, _ in self.segments()]
            values = sorted({value for part in parts for value in part.values})
            indices = {value: index for index, value in enumerate(values)}
            numbers = [
                np.array([indices[value] for value in part.values], np.int64)[part.numbers]
                for part in parts
            ]
            joined = np.concatenate([np.empty(0, np.int64), *numbers])
            self._categories[name] = values, joined
        return self._categories[name]

    @lazy
    def oldest_first(self) -> Int32Array:
        """Sort keys that put the oldest documents first, undated ones last: int32 (size,)."""
        dates = self.document_array("date")
        return np.where(dates == NO_DATE, _LAST, dates).astype(np.int32)

    @lazy
    def newest_first(self) -> Int32Array:
        """Sort keys that put the newest documents first, undated ones last: int32 (size,)."""
        dates = self.document_array("date")
        return np.where(dates == NO_DATE, _LAST, -np.maximum(dates, -_LAST)).astype(np.int32)

    @lazy
    def zone_bounds(self) -> Int64Array:
        """The position key at which each zone of each document starts, sorted.

        A key is document << `POSITION_BITS` | position. Returns int64 (size * number of zones,).
        """
        starts = self._joined(lambda segment: segment.zone_starts.ravel()).astype(np.int64)
        return starts + (np.arange(starts.size) // len(ZONES) << POSITION_BITS)

    @lazy
    def title_ends(self) -> Int64Array:
        """The position at which the titles of each document end: int64 (size,)."""
        ends = self._joined(lambda segment: segment.zone_starts[:, TITLE_ZONE_COUNT])
        return ends.astype(np.int64)

    @lazy
    def norms(self) -> Scores:
        """The factor by which the length of each document lowers its scores: float32 (size,)."""
        relative = np.zeros(self.size)
        languages = np.zeros(self.size, np.uint8)
        zone_lengths = self._joined(lambda segment: segment.zone_lengths.ravel())
        for zones in _ZONES_OF_LANGUAGES:
            lengths = np.zeros(self.size, np.int32)
            for zone in zones:
                lengths += zone_lengths[zone :: len(ZONES)]
            lengths *= self.live
            if count := np.count_nonzero(lengths):
                relative += lengths / (lengths.sum() / count)
            languages += lengths > 0
        relative /= np.maximum(languages, 1)
        return length_norms(relative)

    def _joined(self, array_of: Callable[[SegmentReader], AnyArray]) -> AnyArray:
        parts = [np.asarray(array_of(segment)) for _, segment, _ in self.segments()]
        if len(parts) == 1:
            return parts[0]
        return np.concatenate([np.empty(0, np.uint8), *parts])
