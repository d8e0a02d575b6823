"""Postings written, some terms at a time."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
import zstandard

from indexer.codec.arrays import (
    BoolArray,
    Int64Array,
    IntegerArray,
    Ranges,
    UInt8Array,
    UInt32Array,
    range_indices,
    starts,
)
from indexer.codec.container import ContainerWriter
from indexer.codec.packing import FOUR_BITS, TWO_BITS, Packing, escape, escape_size
from indexer.codec.postings import (
    BLOCK_SIZE,
    COUNTS,
    FIRST_ESCAPES,
    FREQUENCY_ESCAPES,
    GAPS,
    NEXT_ESCAPES,
    NEXT_POSITIONS,
    POSTINGS,
    STARTS,
    UNIT_ALIGNMENT,
    PostingsBatch,
    is_scattered,
)

_MAX_BYTE: Final = 255
_LEVEL: Final = 3
# Of first positions, and of others.
_POSITION_STREAMS: Final = {
    "first": ("first_lows", "first_highs", "first_escapes"),
    "next": ("next_lows", "next_codes", "next_escapes"),
}


def _sums_by_run(values: IntegerArray, bounds: Int64Array) -> Int64Array:
    """The sums of the runs of ``values`` from each of ``bounds`` up to the next."""
    totals = starts(values)[bounds]
    return totals[1:] - totals[:-1]


class PostingsWriter:
    """Writes the postings of a field, its terms in order."""

    def __init__(
        self, name: str, doc_count: int, out: ContainerWriter, *, has_positions: bool
    ) -> None:
        self._name = name
        self._doc_count = doc_count
        self._out = out
        self._has_positions = has_positions
        byte_streams = ["gaps", "gap_lows", "frequency_codes", "frequency_escapes"]
        byte_streams.append("title_frequencies")
        if has_positions:
            byte_streams += [stream for kind in _POSITION_STREAMS.values() for stream in kind]
        self._streams = {s: out.stream(f"{name}/{s}", np.uint8) for s in byte_streams}
        self._title_posting_lows = out.stream(f"{name}/title_posting_lows", np.uint16)
        self._title_posting_counts = np.zeros(1, np.int64)  # by the numbers' higher bits
        self._compressor = zstandard.ZstdCompressor(level=_LEVEL)
        self._pending: list[PostingsBatch] = []
        self._pending_terms = 0
        self._ends = np.zeros(len(STARTS), np.int64)
        self._term_count = 0
        self._counts: list[UInt8Array] = []
        self._block_starts: list[Int64Array] = []
        self._frequent: list[Int64Array] = []
        self._frequent_starts: list[Int64Array] = []
        self._frequent_counts: list[Int64Array] = []

    def add(self, chunk: PostingsBatch) -> None:
        """Write the next terms; those that do not fill a block are kept back."""
        self._pending.append(chunk)
        self._pending_terms += len(chunk.document_frequencies)
        if self._pending_terms >= BLOCK_SIZE:
            self._flush(self._pending_terms // BLOCK_SIZE * BLOCK_SIZE)

    def finish(self) -> None:
        """Write what was kept back, and the starts."""
        if self._pending_terms:
            self._flush(self._pending_terms)
        none = np.empty(0, np.int64)
        for array, parts in (
            ("block_starts", self._block_starts),
            ("frequent_starts", self._frequent_starts),
            ("frequent_counts", self._frequent_counts),
        ):
            self._out.add(f"{self._name}/{array}", np.concatenate([none, *parts]))
        frequent = np.concatenate([none, *self._frequent]).astype(np.int32)
        self._out.add(f"{self._name}/frequent", frequent)
        counts = np.concatenate([np.empty(0, np.uint8), *self._counts])
        self._out.add(f"{self._name}/counts", counts)
        self._out.add(f"{self._name}/title_posting_starts", starts(self._title_posting_counts))
        for stream in (*self._streams.values(), self._title_posting_lows):
            stream.finish()

    def _flush(self, terms: int) -> None:
        chunk = self._pending[0] if len(self._pending) == 1 else _joined(self._pending)
        head, rest = _split(chunk, terms)
        self._pending = [rest] if len(rest.document_frequencies) else []
        self._pending_terms -= terms
        self._write(head)

    def _write(self, chunk: PostingsBatch) -> None:
        term_postings = starts(chunk.document_frequencies)
        parts = _Parts.of(chunk, term_postings, self._doc_count)
        counts = parts.counts(chunk, term_postings)
        frequent: BoolArray = counts.max(axis=1) > _MAX_BYTE
        order = np.lexsort((frequent, np.arange(len(counts)) // BLOCK_SIZE))
        if (np.diff(order) != 1).any():
            parts = parts.reordered(term_postings, order)
        # A unit is the rare terms of a block, or a frequent term.
        block = order // BLOCK_SIZE
        in_order, is_alone = counts[order], frequent[order]
        begins = np.diff(block, prepend=-1).astype(np.bool_)
        begins |= is_alone
        begins[1:] |= is_alone[:-1]
        unit = np.cumsum(begins) - 1
        self._append_gaps(escape(parts.gaps), in_order, is_alone)
        term_starts = self._append(parts, in_order, unit)
        counts[order] = in_order
        self._keep_starts(counts, frequent, order, term_starts)

    def _append_gaps(self, code: UInt8Array, counts: Int64Array, frequent: BoolArray) -> None:
        """Append gaps, those of frequent terms compressed; their counts become negative then."""
        ends = np.cumsum(counts[:, GAPS])
        done = 0
        for term in np.flatnonzero(frequent).tolist():
            end = int(ends[term])
            start = end - int(counts[term, GAPS])
            frame = self._compressor.compress(code[start:end].data)
            if len(frame) < end - start:
                self._streams["gaps"].append(code[done:start])
                self._streams["gaps"].append(np.frombuffer(frame, np.uint8))
                counts[term, GAPS] = -len(frame)
                done = end
        self._streams["gaps"].append(code[done:])

    def _append(self, parts: _Parts, counts: Int64Array, unit: Int64Array) -> Int64Array:
        """Append to the other streams; returns where each term, in the order given, starts."""
        postings = _Places(counts[:, POSTINGS], unit)
        nexts = _Places(counts[:, NEXT_POSITIONS], unit)
        self._streams["gap_lows"].append(parts.gap_lows)
        self._append_frequencies(parts, postings)
        if self._has_positions:
            self._append_positions(parts, postings, nexts)
        lows = np.where(is_scattered(counts[:, POSTINGS], self._doc_count), counts[:, POSTINGS], 0)
        sizes = np.column_stack((np.abs(counts[:, GAPS]), lows, counts[:, 1:]))
        term_starts: Int64Array = np.cumsum(sizes, axis=0) - sizes
        term_starts[:, 1 + POSTINGS] = postings.term_places
        term_starts[:, 1 + NEXT_POSITIONS] = nexts.term_places
        term_starts += self._ends
        self._ends += sizes.sum(axis=0)
        self._ends[1 + POSTINGS] += postings.padding
        self._ends[1 + NEXT_POSITIONS] += nexts.padding
        return term_starts

    def _append_frequencies(self, parts: _Parts, postings: _Places) -> None:
        codes = np.minimum(parts.frequencies - 1, TWO_BITS.max_code)
        self._streams["frequency_codes"].append(TWO_BITS.pack(postings.padded(codes)))
        many = parts.frequencies[parts.frequencies > TWO_BITS.max_code]
        self._streams["frequency_escapes"].append(escape(many - 1 - TWO_BITS.max_code))
        title_frequencies = postings.padded(np.minimum(parts.title_frequencies, _MAX_BYTE))
        in_titles = np.flatnonzero(title_frequencies)
        self._streams["title_frequencies"].append(title_frequencies[in_titles])
        numbers = in_titles + self._ends[1 + POSTINGS]
        self._title_posting_lows.append((numbers & 0xFFFF).astype(np.uint16))
        added = np.bincount(numbers >> 16, minlength=len(self._title_posting_counts))
        added[: len(self._title_posting_counts)] += self._title_posting_counts
        self._title_posting_counts = added

    def _append_positions(self, parts: _Parts, postings: _Places, nexts: _Places) -> None:
        for kind, gaps, packing, places in (
            ("first", parts.first_positions, FOUR_BITS, postings),
            ("next", parts.next_gaps, TWO_BITS, nexts),
        ):
            lows, codes, escapes = (self._streams[name] for name in _POSITION_STREAMS[kind])
            lows.append(places.padded(gaps & _MAX_BYTE))
            highs = gaps >> 8
            codes.append(packing.pack(places.padded(np.minimum(highs, packing.max_code))))
            escapes.append(escape(highs[highs >= packing.max_code] - packing.max_code))

    def _keep_starts(
        self, counts: Int64Array, frequent: BoolArray, order: Int64Array,
        term_starts: Int64Array,
    ) -> None:  # fmt: skip
        by_term = np.empty_like(term_starts)
        by_term[order] = term_starts
        blocks = -(-len(counts) // BLOCK_SIZE)
        # The first of a block in the order of writing is its first rare term, if it has any.
        self._block_starts.append(term_starts[np.arange(blocks) * BLOCK_SIZE].ravel())
        ordinals = np.flatnonzero(frequent)
        self._frequent.append(ordinals + self._term_count)
        self._frequent_starts.append(by_term[ordinals].ravel())
        self._frequent_counts.append(counts[ordinals].ravel())
        self._counts.append(np.where(frequent[:, None], 0, counts).astype(np.uint8).ravel())
        self._term_count += len(counts)


class _Parts(NamedTuple):
    """What is written of postings: but for ``gap_lows`` and ``next_gaps`` of each."""

    gaps: IntegerArray
    gap_lows: UInt8Array
    lows: IntegerArray
    scattered: BoolArray
    frequencies: IntegerArray
    title_frequencies: IntegerArray
    first_positions: UInt32Array
    next_gaps: UInt32Array

    @classmethod
    def of(cls, chunk: PostingsBatch, term_postings: Int64Array, doc_count: int) -> _Parts:
        documents = chunk.documents
        gaps = np.diff(documents, prepend=-1)
        first = term_postings[:-1][chunk.document_frequencies > 0]
        gaps[first] = documents[first] + 1
        scattered = np.repeat(
            is_scattered(chunk.document_frequencies, doc_count), chunk.document_frequencies
        )
        lows = gaps & _MAX_BYTE
        return cls(
            np.where(scattered, gaps >> 8, gaps), lows[scattered].astype(np.uint8), lows, scattered,
            chunk.frequencies, chunk.title_frequencies, chunk.first_positions, chunk.next_gaps,
        )  # fmt: skip

    def counts(self, chunk: PostingsBatch, term_postings: Int64Array) -> Int64Array:
        """The six counts of each term: int64 (t, 6)."""
        counts = np.zeros((len(term_postings) - 1, len(COUNTS)), np.int64)
        counts[:, GAPS] = _sums_by_run(escape_size(self.gaps), term_postings)
        counts[:, POSTINGS] = chunk.document_frequencies
        counts[:, FREQUENCY_ESCAPES] = _escape_sizes(
            self.frequencies, 1 + TWO_BITS.max_code, term_postings
        )
        if len(self.first_positions):
            term_nexts = starts(self.frequencies - 1)[term_postings]
            counts[:, NEXT_POSITIONS] = np.diff(term_nexts)
            counts[:, FIRST_ESCAPES] = _high_sizes(self.first_positions, FOUR_BITS, term_postings)
            counts[:, NEXT_ESCAPES] = _high_sizes(self.next_gaps, TWO_BITS, term_nexts)
        return counts

    def reordered(self, term_postings: Int64Array, order: Int64Array) -> _Parts:
        """The parts with the terms in another order."""
        postings = Ranges(term_postings[:-1][order], term_postings[1:][order])
        scattered, lows = postings.of(self.scattered), postings.of(self.lows)
        first_positions, nexts = self.first_positions, self.next_gaps
        if len(first_positions):
            first_positions = postings.of(first_positions)
            term_nexts = starts(self.frequencies - 1)[term_postings]
            nexts = Ranges(term_nexts[:-1][order], term_nexts[1:][order]).of(nexts)
        return _Parts(
            postings.of(self.gaps), lows[scattered].astype(np.uint8), lows, scattered,
            postings.of(self.frequencies), postings.of(self.title_frequencies),
            first_positions, nexts,
        )  # fmt: skip


def _escape_sizes(values: IntegerArray, least: int, bounds: Int64Array) -> Int64Array:
    """How many bytes of escape code each run takes for its values that are ``least`` or more."""
    large = np.flatnonzero(values >= least)
    sizes = starts(escape_size(values[large].astype(np.int64) - least))
    return np.diff(sizes[large.searchsorted(bounds)])


def _high_sizes(gaps: UInt32Array, packing: Packing, bounds: Int64Array) -> Int64Array:
    """The same for what a code does not hold of numbers without their lowest eight bits."""
    large = np.flatnonzero(gaps >= packing.max_code << 8)
    sizes = starts(escape_size((gaps[large] >> 8).astype(np.int64) - packing.max_code))
    return np.diff(sizes[large.searchsorted(bounds)])


class _Places:
    """The numbers that items get, of terms with so many each, where units are aligned."""

    def __init__(self, counts: Int64Array, unit: Int64Array) -> None:
        sizes = np.bincount(unit, counts, minlength=int(unit[-1]) + 1).astype(np.int64)
        self._paddings = -sizes % UNIT_ALIGNMENT
        self._ends = np.cumsum(sizes + self._paddings)
        self.padding = int(self._paddings.sum())
        before = np.cumsum(self._paddings) - self._paddings
        self.term_places = np.cumsum(counts) - counts + before[unit]

    def padded(self, items: IntegerArray) -> UInt8Array:
        """The items, each less than 256, with zeros between."""
        result = np.zeros(int(self._ends[-1]), np.uint8)
        is_item = np.ones(len(result), np.bool_)
        is_item[range_indices(self._ends - self._paddings, self._ends)] = False
        result[is_item] = items
        return result


def _joined(chunks: list[PostingsBatch]) -> PostingsBatch:
    return PostingsBatch._make(map(np.concatenate, zip(*chunks, strict=True)))


def _split(chunk: PostingsBatch, terms: int) -> tuple[PostingsBatch, PostingsBatch]:
    """The first terms of a chunk, and the rest."""
    postings = int(chunk.document_frequencies[:terms].sum())
    nexts = int(chunk.frequencies[:postings].sum()) - postings
    cuts = (terms, *[postings] * 4, nexts)
    arrays: tuple[Any, ...] = chunk
    head = [array[:cut] for array, cut in zip(arrays, cuts, strict=True)]
    rest = [array[cut:] for array, cut in zip(arrays, cuts, strict=True)]
    return PostingsBatch._make(head), PostingsBatch._make(rest)
