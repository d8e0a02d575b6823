"""Collect and write the ranking stream of a segment: the stems of its words, and long words.

Stems are not collected. Their postings are made of those of their words, while these are written.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from indexer.array_types import Int64Array, IntegerArray
from indexer.codec.container_writer import ContainerWriter
from indexer.codec.postings import PostingsBatch
from indexer.codec.postings_writer import PostingsWriter
from indexer.codec.segment_arrays import STEM_OF_WORD
from indexer.codec.stems import stores_postings
from indexer.codec.term_dictionary import write_terms
from indexer.codec.text_field import TextField
from indexer.codec.token_keys import PAYLOAD_BITS, PAYLOAD_MASK, TokenKeys
from indexer.codec.vocabulary import Vocabulary
from indexer.schema import RANKING, TEXT

# A posting key is one int64: term, document, frequency, title frequency, from high to low bits.
_TERM_SHIFT, _DOCUMENT_SHIFT, _FREQUENCY_SHIFT = 39, 20, 8
# Frequencies that exceed these are stored as these.
_MAX_FREQUENCY: Final = (1 << _DOCUMENT_SHIFT - _FREQUENCY_SHIFT) - 1
_MAX_TITLE_FREQUENCY: Final = (1 << _FREQUENCY_SHIFT) - 1
# A key has room for this many documents and terms.
MAX_DOCUMENTS: Final = 1 << _TERM_SHIFT - _DOCUMENT_SHIFT
MAX_TERMS: Final = 1 << 63 - _TERM_SHIFT


class RankingStream:
    """The long words of documents; `write` adds the stems of the text's words."""

    def __init__(self) -> None:
        self.vocabulary = Vocabulary()
        self._tokens = TokenKeys()

    def add(self, document: int, words: Sequence[str], *, in_title: bool) -> None:
        """Add long words of a document; ValueError if one of them cannot be a term."""
        numbers = self.vocabulary.numbers(words)
        self._tokens.extend(numbers << PAYLOAD_BITS | (document << 1 | in_title))

    def mark(self) -> tuple[int, int]:
        """Return the present size, for `truncate`."""
        return len(self.vocabulary), len(self._tokens)

    def truncate(self, mark: tuple[int, int]) -> None:
        """Remove everything that was added after `mark`."""
        terms, tokens = mark
        self.vocabulary.truncate(terms)
        self._tokens.truncate(tokens)

    @property
    def memory(self) -> int:
        """An estimate of the bytes that the long words take."""
        return self.vocabulary.memory + 8 * len(self._tokens)

    def write(
        self,
        text: TextField,
        title_ends: Int64Array,
        stem: Callable[[str], str],
        out: ContainerWriter,
    ) -> None:
        """Write the text and the ranking stream. The tokens of both are gone afterwards.

        ``title_ends`` (n,) is the position at which the titles of each document end; ``stem``
        gives the stem of a word.
        """
        long_words, ranks = self.vocabulary.ranked()
        self._tokens.renumber(ranks)
        stems = [*map(stem, sorted(text.vocabulary))]
        terms = sorted({*stems, *long_words})
        number_of = {term: number for number, term in enumerate(terms)}
        stem_of, long_of = (
            np.fromiter(map(number_of.__getitem__, words), np.int64, len(words))
            for words in (stems, long_words)
        )
        del stems, number_of
        keys = self._posting_keys(text, title_ends, stem_of, long_of, out)
        out.add(STEM_OF_WORD, stem_of.astype(np.int32))
        write_terms(RANKING, terms, out)
        _write_postings(keys, len(terms), len(title_ends), out)

    def _posting_keys(
        self,
        text: TextField,
        title_ends: Int64Array,
        stem_of: Int64Array,
        long_of: Int64Array,
        out: ContainerWriter,
    ) -> TokenKeys:
        """Write the text; returns the posting keys of the stems that store any, and of long words.

        ``stem_of`` has the term of each word of the text, and ``long_of`` that of each long word.
        """
        stores = stores_postings(np.bincount(stem_of))
        keys = TokenKeys()
        for ordinals, batch in text.write(TEXT, title_ends, out):
            owners = np.repeat(stem_of[ordinals], batch.document_frequencies)
            batch_keys = _pack(owners, batch.documents, batch.frequencies, batch.title_frequencies)
            keys.extend(batch_keys[stores[owners]])
        for tokens in self._tokens.sorted_batches(PAYLOAD_BITS):
            owners, payloads = long_of[tokens >> PAYLOAD_BITS], tokens & PAYLOAD_MASK
            keys.extend(_pack(owners, payloads >> 1, np.ones_like(tokens), payloads & 1))
        self._tokens = TokenKeys()
        return keys


def _write_postings(keys: TokenKeys, term_count: int, doc_count: int, out: ContainerWriter) -> None:
    """Write the postings of the ranking stream; terms without a key get none."""
    postings = PostingsWriter(RANKING, doc_count, out, has_positions=False)
    done = 0
    for term_keys in keys.sorted_batches(_TERM_SHIFT):
        batch = _unpack(term_keys, done)
        postings.add(batch)
        done += len(batch.document_frequencies)
    rest = np.zeros(term_count - done, np.int64)
    postings.add(PostingsBatch(rest, rest[:0], rest[:0], rest[:0]))
    postings.finish()


def _pack(
    terms: Int64Array,
    documents: IntegerArray,
    frequencies: IntegerArray,
    title_frequencies: IntegerArray,
) -> Int64Array:
    """Return postings as keys."""
    keys = terms << _TERM_SHIFT
    keys |= documents.astype(np.int64) << _DOCUMENT_SHIFT
    keys |= np.minimum(frequencies, _MAX_FREQUENCY) << _FREQUENCY_SHIFT
    keys |= np.minimum(title_frequencies, _MAX_TITLE_FREQUENCY)
    return keys


def _unpack(keys: Int64Array, first_term: int) -> PostingsBatch:
    """Return the postings of sorted keys, adding up those of one term and document.

    The batch has all terms from ``first_term`` to the last term of the keys, also those that have
    no postings.
    """
    postings = keys >> _DOCUMENT_SHIFT
    firsts = np.flatnonzero(np.diff(postings, prepend=-1))
    frequencies = keys >> _FREQUENCY_SHIFT & _MAX_FREQUENCY
    return PostingsBatch(
        document_frequencies=np.bincount((keys[firsts] >> _TERM_SHIFT) - first_term),
        documents=postings[firsts] & MAX_DOCUMENTS - 1,
        frequencies=np.add.reduceat(frequencies, firsts),
        title_frequencies=np.add.reduceat(keys & _MAX_TITLE_FREQUENCY, firsts),
    )
