"""The arrays that a segment consists of, their names and types.

A segment of n documents holds, beside the columns ``date`` int32[n], ``page`` uint16[n] and
``languages`` uint8[n]:

    stored                   uint8      zstd frames, one a document, end to end
    stored_ends              uint32[n]  or int64: where in ``stored`` each document's frame ends
    dictionaries             uint8      the zstd dictionaries that frames name, end to end
    dictionary_ends          int64      where each of these ends
    beads                    uint8      the beads of each document, see `indexer.align`, end to end
    beads_ends               uint32[n]  or int64: where in ``beads`` those of each document end

    text/zone_starts         [n * 5]    position at which each zone of each document starts
    text/zone_lengths        [n * 5]    tokens of each zone of each document

The titles, authors and bodies of a document share one space of positions, and are its *zones*, in
the order of `indexer.schema.ZONES`. The searched text is one field, ``text``; ``column``,
``section``, ``glossary``, ``ranking`` and ``id`` are others. Each field F that has terms has the
arrays of its postings, see `indexer.codec.postings`; its terms are numbered, words first, then
bigrams, in the order of

    F/words                  uint8      a newline, then each word in UTF-8 and a newline, in order
                                        of their bytes (which is the order of their code points)
    F/word_starts            uint32     where in ``words`` each word starts; the end of ``words``
    F/bigrams                uint32     ascending: one or two Han characters, as
                                        `indexer.analysis.bigrams` numbers them; in text fields

and of the ranking stream, whose terms are all words,

    ranking/stem_of_word     int32      for each word of ``text``, its stem's number in ``ranking``

For each category K (``author``, ``column``, ``section``), whose values are counted by facets:

    K_values                 uint8      the values as words are written, the first of them empty
    K_value                  [n]        the number of each document's value

Integers without a type here are as narrow as their largest value allows, and unsigned.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

AnyArray = npt.NDArray[Any]
UInt8Array = npt.NDArray[np.uint8]
UInt32Array = npt.NDArray[np.uint32]
Int32Array = npt.NDArray[np.int32]
Int64Array = npt.NDArray[np.int64]
IntegerArray = npt.NDArray[np.integer[Any]]
BoolArray = npt.NDArray[np.bool_]

STORED: Final = "stored"
DICTIONARIES: Final = "dictionaries"
DICTIONARY_ENDS: Final = "dictionary_ends"
BEADS: Final = "beads"
ZONE_STARTS: Final = "text/zone_starts"
ZONE_LENGTHS: Final = "text/zone_lengths"
STEM_OF_WORD: Final = "ranking/stem_of_word"


def narrow(numbers: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Numbers, none negative, in the narrowest unsigned type that holds them."""
    largest = int(numbers.max()) if numbers.size else 0
    return numbers.astype(np.min_scalar_type(largest))


def starts(counts: IntegerArray) -> Int64Array:
    """Where each of consecutive runs starts, given their lengths; and where the last one ends."""
    result = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=result[1:])
    return result


def distinct(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The different values, ascending: `numpy.unique`, which hashes, takes 50 times as long."""
    ordered = np.sort(values)
    is_first = np.ones(ordered.size, np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=is_first[1:])
    return ordered[is_first]


def batch_bounds(sizes: Int64Array, most: int) -> list[int]:
    """Where to divide things of these sizes: from 0 to their number.

    Each part is one thing alone, or some of about ``most`` together.
    """
    ends = np.cumsum(sizes)
    marks = np.arange(most, ends[-1] if ends.size else 0, most)
    return sorted({0, *(np.searchsorted(ends, marks) + 1).tolist(), len(sizes)})


def range_indices(first: Int64Array, after: Int64Array) -> Int64Array:
    """The numbers from each of ``first`` up to that of ``after``, one run after the other."""
    counts = after - first
    ends = np.cumsum(counts)
    return np.repeat(first - ends + counts, counts) + np.arange(ends[-1] if ends.size else 0)


# Runs that are longer than this are copied one by one: their indices would take more than they do.
_LONG_RUN: Final = 256


class Ranges:
    """Runs of an array, from each of ``first`` up to that of ``after``, to be joined."""

    def __init__(self, first: Int64Array, after: Int64Array) -> None:
        self._indices: Int64Array | None = None
        self._bounds: list[tuple[int, int]] = []
        if int((after - first).sum()) > _LONG_RUN * len(first):
            self._bounds = [*zip(first.tolist(), after.tolist(), strict=True)]
        else:
            self._indices = range_indices(first, after)

    def of(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """The runs of an array, one after the other."""
        if self._indices is not None:
            return values[self._indices]
        return np.concatenate([values[start:end] for start, end in self._bounds])
