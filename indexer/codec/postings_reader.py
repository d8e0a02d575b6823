"""Read the postings of terms, given by their ordinals."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np

from indexer.array_types import Int64Array, UInt8Array
from indexer.codec.arrays import batch_bounds
from indexer.codec.container import Container
from indexer.codec.postings import POSTINGS, POSTINGS_START
from indexer.codec.postings_streams import PostingsStreams, TermLocations
from indexer.codec.terms_postings import Postings, StoredPostings, TermsPostings, decode_term

# Locations of this many terms are kept, since the words of one query often recur in the next.
_MAX_CACHE: Final = 1 << 14
# About how many postings are read at a time where all may be too many to hold.
BATCH_POSTINGS: Final = 1 << 19


class _TermLocation(NamedTuple):
    """Where the data of a term lies: its rows of `TermLocations`.

    ``titles`` is the half-open range of its postings among the postings in titles.
    """

    starts: list[int]
    counts: list[int]
    titles: tuple[int, int]


class PostingsReader:
    """Reads the postings of the field ``name``. May be used from several threads."""

    def __init__(self, name: str, container: Container, doc_count: int) -> None:
        self._streams = PostingsStreams(name, container, doc_count)
        self.doc_count = doc_count
        self.has_positions = self._streams.has_positions
        self.term_count = self._streams.term_count
        self.title_postings = self._streams.title_postings
        self._known: dict[int, _TermLocation] = {}

    def _locate(self, ordinal: int) -> _TermLocation:
        location = self._known.get(ordinal)
        if location is None:
            if len(self._known) >= _MAX_CACHE:
                self._known.clear()
            rows = self._streams.locate(np.array([ordinal]))
            starts, counts = rows.starts[0].tolist(), rows.counts[0].tolist()
            bounds = starts[POSTINGS_START], starts[POSTINGS_START] + counts[POSTINGS]
            low, high = map(self.title_postings.index, bounds)
            location = self._known[ordinal] = _TermLocation(starts, counts, (low, high))
        return location

    def stores(self, ordinal: int) -> bool:
        """Whether the field stores postings for a term."""
        return self._locate(ordinal).counts[POSTINGS] > 0

    def token_counts(self) -> Int64Array:
        """Return the number of positions of each term, or of postings without positions: (T,)."""
        return self._streams.token_counts()

    def read_term(self, ordinal: int) -> Postings:
        """Return the documents and frequencies of a term."""
        location = self._locate(ordinal)
        return decode_term(self._streams, location.starts, location.counts)

    def title_frequencies(self, ordinal: int) -> tuple[Int64Array, UInt8Array]:
        """Return which postings of a term have occurrences in titles, and how many each.

        Postings are given by their index; a number of 255 means 255 or more.
        """
        starts, _, (low, high) = self._locate(ordinal)
        numbers = self.title_postings.numbers[low:high].astype(np.int64)
        frequencies = self._streams.array("title_frequencies")[low:high]
        return numbers - starts[POSTINGS_START], frequencies

    def read_terms(self, ordinals: Int64Array) -> TermsPostings:
        """Return the postings of several terms."""
        if len(ordinals) != 1:
            return StoredPostings(self._streams, self._streams.locate(ordinals))
        starts, counts, _ = self._locate(int(ordinals[0]))
        locations = TermLocations(np.array([starts]), np.array([counts]))
        return StoredPostings(self._streams, locations, decode_term(self._streams, starts, counts))

    def read_batches(self, ordinals: Int64Array) -> Iterator[TermsPostings]:
        """Read the postings of several terms in batches of terms.

        The terms of a batch have about half a million postings, or more if a single term has more.
        """
        if len(ordinals) == 1:
            yield self.read_terms(ordinals)
            return
        starts, counts = self._streams.locate(ordinals)
        for low, high in pairwise(batch_bounds(counts[:, POSTINGS], BATCH_POSTINGS)):
            yield StoredPostings(self._streams, TermLocations(starts[low:high], counts[low:high]))
