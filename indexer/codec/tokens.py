"""The tokens of a field, collected as numbers and made postings.

A text is held as the number of the term at each place. To be sorted, a token is one number: its
term's, then its place. A document's places begin at a multiple of 2 ** `_DOCUMENT_BITS`, so that a
small table tells the document of each place.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from indexer.analysis.bigrams import CODE_BITS
from indexer.codec.arrays import Int64Array
from indexer.codec.container import ContainerWriter
from indexer.codec.postings import PostingsBatch
from indexer.codec.postings_writer import PostingsWriter
from indexer.codec.term_dictionary import write_terms

Positions = npt.NDArray[np.int32] | Int64Array

PLACE_BITS: Final = 33
PLACE_MASK: Final = (1 << PLACE_BITS) - 1
_DOCUMENT_BITS: Final = 8

# In a text, a number from here on is a word's; less is a pair, and 0 no term.
WORD_FLAG: Final = np.uint32(1 << 31)

# How many tokens become postings at a time, how many places are looked at, and how many tokens are
# sorted: the larger number of so many, and of one in so many.
_CHUNK: Final = 1 << 16
_SLICE: Final = 1 << 17
_SORTED: Final = 1 << 19
_SORTED_SHARE: Final = 8
# What a term takes beside its place in the vocabulary, in bytes.
_TERM_SIZE: Final = 110


class TextTerms(NamedTuple):
    """The terms of a text: its ``words``, each once, and the ``tokens`` (n,) of its n positions.

    A token is a pair, numbered as in `indexer.analysis.bigrams`, the place of a word among the
    ``words`` and `WORD_FLAG`, or 0 where there is no term.
    """

    words: Sequence[str]
    tokens: npt.NDArray[np.uint32]

    def most_frequent(self, least: int) -> int:
        """How often a word occurs at most, or the first character of a pair; 0 if not ``least``."""
        if len(self.tokens) < least:
            return 0
        counts = np.zeros(max(len(self.words), 1 << CODE_BITS), np.int64)
        bigrams = np.zeros_like(counts)
        for start in range(0, len(self.tokens), _SLICE):
            tokens = self.tokens[start : start + _SLICE]
            is_word = tokens >= WORD_FLAG
            counts += np.bincount(tokens[is_word] ^ WORD_FLAG, minlength=len(counts))
            bigrams += np.bincount(tokens[~is_word] >> CODE_BITS, minlength=len(counts))
        bigrams[0] = 0
        return int(max(counts.max(), bigrams.max()))


class TextCollector:
    """Makes the terms of a text of those of its pieces."""

    def __init__(self) -> None:
        self._words: dict[str, int] = {}
        self._tokens = array("I")

    @property
    def word_count(self) -> int:
        """How many different words there are."""
        return len(self._words)

    def add(
        self,
        words: Sequence[str],
        word_positions: Positions,
        bigrams: npt.NDArray[np.uint32],
        bigram_positions: Positions,
        size: int,
    ) -> None:
        """Add a piece of so many positions, with ``words`` and ``bigrams`` at some of them."""
        known = self._words
        for word in dict.fromkeys(words):
            known.setdefault(word, len(known))
        tokens = np.zeros(size, np.uint32)
        numbers = np.fromiter(map(known.__getitem__, words), np.uint32, len(words))
        tokens[word_positions] = numbers | WORD_FLAG
        tokens[bigram_positions] = bigrams
        self._tokens.frombytes(tokens.tobytes())

    def terms(self) -> TextTerms:
        """The terms of all pieces; nothing may be added any more."""
        return TextTerms([*self._words], np.frombuffer(self._tokens, np.uint32))


class Vocabulary(dict[str, int]):
    """Term to its number, in the order of first use; filled as terms are met."""

    __slots__ = ()

    def __missing__(self, term: str) -> int:
        """Number a new term; ValueError for what is none."""
        if not term or "\n" in term:
            raise ValueError(f"not a term: {term[:40]!r}")
        term.encode()  # a lone surrogate is a UnicodeEncodeError, which is a ValueError
        number = self[term] = len(self)
        return number

    def numbers(self, terms: Sequence[str]) -> Int64Array:
        """The numbers of terms."""
        return np.fromiter(map(self.__getitem__, terms), np.int64, len(terms))

    def ranked(self) -> tuple[list[str], Int64Array]:
        """The terms in order, and the rank of each number."""
        terms = sorted(self)
        ranks = np.empty(len(terms), np.int64)
        ranks[self.numbers(terms)] = np.arange(len(terms))
        return terms, ranks

    @property
    def memory(self) -> int:
        """Bytes that the terms take."""
        return sys.getsizeof(self) + len(self) * _TERM_SIZE

    def truncate(self, count: int) -> None:
        """Forget all but the first terms."""
        while len(self) > count:
            self.popitem()


class Tokens:
    """Numbers of 64 bits, many, to be sorted where they lie."""

    def __init__(self) -> None:
        self._held = array("q")

    def __len__(self) -> int:
        return len(self._held)

    def extend(self, numbers: Int64Array) -> None:
        """Add numbers."""
        self._held.frombytes(numbers.tobytes())

    def truncate(self, count: int) -> None:
        """Forget all but the first numbers."""
        del self._held[count:]

    def renumber(self, ranks: Int64Array) -> None:
        """Replace the terms' numbers by their ranks."""
        numbers = np.frombuffer(self._held, np.int64)
        for i in range(0, len(numbers), _CHUNK):
            part = numbers[i : i + _CHUNK]
            part[:] = ranks[part >> PLACE_BITS] << PLACE_BITS | part & PLACE_MASK

    def parts(self, term_shift: int) -> Iterator[Int64Array]:
        """The numbers, sorted, in parts that hold whole terms; terms are above ``term_shift``."""
        numbers = np.frombuffer(self._held, np.int64)
        numbers.sort()
        return _parts(numbers, term_shift)


