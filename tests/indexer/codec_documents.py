"""Random documents, and the plainest index of them to compare with."""

import datetime
import json
from collections.abc import Sequence
from pathlib import Path

from hypothesis import strategies as st

from indexer.codec.builder import Document, SegmentBuilder
from indexer.codec.reader import SegmentReader
from indexer.schema import ID_FIELD, PARAGRAPH_GAP, RANKING_FIELDS, TEXT_FIELDS

# Few characters, so that terms meet; of all lengths in UTF-8, where order is easily got wrong.
TERMS = st.text("ab\x01é增产\uffee\U00020000", min_size=1, max_size=3)
DATES = st.none() | st.dates()


@st.composite
def documents(
    draw: st.DrawFn, max_size: int = 8, terms: st.SearchStrategy[str] = TERMS
) -> list[Document]:
    """Documents whose ids are different and in no order."""
    paragraphs = st.lists(st.lists(terms, max_size=6), max_size=3)
    names = draw(st.lists(TERMS, max_size=max_size, unique=True))
    return [
        Document(
            id=name,
            date=draw(DATES),
            page=draw(st.none() | st.integers(1, 65535)),
            languages=draw(st.integers(0, 3)),
            exact=draw(st.dictionaries(st.sampled_from(TEXT_FIELDS[:3]), paragraphs)),
            ranking=draw(st.dictionaries(st.sampled_from(RANKING_FIELDS[:2]), st.lists(terms))),
            stored=json.dumps({"id": name}).encode(),
        )
        for name in names
    ]


def document(name: str, body: Sequence[Sequence[str]] = ()) -> Document:
    """A document of which nothing but its English body matters."""
    stored = json.dumps({"id": name}).encode()
    return Document(name, datetime.date(1953, 10, 31), 1, 1, {"body_en": body}, {}, stored)


def build(documents: Sequence[Document], path: Path) -> SegmentReader:
    """A segment of documents."""
    builder = SegmentBuilder()
    for each in documents:
        builder.add(each)
    builder.write(path)
    return SegmentReader(path)


Postings = dict[str, dict[int, list[int]]]  # term -> document -> positions


def invert(documents: Sequence[Document]) -> dict[str, Postings]:
    """Field -> postings; without positions, each occurrence counts as position 0."""
    index: dict[str, Postings] = {}
    for number, each in enumerate(documents):
        for field, paragraphs in each.exact.items():
            position = 0
            for paragraph in paragraphs:
                for term in paragraph:
                    _add(index, field, term, number, position)
                    position += 1
                position += PARAGRAPH_GAP
        for field, terms in each.ranking.items():
            for term in terms:
                _add(index, field, term, number, 0)
        _add(index, ID_FIELD, each.id, number, 0)
    return index


def _add(index: dict[str, Postings], field: str, term: str, number: int, position: int) -> None:
    index.setdefault(field, {}).setdefault(term, {}).setdefault(number, []).append(position)
