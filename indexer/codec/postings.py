"""The format of the postings of a field: compact, and made for reading many terms at once.

Postings are stored in *streams*. A stream is an array with one kind of data for all terms, one term
after the other. F means the name of the field; `indexer.codec.packing` explains escape code and
codes. Every field has these streams:

    F/gaps                 uint8   Distance of each document from the one before it (at first from
                                   -1), in escape code. Scattered terms: distance >> 8. Frequent
                                   terms: a zstd frame of the code, if that is smaller.
    F/gap_lows             uint8   Only scattered terms: the lowest eight bits of each distance.
    F/frequency_codes      uint8   Frequency - 1, in two bits per posting; 3 means 4 or more.
    F/frequency_escapes    uint8   Frequency - 4, in escape code, where the code is 3.
    F/title_frequencies    uint8   Number of occurrences in titles, only of postings that have any;
                                   255 means 255 or more.
    F/title_posting_lows   uint16  The lowest sixteen bits of the number of each such posting,
                                   ascending by number.
    F/title_posting_starts int64   Where in the last two streams the numbers from 0, 65536, … start.

Fields with positions have more. All positions of a posting after its first are its *next
positions*:

    F/first_lows           uint8   The lowest eight bits of the first position of each posting.
    F/first_highs          uint8   The other bits, in four bits; 15 means 15 or more.
    F/first_escapes        uint8   The other bits - 15, in escape code, where the code is 15.
    F/next_lows            uint8   For each next position, its distance from the position before
                                   it: the lowest eight bits.
    F/next_codes           uint8   The other bits, in two bits; 3 means 3 or more.
    F/next_escapes         uint8   The other bits - 3, in escape code, where the code is 3.

A term is *scattered* if fewer than one in `SCATTERED` documents has it. The *number* of a posting
is its index in first_lows, frequency_codes and first_highs. The number of a next position is its
index in next_lows and next_codes.

Tables say where the data of a term starts in each stream. A term is *frequent* if one of its
`COUNTS` is more than 255; otherwise it is *rare*. Terms are written in blocks of `BLOCK_SIZE`: in
each stream a block has the data of its rare terms first, then that of each frequent term. All rare
terms of a block are one unit, and each frequent term is a unit. The postings and the next positions
of a unit start at a number that is a multiple of `UNIT_ALIGNMENT`. There are T terms, Q frequent
terms, and B blocks:

    F/counts               uint8[T * 6]   The `COUNTS` of each rare term. Zeros for frequent terms.
    F/block_starts         int64[B * 7]   The `STARTS` of the rare terms of each block.
    F/frequent             int32[Q]       The ordinals of the frequent terms, ascending.
    F/frequent_starts      int64[Q * 7]   The `STARTS` of each frequent term.
    F/frequent_counts      int64[Q * 6]   Its `COUNTS`. The first is negative if gaps are a frame.

A term without postings (see `indexer.codec.stems`) has zeros in F/counts, and is not frequent.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from indexer.array_types import BoolArray, Int64Array, IntegerArray, UInt32Array

BLOCK_SIZE: Final = 128
UNIT_ALIGNMENT: Final = 4
SCATTERED: Final = 200

NO_POSITIONS: Final = np.empty(0, np.uint32)

# The counts of a term: of its postings and next positions; of the other streams, in bytes.
COUNTS: Final = ("gaps", "postings", "frequency_escapes", "nexts", "first_escapes", "next_escapes")
GAPS, POSTINGS, FREQUENCY_ESCAPES, NEXT_POSITIONS, FIRST_ESCAPES, NEXT_ESCAPES = range(6)
# The starts of a term: the number of its first posting and of its first next position; of the other
# streams, the index of its first byte.
STARTS: Final = ("gaps", "gap_lows", *COUNTS[1:])
GAPS_START, GAP_LOWS_START, POSTINGS_START, FREQUENCY_ESCAPES_START, NEXT_START = range(5)


def start_index(count: int) -> int:
    """Return the index among `STARTS` for one of `COUNTS`, given by its index."""
    return GAPS_START if count == GAPS else count + 1


class PostingsBatch(NamedTuple):
    """The postings of consecutive terms, before they are written.

    ``document_frequencies`` (t,) is the number of postings of each term. ``documents``,
    ``frequencies``, ``title_frequencies`` and ``first_positions`` (p,) have one item for each
    posting; the documents of a term ascend. ``next_gaps`` has one item for each next position:
    its distance from the position before it. The last two are empty in a field without positions.
    """

    document_frequencies: Int64Array
    documents: IntegerArray
    frequencies: IntegerArray
    title_frequencies: IntegerArray
    first_positions: UInt32Array = NO_POSITIONS
    next_gaps: UInt32Array = NO_POSITIONS

    @classmethod
    def join(cls, batches: Sequence[PostingsBatch]) -> PostingsBatch:
        """Join batches of consecutive terms."""
        if len(batches) == 1:
            return batches[0]
        return cls(*map(np.concatenate, zip(*batches, strict=True)))

    def split(self, term_count: int) -> tuple[PostingsBatch, PostingsBatch]:
        """Divide the batch into its first terms and the others."""
        postings = int(self.document_frequencies[:term_count].sum())
        next_positions = int(self.frequencies[:postings].sum()) - postings
        cuts = (term_count, *[postings] * 4, next_positions)
        arrays: tuple[Any, ...] = self
        head = [array[:cut] for array, cut in zip(arrays, cuts, strict=True)]
        rest = [array[cut:] for array, cut in zip(arrays, cuts, strict=True)]
        return PostingsBatch(*head), PostingsBatch(*rest)


def is_scattered(document_frequencies: Int64Array, doc_count: int) -> BoolArray:
    """Return which terms are scattered, given the number of documents that have each."""
    return document_frequencies * SCATTERED < doc_count
