"""Documents to a segment, in memory until it is written; imports indexer.{codec,schema}."""

from __future__ import annotations

import datetime
import sys
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import zstandard

from indexer.codec.arrays import (
    STORED,
    STORED_ENDS,
    Int64Array,
    frequency_type,
    number_type,
    starts,
    write_terms,
)
from indexer.codec.container import ContainerWriter
from indexer.schema import (
    DATE,
    ID_FIELD,
    LANGUAGES,
    LARGEST_PAGE,
    NO_PAGE,
    PAGE,
    PARAGRAPH_GAP,
    RANKING_FIELDS,
    TEXT_FIELDS,
    days,
)

COMPRESSION_LEVEL: Final = 3

# Estimates for `SegmentBuilder.memory`, in bytes: a term and its number beside their place in the
# vocabulary; and what writing needs for each token of the largest field.
_TERM_SIZE: Final = 110
_WRITING_SIZE: Final = 32

_NO_TERM: Final = -1


@dataclass(frozen=True, slots=True)
class Document:
    """What is indexed of an article.

    ``exact`` maps text fields to paragraphs, each the terms of the exact stream in order;
    ``ranking`` maps ranking fields to terms in any order; fields that are not named are empty.
    ``languages`` is a sum of EN and ZH. A ``page`` that the column cannot hold counts as none.
    ``stored`` comes back as it is.
    """

    id: str
    date: datetime.date | None
    page: int | None
    languages: int
    exact: Mapping[str, Sequence[Sequence[str]]]
    ranking: Mapping[str, Sequence[str]]
    stored: bytes


class _Vocabulary(dict[str, int]):
    """Term to its number, in the order of first use; filled as terms are met."""

    __slots__ = ()

    def __missing__(self, term: str) -> int:
        if not term or "\n" in term:
            raise ValueError(f"not a term: {term!r}")
        term.encode()  # a lone surrogate is a UnicodeEncodeError, which is a ValueError
        number = self[term] = len(self)
        return number


class _Field:
    """The tokens of one field: term numbers, document after document."""

    __slots__ = ("ends", "has_positions", "lengths", "tokens", "vocabulary")

    def __init__(self, *, has_positions: bool) -> None:
        self.has_positions = has_positions
        self.vocabulary = _Vocabulary()
        self.tokens = array("i")  # with _NO_TERM at positions that no token has
        self.ends = array("q")  # of each document, in tokens
        self.lengths = array("i")

    def add(self, paragraphs: Sequence[Sequence[str]]) -> None:
        tokens = self.tokens
        number_of = self.vocabulary.__getitem__
        length = 0
        for terms in paragraphs:
            length += len(terms)
            numbers = np.fromiter(map(number_of, terms), np.int32, len(terms))
            tokens.frombytes(numbers.tobytes())  # a third faster than array.extend
            if self.has_positions:
                tokens.extend((_NO_TERM,) * PARAGRAPH_GAP)
        self.lengths.append(length)
        self.ends.append(len(tokens))

    def truncate(self, documents: int, terms: int) -> None:
        """Forget all but the first documents and terms."""
        del self.ends[documents:]
        del self.lengths[documents:]
        del self.tokens[self.ends[-1] if documents else 0 :]
        while len(self.vocabulary) > terms:
            self.vocabulary.popitem()

    @property
    def memory(self) -> int:
        terms = sys.getsizeof(self.vocabulary) + len(self.vocabulary) * _TERM_SIZE
        return terms + len(self.tokens) * self.tokens.itemsize

    def write(self, name: str, out: ContainerWriter) -> None:
        """Write the arrays of the field: its tokens by term, document and position."""
        count = sum(self.lengths)
        if not count:
            return
        terms = sorted(self.vocabulary)
        position_starts, places = self._sorted(terms)
        document_starts = np.concatenate(([0], np.frombuffer(self.ends, np.int64)))
        numbers = np.arange(len(self.ends), dtype=np.int32)
        docs = np.repeat(numbers, np.diff(document_starts))[places]
        is_first = np.empty(count, np.bool_)
        np.not_equal(docs[1:], docs[:-1], out=is_first[1:])
        is_first[position_starts[:-1]] = True
        firsts = np.flatnonzero(is_first)
        frequencies = np.diff(firsts, append=count)

        write_terms(name, "\n".join(terms).encode(), out)
        out.add(f"{name}/posting_starts", np.searchsorted(firsts, position_starts))
        out.add(f"{name}/docs", docs[firsts].astype(number_type(len(self.ends) - 1)))
        out.add(f"{name}/frequencies", frequencies.astype(frequency_type(frequencies.max())))
        out.add(f"{name}/lengths", np.frombuffer(self.lengths, np.int32))
        if self.has_positions:
            places -= document_starts[docs]
            out.add(f"{name}/position_starts", position_starts)
            out.add(f"{name}/positions", places.astype(number_type(places.max())))

    def _sorted(self, terms: Sequence[str]) -> tuple[Int64Array, Int64Array]:
        """Where each term's tokens start, and all places in ``tokens`` by term and place."""
        ranks = np.empty(len(terms), np.int64)
        numbers = np.fromiter(map(self.vocabulary.__getitem__, terms), np.int64, len(terms))
        ranks[numbers] = np.arange(len(terms))
        tokens = np.frombuffer(self.tokens, np.int32)
        places = np.flatnonzero(tokens != _NO_TERM)
        keys = ranks[tokens[places]]
        position_starts = starts(np.bincount(keys, minlength=len(terms)))
        # One number a token, its term above its place: plain numbers are by far fastest sorted.
        bits = len(tokens).bit_length()
        keys <<= bits
        keys |= places
        del places
        keys.sort()
        keys &= (1 << bits) - 1
        return position_starts, keys


