"""Checks that the stored articles of a segment agree with its other arrays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from indexer.align import Alignment
from indexer.array_types import BoolArray
from indexer.article import Article
from indexer.callbacks import Advance
from indexer.codec.builder import WRITING_MEMORY, Document, SegmentBuilder
from indexer.codec.reader import SegmentReader
from indexer.document import to_document
from indexer.errors import IndexDamaged
from indexer.job import Pipeline
from indexer.memory import MEBIBYTE
from indexer.schema import CATEGORIES, DOCUMENT_ARRAYS, ID_FIELD, OTHER_FIELDS, RANKING, TEXT
from indexer.verify.fingerprints import fingerprints

# The memory for articles that are analyzed again, in bytes.
_MEMORY: Final = 100 * MEBIBYTE
# After how many articles the pages of the file that were read are released.
_RELEASE_EVERY: Final = 1000

# Arrays with one row for each document, by the names of their contents.
Attributes = dict[str, npt.NDArray[Any]]


class SegmentArticles:
    """The stored articles of a segment.

    ``live`` is the mask of the live documents, or None. After `faults`, ``hashes`` maps the ids of
    the live articles to the hashes of their files.
    """

    def __init__(self, segment: SegmentReader, live: BoolArray | None) -> None:
        self.hashes: dict[str, str] = {}
        self._segment = segment
        self._live = live

    def faults(self, advance: Advance) -> Iterator[str]:
        """Yield the faults of the articles, of their ids and of their beads.

        The structure of the segment must be right. ``advance`` is called with numbers of bytes that
        were read.
        """
        for number, name in enumerate(_ids(self._segment)):
            try:
                article = _read_article(self._segment, number)
                if article.id != name:
                    yield f"article {number} is {article.id}, not {name}"
                if self._live is None or self._live[number]:
                    self.hashes[article.id] = article.content_hash
                if beads := self._segment.beads[number]:
                    Alignment(article, beads)
            except IndexDamaged as error:
                yield error.reason
            except ValueError as error:
                yield f"article {name}: {error}"
            advance(len(self._segment.articles.frame(number)))
            if number % _RELEASE_EVERY == 0:
                self._segment.release_pages()


def _ids(segment: SegmentReader) -> list[str]:
    """The id of each document, from the field of ids."""
    field = segment.field(ID_FIELD)
    if field is None:
        return []
    found = field.postings.read_terms(np.arange(field.term_count))
    order = np.argsort(found.documents)
    return [*map(field.words.terms(0, field.term_count).__getitem__, order.tolist())]


def _read_article(segment: SegmentReader, number: int) -> Article:
    try:
        return Article.from_bytes(segment.stored(number))
    except (ValueError, IndexError):
        raise IndexDamaged(segment.path, f"unreadable article {number}") from None


def analysis_faults(
    segment: SegmentReader, pipeline: Pipeline, advance: Advance, *, has_lexicon: bool
) -> Iterator[str]:
    """Analyze and align all articles again, and yield those that differ from the index.

    Structure and articles must be right. ``advance`` is called with numbers of bytes that were
    read. If the index has a lexicon, the beads of an article whose alignment is not confident are
    not compared: the lexicon may have known other words when they were found.
    """
    expected = _attributes(segment)
    builder, first = pipeline.builder(), 0
    for number in range(segment.doc_count):
        builder.add(_analyzed(segment, number, pipeline, has_lexicon=has_lexicon))
        advance(len(segment.articles.frame(number)))
        if builder.memory > _MEMORY + WRITING_MEMORY or number + 1 == segment.doc_count:
            rows = {name: values[first : number + 1] for name, values in expected.items()}
            for row, names in _differences(_written(builder), rows):
                article_id = _read_article(segment, first + row).id
                yield f"article {article_id} differs when it is analyzed again: {', '.join(names)}"
            builder, first = pipeline.builder(), number + 1
            segment.release_pages()


def _analyzed(
    segment: SegmentReader, number: int, pipeline: Pipeline, *, has_lexicon: bool
) -> Document:
    """The document that is made of a stored article now, without the stored article."""
    article = _read_article(segment, number)
    document = to_document(article, pipeline.encoder)
    beads = document.beads
    if has_lexicon and beads and not Alignment(article, beads).all_confident:
        beads = segment.beads[number]
    return replace(document, stored=b"", beads=beads)


def _written(builder: SegmentBuilder) -> Attributes:
    """The attributes of the documents of a builder, after writing and reading them."""
    with TemporaryDirectory() as directory:
        path = Path(directory, "segment")
        builder.write(path)
        return _attributes(SegmentReader(path))


def _attributes(segment: SegmentReader) -> Attributes:
    """All that a segment has for each document, except for the stored article."""
    attributes: Attributes = {
        name: np.array(getattr(segment, name))
        for name in (*DOCUMENT_ARRAYS, "zone_starts", "zone_lengths")
    }
    for name in CATEGORIES:
        attributes[name] = np.array(segment.category(name).texts(), object)
    attributes["beads"] = np.array([segment.beads[i] for i in range(segment.doc_count)], object)
    for name in (TEXT, RANKING, *OTHER_FIELDS):
        attributes[f"terms of {name}"] = fingerprints(segment, name)
    return attributes


def _differences(found: Attributes, expected: Attributes) -> Iterator[tuple[int, list[str]]]:
    """The rows that differ, each with the names of the attributes in which it does."""
    different = {
        name: (values != expected[name]).reshape(len(values), -1).any(axis=1)
        for name, values in found.items()
    }
    for row in np.flatnonzero(np.any([*different.values()], axis=0)).tolist():
        yield row, [name for name in different if different[name][row]]
