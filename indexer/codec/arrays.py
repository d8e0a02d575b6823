"""The arrays that a segment consists of, their names and types; imports numpy and container.

A segment of n documents holds, beside the columns ``date`` int32[n], ``page`` uint16[n] and
``languages`` uint8[n], the stored articles:

    stored            uint8     zstd frames, one a document, end to end
    stored_ends       int64[n]  where in ``stored`` each document's frame ends

and for each field F that has T > 0 terms, P postings (a term in a document) and N tokens:

    F/terms           uint8         a newline, then each term in UTF-8 and a newline, in order
                                    of their bytes (which is the order of their code points)
    F/term_starts     int64[T+1]    where in ``terms`` each term starts; the end of ``terms``
    F/posting_starts  int64[T+1]    term i has the postings from starts[i] up to starts[i+1]
    F/docs            [P]           document numbers, ascending within a term
    F/frequencies     [P]           how often the term occurs in the document, at least once
    F/lengths         int32[n]      tokens of each document

and, if F is a field of the exact stream:

    F/position_starts int64[T+1]    term i has the positions from starts[i] up to starts[i+1]
    F/positions       [N]           ascending within a posting, in the order of the postings

Integers without a type here are as narrow as their largest value allows (8 bits for frequencies
only), unsigned if they have less than 32 bits: signed arrays mix with others without surprises.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from indexer.codec.container import Array, ContainerWriter

Int32Array = npt.NDArray[np.int32]
Int64Array = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

STORED: Final = "stored"
STORED_ENDS: Final = "stored_ends"


def number_type(largest: int) -> np.dtype[Any]:
    """The type of document numbers and positions."""
    return np.dtype(np.uint16 if largest < 2**16 else np.int32)


def frequency_type(largest: int) -> np.dtype[Any]:
    """The type of frequencies."""
    return np.dtype(np.uint8) if largest < 2**8 else number_type(largest)


def starts(counts: Array) -> Int64Array:
    """Where each of consecutive runs starts, given their lengths; and where the last one ends."""
    result = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=result[1:])
    return result


def write_terms(field: str, lines: bytes, out: ContainerWriter) -> None:
    """Write the terms of a field, given in order with line breaks between them."""
    text = np.frombuffer(b"\n%b\n" % lines, np.uint8)
    out.add(f"{field}/terms", text)
    out.add(f"{field}/term_starts", np.flatnonzero(text == ord("\n")) + 1)
