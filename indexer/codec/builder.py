"""Collect documents in memory and write them as a segment."""

from __future__ import annotations

import datetime
from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Final

import numpy as np

from indexer.codec.arrays import narrow
from indexer.codec.categories import write_category
from indexer.codec.container_writer import ContainerWriter
from indexer.codec.postings import PostingsBatch
from indexer.codec.postings_writer import PostingsWriter
from indexer.codec.ranking import MAX_DOCUMENTS, MAX_TERMS, RankingStream
from indexer.codec.records import RecordWriter
from indexer.codec.segment_arrays import BEADS, ZONE_LENGTHS, ZONE_STARTS
from indexer.codec.stored import ArticleCompressor, ArticleWriter
from indexer.codec.term_dictionary import write_terms
from indexer.codec.text_field import TextField
from indexer.codec.text_terms import TextTerms
from indexer.codec.vocabulary import Vocabulary
from indexer.schema import (
    CATEGORIES,
    DATE,
    ID_FIELD,
    LANGUAGE_FLAGS,
    LAST_DATE,
    MAX_PAGE,
    NO_PAGE,
    OTHER_FIELDS,
    PAGE,
    TITLE_ZONE_COUNT,
    ZONES,
    to_days,
)

# Bytes that are needed to write a segment, in addition to the collected documents. Each word of a
# text also needs space for a posting of its stem.
WRITING_MEMORY: Final = 40 << 20
_STEM_SIZE: Final = 4

_NO_TERMS: Final = TextTerms((), np.empty(0, np.uint32))


@dataclass(frozen=True, slots=True)
class Document:
    """All that the index takes from an article.

    ``text`` has the terms of all zones. ``zone_starts`` and ``zone_lengths`` have the position at
    which each of `ZONES` starts, and its number of tokens. ``long_words`` and ``title_words`` are
    long words of the ranking stream, in bodies and in titles; none of them is the stem of a word.
    ``others`` maps fields of `OTHER_FIELDS` to their terms. ``categories`` are the values of
    `CATEGORIES`. ``languages`` is a sum of EN and ZH. A ``page`` outside of 1 to `MAX_PAGE` counts
    as none. ``stored`` is the article and ``beads`` its alignment, as bytes. ``last_date`` is the
    last day of a date that is a month or a year; None means the day ``date``.
    """

    id: str
    date: datetime.date | None
    page: int | None
    languages: int
    text: TextTerms
    zone_starts: Sequence[int]
    zone_lengths: Sequence[int]
    long_words: Sequence[str]
    title_words: Sequence[str]
    others: Mapping[str, TextTerms]
    categories: Sequence[str]
    stored: bytes
    beads: bytes = b""
    last_date: datetime.date | None = None


