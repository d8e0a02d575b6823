"""How often the terms of slots occur in the documents of a snapshot.

Documents are numbered across all segments. Deleted documents are left out here, so nothing above
this module deals with segments or deletions.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from indexer.analysis import Analyzer
from indexer.codec.reader import FieldReader, SegmentReader
from indexer.schema import ID_FIELD, RANKING, TEXT
from search.engine.budget import BudgetLimits, PositionBudget
from search.engine.counts import NO_TERM_COUNTS, Counts
from search.engine.matches import DocNumbers
from search.engine.segment_counts import (
    NO_COUNTS,
    SegmentCounts,
    ZoneCounter,
    count_term,
    count_terms,
    count_tokens,
)
from search.engine.snapshot import Snapshot
from search.plan.intervals import Slot, SlotKind
from search.plan.scope import Scope
from search.plan.slot_terms import Ordinals, slot_ordinals

# Slots with many terms are counted until they have this many occurrences together. The bounds
# correspond to half a second and to three seconds.
_LIMITS: Final = BudgetLimits(per_document=300, minimum=6_000_000, maximum=64_000_000)
# The positions of a posting take as much time as this many occurrences that are only counted.
_POSTING_COST: Final = 2

# Slots of these kinds are likely to come again, so a snapshot keeps their terms for later queries.
CACHED_KINDS: Final = (
    SlotKind.TERM,
    SlotKind.STEM,
    SlotKind.PREFIX,
    SlotKind.BIGRAM_PREFIX,
    SlotKind.BIGRAM_SUFFIX,
)


class TermLookup:
    """Looks up the terms of one query in one snapshot, each slot once."""

    def __init__(self, snapshot: Snapshot, analyzer: Analyzer) -> None:
        self._snapshot = snapshot
        self._analyzer = analyzer
        self._counts: dict[tuple[Scope, Slot], Counts] = {}
        self._ordinals: dict[tuple[FieldReader, Slot], Ordinals] = {}
        self._budget = PositionBudget(snapshot.size, _LIMITS)
        self._uncounted: set[tuple[Scope, Slot]] = set()

    def counts(self, slot: Slot, scope: Scope) -> Counts:
        """Count the occurrences of a slot's terms in each document; the slot's offset is ignored.

        If the slots before were too common, a slot with many terms is not counted: it is assumed to
        occur once in every document, and `is_uncounted` is true of it.
        """
        key = scope, slot._replace(offset=0) if slot.offset else slot
        if key not in self._counts:
            if slot.has_many_terms and self._budget.is_exhausted:
                self._uncounted.add(key)
                self._counts[key] = self._once_in_every_document()
                return self._counts[key]
            counts = self._counts[key] = self._look_up(*key)
            if slot.has_many_terms:
                self._budget.charge(counts.total + _POSTING_COST * counts.postings_read)
        return self._counts[key]

    @property
    def has_uncounted(self) -> bool:
        """Whether some slots are assumed to occur in every document."""
        return bool(self._uncounted)

    def is_uncounted(self, slot: Slot, scope: Scope) -> bool:
        """Whether ``slot`` is assumed to occur in every document."""
        return (scope, slot._replace(offset=0)) in self._uncounted

    def long_word(self, word: str) -> Counts:
        """Count a Chinese word of three or more characters, where segmentation found it."""
        return self._collect(lambda _, segment: count_term(segment.field(RANKING), word))

    def identifier(self, name: str) -> DocNumbers:
        """Return the number of the document with this id, or an empty array."""
        return self._collect(lambda _, segment: count_term(segment.field(ID_FIELD), name)).documents

    def ordinals(self, slot: Slot, reader: FieldReader, segment: SegmentReader) -> Ordinals:
        """Return the ordinals of a slot's terms in a field of a segment, sorted."""
        key = reader, slot._replace(offset=0)
        if key not in self._ordinals:
            if slot.kind is SlotKind.STEM and reader.name == TEXT and _is_in_ranking(slot):
                ranking = segment.field(RANKING)
                stem = -1 if ranking is None else ranking.find(slot.text)
                ordinals = np.flatnonzero(segment.stem_of_word == stem)
            else:
                ordinals = slot_ordinals(slot, reader, self._analyzer)
            self._ordinals[key] = ordinals
        return self._ordinals[key]

    def _once_in_every_document(self) -> Counts:
        live = np.flatnonzero(self._snapshot.live)
        return Counts(live, np.ones(live.size, np.float32), self._snapshot.norms)

    def _look_up(self, scope: Scope, slot: Slot) -> Counts:
        def collect() -> Counts:
            return self._collect(lambda *part: self._count(slot, scope, *part))

        if slot.kind not in CACHED_KINDS:
            return collect()
        return self._snapshot.counts.get((scope, slot), collect)

    def _count(self, slot: Slot, scope: Scope, base: int, segment: SegmentReader) -> SegmentCounts:
        reader = segment.field(scope.field)
        if reader is None:
            return NO_COUNTS
        if scope.zones is None and slot.kind is SlotKind.TERM:
            return count_term(reader, slot.text)
        if scope == Scope(TEXT, None) and slot.kind is SlotKind.STEM and _is_in_ranking(slot):
            return count_term(segment.field(RANKING), slot.text)
        terms = self.ordinals(slot, reader, segment)
        if not terms.size:
            return NO_COUNTS
        if scope.field == TEXT and terms.size == reader.term_count:
            return count_tokens(segment, scope.zones)
        if scope.zones is not None:
            counter = ZoneCounter(self._snapshot, base, segment, scope.zones)
            return counter.count(reader.postings, terms)
        return count_terms(reader.postings, terms, segment.doc_count)

    def _collect(self, count: Callable[[int, SegmentReader], SegmentCounts]) -> Counts:
        """Join the counts of all segments, given a function that counts in one."""
        parts, postings_read = [], 0
        for base, segment, live in self._snapshot.segments():
            documents, weighted_tf, read = count(base, segment)
            postings_read += read
            if not documents.size:
                continue
            if live is not None:
                kept = live[documents]
                documents, weighted_tf = documents[kept], weighted_tf[kept]
            parts.append((documents + base if base else documents, weighted_tf))
        if not parts:
            return NO_TERM_COUNTS
        documents, weighted_tf = parts[0]
        if len(parts) > 1:
            documents, weighted_tf = map(np.concatenate, zip(*parts, strict=True))
        return Counts(documents, weighted_tf, self._snapshot.norms, postings_read)


def _is_in_ranking(slot: Slot) -> bool:
    """Whether the ranking stream has the stem: it leaves out the s of a possessive."""
    return slot.text != "s"
