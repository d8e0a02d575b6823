"""A segment file as arrays: terms, postings, columns, articles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from indexer.analysis.bigrams import bigram_code, bigram_lines
from indexer.codec.arrays import (
    BEADS,
    STEM_OF_WORD,
    STORED,
    ZONE_LENGTHS,
    ZONE_STARTS,
    Int32Array,
    Int64Array,
)
from indexer.codec.categories import Category
from indexer.codec.container import Container
from indexer.codec.postings_reader import PostingsReader
from indexer.codec.records import Records, replace_records
from indexer.codec.stored import ArticleReader
from indexer.codec.term_dictionary import TermDictionary
from indexer.codec.terms_postings import TermsPostings
from indexer.errors import IndexDamaged
from indexer.lazy import lazy
from indexer.schema import DATE, ID_FIELD, LANGUAGES, OTHER_FIELDS, PAGE, RANKING, TEXT, ZONES


class SegmentReader:
    """One segment: documents 0 to ``doc_count`` - 1, fields, columns and stored articles.

    Opening reads next to nothing; everything else is mapped when it is first asked for. May be
    used from several threads. Raises IndexDamaged (at opening or at first use) for a file that
    contradicts itself or is of another format, OSError.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._container = Container(path)
        self._fields: dict[str, FieldReader | None] = {}
        self.articles = ArticleReader(self._container)
        self.beads = Records(self._container, BEADS)
        self.doc_count = self._container.count(LANGUAGES)
        columns = (DATE, PAGE, f"{STORED}_ends", f"{BEADS}_ends")
        if any(self._container.count(name) != self.doc_count for name in columns):
            raise IndexDamaged(path, "columns of different lengths")

    def write_with_beads(self, records: Iterable[bytes], path: Path) -> None:
        """Write the segment to a new file, with other beads."""
        replace_records(self._container, BEADS, records, path)

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return len(self._container.map)

    @property
    def date(self) -> Int32Array:
        """Days since 1970-01-01 of each document, or NO_DATE."""
        return self._container[DATE]

    @property
    def page(self) -> npt.NDArray[np.uint16]:
        """Page of each document, or NO_PAGE."""
        return self._container[PAGE]

    @property
    def languages(self) -> npt.NDArray[np.uint8]:
        """Languages of each document, a sum of EN and ZH."""
        return self._container[LANGUAGES]

    @property
    def zone_starts(self) -> npt.NDArray[np.unsignedinteger[Any]]:
        """Where each of `ZONES` of each document starts: (n, 5)."""
        return self._container[ZONE_STARTS].reshape(-1, len(ZONES))

    @property
    def zone_lengths(self) -> npt.NDArray[np.unsignedinteger[Any]]:
        """Tokens of each of `ZONES` of each document: (n, 5)."""
        return self._container[ZONE_LENGTHS].reshape(-1, len(ZONES))

    @property
    def stem_of_word(self) -> Int32Array:
        """For each word of the text, the ordinal of its stem in the ranking stream."""
        return self._container[STEM_OF_WORD]

    @lazy
    def word_of_stem(self) -> Int32Array:
        """For each stem, the last of the words that have it; -1 for a long word."""
        ranking = self.field(RANKING)
        words = np.full(0 if ranking is None else ranking.term_count, -1, np.int32)
        words[self.stem_of_word] = np.arange(len(self.stem_of_word))
        return words

    def category(self, name: str) -> Category:
        """The values of one of `CATEGORIES`."""
        return Category(name, self._container)

    @property
    def field_names(self) -> list[str]:
        """The fields that have any terms, sorted."""
        return sorted(filter(self.field, (TEXT, RANKING, ID_FIELD, *OTHER_FIELDS)))

    def field(self, name: str) -> FieldReader | None:
        """The field of that name; None if no document has a term in it."""
        if name not in self._fields:
            exists = self._container.count(f"{name}/counts") > 0
            field = FieldReader(name, self._container, self.doc_count) if exists else None
            self._fields[name] = field
        return self._fields[name]

    def token_counts(self, field: FieldReader) -> Int64Array:
        """What each term of a field takes, in tokens, when it is read: int64 (T,)."""
        counts = field.postings.token_counts()
        text = self.field(TEXT)
        if field.name == RANKING and text is not None:
            alone = np.flatnonzero(counts == 0)
            counts[alone] = text.postings.token_counts()[self.word_of_stem[alone]]
        return counts

    def read(
        self, field: FieldReader, low: int, high: int
    ) -> Iterator[tuple[Int64Array, TermsPostings]]:
        """The postings of a range of terms: some of the ordinals, in order, and theirs; the others.

        Those of a stem that stands for one word alone are that word's.
        """
        ordinals = np.arange(low, high)
        found = field.postings.read_terms(ordinals)
        yield ordinals, found
        text = self.field(TEXT)
        if field.name == RANKING and text is not None and not found.counts.all():
            alone = ordinals[found.counts == 0]
            yield alone, text.postings.read_terms(self.word_of_stem[alone])

    def stored(self, document: int) -> bytes:
        """What was stored with a document."""
        return self.articles.read(document)

    def verify(self) -> None:
        """Read every byte of the file; raises IndexDamaged if one has changed."""
        self._container.verify()

    def faults(self) -> Iterator[str]:
        """What is not as it was written, after every byte of the file was looked at."""
        return self._container.faults()

    def release_pages(self) -> None:
        """Give back the memory of what was read; it is read again where it is needed."""
        self._container.release_pages()

    def close(self) -> None:
        """Close the file; arrays that are still in use stay valid until they are dropped."""
        self._fields.clear()
        self._container.close()


class FieldReader:
    """The terms of one field, and their postings.

    A term's number is its *ordinal*: the words' come first, in the order of their code points,
    then the pairs'. May be used from several threads.
    """

    def __init__(self, name: str, container: Container, doc_count: int) -> None:
        self.name = name
        self.words = TermDictionary(name, container)
        self.postings = PostingsReader(name, container, doc_count)
        self.has_positions = self.postings.has_positions
        self.bigrams: npt.NDArray[np.uint32] = np.empty(0, np.uint32)
        if self.has_positions:
            self.bigrams = container[f"{name}/bigrams"]
        self.term_count = len(self.words) + len(self.bigrams)
        if self.postings.term_count != self.term_count:
            raise IndexDamaged(container.path, f"terms of {name} without postings")

    def find(self, term: str) -> int:
        """The ordinal of a term, or -1."""
        if self.has_positions and (pair := bigram_code(term)) is not None:
            place = int(self.bigrams.searchsorted(np.uint32(pair)))
            is_there = place < len(self.bigrams) and int(self.bigrams[place]) == pair
            return len(self.words) + place if is_there else -1
        return self.words.find(term)

    def bigram_range(self, first: int, after: int) -> tuple[int, int]:
        """The range of ordinals of the pairs from number ``first`` up to ``after``."""
        bounds = np.array([first, after], np.uint32)
        low, high = self.bigrams.searchsorted(bounds) + len(self.words)
        return int(low), int(high)

    def term_bytes(self, low: int, high: int) -> list[bytes]:
        """The terms of a range of ordinals, in UTF-8."""
        count = len(self.words)
        bigrams = self.bigrams[max(low - count, 0) : max(high - count, 0)]
        lines = bigram_lines(bigrams)
        if low < min(high, count):
            lines = self.words.lines(low, min(high, count)) + b"\n" + lines
        return lines.split(b"\n")[:-1]

    def term(self, ordinal: int) -> str:
        """The term of an ordinal."""
        return self.term_bytes(ordinal, ordinal + 1)[0].decode()
