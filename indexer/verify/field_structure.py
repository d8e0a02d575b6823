"""Checks that the arrays of one field of a segment are as its readers assume.

Postings are read in ranges of terms, so that memory grows only with the numbers of terms and
documents.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Final

import numpy as np

from indexer.analysis.bigrams import CODE_BITS, CODE_MASK, code_points
from indexer.array_types import AnyArray, Int64Array
from indexer.callbacks import Advance
from indexer.codec.arrays import batch_bounds, starts
from indexer.codec.container import Container
from indexer.codec.packing import FOUR_BITS, TWO_BITS
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
    is_scattered,
)
from indexer.codec.reader import FieldReader, SegmentReader
from indexer.codec.term_dictionary import term_faults
from indexer.codec.terms_postings import TermsPostings
from indexer.schema import (
    ID_FIELD,
    OTHER_FIELDS,
    POSITION_BITS,
    POSITION_MASK,
    RANKING,
    TEXT,
    TITLE_ZONE_COUNT,
    ZONES,
)

# How many tokens are in memory at a time, about.
_BATCH_TOKENS: Final = 1 << 19
_MAX_BYTE: Final = 255


def field_faults(
    name: str, container: Container, segment: SegmentReader, advance: Advance
) -> Iterator[str]:
    """Yield the faults of a field: of its terms, its tables and its postings.

    ``advance`` is called with numbers of bytes that were read.
    """
    yield from term_faults(name, container)
    size = sum(container[array].nbytes for array in container if array.startswith(f"{name}/"))
    field = segment.field(name)
    if field is None:
        advance(size)
        return
    if field.has_positions != (name in (TEXT, *OTHER_FIELDS)):
        yield f"{name} {'must not have' if field.has_positions else 'has no'} positions"
    yield from _bigram_faults(field)
    tables = _Tables(field, container, segment.doc_count)
    faults = [*tables.faults()]
    yield from faults
    if not faults:
        yield from _Postings(field, segment).faults(lambda share: advance(int(size * share)))


def _bigram_faults(field: FieldReader) -> Iterator[str]:
    """Check that bigrams ascend and consist of known characters."""
    codes = field.bigrams.astype(np.int64)
    first, second = codes >> CODE_BITS, codes & CODE_MASK
    last = len(code_points()) - 1
    is_possible = (first >= 1) & (first <= last) & (second <= last)
    if not is_possible.all() or (np.diff(codes) <= 0).any():
        yield f"{field.name}/bigrams is not in order"


class _Tables:
    """The arrays of a field that say how long its postings are and where they start."""

    def __init__(self, field: FieldReader, container: Container, doc_count: int) -> None:
        self._field = field
        self._container = container
        self._doc_count = doc_count
        self._counts = self._table("counts", len(COUNTS))
        self._frequent = container[f"{field.name}/frequent"]
        self._frequent_counts = self._table("frequent_counts", len(COUNTS))

    def _table(self, name: str, width: int) -> AnyArray:
        return self._container[f"{self._field.name}/{name}"].reshape(-1, width)

    def _count(self, name: str) -> int:
        return self._container.count(f"{self._field.name}/{name}")

    def faults(self) -> Iterator[str]:
        """Yield the faults; sizes are compared only if the counts are possible."""
        name = self._field.name
        if not self._counts_are_possible():
            yield f"impossible counts of {name}"
            return
        for stream, size in self._stream_sizes().items():
            if self._count(stream) != size:
                yield f"{name}/{stream} is not as long as it should be"
        totals = self._totals()
        if self._postings < totals[POSTINGS] or self._next_positions < totals[NEXT_POSITIONS]:
            yield f"{name} has fewer postings or positions than its counts say"
        yield from self._title_faults()

    def _counts_are_possible(self) -> bool:
        frequent, term_count = self._frequent, self._field.term_count
        frequent_starts = self._table("frequent_starts", len(STARTS))
        bounds = np.concatenate(([-1], frequent.astype(np.int64), [term_count]))
        return bool(
            len(self._table("block_starts", len(STARTS))) == -(-term_count // BLOCK_SIZE)
            and len(frequent) == len(self._frequent_counts) == len(frequent_starts)
            and (np.diff(bounds) > 0).all()
            and not self._counts[frequent].any()
            and (self._frequent_counts[:, POSTINGS] > 0).all()
        )

    def _totals(self) -> Int64Array:
        """The sum of each count over all terms."""
        totals: Int64Array = self._counts.sum(axis=0, dtype=np.int64)
        totals += np.abs(self._frequent_counts).sum(axis=0)
        return totals

    @property
    def _postings(self) -> int:
        """How many postings have a number; some numbers are skipped."""
        return self._count("frequency_codes") * TWO_BITS.per_byte

    @property
    def _next_positions(self) -> int:
        """How many further positions have a number; some numbers are skipped."""
        return self._count("next_lows") if self._field.has_positions else 0

    def _stream_sizes(self) -> dict[str, int]:
        """The number of items that each stream must have."""
        totals = self._totals()
        postings = self._counts[:, POSTINGS].astype(np.int64)
        postings[self._frequent] = self._frequent_counts[:, POSTINGS]
        sizes = {
            "gaps": totals[GAPS],
            "gap_lows": postings[is_scattered(postings, self._doc_count)].sum(),
            "frequency_escapes": totals[FREQUENCY_ESCAPES],
            "title_posting_lows": self._count("title_frequencies"),
        }
        if self._field.has_positions:
            sizes |= {
                "first_lows": self._postings,
                "first_highs": -(-self._postings // FOUR_BITS.per_byte),
                "first_escapes": totals[FIRST_ESCAPES],
                "next_codes": -(-self._next_positions // TWO_BITS.per_byte),
                "next_escapes": totals[NEXT_ESCAPES],
            }
        return sizes

    def _title_faults(self) -> Iterator[str]:
        """Check the numbers of the postings that have occurrences in titles."""
        name = self._field.name
        bounds = np.concatenate(([0], self._container[f"{name}/title_posting_starts"]))
        if (np.diff(bounds) < 0).any() or bounds[-1] != self._count("title_frequencies"):
            yield f"{name}/title_posting_starts does not divide {name}/title_posting_lows"
            return
        in_titles = self._field.postings.title_postings.numbers.astype(np.int64)
        if (np.diff(in_titles, prepend=-1, append=self._postings) <= 0).any():
            yield f"impossible numbers in {name}/title_posting_lows"


class _Postings:
    """Checks all postings of a field in one pass."""

    def __init__(self, field: FieldReader, segment: SegmentReader) -> None:
        self._field = field
        self._segment = segment
        # The numbers of postings of each document, and of tokens of each zone of each document.
        self._document_counts = np.zeros(segment.doc_count, np.int64)
        self._zone_counts = np.zeros(segment.doc_count * len(ZONES), np.int64)

    def faults(self, advance: Callable[[float], None]) -> Iterator[str]:
        """Yield each kind of fault once; ``advance`` is called with shares that were read."""
        name = self._field.name
        found = dict.fromkeys(self._all_faults(advance))
        yield from (f"{fault} in {name}" for fault in found)
        zone_lengths = self._segment.zone_lengths.ravel()
        if not found and name == TEXT and (self._zone_counts != zone_lengths).any():
            yield f"{name}/zone_lengths differs from the number of tokens in zones"
        if name == ID_FIELD and (self._document_counts != 1).any():
            yield "documents without an id of their own"

    def _all_faults(self, advance: Callable[[float], None]) -> Iterator[str]:
        postings = self._segment.stored_postings(self._field.name)
        counts = postings.token_counts()
        bounds = batch_bounds(counts, _BATCH_TOKENS)
        for low, high in pairwise(bounds):
            found = postings.read_terms(np.arange(low, high))
            faults = [*self._document_faults(found)]
            yield from faults
            if not faults and self._field.has_positions:
                yield from self._position_faults(found, counts[low:high])
            self._segment.release_pages()
            advance((high - low) / bounds[-1])

    def _document_faults(self, found: TermsPostings) -> Iterator[str]:
        documents = found.documents
        if len(documents) != found.counts.sum() or len(found.frequencies) != len(documents):
            yield "wrong number of postings"
        elif ((documents < 0) | (documents >= self._segment.doc_count)).any():
            yield "documents that do not exist"
        elif not _ascend(documents, found.counts):
            yield "documents out of order"
        elif (found.counts == 0).any() and self._field.name != RANKING:
            yield "terms without postings"
        elif (found.title_frequencies() > found.frequencies).any():
            yield "more occurrences in titles than in all zones"
        else:
            self._document_counts += np.bincount(documents, minlength=len(self._document_counts))

    def _position_faults(self, found: TermsPostings, token_counts: Int64Array) -> Iterator[str]:
        token_starts = starts(found.frequencies)
        counts = np.diff(token_starts[starts(found.counts)])
        if (counts != token_counts).any():
            yield "wrong number of positions"
            return
        keys = found.positions.keys(np.arange(len(found.documents)))
        if not _ascend(keys, counts):
            yield "positions out of order"
        if self._field.name == TEXT:
            yield from self._zone_faults(found, keys, token_starts)

    def _zone_faults(
        self, found: TermsPostings, keys: Int64Array, token_starts: Int64Array
    ) -> Iterator[str]:
        """Count the tokens of zones; compare occurrences in titles with their positions."""
        documents, positions = keys >> POSITION_BITS, keys & POSITION_MASK
        zone_starts = self._segment.zone_starts
        zones = documents * len(ZONES)
        for zone in range(1, len(ZONES)):
            zones += positions >= zone_starts[documents, zone]
        self._zone_counts += np.bincount(zones, minlength=len(self._zone_counts))
        is_in_title = positions < zone_starts[documents, TITLE_ZONE_COUNT]
        counts = np.diff(starts(is_in_title)[token_starts])
        if (np.minimum(counts, _MAX_BYTE) != found.title_frequencies()).any():
            yield "wrong number of occurrences in titles"


def _ascend(numbers: Int64Array, counts: Int64Array) -> bool:
    """Whether the numbers ascend within each run; ``counts`` has the lengths of the runs."""
    steps = np.diff(numbers)
    first = starts(counts)[1:-1]
    steps[first[(first > 0) & (first < len(numbers))] - 1] = 1
    return not (steps <= 0).any()
