"""Read a segment file: its document arrays, fields, stored articles and beads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from indexer.analysis.bigrams import bigram_code, bigram_lines
from indexer.array_types import Int32Array, UInt8Array, UInt32Array
from indexer.codec.categories import Category
from indexer.codec.container import Container
from indexer.codec.postings_reader import PostingsReader
from indexer.codec.records import Records, replace_records
from indexer.codec.segment_arrays import BEADS, STEM_OF_WORD, STORED, ZONE_LENGTHS, ZONE_STARTS
from indexer.codec.stems import RankingPostings
from indexer.codec.stored import ArticleReader
from indexer.codec.term_dictionary import TermDictionary
from indexer.errors import IndexDamaged
from indexer.schema import DATE, LANGUAGE_FLAGS, LAST_DATE, PAGE, RANKING, TEXT, ZONES


class SegmentReader:
    """One segment. Its documents have the numbers from 0 to ``doc_count`` - 1.

    Opening a segment reads little; everything else is mapped at first use. May be used from
    several threads. Raises IndexDamaged (when it is opened or when something is first used) for a
    file that contradicts itself or has another format, and OSError.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._container = Container(path)
        self._fields: dict[str, FieldReader | None] = {}
        self.articles = ArticleReader(self._container)
        self.beads = Records(self._container, BEADS)
        self.doc_count = self._container.count(LANGUAGE_FLAGS)
        names = (DATE, LAST_DATE, PAGE, f"{STORED}_ends", f"{BEADS}_ends")
        if any(self._container.count(name) != self.doc_count for name in names):
            raise IndexDamaged(path, "document arrays of different lengths")

    def write_with_beads(self, records: Iterable[bytes], path: Path) -> None:
        """Write the segment to a new file, but with other beads."""
        replace_records(self._container, BEADS, records, path)

    @property
    def size(self) -> int:
        """The size of the file in bytes."""
        return len(self._container.map)

    @property
    def date(self) -> Int32Array:
        """The date of each document in days since 1970-01-01, or NO_DATE."""
        return self._container[DATE]

    @property
    def last_date(self) -> Int32Array:
        """The last day of the period that each date names, in days, or NO_DATE."""
        return self._container[LAST_DATE]

    @property
    def page(self) -> npt.NDArray[np.uint16]:
        """The page of each document, or NO_PAGE."""
        return self._container[PAGE]

    @property
    def languages(self) -> UInt8Array:
        """The languages of each document, a sum of EN and ZH."""
        return self._container[LANGUAGE_FLAGS]

    @property
    def zone_starts(self) -> npt.NDArray[np.unsignedinteger[Any]]:
        """The position at which each of `ZONES` of each document starts: (n, 5)."""
        return self._container[ZONE_STARTS].reshape(-1, len(ZONES))

    @property
    def zone_lengths(self) -> npt.NDArray[np.unsignedinteger[Any]]:
        """The number of tokens of each of `ZONES` of each document: (n, 5)."""
        return self._container[ZONE_LENGTHS].reshape(-1, len(ZONES))

    @property
    def stem_of_word(self) -> Int32Array:
        """For each word of the text, the ordinal of its stem in the ranking stream."""
        return self._container[STEM_OF_WORD]

    def category(self, name: str) -> Category:
        """Return the values of one of `CATEGORIES`."""
        return Category(name, self._container)

    def field(self, name: str) -> FieldReader | None:
        """Return the field of that name; None if no document has a term in it."""
        if name not in self._fields:
            exists = self._container.count(f"{name}/counts") > 0
            field = FieldReader(name, self._container, self._postings(name)) if exists else None
            self._fields[name] = field
        return self._fields[name]

    def _postings(self, name: str) -> PostingsReader:
        text = self.field(TEXT) if name == RANKING else None
        if text is None:
            return self.stored_postings(name)
        return RankingPostings(self._container, self.doc_count, text.postings)

    def stored_postings(self, name: str) -> PostingsReader:
        """Return a reader of the postings that a field stores, without those that stems borrow."""
        return PostingsReader(name, self._container, self.doc_count)

    def stored(self, document: int) -> bytes:
        """Return the stored article of a document."""
        return self.articles.read(document)

    def verify(self) -> None:
        """Read every byte of the file; raises IndexDamaged if one has changed."""
        self._container.verify()

    def faults(self) -> Iterator[str]:
        """Read every byte of the file and describe each change since it was written."""
        return self._container.faults()

    def release_pages(self) -> None:
        """Give back the memory of pages that were read; they are read again when needed."""
        self._container.release_pages()

    def close(self) -> None:
        """Close the file; arrays that are still in use stay valid until they are dropped."""
        self._fields.clear()
        self._container.close()


class FieldReader:
    """The terms of one field, and their postings.

    A term is known by its *ordinal*. First come the terms that are stored as text, the ``words``,
    in the order of their code points. Then come the Han terms of one or two characters, which are
    stored as numbers, the ``bigrams``, in the order of these. May be used from several threads.
    """

    def __init__(self, name: str, container: Container, postings: PostingsReader) -> None:
        self.name = name
        self.words = TermDictionary(name, container)
        self.postings = postings
        self.has_positions = postings.has_positions
        self.bigrams: UInt32Array = np.empty(0, np.uint32)
        if self.has_positions:
            self.bigrams = container[f"{name}/bigrams"]
        self.term_count = len(self.words) + len(self.bigrams)
        if postings.term_count != self.term_count:
            raise IndexDamaged(container.path, f"terms of {name} without postings")

    def find(self, term: str) -> int:
        """Return the ordinal of a term, or -1."""
        if self.has_positions and (code := bigram_code(term)) is not None:
            index = int(self.bigrams.searchsorted(np.uint32(code)))
            is_there = index < len(self.bigrams) and int(self.bigrams[index]) == code
            return len(self.words) + index if is_there else -1
        return self.words.find(term)

    def bigram_range(self, first: int, after: int) -> tuple[int, int]:
        """Return the range of ordinals of the bigrams with codes from ``first`` up to ``after``."""
        bounds = np.array([first, after], np.uint32)
        low, high = self.bigrams.searchsorted(bounds) + len(self.words)
        return int(low), int(high)

    def term_bytes(self, low: int, high: int) -> list[bytes]:
        """Return the terms of a range of ordinals, in UTF-8."""
        count = len(self.words)
        lines = bigram_lines(self.bigrams[max(low - count, 0) : max(high - count, 0)])
        if low < min(high, count):
            lines = self.words.lines(low, min(high, count)) + b"\n" + lines
        return lines.split(b"\n")[:-1]
