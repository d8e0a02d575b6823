"""Where the terms of a slot occur, over all segments.

Documents are numbered through all segments; deleted ones are never given out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import reduce
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from indexer.analysis import Analyzer
from indexer.codec.arrays import distinct
from indexer.codec.postings_reader import PostingsReader
from indexer.codec.reader import FieldReader, SegmentReader
from indexer.codec.terms_postings import TermsPostings
from indexer.schema import (
    ID_FIELD,
    POSITION_BITS,
    POSITION_MASK,
    RANKING,
    TEXT,
    TITLE_ZONE_COUNT,
    ZONES,
)
from search.engine.bm25 import Scores
from search.engine.counts import NO_SCORES, NO_TERM_COUNTS, Counts
from search.engine.matches import NO_DOCUMENTS, DocNumbers, Mask, mask_of
from search.engine.snapshot import Snapshot
from search.plan.extents import ZONE_BITS, PositionKeys
from search.plan.intervals import Slot, SlotKind
from search.plan.scope import Scope
from search.plan.slot_terms import Ordinals, slot_ordinals
from search.weights import TITLE_EXTRA


class SegmentCounts(NamedTuple):
    """Documents of one segment, and how often something occurs in each.

    ``read``: how many postings were looked at for it one by one.
    """

    documents: DocNumbers
    weights: Scores
    read: int = 0


NO_COUNTS: Final = SegmentCounts(NO_DOCUMENTS, NO_SCORES)

# So many times fewer documents are looked up one by one.
_MUCH_FEWER: Final = 16

# Wildcards are counted until those before stand in so many places a document; in no fewer than can
# be counted in half a second, and no more than in three.
_POSITIONS_PER_DOCUMENT: Final = 300
_MIN_POSITIONS, _MAX_POSITIONS = 6_000_000, 64_000_000

# Slots whose terms are kept for other queries, decoded; of several terms, if they stand in no more
# places than so many.
_KEPT: Final = (
    SlotKind.TERM,
    SlotKind.STEM,
    SlotKind.PREFIX,
    SlotKind.BIGRAM_PREFIX,
    SlotKind.BIGRAM_SUFFIX,
)
_MAX_KEPT: Final = 1 << 20


class Lookup:
    """Looks terms up in one snapshot; made for one query, it keeps what it has found."""

    def __init__(self, snapshot: Snapshot, analyzer: Analyzer) -> None:
        self._snapshot = snapshot
        self._analyzer = analyzer
        self._found: dict[tuple[Scope, Slot], Counts] = {}
        self._terms: dict[tuple[FieldReader, Slot], Ordinals] = {}
        places = _POSITIONS_PER_DOCUMENT * snapshot.size
        self._left = min(max(places, _MIN_POSITIONS), _MAX_POSITIONS)
        self._uncounted: set[tuple[Scope, Slot]] = set()

    def counts(self, slot: Slot, scope: Scope) -> Counts:
        """How often terms of ``slot`` occur, at any offset.

        Once in every document, if those of other slots were too common; see `is_uncounted`.
        """
        key = scope, slot._replace(offset=0) if slot.offset else slot
        if key not in self._found:
            if slot.has_many_terms and self._left < 0:
                self._uncounted.add(key)
                self._found[key] = self._everything()
                return self._found[key]
            counts = self._found[key] = self._look_up(*key)
            if slot.has_many_terms:
                self._left -= counts.total + 2 * counts.read  # of which each takes as long as two
        return self._found[key]

    @property
    def has_uncounted(self) -> bool:
        """Whether some slots were taken to be in every document."""
        return bool(self._uncounted)

    def is_uncounted(self, slot: Slot, scope: Scope) -> bool:
        """Whether ``slot`` was taken to be in every document."""
        return (scope, slot._replace(offset=0)) in self._uncounted

    def _everything(self) -> Counts:
        live = np.flatnonzero(self._snapshot.live)
        return Counts(live, np.ones(live.size, np.float32), self._snapshot.norms)

    def _look_up(self, scope: Scope, slot: Slot) -> Counts:
        def collect() -> Counts:
            return self._collect(lambda *part: self._count(slot, scope, *part))

        if slot.kind not in _KEPT:
            return collect()
        return self._snapshot.counts.get((scope, slot), collect)

    def long_word(self, word: str) -> Counts:
        """How often jieba found a word of three or more characters."""
        return self._collect(lambda _, segment: _single(segment.field(RANKING), word))

    def identifier(self, name: str) -> DocNumbers:
        """The documents with this id, of which there is at most one."""
        return self._collect(lambda _, segment: _single(segment.field(ID_FIELD), name)).documents

    def _collect(self, count: Callable[[int, SegmentReader], SegmentCounts]) -> Counts:
        """Counts of all segments, given what is found in each."""
        parts, read = [], 0
        for base, segment, live in self._snapshot.segments():
            documents, weights, more = count(base, segment)
            read += more
            if not documents.size:
                continue
            if live is not None:
                kept = live[documents]
                documents, weights = documents[kept], weights[kept]
            parts.append((documents + base if base else documents, weights))
        if not parts:
            return NO_TERM_COUNTS
        documents, weights = parts[0]
        if len(parts) > 1:
            documents, weights = map(np.concatenate, zip(*parts, strict=True))
        return Counts(documents, weights, self._snapshot.norms, read)

    def _count(self, slot: Slot, scope: Scope, base: int, segment: SegmentReader) -> SegmentCounts:
        reader = segment.field(scope.field)
        if reader is None:
            return NO_COUNTS
        if scope.zones is None and slot.kind is SlotKind.TERM:
            return _single(reader, slot.text)
        if scope == Scope(TEXT, None) and slot.kind is SlotKind.STEM and _is_ranked(slot):
            return _stem(slot.text, reader, segment)
        terms = self._ordinals(slot, reader, segment)
        if not terms.size:
            return NO_COUNTS
        if scope.field == TEXT and terms.size == reader.term_count:
            return _all_tokens(segment, scope.zones)
        if scope.zones is not None:
            return self._several_in_zones(reader.postings, terms, scope.zones, base, segment)
        return _several(reader.postings, terms, segment.doc_count)

    def _several_in_zones(
        self,
        postings: PostingsReader,
        terms: Ordinals,
        zones: tuple[int, ...],
        base: int,
        segment: SegmentReader,
    ) -> SegmentCounts:
        """What there is of several terms in some zones as that of one."""
        weights = np.zeros(segment.doc_count)
        read = 0
        for found in postings.read_batches(terms):
            documents, counts = self._in_zones(found, zones, base, segment)
            weights += np.bincount(documents, counts, segment.doc_count)
            read += found.documents.size
        return _dense(weights)._replace(read=read)

    def _in_zones(
        self, found: TermsPostings, zones: tuple[int, ...], base: int, segment: SegmentReader
    ) -> tuple[DocNumbers, npt.NDArray[np.float64]]:
        """Documents of occurrences in some zones, and how much each counts.

        Most postings are wholly inside or outside: if their first position is past the zones, or if
        all that follows it is in them.
        """
        every = np.arange(found.documents.size)
        firsts, starts = found.first_positions(every), segment.zone_starts
        inside = np.zeros(every.size, np.bool_)
        outside = np.zeros(every.size, np.bool_)
        if zones[-1] + 1 < len(ZONES):
            outside = firsts >= starts[:, zones[-1] + 1][found.documents]
        elif zones[0] >= TITLE_ZONE_COUNT and len(zones) == len(ZONES) - zones[0]:
            inside = firsts >= starts[:, zones[0]][found.documents]
        keys = found.position_keys(np.flatnonzero(~(inside | outside))) + (base << POSITION_BITS)
        keys.sort()
        zone, _ = self._zones(keys)
        keys = keys[np.isin(zone, zones)]
        documents = np.concatenate(((keys >> POSITION_BITS) - base, found.documents[inside]))
        weights = np.concatenate(
            (1 + TITLE_EXTRA * self._in_title(keys), found.frequencies[inside])
        )
        return documents, weights

    def _ordinals(self, slot: Slot, reader: FieldReader, segment: SegmentReader) -> Ordinals:
        key = reader, slot._replace(offset=0)
        if key not in self._terms:
            if slot.kind is SlotKind.STEM and reader.name == TEXT and _is_ranked(slot):
                ranking = segment.field(RANKING)
                stem = -1 if ranking is None else ranking.find(slot.text)
                terms = np.flatnonzero(segment.stem_of_word == stem)
            else:
                terms = slot_ordinals(slot, reader, self._analyzer)
            self._terms[key] = terms
        return self._terms[key]

    def _zones(self, keys: PositionKeys) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """In which zone each of ascending keys is, and at which position of it."""
        bounds = self._snapshot.zone_bounds
        if keys.size > bounds.size:  # each bound is looked up, rather than each key
            counts = np.diff(keys.searchsorted(bounds), append=keys.size)
            zones = np.tile(np.arange(len(ZONES)), self._snapshot.size)
            return np.repeat(zones, counts), keys - np.repeat(bounds, counts)
        documents, bounds = keys >> POSITION_BITS, bounds.reshape(-1, len(ZONES))
        zone = np.zeros(keys.size, np.int64)
        for i in range(1, len(ZONES)):
            zone += keys >= bounds[documents, i]
        return zone, keys - bounds[documents, zone]

    def _in_title(self, keys: PositionKeys) -> Mask:
        titles: Mask = keys & POSITION_MASK < self._snapshot.title_ends[keys >> POSITION_BITS]
        return titles

    def title_weights(self, scope: Scope, keys: PositionKeys, *, by_zone: bool) -> Scores:
        """How much an occurrence at each key counts: float32."""
        if scope.field != TEXT:
            return np.ones(keys.size, np.float32)
        if by_zone:
            titles = (keys >> POSITION_BITS & (1 << ZONE_BITS) - 1) < 2
        else:
            titles = self._in_title(keys)
        return (1 + TITLE_EXTRA * titles).astype(np.float32)

    def occurrences(
        self, scope: Scope, slot: Slot, among: DocNumbers, *, by_zone: bool
    ) -> PositionKeys:
        """The sorted keys at which terms of ``slot`` stand in ``scope`` of documents ``among``.

        ``among`` is sorted, and none of it is deleted. ``by_zone``: with the zone in the key, and
        the position in the zone.
        """
        parts = []
        for base, segment, _ in self._snapshot.segments():
            reader = segment.field(scope.field)
            low, high = np.searchsorted(among, (base, base + segment.doc_count))
            if reader is None or low == high:
                continue
            terms = self._ordinals(slot, reader, segment)
            if not terms.size:
                continue
            wanted = among[low:high] - base
            found = [_keys_in(part, wanted, segment) for part in self._parts(slot, reader, terms)]
            keys = found[0] if len(found) == 1 else np.concatenate(found)
            keys += base << POSITION_BITS
            if terms.size > 1:
                keys.sort()
            parts.append(self._keys(scope, keys, by_zone=by_zone))
        return np.concatenate(parts) if parts else np.empty(0, np.int64)

    def occurs_at(self, scope: Scope, slot: Slot, keys: PositionKeys) -> Mask:
        """At which of sorted keys a term of ``slot`` stands; all zones must be in ``scope``."""
        result = np.zeros(keys.size, np.bool_)
        for base, segment, _ in self._snapshot.segments():
            reader = segment.field(scope.field)
            bounds = np.array((base, base + segment.doc_count)) << POSITION_BITS
            low, high = np.searchsorted(keys, bounds).tolist()
            if reader is None or low == high:
                continue
            terms = self._ordinals(slot, reader, segment)
            if terms.size == 1:
                [found] = self._parts(slot, reader, terms)
                result[low:high] = found.contains_positions(keys[low:high] - bounds[0])
            elif terms.size:
                part = keys[low:high]
                among = distinct(part >> POSITION_BITS)
                every = self.occurrences(scope, slot, among, by_zone=False)
                result[low:high] = _are_among(part, every)
        return result

    def _parts(self, slot: Slot, reader: FieldReader, terms: Ordinals) -> Iterable[TermsPostings]:
        """The postings of a slot's terms, so many at a time as may be held.

        Those of words are kept for other queries.
        """
        if slot.kind not in _KEPT or (terms.size > 1 and self._is_large(slot, reader)):
            return reader.postings.read_batches(terms)
        key = reader, slot.kind, slot.text
        return [self._snapshot.postings.get(key, lambda: reader.postings.read_terms(terms))]

    def _is_large(self, slot: Slot, reader: FieldReader) -> bool:
        anywhere = Scope(reader.name, None)
        return self.counts(slot, anywhere).total > _MAX_KEPT or self.is_uncounted(slot, anywhere)

    def _keys(self, scope: Scope, keys: PositionKeys, *, by_zone: bool) -> PositionKeys:
        """Those of the keys that are in a scope."""
        if scope.zones is None and not by_zone:
            return keys
        zone, places = self._zones(keys)
        if scope.zones is not None:
            inside = np.isin(zone, scope.zones)
            keys, zone, places = keys[inside], zone[inside], places[inside]
        if not by_zone:
            return keys
        return (keys >> POSITION_BITS << ZONE_BITS | zone) << POSITION_BITS | places


def _keys_in(found: TermsPostings, wanted: DocNumbers, segment: SegmentReader) -> PositionKeys:
    """The keys of postings in some documents of a segment, which ascend."""
    if len(found.counts) == 1 and wanted.size * _MUCH_FEWER < found.documents.size:
        return found.position_keys(_places(found.documents, wanted))
    is_wanted = mask_of([wanted], segment.doc_count)
    return found.position_keys(np.flatnonzero(is_wanted[found.documents]))


def _places(documents: DocNumbers, wanted: DocNumbers) -> npt.NDArray[np.int64]:
    """Where in ascending ``documents`` those are that are wanted."""
    at = np.minimum(np.searchsorted(documents, wanted), documents.size - 1)
    places: npt.NDArray[np.int64] = at[documents[at] == wanted]
    return places


def _are_among(keys: PositionKeys, every: PositionKeys) -> Mask:
    """Which of ascending keys are among others, which ascend."""
    if not every.size:
        return np.zeros(keys.size, np.bool_)
    found: Mask = every[np.minimum(every.searchsorted(keys), every.size - 1)] == keys
    return found


def _is_ranked(slot: Slot) -> bool:
    """The ranking stream has each word's stem, but not the s of a possessive."""
    return slot.text != "s"


