"""The fields that Whoosh sees.

For Whoosh, each zone of the text is a field. Its postings are those postings of the text whose
positions lie in the zone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from indexer.array_types import BoolArray, Int64Array
from indexer.codec.arrays import starts
from indexer.codec.reader import FieldReader, SegmentReader
from indexer.lazy import lazy
from indexer.schema import ID_FIELD, OTHER_FIELDS, RANKING, TEXT, ZONES

FIELDS = (ID_FIELD, RANKING, *ZONES, *OTHER_FIELDS)

# How many terms are read at a time if all are.
_BATCH_TERMS = 1 << 12


class FieldPostings(NamedTuple):
    """Documents, ascending, with their frequencies, and all positions or None."""

    documents: Int64Array
    frequencies: Int64Array
    positions: Int64Array | None


class WhooshField:
    """A field as Whoosh sees it; empty if no document has a term in it."""

    def __init__(self, segment: SegmentReader, name: str) -> None:
        self._segment = segment
        self._zone = ZONES.index(name) if name in ZONES else None
        known = name in FIELDS
        self._field = segment.field(TEXT if name in ZONES else name) if known else None
        self.has_positions = self._field is not None and self._field.has_positions

    def find(self, term: bytes) -> int:
        """The ordinal of a term, or -1 if the field does not have it."""
        if self._field is None:
            return -1
        ordinal = self._field.find(term.decode(errors="surrogateescape"))
        return ordinal if ordinal >= 0 and len(self.postings(ordinal).documents) else -1

    def postings(self, ordinal: int) -> FieldPostings:
        """The postings of a term."""
        return self._postings(np.array([ordinal]))[1]

    def _postings(self, ordinals: Int64Array) -> tuple[Int64Array, FieldPostings]:
        """The postings of several terms, and for each posting the index of its term."""
        field: FieldReader | None = self._field
        assert field is not None  # noqa: S101 - ordinals come from the field
        found = field.postings.read_terms(ordinals)
        documents, frequencies = found.documents, found.frequencies.astype(np.int64)
        owners = np.repeat(np.arange(len(ordinals)), found.counts)
        if not field.has_positions:
            return owners, FieldPostings(documents, frequencies, None)
        positions = found.positions.of(np.arange(len(documents)))
        if self._zone is None:
            return owners, FieldPostings(documents, frequencies, positions)
        inside = self._is_inside(np.repeat(documents, frequencies), positions)
        before = starts(inside.astype(np.int64))
        ends = starts(frequencies)
        kept = before[ends[1:]] - before[ends[:-1]]
        remains = kept > 0
        zone_postings = FieldPostings(documents[remains], kept[remains], positions[inside])
        return owners[remains], zone_postings

    def _is_inside(self, documents: Int64Array, positions: Int64Array) -> BoolArray:
        """Whether each position lies in the field's zone."""
        zone, bounds = self._zone or 0, self._segment.zone_starts
        inside: BoolArray = positions >= bounds[documents, zone]
        if zone + 1 < len(ZONES):
            inside &= positions < bounds[documents, zone + 1]
        return inside

    @lazy
    def terms(self) -> list[tuple[bytes, int]]:
        """All terms in order, with their ordinals."""
        return sorted(
            (self._field.term_bytes(ordinal, ordinal + 1)[0], ordinal)
            for ordinals, (owners, _) in self._all_postings()
            for ordinal in ordinals[np.unique(owners)].tolist()
            if self._field is not None
        )

    def _all_postings(self) -> Iterator[tuple[Int64Array, tuple[Int64Array, FieldPostings]]]:
        count = 0 if self._field is None else self._field.term_count
        for first in range(0, count, _BATCH_TERMS):
            ordinals = np.arange(first, min(first + _BATCH_TERMS, count))
            yield ordinals, self._postings(ordinals)

    @lazy
    def lengths(self) -> Int64Array:
        """The number of tokens of each document: int64 (n,)."""
        count = self._segment.doc_count
        if self._zone is not None:
            return self._segment.zone_lengths[:, self._zone].astype(np.int64)
        lengths = np.zeros(count, np.int64)
        for _, (_, found) in self._all_postings():
            lengths += np.bincount(found.documents, found.frequencies, count).astype(np.int64)
        return lengths
