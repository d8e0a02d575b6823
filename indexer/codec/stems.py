"""The rule that a stem of one word borrows the postings of its word.

The ranking stream has the stems of the words of a segment. Most stems are the stem of one word
only: they occur exactly where that word does. So the ranking stream stores no postings for such a
stem. Its postings are those of its word in the field ``text``.

The ranking stream stores postings for the stems of several words, and for long words, which are
not the stem of any word.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from indexer.array_types import BoolArray, Int32Array, Int64Array, IntegerArray, UInt8Array
from indexer.codec.arrays import batch_bounds
from indexer.codec.container import Container
from indexer.codec.postings_reader import BATCH_POSTINGS, PostingsReader
from indexer.codec.segment_arrays import STEM_OF_WORD
from indexer.codec.stored_positions import StoredPositions
from indexer.codec.terms_postings import Postings, TermsPostings
from indexer.lazy import lazy
from indexer.schema import RANKING


def stores_postings(word_counts: IntegerArray) -> BoolArray:
    """Return for which of its terms the ranking stream stores postings.

    ``word_counts`` says for each term of how many words of the segment it is the stem.
    """
    stored: BoolArray = word_counts != 1
    return stored


class RankingPostings(PostingsReader):
    """Reads the postings of the ranking stream, and those that its stems borrow.

    ``text`` reads the postings of the field ``text``.
    """

    def __init__(self, container: Container, doc_count: int, text: PostingsReader) -> None:
        super().__init__(RANKING, container, doc_count)
        self._container = container
        self._text = text

    @lazy
    def word_of_stem(self) -> Int32Array:
        """The ordinal of the last word of each stem; -1 for a long word: int32 (T,)."""
        stem_of_word = self._container[STEM_OF_WORD]
        words = np.full(self.term_count, -1, np.int32)
        words[stem_of_word] = np.arange(len(stem_of_word))
        return words

    def _lender(self, ordinal: int) -> int:
        """Return the ordinal of the word whose postings a term borrows; -1 if it borrows none."""
        return -1 if self.stores(ordinal) else int(self.word_of_stem[ordinal])

    def token_counts(self) -> Int64Array:
        """Return the number of tokens that must be read for each term: int64 (T,)."""
        counts = super().token_counts()
        borrowing = np.flatnonzero(counts == 0)
        counts[borrowing] = self._text.token_counts()[self.word_of_stem[borrowing]]
        return counts

    def read_term(self, ordinal: int) -> Postings:
        """Return the documents and frequencies of a term."""
        word = self._lender(ordinal)
        return super().read_term(ordinal) if word < 0 else self._text.read_term(word)

    def title_frequencies(self, ordinal: int) -> tuple[Int64Array, UInt8Array]:
        """Return which postings of a term have occurrences in titles, and how many each."""
        word = self._lender(ordinal)
        if word < 0:
            return super().title_frequencies(ordinal)
        return self._text.title_frequencies(word)

    def read_terms(self, ordinals: Int64Array) -> TermsPostings:
        """Return the postings of several terms."""
        stored = super().read_terms(ordinals)
        borrowing = np.flatnonzero(stored.counts == 0)
        if not borrowing.size:
            return stored
        words = self.word_of_stem[ordinals[borrowing]].astype(np.int64)
        return _MixedPostings(stored, borrowing, self._text.read_terms(words))

    def read_batches(self, ordinals: Int64Array) -> Iterator[TermsPostings]:
        """Read the postings of several terms in batches of terms."""
        bounds = batch_bounds(self.token_counts()[ordinals], BATCH_POSTINGS)
        for low, high in pairwise(bounds):
            yield self.read_terms(ordinals[low:high])


class _MixedPostings(TermsPostings):
    """The postings of several terms, some of them borrowed.

    ``stored`` has the postings of all terms, which are none for a term that borrows. ``borrowing``
    has the indices of the terms that borrow, and ``borrowed`` the postings that they borrow.
    """

    def __init__(
        self, stored: TermsPostings, borrowing: Int64Array, borrowed: TermsPostings
    ) -> None:
        counts = stored.counts.copy()
        counts[borrowing] = borrowed.counts
        terms = np.arange(len(counts))
        owners = np.concatenate(
            (np.repeat(terms, stored.counts), np.repeat(borrowing, borrowed.counts))
        )
        self._parts = stored, borrowed
        self._order = np.argsort(owners, kind="stable")
        documents = np.concatenate((stored.documents, borrowed.documents))
        frequencies = np.concatenate((stored.frequencies, borrowed.frequencies))
        super().__init__(counts, Postings(documents[self._order], frequencies[self._order]))

    def title_frequencies(self) -> Int64Array:
        """Return how many occurrences each posting has in titles, 255 at most: int64 (p,)."""
        parts = [part.title_frequencies() for part in self._parts]
        return np.concatenate(parts)[self._order]

    @property
    def positions(self) -> StoredPositions:
        """Raises ValueError: the ranking stream has no positions."""
        raise ValueError("the ranking stream has no positions")
