"""The format of the postings of a field: few bytes, and many terms are read at once.

The data of all terms is kept in *streams*, arrays in which the data of a term follows that of the
term before it. F is the name of the field. `indexer.codec.packing` explains escape code and codes.

    F/gaps                 uint8  how much each document exceeds the one before it (the first: -1),
                                  in escape code; for a scattered term, gap >> 8; for a frequent
                                  term a zstd frame of the code, where that is smaller
    F/gap_lows             uint8  for a scattered term, the lowest eight bits of each gap
    F/frequency_codes      uint8  frequency - 1, in two bits a posting; 3 means 4 or more:
    F/frequency_escapes    uint8  frequency - 4, in escape code
    F/title_frequencies    uint8  occurrences in titles, only for postings that have any; 255 means
                                  255 or more. The numbers of these postings, ascending, are in
    F/title_posting_lows   uint16 (the lowest sixteen bits of each number), and
    F/title_posting_starts int64  (where the numbers from 0, from 65536, … on start in them)

A field with positions has six streams more. The *next positions* of a posting are all its positions
after the first:

    F/first_lows           uint8  the lowest eight bits of the first position of each posting
    F/first_highs          uint8  the rest of it, in four bits; 15 means 15 or more:
    F/first_escapes        uint8  the rest - 15, in escape code
    F/next_lows            uint8  distance of each next position from the position before it:
    F/next_codes           uint8  lowest eight bits; the rest in two bits; 3 means 3 or more:
    F/next_escapes         uint8  the rest - 3, in escape code

A term is *scattered* if fewer than one in `SCATTERED` documents has it.

The number of a posting is its index in first_lows, and the index of its codes. The number of a next
position is its index in next_lows and next_codes.

Tables say where the data of a term starts in each stream. They are kept for blocks of `BLOCK_SIZE`
terms. In each stream, a block has first the data of its rare terms, then that of each frequent
term. A term is *rare* if each of its six `COUNTS` is less than 256, otherwise *frequent*. The rare
terms of a block form a unit, and each frequent term is a unit; the numbers of postings and of next
positions start at a multiple of `UNIT_ALIGNMENT` in each unit. T is the number of terms, B that of
blocks, Q that of frequent terms:

    F/counts               uint8[T * 6]   the `COUNTS` of a rare term; zeros for a frequent term
    F/block_starts         int64[B * 7]   where the rare terms of a block start, see `STARTS`
    F/frequent             int32[Q]       the ordinals of the frequent terms, ascending
    F/frequent_starts      int64[Q * 7]   where each of them starts, see `STARTS`
    F/frequent_counts      int64[Q * 6]   its `COUNTS`; the first is negative if gaps are a frame

A term without postings (see `indexer.codec.stems`) has zeros in F/counts, and is not frequent.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from indexer.array_types import BoolArray, Int64Array, IntegerArray, UInt32Array

NO_POSITIONS: Final = np.empty(0, np.uint32)

BLOCK_SIZE: Final = 128
UNIT_ALIGNMENT: Final = 4
SCATTERED: Final = 200

# The counts of a term: bytes of gaps, postings, bytes of escapes, next positions.
COUNTS: Final = ("gaps", "postings", "frequency_escapes", "nexts", "first_escapes", "next_escapes")
GAPS, POSTINGS, FREQUENCY_ESCAPES, NEXT_POSITIONS, FIRST_ESCAPES, NEXT_ESCAPES = range(6)
# Where a term starts: for each count, and in gap_lows. These are the indices.
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
        return (
            batches[0]
            if len(batches) == 1
            else cls(*map(np.concatenate, zip(*batches, strict=True)))
        )

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