class SegmentBuilder:
    """Collects documents; `write` makes a segment file of them.

    Documents are numbered from 0 in the order in which they are added. ``stem`` gives the stem of
    a word. ``compressor`` may serve several builders, one after the other. A builder is used by
    one thread, and written once.
    """

    def __init__(
        self, stem: Callable[[str], str], compressor: ArticleCompressor | None = None
    ) -> None:
        self._stem = stem
        self._text = TextField()
        self._others = {name: TextField() for name in OTHER_FIELDS}
        self._ranking = RankingStream()
        self._ids: list[str] = []
        self._categories: list[list[str]] = [[] for _ in CATEGORIES]
        self._dates = array("i")
        self._last_dates = array("i")
        self._pages = array("H")
        self._languages = array("B")
        self._zone_starts = array("i")
        self._zone_lengths = array("i")
        self._articles = ArticleWriter(compressor or ArticleCompressor())
        self._beads = RecordWriter(BEADS)

    @property
    def doc_count(self) -> int:
        """The number of documents added."""
        return len(self._ids)

    @property
    def is_full(self) -> bool:
        """Whether a segment can hold no more documents, even if there is more memory."""
        terms = len(self._text.vocabulary) + len(self._ranking.vocabulary)
        return self.doc_count == MAX_DOCUMENTS or terms > MAX_TERMS // 2

    @property
    def memory(self) -> int:
        """An estimate of the bytes that the builder takes, and will take when it is written."""
        fields = sum(field.memory for field in [self._text, *self._others.values()])
        stems = _STEM_SIZE * self._text.word_count
        return (
            fields
            + self._ranking.memory
            + self._articles.memory
            + self._beads.memory
            + stems
            + WRITING_MEMORY
        )

    def add(self, document: Document) -> None:
        """Add a document.

        Raises ValueError for a term or an ``id`` that is empty, or has a newline or a lone
        surrogate. Whatever is raised, the builder is then the same as before.
        """
        fields = [self._text, *self._others.values()]
        marks = [field.mark() for field in fields]
        ranking, count = self._ranking.mark(), self.doc_count
        try:
            self._add(document)
        except BaseException:
            for field, mark in zip(fields, marks, strict=True):
                field.truncate(mark)
            self._ranking.truncate(ranking)
            self._truncate(count)
            raise

    def _add(self, document: Document) -> None:
        Vocabulary()[document.id]  # raises ValueError if it cannot be a term
        self._text.add(document.text)
        for name, field in self._others.items():
            field.add(document.others.get(name, _NO_TERMS))
        self._ranking.add(self.doc_count, document.long_words, in_title=False)
        self._ranking.add(self.doc_count, document.title_words, in_title=True)
        for values, value in zip(self._categories, document.categories, strict=True):
            values.append(value)
        page = document.page or NO_PAGE
        self._dates.append(to_days(document.date))
        self._last_dates.append(to_days(document.last_date or document.date))
        self._pages.append(page if NO_PAGE < page <= MAX_PAGE else NO_PAGE)
        self._languages.append(document.languages)
        self._zone_starts.extend(document.zone_starts)
        self._zone_lengths.extend(document.zone_lengths)
        self._articles.add(document.stored)
        self._beads.add(document.beads)
        self._ids.append(document.id)

    def _truncate(self, count: int) -> None:
        for texts in (*self._categories, self._ids):
            del texts[count:]
        for numbers in (self._dates, self._last_dates, self._pages, self._languages):
            del numbers[count:]
        for zones in (self._zone_starts, self._zone_lengths):
            del zones[count * len(ZONES) :]
        self._articles.truncate(count)
        self._beads.truncate(count)

    def write(self, path: Path) -> None:
        """Write the segment to a new file, down to the disk; the builder is useless afterwards.

        Raises FileExistsError or another OSError; then no file is left.
        """
        with ContainerWriter(path) as out:
            out.add(DATE, np.frombuffer(self._dates, np.int32))
            out.add(LAST_DATE, np.frombuffer(self._last_dates, np.int32))
            out.add(PAGE, np.frombuffer(self._pages, np.uint16))
            out.add(LANGUAGE_FLAGS, np.frombuffer(self._languages, np.uint8))
            for name, values in zip(CATEGORIES, self._categories, strict=True):
                write_category(name, values, out)
            self._articles.write(out)
            self._beads.write(out)
            zone_starts = np.frombuffer(self._zone_starts, np.int32)
            out.add(ZONE_STARTS, narrow(zone_starts))
            out.add(ZONE_LENGTHS, narrow(np.frombuffer(self._zone_lengths, np.int32)))
            self._write_ids(out)
            title_ends = zone_starts.reshape(-1, len(ZONES))[:, TITLE_ZONE_COUNT].astype(np.int64)
            self._ranking.write(self._text, title_ends, self._stem, out)
            for name, field in self._others.items():
                for _ in field.write(name, None, out):
                    pass

    def _write_ids(self, out: ContainerWriter) -> None:
        numbers = sorted(range(self.doc_count), key=self._ids.__getitem__)
        counts = {name: len([*same]) for name, same in groupby(sorted(self._ids))}
        write_terms(ID_FIELD, [*counts], out)
        postings = PostingsWriter(ID_FIELD, self.doc_count, out, has_positions=False)
        ones = np.ones(self.doc_count, np.int64)
        frequencies = np.array([*counts.values()], np.int64)
        postings.add(PostingsBatch(frequencies, np.array(numbers, np.int64), ones, ones - 1))
        postings.finish()
