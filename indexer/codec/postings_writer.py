"""Write the postings of a field, see `indexer.codec.postings` for their format."""

from __future__ import annotations

from typing import Final

import numpy as np
import zstandard

from indexer.array_types import BoolArray, Int64Array, UInt8Array
from indexer.codec.arrays import starts
from indexer.codec.container_writer import ContainerWriter
from indexer.codec.packing import FOUR_BITS, TWO_BITS, escape
from indexer.codec.postings import (
    BLOCK_SIZE,
    GAPS,
    NEXT_POSITIONS,
    NEXT_START,
    POSTINGS,
    POSTINGS_START,
    STARTS,
    PostingsBatch,
    is_scattered,
)
from indexer.codec.postings_batches import AlignedNumbers, StreamValues

_MAX_BYTE: Final = 255
_LEVEL: Final = 3
_FIRST_STREAMS: Final = ("first_lows", "first_highs", "first_escapes")
_NEXT_STREAMS: Final = ("next_lows", "next_codes", "next_escapes")


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
            byte_streams += [*_FIRST_STREAMS, *_NEXT_STREAMS]
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

    def add(self, batch: PostingsBatch) -> None:
        """Write the next terms; terms that do not fill a block are kept until more come."""
        self._pending.append(batch)
        self._pending_terms += len(batch.document_frequencies)
        if self._pending_terms >= BLOCK_SIZE:
            self._flush(self._pending_terms // BLOCK_SIZE * BLOCK_SIZE)

    def finish(self) -> None:
        """Write the terms that were kept, and the tables."""
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

    def _flush(self, term_count: int) -> None:
        head, rest = PostingsBatch.join(self._pending).split(term_count)
        self._pending = [rest] if len(rest.document_frequencies) else []
        self._pending_terms -= term_count
        self._write(head)

    def _write(self, batch: PostingsBatch) -> None:
        """Write whole blocks of terms."""
        term_postings = starts(batch.document_frequencies)
        values = StreamValues.of(batch, term_postings, self._doc_count)
        counts = values.counts(batch.document_frequencies, term_postings)
        frequent: BoolArray = counts.max(axis=1) > _MAX_BYTE
        # The terms are written block by block, in each the rare terms before the frequent ones.
        order = np.lexsort((frequent, np.arange(len(counts)) // BLOCK_SIZE))
        if (np.diff(order) != 1).any():
            values = values.reordered(term_postings, order)
        counts_in_order, frequent_in_order = counts[order], frequent[order]
        self._append_gaps(escape(values.gaps), counts_in_order, frequent_in_order)
        units = _units(order // BLOCK_SIZE, frequent_in_order)
        term_starts = self._append_others(values, counts_in_order, units)
        counts[order] = counts_in_order
        self._keep_starts(counts, frequent, order, term_starts)

    def _append_gaps(self, code: UInt8Array, counts: Int64Array, frequent: BoolArray) -> None:
        """Append the escape code of gaps, compressed for a frequent term where that saves space.

        The count of gaps of a compressed term becomes negative in ``counts``.
        """
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

    def _append_others(
        self, values: StreamValues, counts: Int64Array, units: Int64Array
    ) -> Int64Array:
        """Append to the other streams; returns the `STARTS` of each term: int64 (t, 7).

        ``counts`` and the result are in the order of writing.
        """
        postings = AlignedNumbers(counts[:, POSTINGS], units)
        nexts = AlignedNumbers(counts[:, NEXT_POSITIONS], units)
        self._streams["gap_lows"].append(values.gap_lows)
        self._append_frequencies(values, postings)
        if self._has_positions:
            self._append_positions(values, postings, nexts)
        lows = np.where(is_scattered(counts[:, POSTINGS], self._doc_count), counts[:, POSTINGS], 0)
        sizes = np.column_stack((np.abs(counts[:, GAPS]), lows, counts[:, 1:]))
        term_starts: Int64Array = np.cumsum(sizes, axis=0) - sizes
        term_starts[:, POSTINGS_START] = postings.term_starts
        term_starts[:, NEXT_START] = nexts.term_starts
        term_starts += self._ends
        self._ends += sizes.sum(axis=0)
        self._ends[POSTINGS_START] += postings.padding
        self._ends[NEXT_START] += nexts.padding
        return term_starts

    def _append_frequencies(self, values: StreamValues, postings: AlignedNumbers) -> None:
        codes = np.minimum(values.frequencies - 1, TWO_BITS.max_code)
        self._streams["frequency_codes"].append(TWO_BITS.pack(postings.padded(codes)))
        many = values.frequencies[values.frequencies > TWO_BITS.max_code]
        self._streams["frequency_escapes"].append(escape(many - 1 - TWO_BITS.max_code))
        title_frequencies = postings.padded(np.minimum(values.title_frequencies, _MAX_BYTE))
        in_titles = np.flatnonzero(title_frequencies)
        self._streams["title_frequencies"].append(title_frequencies[in_titles])
        numbers = in_titles + self._ends[POSTINGS_START]
        self._title_posting_lows.append((numbers & 0xFFFF).astype(np.uint16))
        added = np.bincount(numbers >> 16, minlength=len(self._title_posting_counts))
        added[: len(self._title_posting_counts)] += self._title_posting_counts
        self._title_posting_counts = added

    def _append_positions(
        self, values: StreamValues, postings: AlignedNumbers, nexts: AlignedNumbers
    ) -> None:
        for streams, gaps, packing, numbers in (
            (_FIRST_STREAMS, values.first_positions, FOUR_BITS, postings),
            (_NEXT_STREAMS, values.next_gaps, TWO_BITS, nexts),
        ):
            lows, codes, escapes = (self._streams[name] for name in streams)
            lows.append(numbers.padded(gaps & 0xFF))
            highs = gaps >> 8
            codes.append(packing.pack(numbers.padded(np.minimum(highs, packing.max_code))))
            escapes.append(escape(highs[highs >= packing.max_code] - packing.max_code))

    def _keep_starts(
        self, counts: Int64Array, frequent: BoolArray, order: Int64Array, term_starts: Int64Array
    ) -> None:
        """Add the blocks to the tables; only ``term_starts`` is in the order of writing."""
        by_term = np.empty_like(term_starts)
        by_term[order] = term_starts
        block_count = -(-len(counts) // BLOCK_SIZE)
        # The first term of a block in the order of writing is its first rare term, if it has any.
        self._block_starts.append(term_starts[np.arange(block_count) * BLOCK_SIZE].ravel())
        ordinals = np.flatnonzero(frequent)
        self._frequent.append(ordinals + self._term_count)
        self._frequent_starts.append(by_term[ordinals].ravel())
        self._frequent_counts.append(counts[ordinals].ravel())
        self._counts.append(np.where(frequent[:, None], 0, counts).astype(np.uint8).ravel())
        self._term_count += len(counts)


def _units(blocks: Int64Array, frequent: BoolArray) -> Int64Array:
    """Number the units: return the unit of each term, given its block, in the order of writing."""
    begins = np.diff(blocks, prepend=-1).astype(np.bool_)
    begins |= frequent
    begins[1:] |= frequent[:-1]
    return np.cumsum(begins) - 1
