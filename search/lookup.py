"""Where the terms of a slot occur, over all segments; imports snapshot, terms, place, indexer.

Documents are numbered through all segments; deleted ones are never given out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from indexer.analysis import Analyzer
from indexer.codec.reader import FieldReader, runs
from indexer.schema import RANKING_FIELDS, ranking_field
from search.matches import NO_DOCUMENTS, Documents
from search.place import POSITION_BITS, Keys, Kind, Slot
from search.snapshot import Snapshot
from search.terms import Ordinals, ordinals

Frequencies = npt.NDArray[np.int32]


class Postings(NamedTuple):
    """Sorted document numbers, each once, and how often the terms occur in each."""

    documents: Documents
    frequencies: Frequencies


NO_POSTINGS: Final = Postings(NO_DOCUMENTS, np.empty(0, np.int32))


class Lookup:
    """Looks terms up in one snapshot; made for one query, it keeps what it has found."""

    def __init__(self, snapshot: Snapshot, analyzer: Analyzer) -> None:
        self._snapshot = snapshot
        self._analyzer = analyzer
        self._found: dict[tuple[str, Slot], Postings] = {}
        self._terms: dict[tuple[FieldReader, Slot], Ordinals | range] = {}

    def postings(self, field: str, slot: Slot) -> Postings:
        """The documents in whose ``field`` terms of ``slot`` stand, at any offset."""
        key = field, replace(slot, offset=0)
        if key not in self._found:
            self._found[key] = self._look_up(*key)
        return self._found[key]

    def _look_up(self, field: str, slot: Slot) -> Postings:
        # The ranking stream has each word's stem, but not the s of a possessive.
        is_ranked = slot.kind is Kind.STEM and slot.text != "s"
        if is_ranked and ranking_field(field) in RANKING_FIELDS:
            return self.ranking_postings(field, slot.text)
        return self._collect(field, lambda reader: self._ordinals(slot, reader))

    def _ordinals(self, slot: Slot, reader: FieldReader) -> Ordinals | range:
        key = reader, replace(slot, offset=0)
        if key not in self._terms:
            self._terms[key] = ordinals(slot, reader, self._analyzer)
        return self._terms[key]

    def ranking_postings(self, field: str, term: str) -> Postings:
        """The documents in the ranking stream of whose ``field`` the term stands."""
        return self._collect(ranking_field(field), lambda reader: _single(reader.find(term)))

    def _collect(
        self, field: str, ordinals_of: Callable[[FieldReader], Ordinals | range]
    ) -> Postings:
        parts = []
        for base, segment, live in self._snapshot.segments():
            reader = segment.field(field)
            if reader is None:
                continue
            terms = ordinals_of(reader)
            if not len(terms):
                continue
            documents, frequencies = _postings(reader, terms)
            if live is not None:
                kept = live[documents]
                documents, frequencies = documents[kept], frequencies[kept]
            if len(terms) > 1:
                documents, frequencies = _added(documents, frequencies)
            parts.append(Postings(documents + np.int32(base), frequencies))
        if len(parts) < 2:
            return parts[0] if parts else NO_POSTINGS
        return Postings(*map(np.concatenate, zip(*parts, strict=True)))

    def occurrences(self, field: str, slot: Slot, among: Documents) -> Keys:
        """The sorted keys at which terms of ``slot`` stand in ``field`` of documents ``among``.

        ``among`` is sorted, and none of it is deleted.
        """
        parts = []
        for base, segment, _ in self._snapshot.segments():
            reader = segment.field(field)
            low, high = np.searchsorted(among, (base, base + segment.doc_count))
            if reader is None or low == high:
                continue
            terms = self._ordinals(slot, reader)
            wanted = np.zeros(segment.doc_count, np.bool_)
            wanted[among[low:high] - base] = True
            keys = _keys(reader, terms, wanted) + (base << POSITION_BITS)
            if len(terms) > 1:
                keys.sort()
            parts.append(keys)
        return np.concatenate(parts) if parts else np.empty(0, np.int64)


def _single(ordinal: int) -> range:
    return range(ordinal, ordinal + 1) if ordinal >= 0 else range(0)


def _postings(reader: FieldReader, terms: Ordinals | range) -> Postings:
    if isinstance(terms, range):
        return Postings(*reader.postings(terms.start, terms.stop))
    return Postings(*reader.postings_of(terms))


def _added(documents: Documents, frequencies: Frequencies) -> Postings:
    """Postings of several terms as those of one."""
    unique, place = np.unique(documents, return_inverse=True)
    return Postings(unique, np.bincount(place, weights=frequencies).astype(np.int32))


def _keys(reader: FieldReader, terms: Ordinals | range, wanted: npt.NDArray[np.bool_]) -> Keys:
    """The keys of the terms in wanted documents, term by term; other positions are not read."""
    documents, frequencies = _postings(reader, terms)
    kept = np.flatnonzero(wanted[documents])
    ends = np.cumsum(frequencies, dtype=np.int64)[kept]
    places = runs(ends - frequencies[kept], ends)
    if isinstance(terms, range):
        positions = reader.positions_at(terms.start, terms.stop, places)
    else:
        positions = reader.positions_of(terms)[places]
    return (
        np.repeat(documents[kept].astype(np.int64) << POSITION_BITS, frequencies[kept]) | positions
    )