class SegmentBuilder:
    """Collects documents; `write` makes a segment file of them.

    Documents are numbered from 0 in the order in which they are added. A builder is used by one
    thread, and written once.
    """

    def __init__(self) -> None:
        self._fields = {name: _Field(has_positions=True) for name in TEXT_FIELDS}
        for name in (*RANKING_FIELDS, ID_FIELD):
            self._fields[name] = _Field(has_positions=False)
        self._dates = array("i")
        self._pages = array("H")
        self._languages = array("B")
        self._stored = bytearray()
        self._stored_ends = array("q")
        self._compressor = zstandard.ZstdCompressor(level=COMPRESSION_LEVEL)

    @property
    def doc_count(self) -> int:
        """The number of documents added."""
        return len(self._stored_ends)

    @property
    def memory(self) -> int:
        """Bytes that the builder needs, with what writing it will take; an estimate."""
        largest = max(len(field.tokens) for field in self._fields.values())
        held = sum(field.memory for field in self._fields.values())
        return held + len(self._stored) + largest * _WRITING_SIZE

    def add(self, document: Document) -> None:
        """Add a document.

        Raises ValueError for a field that is not in the schema and for a term that is empty,
        or holds a line break or half a surrogate pair (so also for such an ``id``). Whatever is
        raised, the builder is as before.
        """
        unknown = (document.exact.keys() - TEXT_FIELDS) | (document.ranking.keys() - RANKING_FIELDS)
        if unknown:
            raise ValueError(f"no such field: {', '.join(sorted(unknown))}")
        count = self.doc_count
        terms = [len(field.vocabulary) for field in self._fields.values()]
        try:
            self._add(document)
        except BaseException:
            self._truncate(count, terms)
            raise

    def _add(self, document: Document) -> None:
        for name in TEXT_FIELDS:
            self._fields[name].add(document.exact.get(name, ()))
        for name in RANKING_FIELDS:
            self._fields[name].add((document.ranking.get(name, ()),))
        self._fields[ID_FIELD].add(((document.id,),))
        page = document.page or NO_PAGE
        self._dates.append(days(document.date))
        self._pages.append(page if NO_PAGE < page <= LARGEST_PAGE else NO_PAGE)
        self._languages.append(document.languages)
        self._stored += self._compressor.compress(document.stored)
        self._stored_ends.append(len(self._stored))

    def _truncate(self, count: int, terms: Sequence[int]) -> None:
        for field, known in zip(self._fields.values(), terms, strict=True):
            field.truncate(count, known)
        for column in (self._dates, self._pages, self._languages, self._stored_ends):
            del column[count:]
        del self._stored[self._stored_ends[-1] if count else 0 :]

    def write(self, path: Path) -> None:
        """Write the segment to a new file, down to the disk; the builder is spent afterwards.

        Raises FileExistsError, or another OSError; then no file is left.
        """
        with ContainerWriter(path) as out:
            out.add(DATE, np.frombuffer(self._dates, np.int32))
            out.add(PAGE, np.frombuffer(self._pages, np.uint16))
            out.add(LANGUAGES, np.frombuffer(self._languages, np.uint8))
            out.add(STORED_ENDS, np.frombuffer(self._stored_ends, np.int64))
            out.add(STORED, np.frombuffer(self._stored, np.uint8))
            while self._fields:  # each field's memory is given back when it is written
                name = next(iter(self._fields))
                self._fields.pop(name).write(name, out)