def _single(reader: FieldReader | None, term: str) -> SegmentCounts:
    """What there is of one term."""
    ordinal = -1 if reader is None else reader.find(term)
    if reader is None or ordinal < 0:
        return NO_COUNTS
    return _term(reader.postings, ordinal)


def _all_tokens(segment: SegmentReader, zones: tuple[int, ...] | None) -> SegmentCounts:
    """What there is of all terms in some zones, or in all: their tokens."""
    zones = zones or (*range(len(ZONES)),)
    counts = [1 + TITLE_EXTRA if zone < TITLE_ZONE_COUNT else 1 for zone in zones]
    return _dense(segment.zone_lengths[:, zones] @ np.array(counts))


def _term(postings: PostingsReader, ordinal: int) -> SegmentCounts:
    documents, frequencies = postings.read_term(ordinal)
    weights = frequencies.astype(np.float32)
    in_titles, title_frequencies = postings.title_frequencies(ordinal)
    if in_titles.size:
        weights[in_titles] += TITLE_EXTRA * title_frequencies.astype(np.float32)
    return SegmentCounts(documents, weights)


def _stem(stem: str, text: FieldReader, segment: SegmentReader) -> SegmentCounts:
    """What there is of all words with a stem; those of one word alone stand with the word."""
    ranking = segment.field(RANKING)
    ordinal = -1 if ranking is None else ranking.find(stem)
    if ranking is None or ordinal < 0:
        return NO_COUNTS
    found = _term(ranking.postings, ordinal)
    if found.documents.size:
        return found
    return _term(text.postings, int(segment.word_of_stem[ordinal]))


def _several(postings: PostingsReader, terms: Ordinals, doc_count: int) -> SegmentCounts:
    """What there is of several terms as those of one."""
    if terms.size == 1:
        return _term(postings, int(terms[0]))

    def weights_of(found: TermsPostings) -> npt.NDArray[Any]:
        counts = found.frequencies + TITLE_EXTRA * found.title_frequencies()
        return np.bincount(found.documents, counts, doc_count)

    return _dense(reduce(np.add, map(weights_of, postings.read_batches(terms))))


def _dense(weights: npt.NDArray[Any]) -> SegmentCounts:
    documents = np.flatnonzero(weights > 0)
    return SegmentCounts(documents, weights[documents].astype(np.float32))
