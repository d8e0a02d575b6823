"""The form of a field's postings: few bytes, many terms at a time.

The streams, where F is the field's name; `packing.py` tells what escape code and codes are:

    F/gaps                 uint8  documents: what each is more than the one before it (the first:
                                  than -1), in escape code; of a scattered term, the gap >> 8;
                                  of a frequent term a zstd frame of this, where that is smaller
    F/gap_lows             uint8  of a scattered term, the lowest eight bits of each gap
    F/frequency_codes      uint8  frequency - 1 in two bits a posting; 3 for 4 and more:
    F/frequency_escapes    uint8  frequency - 4, in escape code
    F/title_frequencies    uint8  of postings that have occurrences in titles, how many (255: or
                                  more): their numbers, ascending, are
    F/title_posting_lows   uint16 the lowest sixteen bits, and
    F/title_posting_starts int64  where in these the numbers from 0, 65536, … on start

and where a field has positions:

    F/first_lows           uint8  the lowest eight bits of a posting's first position
    F/first_highs          uint8  the rest, in four bits; 15 for 15 and more:
    F/first_escapes        uint8  the rest - 15, in escape code
    F/next_lows            uint8  for each other position, how far it is from the one before it:
    F/next_codes           uint8  lowest eight bits, and the rest in two; 3 for 3 and more:
    F/next_escapes         uint8  the rest - 3, in escape code

A term is *scattered* if fewer than one in `SCATTERED` documents has it. Postings have numbers, by
which first_lows is indexed, and the codes; other positions have numbers of their own.

Where a term's bytes and numbers start is known by blocks of `BLOCK_SIZE` terms. In each stream, a
block has first its rare terms, then each frequent one: a term is rare if each of its six `COUNTS`
is less than 256. The numbers of rare terms together, and those of each frequent one, begin at a
multiple of `UNIT_ALIGNMENT`:

    F/counts               uint8[T * 6]   the counts of a rare term; zeros for a frequent one
    F/block_starts         int64[B * 7]   where a block's rare terms start, in the `STARTS`
    F/frequent             int32[Q]       the ordinals of the frequent terms, and for each of them
    F/frequent_starts      int64[Q * 7]   where it starts, and
    F/frequent_counts      int64[Q * 6]   its counts; the first is negative where gaps are a frame

A term without postings (a stem of the ranking stream that stands for one word alone) has zeros
too, and is not among the frequent.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from indexer.codec.arrays import Int64Array, IntegerArray, UInt32Array

NO_POSITIONS: Final = np.empty(0, np.uint32)

BLOCK_SIZE: Final = 128
UNIT_ALIGNMENT: Final = 4
SCATTERED: Final = 200

# The columns of counts and of starts.
COUNTS: Final = ("gaps", "postings", "frequency_escapes", "nexts", "first_escapes", "next_escapes")
STARTS: Final = ("gaps", "gap_lows", *COUNTS[1:])
GAPS, POSTINGS, FREQUENCY_ESCAPES, NEXT_POSITIONS, FIRST_ESCAPES, NEXT_ESCAPES = range(6)
POSTING_NUMBERS: Final = STARTS.index("postings")


class PostingsBatch(NamedTuple):
    """The postings of consecutive terms, the terms one after the other.

    ``document_frequencies`` (t,) is the number of postings of each term. ``documents``,
    ``frequencies``, ``title_frequencies`` and ``first_positions`` (p,) have one item for each
    posting; the documents of a term ascend. ``next_gaps`` has one item for each further position:
    its distance from the position before it. The last two are empty in a field without positions.
    """

    document_frequencies: Int64Array
    documents: IntegerArray
    frequencies: IntegerArray
    title_frequencies: IntegerArray
    first_positions: UInt32Array = NO_POSITIONS
    next_gaps: UInt32Array = NO_POSITIONS


def is_scattered(document_frequencies: Int64Array, doc_count: int) -> npt.NDArray[np.bool_]:
    """Which terms, of so many documents each, are scattered."""
    return document_frequencies * SCATTERED < doc_count
