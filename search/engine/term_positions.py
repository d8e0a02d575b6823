"""Where the terms of slots occur in documents of a snapshot, as sorted position keys."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np

from indexer.array_types import BoolArray, Int64Array
from indexer.codec.arrays import distinct
from indexer.codec.reader import FieldReader, SegmentReader
from indexer.codec.terms_postings import TermsPostings
from indexer.schema import POSITION_BITS
from search.engine.matches import DocNumbers, mask_of
from search.engine.snapshot import Snapshot
from search.engine.term_lookup import CACHED_KINDS, TermLookup
from search.engine.zones import keys_in_scope
from search.plan.extents import PositionKeys
from search.plan.intervals import Slot
from search.plan.scope import Scope
from search.plan.slot_terms import Ordinals

# A binary search for each wanted document is faster if a term has this many times more documents.
_SPARSE: Final = 16
# The postings of several terms are kept for later queries if they have at most this many
# occurrences.
_MAX_CACHED: Final = 1 << 20


class TermPositions:
    """Finds the positions of slots' terms for one query."""

    def __init__(self, snapshot: Snapshot, terms: TermLookup) -> None:
        self._snapshot = snapshot
        self._terms = terms

    def find(self, slot: Slot, scope: Scope, among: DocNumbers, *, by_zone: bool) -> PositionKeys:
        """Return the keys at which a slot's terms occur, in ``scope`` of the documents ``among``.

        ``among`` is sorted and has no deleted documents. The keys are sorted; they are keys by zone
        if ``by_zone``.
        """
        parts = []
        for base, segment, _ in self._snapshot.segments():
            reader = segment.field(scope.field)
            low, high = np.searchsorted(among, (base, base + segment.doc_count))
            if reader is None or low == high:
                continue
            terms = self._terms.ordinals(slot, reader, segment)
            if not terms.size:
                continue
            wanted = among[low:high] - base
            batches = self._postings(slot, reader, terms)
            found = [_keys_in(batch, wanted, segment) for batch in batches]
            keys = found[0] if len(found) == 1 else np.concatenate(found)
            keys += base << POSITION_BITS
            if terms.size > 1:
                keys.sort()
            parts.append(keys_in_scope(self._snapshot, scope, keys, by_zone=by_zone))
        return np.concatenate(parts) if parts else np.empty(0, np.int64)

    def occur_at(self, slot: Slot, field: str, keys: PositionKeys) -> BoolArray:
        """Return a mask of the keys, sorted and not by zone, at which a slot's terms occur."""
        result = np.zeros(keys.size, np.bool_)
        for base, segment, _ in self._snapshot.segments():
            reader = segment.field(field)
            bounds = np.array((base, base + segment.doc_count)) << POSITION_BITS
            low, high = np.searchsorted(keys, bounds).tolist()
            if reader is None or low == high:
                continue
            terms = self._terms.ordinals(slot, reader, segment)
            if terms.size == 1:
                [found] = self._postings(slot, reader, terms)
                result[low:high] = found.positions.contains(keys[low:high] - bounds[0])
            elif terms.size:
                part = keys[low:high]
                among = distinct(part >> POSITION_BITS)
                result[low:high] = _is_among(
                    part, self.find(slot, Scope(field, None), among, by_zone=False)
                )
        return result

    def _postings(
        self, slot: Slot, reader: FieldReader, terms: Ordinals
    ) -> Iterable[TermsPostings]:
        """Return the postings of a slot's terms, in batches that fit into memory."""
        if slot.kind not in CACHED_KINDS or (terms.size > 1 and self._is_large(slot, reader)):
            return reader.postings.read_batches(terms)
        key = reader, slot.kind, slot.text
        return [self._snapshot.postings.get(key, lambda: reader.postings.read_terms(terms))]

    def _is_large(self, slot: Slot, reader: FieldReader) -> bool:
        anywhere = Scope(reader.name, None)
        counts = self._terms.counts(slot, anywhere)
        return counts.total > _MAX_CACHED or self._terms.is_uncounted(slot, anywhere)


def _keys_in(postings: TermsPostings, wanted: DocNumbers, segment: SegmentReader) -> PositionKeys:
    """Return the keys of the postings in some documents of a segment, which are sorted."""
    if len(postings.counts) == 1 and wanted.size * _SPARSE < postings.documents.size:
        return postings.positions.keys(_indices_of(wanted, postings.documents))
    is_wanted = mask_of([wanted], segment.doc_count)
    return postings.positions.keys(np.flatnonzero(is_wanted[postings.documents]))


def _indices_of(wanted: DocNumbers, documents: DocNumbers) -> Int64Array:
    """Return the indices in ``documents`` of those that are wanted; both are sorted."""
    at = np.minimum(np.searchsorted(documents, wanted), documents.size - 1)
    indices: Int64Array = at[documents[at] == wanted]
    return indices


def _is_among(keys: PositionKeys, others: PositionKeys) -> BoolArray:
    """Return a mask of the keys that are among the others; both are sorted."""
    if not others.size:
        return np.zeros(keys.size, np.bool_)
    found: BoolArray = others[np.minimum(others.searchsorted(keys), others.size - 1)] == keys
    return found
