"""Random documents, a simple index of them to compare with, and the content of a segment."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from hypothesis import strategies as st

from indexer.analysis.bigrams import CODE_BITS, CODE_MASK, bigram_code, code_points
from indexer.codec.builder import Document, SegmentBuilder
from indexer.codec.reader import FieldReader, SegmentReader
from indexer.codec.text_terms import WORD_FLAG, TextCollector, TextTerms
from indexer.schema import ID_FIELD, OTHER_FIELDS, RANKING, TEXT, TITLE_ZONE_COUNT, ZONES
from tests.search.articles import make_article

# There are few characters, so that documents share terms. Their lengths in UTF-8 differ, since the
# order of such terms is easily got wrong. The terms are words and bigrams, but no long words.
TERMS = st.text("ab\x01é增产\uffee\U00020000", min_size=1, max_size=3)
LONG_WORDS = st.sampled_from(["节约运动", "节约者", "运动会"])
DATES = st.none() | st.dates()
GAP = 2  # between zones


def stem(word: str) -> str:
    """The stem of a word; some stems have several words, some only one."""
    return word.rstrip("b") or "b"


def text_terms(zones: Iterable[Sequence[str]]) -> tuple[TextTerms, list[int]]:
    """Lists of terms as one text, and the position at which each list starts."""
    words: dict[int, str] = {}
    bigrams: dict[int, int] = {}
    starts = []
    position = 0
    for terms in zones:
        starts.append(position)
        for term in terms:
            code = bigram_code(term)
            if code is None:
                words[position] = term
            else:
                bigrams[position] = code
            position += 1
        position += GAP
    text = TextCollector()
    text.add(
        [*words.values()], np.array([*words], np.int64),
        np.array([*bigrams.values()], np.uint32), np.array([*bigrams], np.int64), position,
    )  # fmt: skip
    return text.terms(), starts


def document(
    name: str,
    body: Sequence[str] = (),
    *,
    zones: Mapping[str, Sequence[str]] | None = None,
    others: Mapping[str, Sequence[str]] | None = None,
    date: datetime.date | None = datetime.date(1953, 10, 31),
    page: int | None = 1,
    languages: int = 1,
    long_words: Sequence[str] = (),
    title_words: Sequence[str] = (),
    categories: Sequence[str] = ("", "", ""),
) -> Document:
    """A document with lists of terms in its zones; ``body`` is the last zone."""
    lists = {zone: (zones or {}).get(zone, ()) for zone in ZONES}
    if body:
        lists[ZONES[-1]] = body
    text, starts = text_terms(lists.values())
    return Document(
        id=name,
        date=date,
        page=page,
        languages=languages,
        text=text,
        zone_starts=starts,
        zone_lengths=[len(terms) for terms in lists.values()],
        long_words=long_words,
        title_words=title_words,
        others={field: text_terms([terms])[0] for field, terms in (others or {}).items()},
        categories=categories,
        stored=make_article(name).to_bytes(),
    )


@st.composite
def documents(
    draw: st.DrawFn, max_size: int = 8, terms: st.SearchStrategy[str] = TERMS
) -> list[Document]:
    """Documents with different ids, in no particular order."""
    lists = st.lists(terms, max_size=6)
    long_words = st.lists(LONG_WORDS, max_size=3)
    values = st.sampled_from(["", "增产", "b"])
    return [
        document(
            name,
            zones=draw(st.dictionaries(st.sampled_from(ZONES), lists)),
            others=draw(st.dictionaries(st.sampled_from(OTHER_FIELDS[:2]), lists)),
            date=draw(DATES),
            page=draw(st.none() | st.integers(1, 65535)),
            languages=draw(st.integers(0, 3)),
            long_words=draw(long_words),
            title_words=draw(long_words),
            categories=draw(st.tuples(values, values, values)),
        )
        for name in draw(st.lists(TERMS, max_size=max_size, unique=True))
    ]


def build(documents: Sequence[Document], path: Path) -> SegmentReader:
    """A segment of documents."""
    builder = SegmentBuilder(stem)
    for each in documents:
        builder.add(each)
    builder.write(path)
    return SegmentReader(path)


class Posting(NamedTuple):
    """The frequency of a term in a document and in its titles, and its positions."""

    frequency: int
    title_frequency: int
    positions: tuple[int, ...]


Postings = dict[str, dict[int, Posting]]  # term -> document -> posting


def terms_of(text: TextTerms) -> list[tuple[str, int]]:
    """All terms of a text with their positions, in the order of positions."""
    points = code_points().tolist()
    found = []
    for position, token in enumerate(text.tokens.tolist()):
        if token >= int(WORD_FLAG):
            found.append((text.words[token - int(WORD_FLAG)], position))
        elif token:
            codes = (token >> CODE_BITS, token & CODE_MASK)
            found.append(("".join(chr(points[code]) for code in codes if code), position))
    return found


def invert(documents: Sequence[Document]) -> dict[str, Postings]:
    """The postings of each field that has terms."""
    found: dict[tuple[str, str], dict[int, list[tuple[int, int]]]] = {}

    def add(
        field: str, term: str, number: int, title_frequency: int = 0, position: int = -1
    ) -> None:
        occurrences = found.setdefault((field, term), {}).setdefault(number, [])
        occurrences.append((title_frequency, position))

    for number, each in enumerate(documents):
        for term, position in terms_of(each.text):
            in_title = int(position < each.zone_starts[TITLE_ZONE_COUNT])
            add(TEXT, term, number, in_title, position)
            if bigram_code(term) is None:
                add(RANKING, stem(term), number, in_title)
        for words, title_frequency in ((each.long_words, 0), (each.title_words, 1)):
            for word in words:
                add(RANKING, word, number, title_frequency)
        for field, text in each.others.items():
            for term, position in terms_of(text):
                add(field, term, number, 0, position)
        add(ID_FIELD, each.id, number)
    index: dict[str, Postings] = {}
    for (field, term), by_document in found.items():
        index.setdefault(field, {})[term] = {
            number: Posting(
                len(occurrences),
                sum(title_frequency for title_frequency, _ in occurrences),
                tuple(position for _, position in occurrences if position >= 0),
            )
            for number, occurrences in by_document.items()
        }
    return index


def term_of(field: FieldReader, ordinal: int) -> str:
    """The term of an ordinal."""
    return field.term_bytes(ordinal, ordinal + 1)[0].decode()


def read_postings(segment: SegmentReader, name: str) -> Postings:
    """The postings of a field in a segment, each term read by itself."""
    field = segment.field(name)
    if field is None:
        return {}
    index: Postings = {}
    for ordinal in range(field.term_count):
        found = field.postings.read_terms(np.array([ordinal]))
        title_frequencies = found.title_frequencies().tolist()
        ends = np.cumsum(found.frequencies, dtype=np.int64)
        positions: list[tuple[int, ...]] = [()] * len(title_frequencies)
        if field.has_positions:
            every = found.positions.of(np.arange(len(title_frequencies)))
            positions = [tuple(part.tolist()) for part in np.split(every, ends[:-1])]
        rows = map(Posting, found.frequencies.tolist(), title_frequencies, positions)
        index[term_of(field, ordinal)] = dict(zip(found.documents.tolist(), rows, strict=True))
    return index