def _parts(numbers: Int64Array, term_shift: int) -> Iterator[Int64Array]:
    start = 0
    while start < len(numbers):
        end = start + _CHUNK
        if end < len(numbers):  # the term that stands there is the next part's, or all of this
            term = numbers[end] >> term_shift
            first, after = np.searchsorted(numbers, (term << term_shift, term + 1 << term_shift))
            end = int(first if first > start else after)
        yield numbers[start:end]
        start = end


class TextField:
    """The tokens of a field, and which places belong to which document."""

    def __init__(self) -> None:
        self.vocabulary = Vocabulary()
        self.word_count = 0
        self._tokens = array("I")
        self._first_blocks = array("q", [0])  # of each document, and of the next

    def add(self, terms: TextTerms) -> None:
        """Add the text of the next document; ValueError if something is no term."""
        numbers = self.vocabulary.numbers(terms.words).astype(np.uint32) | WORD_FLAG
        for start in range(0, len(terms.tokens), _SLICE):
            tokens = terms.tokens[start : start + _SLICE].copy()
            places = np.flatnonzero(tokens >= WORD_FLAG)
            tokens[places] = numbers[tokens[places] ^ WORD_FLAG]
            self._tokens.frombytes(tokens.tobytes())
            self.word_count += len(places)
        blocks = -(-len(terms.tokens) >> _DOCUMENT_BITS)
        self._first_blocks.append(self._first_blocks[-1] + blocks)
        unused = (self._first_blocks[-1] << _DOCUMENT_BITS) - len(self._tokens)
        self._tokens.frombytes(bytes(self._tokens.itemsize * unused))

    def mark(self) -> tuple[int, int, int, int]:
        """How much there is, for `truncate`."""
        return len(self.vocabulary), self.word_count, len(self._tokens), len(self._first_blocks)

    def truncate(self, mark: tuple[int, int, int, int]) -> None:
        """Forget what was added since."""
        terms, self.word_count, tokens, blocks = mark
        self.vocabulary.truncate(terms)
        del self._tokens[tokens:]
        del self._first_blocks[blocks:]

    @property
    def memory(self) -> int:
        """Bytes that the field takes."""
        return self.vocabulary.memory + self._tokens.itemsize * len(self._tokens)

    def write(
        self, name: str, title_ends: Int64Array | None, out: ContainerWriter
    ) -> Iterator[tuple[Int64Array, PostingsBatch]]:
        """Write dictionary and postings; yields the words' postings on the way.

        Positions before its ``title_ends`` are in a document's titles. Each chunk comes with the
        ordinals of its terms.
        """
        terms, ranks = self.vocabulary.ranked()
        write_terms(name, terms, out)
        places = _Places.of(np.frombuffer(self._first_blocks, np.int64), title_ends)
        doc_count = len(self._first_blocks) - 1
        postings = PostingsWriter(name, doc_count, out, has_positions=True)
        for part in self._sorted(ranks):
            keys, chunk = _chunk(part, places)
            postings.add(chunk)
            yield keys, chunk
        bigrams = [np.empty(0, np.int64)]
        for part in self._sorted(None):
            keys, chunk = _chunk(part, places)
            postings.add(chunk)
            bigrams.append(keys)
        out.add(f"{name}/bigrams", np.concatenate(bigrams).astype(np.uint32))
        postings.finish()
        self._tokens = array("I")

    def _sorted(self, ranks: Int64Array | None) -> Iterator[Int64Array]:
        """The tokens of words, given the ranks of all, or of pairs, sorted, in parts.

        A share of the terms after the other, so that only their tokens are there as long numbers.
        """
        bits = 0 if ranks is not None else CODE_BITS  # by its first character, a pair is in a share
        sizes = np.zeros(1, np.int64)
        for numbers, _ in self._slices(ranks):
            added = np.bincount(numbers >> bits, minlength=len(sizes))
            added[: len(sizes)] += sizes
            sizes = added
        ends = np.cumsum(sizes)
        step = max(_SORTED, len(self._tokens) // _SORTED_SHARE)
        cuts = np.searchsorted(ends, np.arange(step, ends[-1], step)) + 1
        for low, high in pairwise(np.unique([0, *cuts.tolist(), len(sizes)]).tolist()):
            tokens = np.empty(int(sizes[low:high].sum()), np.int64)
            count = 0
            for numbers, places in self._slices(ranks):
                share = numbers >> bits
                kept = np.flatnonzero((share >= low) & (share < high))
                tokens[count : count + len(kept)] = numbers[kept] << PLACE_BITS | places[kept]
                count += len(kept)
            tokens.sort()
            yield from _parts(tokens, PLACE_BITS)

    def _slices(self, ranks: Int64Array | None) -> Iterator[tuple[Int64Array, Int64Array]]:
        """The numbers of all words' tokens, as ranked, or of all pairs', and their places."""
        tokens = np.frombuffer(self._tokens, np.uint32)
        for start in range(0, len(tokens), _SLICE):
            part = tokens[start : start + _SLICE]
            is_word = part >= WORD_FLAG
            if ranks is None:
                held = np.flatnonzero((part > 0) & ~is_word)
                numbers = part[held].astype(np.int64)
            else:
                held = np.flatnonzero(is_word)
                numbers = ranks[part[held] ^ WORD_FLAG]
            yield numbers, held + start


class _Places(NamedTuple):
    """Where the documents of a field begin, and their titles end."""

    first_blocks: Int64Array
    document_of: Int64Array
    title_ends: Int64Array | None

    @classmethod
    def of(cls, first_blocks: Int64Array, title_ends: Int64Array | None) -> _Places:
        sizes = np.diff(first_blocks)
        return cls(first_blocks, np.repeat(np.arange(len(sizes)), sizes), title_ends)


def _chunk(tokens: Int64Array, places: _Places) -> tuple[Int64Array, PostingsBatch]:
    """The terms' numbers and the postings of sorted tokens."""
    terms = tokens >> PLACE_BITS
    positions = tokens & PLACE_MASK
    documents = places.document_of[positions >> _DOCUMENT_BITS]
    positions -= places.first_blocks[documents] << _DOCUMENT_BITS
    begins_term = np.diff(terms, prepend=-1) != 0
    begins = begins_term | (np.diff(documents, prepend=-1) != 0)
    firsts = np.flatnonzero(begins)
    title_frequencies = np.zeros(len(firsts), np.int64)
    if places.title_ends is not None:
        in_title = positions < places.title_ends[documents]
        title_frequencies = np.add.reduceat(in_title, firsts, dtype=np.int64)
    first_postings = np.flatnonzero(begins_term[firsts])
    chunk = PostingsBatch(
        document_frequencies=np.diff(first_postings, append=len(firsts)),
        documents=documents[firsts],
        frequencies=np.diff(firsts, append=len(tokens)),
        title_frequencies=title_frequencies,
        first_positions=positions[firsts].astype(np.uint32),
        next_gaps=np.diff(positions)[~begins[1:]].astype(np.uint32),
    )
    return terms[firsts[first_postings]], chunk
