"""How often terms occur in the documents of one segment.

Document numbers are those of the segment. Deleted documents are included.
"""

from __future__ import annotations

from functools import reduce
from typing import Final, NamedTuple

import numpy as np

from indexer.array_types import AnyArray, BoolArray
from indexer.codec.postings_reader import PostingsReader
from indexer.codec.reader import FieldReader, SegmentReader
from indexer.codec.terms_postings import TermsPostings
from indexer.schema import POSITION_BITS, TITLE_ZONE_COUNT, ZONES
from search.engine.bm25 import Scores
from search.engine.counts import NO_SCORES
from search.engine.matches import NO_DOCUMENTS, DocNumbers
from search.engine.snapshot import Snapshot
from search.engine.zones import in_title, split_zones
from search.plan.slot_terms import Ordinals
from search.weights import TITLE_EXTRA


class SegmentCounts(NamedTuple):
    """Sorted document numbers, and how often something occurs in each (float32).

    In ``weighted_tf``, occurrences in titles count more. ``postings_read``: the number of postings
    whose positions had to be read.
    """

    documents: DocNumbers
    weighted_tf: Scores
    postings_read: int = 0


NO_COUNTS: Final = SegmentCounts(NO_DOCUMENTS, NO_SCORES)


def count_term(reader: FieldReader | None, term: str) -> SegmentCounts:
    """Count one term of a field; the segment may lack the field or the term."""
    ordinal = -1 if reader is None else reader.find(term)
    if reader is None or ordinal < 0:
        return NO_COUNTS
    return _count_ordinal(reader.postings, ordinal)


def count_terms(postings: PostingsReader, terms: Ordinals, doc_count: int) -> SegmentCounts:
    """Count several terms of a field as if they were one."""
    if terms.size == 1:
        return _count_ordinal(postings, int(terms[0]))

    def weigh(batch: TermsPostings) -> AnyArray:
        counts = batch.frequencies + TITLE_EXTRA * batch.title_frequencies()
        return np.bincount(batch.documents, counts, doc_count)

    return _from_dense(reduce(np.add, map(weigh, postings.read_batches(terms))))


def count_tokens(segment: SegmentReader, zones: tuple[int, ...] | None) -> SegmentCounts:
    """Count all tokens in some zones of the text; None for all zones."""
    zones = zones or (*range(len(ZONES)),)
    weights = [1 + TITLE_EXTRA if zone < TITLE_ZONE_COUNT else 1 for zone in zones]
    return _from_dense(segment.zone_lengths[:, zones] @ np.array(weights))


class ZoneCounter:
    """Counts terms in some zones of the text of one segment, by the positions of their postings.

    ``base`` is the number of the segment's first document among all documents of the snapshot.
    """

    def __init__(
        self, snapshot: Snapshot, base: int, segment: SegmentReader, zones: tuple[int, ...]
    ) -> None:
        self._snapshot = snapshot
        self._base = base
        self._segment = segment
        self._zones = zones

    def count(self, postings: PostingsReader, terms: Ordinals) -> SegmentCounts:
        """Count several terms as if they were one."""
        weighted_tf = np.zeros(self._segment.doc_count)
        postings_read = 0
        for batch in postings.read_batches(terms):
            documents, weights = self._occurrences(batch)
            weighted_tf += np.bincount(documents, weights, self._segment.doc_count)
            postings_read += batch.documents.size
        return _from_dense(weighted_tf)._replace(postings_read=postings_read)

    def _occurrences(self, batch: TermsPostings) -> tuple[DocNumbers, AnyArray]:
        """Return documents in which the terms occur in the zones, in any order, with weights."""
        inside, outside = self._sides(batch)
        origin = self._base << POSITION_BITS
        keys = batch.positions.keys(np.flatnonzero(~(inside | outside))) + origin
        keys.sort()
        zone, _ = split_zones(self._snapshot, keys)
        keys = keys[np.isin(zone, self._zones)]
        documents = (keys >> POSITION_BITS) - self._base
        weights = 1 + TITLE_EXTRA * in_title(self._snapshot, keys)
        return (
            np.concatenate((documents, batch.documents[inside])),
            np.concatenate((weights, batch.frequencies[inside])),
        )

    def _sides(self, batch: TermsPostings) -> tuple[BoolArray, BoolArray]:
        """Return masks of the postings that are wholly inside and wholly outside of the zones.

        The first position of a posting decides that for most postings: it is past the zones, or
        everything from it to the end of the document is in them.
        """
        zones, starts = self._zones, self._segment.zone_starts
        every = np.arange(batch.documents.size)
        firsts = batch.positions.firsts(every)
        inside = np.zeros(every.size, np.bool_)
        outside = np.zeros(every.size, np.bool_)
        if zones[-1] + 1 < len(ZONES):
            outside = firsts >= starts[:, zones[-1] + 1][batch.documents]
        elif zones[0] >= TITLE_ZONE_COUNT and len(zones) == len(ZONES) - zones[0]:
            inside = firsts >= starts[:, zones[0]][batch.documents]
        return inside, outside


def _count_ordinal(postings: PostingsReader, ordinal: int) -> SegmentCounts:
    documents, frequencies = postings.read_term(ordinal)
    weighted_tf = frequencies.astype(np.float32)
    in_titles, title_frequencies = postings.title_frequencies(ordinal)
    if in_titles.size:
        weighted_tf[in_titles] += TITLE_EXTRA * title_frequencies.astype(np.float32)
    return SegmentCounts(documents, weighted_tf)


def _from_dense(weighted_tf: AnyArray) -> SegmentCounts:
    """Keep the documents whose count is not 0."""
    documents = np.flatnonzero(weighted_tf > 0)
    return SegmentCounts(documents, weighted_tf[documents].astype(np.float32))
