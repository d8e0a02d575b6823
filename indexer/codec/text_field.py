"""The tokens of a text field of a segment that is being built, and how they become postings.

The texts of all documents are held as one array of tokens, which are known by their *index* in it.
The tokens of each document begin at a multiple of 2 ** `_BLOCK_BITS`, so that a small table, with
one entry for each block, gives the document of each index.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np

from indexer.analysis.bigrams import CODE_BITS
from indexer.array_types import Int64Array
from indexer.codec.container_writer import ContainerWriter
from indexer.codec.postings import PostingsBatch
from indexer.codec.postings_writer import PostingsWriter
from indexer.codec.term_dictionary import write_terms
from indexer.codec.text_terms import BATCH_TOKENS, WORD_FLAG, TextTerms
from indexer.codec.token_keys import PAYLOAD_BITS, PAYLOAD_MASK, whole_terms
from indexer.codec.vocabulary import Vocabulary

_BLOCK_BITS: Final = 8
# Tokens that are sorted at a time: this number, or this share of all, whichever is larger.
_MIN_SORTED: Final = 1 << 19
_SORTED_SHARE: Final = 8


class TextField:
    """The texts of a field; `write` makes its term dictionary and postings."""

    def __init__(self) -> None:
        self.vocabulary = Vocabulary()
        self.word_count = 0
        self._tokens = array("I")
        self._first_blocks = array("q", [0])  # of each document, and of the next

    def add(self, terms: TextTerms) -> None:
        """Add the text of the next document; ValueError if one of its words cannot be a term."""
        numbers = self.vocabulary.numbers(terms.words).astype(np.uint32) | WORD_FLAG
        for start in range(0, len(terms.tokens), BATCH_TOKENS):
            tokens = terms.tokens[start : start + BATCH_TOKENS].copy()
            words = np.flatnonzero(tokens >= WORD_FLAG)
            tokens[words] = numbers[tokens[words] ^ WORD_FLAG]
            self._tokens.frombytes(tokens.tobytes())
            self.word_count += len(words)
        blocks = -(-len(terms.tokens) >> _BLOCK_BITS)
        self._first_blocks.append(self._first_blocks[-1] + blocks)
        unused = (self._first_blocks[-1] << _BLOCK_BITS) - len(self._tokens)
        self._tokens.frombytes(bytes(self._tokens.itemsize * unused))

    def mark(self) -> tuple[int, int, int, int]:
        """Return the present size, for `truncate`."""
        return len(self.vocabulary), self.word_count, len(self._tokens), len(self._first_blocks)

    def truncate(self, mark: tuple[int, int, int, int]) -> None:
        """Remove everything that was added after `mark`."""
        terms, self.word_count, tokens, blocks = mark
        self.vocabulary.truncate(terms)
        del self._tokens[tokens:]
        del self._first_blocks[blocks:]

    @property
    def memory(self) -> int:
        """An estimate of the bytes that the field takes."""
        return self.vocabulary.memory + self._tokens.itemsize * len(self._tokens)

    def write(
        self, name: str, title_ends: Int64Array | None, out: ContainerWriter
    ) -> Iterator[tuple[Int64Array, PostingsBatch]]:
        """Write the field; yields the postings of its words on the way, batch by batch.

        Each batch comes with the ordinals of its terms. Positions before ``title_ends`` (n,) are
        in the titles of a document. The tokens are gone afterwards.
        """
        terms, ranks = self.vocabulary.ranked()
        write_terms(name, terms, out)
        documents = _DocumentTable.of(np.frombuffer(self._first_blocks, np.int64), title_ends)
        doc_count = len(self._first_blocks) - 1
        postings = PostingsWriter(name, doc_count, out, has_positions=True)
        for keys in self._sorted_keys(ranks):
            ordinals, batch = _postings(keys, documents)
            postings.add(batch)
            yield ordinals, batch
        bigrams = [np.empty(0, np.int64)]
        for keys in self._sorted_keys(None):
            codes, batch = _postings(keys, documents)
            postings.add(batch)
            bigrams.append(codes)
        out.add(f"{name}/bigrams", np.concatenate(bigrams).astype(np.uint32))
        postings.finish()
        self._tokens = array("I")

    def _sorted_keys(self, ranks: Int64Array | None) -> Iterator[Int64Array]:
        """Yield the keys of all words, or of all bigrams, sorted, in batches of whole terms.

        ``ranks`` are those of the words; None asks for the bigrams. Only a share of the terms is
        sorted at a time, because a key takes twice the memory of a token.
        """
        # Bigrams with the same first character are in the same share.
        bits = 0 if ranks is not None else CODE_BITS
        sizes = np.zeros(1, np.int64)
        for numbers, _ in self._numbers(ranks):
            added = np.bincount(numbers >> bits, minlength=len(sizes))
            added[: len(sizes)] += sizes
            sizes = added
        for low, high in pairwise(self._shares(sizes)):
            keys = np.empty(int(sizes[low:high].sum()), np.int64)
            count = 0
            for numbers, indices in self._numbers(ranks):
                group = numbers >> bits
                kept = np.flatnonzero((group >= low) & (group < high))
                keys[count : count + len(kept)] = numbers[kept] << PAYLOAD_BITS | indices[kept]
                count += len(kept)
            keys.sort()
            yield from whole_terms(keys, PAYLOAD_BITS)

    def _shares(self, sizes: Int64Array) -> list[int]:
        """Divide groups of terms, of ``sizes`` tokens, into shares; returns the bounds."""
        ends = np.cumsum(sizes)
        step = max(_MIN_SORTED, len(self._tokens) // _SORTED_SHARE)
        cuts = np.searchsorted(ends, np.arange(step, ends[-1], step)) + 1
        bounds: list[int] = np.unique([0, *cuts.tolist(), len(sizes)]).tolist()
        return bounds

    def _numbers(self, ranks: Int64Array | None) -> Iterator[tuple[Int64Array, Int64Array]]:
        """Yield the numbers and the indices of the tokens of all words, or of all bigrams.

        Words are numbered by their rank, bigrams by their code.
        """
        tokens = np.frombuffer(self._tokens, np.uint32)
        for start in range(0, len(tokens), BATCH_TOKENS):
            batch = tokens[start : start + BATCH_TOKENS]
            is_word = batch >= WORD_FLAG
            if ranks is None:
                indices = np.flatnonzero((batch > 0) & ~is_word)
                numbers = batch[indices].astype(np.int64)
            else:
                indices = np.flatnonzero(is_word)
                numbers = ranks[batch[indices] ^ WORD_FLAG]
            yield numbers, indices + start


class _DocumentTable(NamedTuple):
    """The first block of each document, the document of each block, the end of the titles."""

    first_blocks: Int64Array
    document_of_block: Int64Array
    title_ends: Int64Array | None

    @classmethod
    def of(cls, first_blocks: Int64Array, title_ends: Int64Array | None) -> _DocumentTable:
        sizes = np.diff(first_blocks)
        return cls(first_blocks, np.repeat(np.arange(len(sizes)), sizes), title_ends)


def _postings(keys: Int64Array, table: _DocumentTable) -> tuple[Int64Array, PostingsBatch]:
    """Return the numbers of the terms, and the postings, of sorted keys."""
    terms = keys >> PAYLOAD_BITS
    positions = keys & PAYLOAD_MASK
    documents = table.document_of_block[positions >> _BLOCK_BITS]
    positions -= table.first_blocks[documents] << _BLOCK_BITS
    begins_term = np.diff(terms, prepend=-1) != 0
    begins = begins_term | (np.diff(documents, prepend=-1) != 0)
    firsts = np.flatnonzero(begins)
    title_frequencies = np.zeros(len(firsts), np.int64)
    if table.title_ends is not None:
        in_title = positions < table.title_ends[documents]
        title_frequencies = np.add.reduceat(in_title, firsts, dtype=np.int64)
    first_postings = np.flatnonzero(begins_term[firsts])
    batch = PostingsBatch(
        document_frequencies=np.diff(first_postings, append=len(firsts)),
        documents=documents[firsts],
        frequencies=np.diff(firsts, append=len(keys)),
        title_frequencies=title_frequencies,
        first_positions=positions[firsts].astype(np.uint32),
        next_gaps=np.diff(positions)[~begins[1:]].astype(np.uint32),
    )
    return terms[firsts[first_postings]], batch
