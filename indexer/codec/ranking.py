"""The ranking stream of a segment: stems of the text's words, and long words.

Stems are not collected: their postings are made of those of their words when these are written.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from indexer.codec.arrays import STEM_OF_WORD, Int64Array, IntegerArray
from indexer.codec.container import ContainerWriter
from indexer.codec.postings import PostingsBatch
from indexer.codec.postings_writer import PostingsWriter
from indexer.codec.term_dictionary import write_terms
from indexer.codec.tokens import PLACE_BITS, PLACE_MASK, TextField, Tokens, Vocabulary
from indexer.schema import RANKING, TEXT

# A posting is one number: term, document, frequency, title frequency.
_TERM_SHIFT, _DOCUMENT_SHIFT, _FREQUENCY_SHIFT = 39, 20, 8
_MAX_FREQUENCY: Final = (1 << _DOCUMENT_SHIFT - _FREQUENCY_SHIFT) - 1
_MAX_TITLE_FREQUENCY: Final = (1 << _FREQUENCY_SHIFT) - 1
# What the numbers of documents and of terms must be below to fit there.
MAX_DOCUMENTS: Final = 1 << _TERM_SHIFT - _DOCUMENT_SHIFT
MAX_TERMS: Final = 1 << 63 - _TERM_SHIFT


class RankingStream:
    """Collects the long words of documents."""

    def __init__(self) -> None:
        self.vocabulary = Vocabulary()
        self._tokens = Tokens()

    def add(self, document: int, words: Sequence[str], *, in_title: bool) -> None:
        """Add words of a document; ValueError if something is no term."""
        numbers = self.vocabulary.numbers(words)
        self._tokens.extend(numbers << PLACE_BITS | (document << 1 | in_title))

    def mark(self) -> tuple[int, int]:
        """How much there is, for `truncate`."""
        return len(self.vocabulary), len(self._tokens)

    def truncate(self, mark: tuple[int, int]) -> None:
        """Forget what was added since."""
        terms, tokens = mark
        self.vocabulary.truncate(terms)
        self._tokens.truncate(tokens)

    @property
    def memory(self) -> int:
        """Bytes that the long words take."""
        return self.vocabulary.memory + 8 * len(self._tokens)

    def write(
        self,
        text: TextField,
        title_ends: Int64Array,
        stem: Callable[[str], str],
        out: ContainerWriter,
    ) -> None:
        """Write the text, and the ranking stream."""
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
        # A stem that stands for one word only has that word's postings.
        is_shared = np.bincount(stem_of, minlength=len(terms)) > 1
        packed = Tokens()
        for keys, chunk in text.write(TEXT, title_ends, out):
            owners = np.repeat(stem_of[keys], chunk.document_frequencies)
            numbers = _pack(owners, chunk.documents, chunk.frequencies, chunk.title_frequencies)
            packed.extend(numbers[is_shared[owners]])
        for part in self._tokens.parts(PLACE_BITS):
            owners, in_document = long_of[part >> PLACE_BITS], part & PLACE_MASK
            packed.extend(_pack(owners, in_document >> 1, np.ones_like(part), in_document & 1))
        self._tokens = Tokens()
        out.add(STEM_OF_WORD, stem_of.astype(np.int32))
        write_terms(RANKING, terms, out)
        postings = PostingsWriter(RANKING, len(title_ends), out, has_positions=False)
        done = 0
        for part in packed.parts(_TERM_SHIFT):
            chunk = _unpack(part, done)
            postings.add(chunk)
            done += len(chunk.document_frequencies)
        rest = np.zeros(len(terms) - done, np.int64)
        postings.add(PostingsBatch(rest, rest[:0], rest[:0], rest[:0]))
        postings.finish()


def _pack(
    terms: Int64Array,
    documents: IntegerArray,
    frequencies: IntegerArray,
    title_frequencies: IntegerArray,
) -> Int64Array:
    """Postings as numbers; what is too large for a number, as the largest that fits."""
    numbers = terms << _TERM_SHIFT
    numbers |= documents.astype(np.int64) << _DOCUMENT_SHIFT
    numbers |= np.minimum(frequencies, _MAX_FREQUENCY) << _FREQUENCY_SHIFT
    numbers |= np.minimum(title_frequencies, _MAX_TITLE_FREQUENCY)
    return numbers


def _unpack(numbers: Int64Array, first_term: int) -> PostingsBatch:
    """Postings of sorted numbers, those of one term and document as one.

    The chunk has all terms from ``first_term`` to the last there is, also those without postings.
    """
    postings = numbers >> _DOCUMENT_SHIFT
    firsts = np.flatnonzero(np.diff(postings, prepend=-1))
    frequencies = numbers >> _FREQUENCY_SHIFT & _MAX_FREQUENCY
    return PostingsBatch(
        document_frequencies=np.bincount((numbers[firsts] >> _TERM_SHIFT) - first_term),
        documents=postings[firsts] & MAX_DOCUMENTS - 1,
        frequencies=np.add.reduceat(frequencies, firsts),
        title_frequencies=np.add.reduceat(numbers & _MAX_TITLE_FREQUENCY, firsts),
    )
