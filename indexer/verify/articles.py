"""Whether a segment's articles are what its arrays tell of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from indexer.align import Alignment
from indexer.article import Article
from indexer.codec.builder import WRITING_MEMORY
from indexer.codec.reader import SegmentReader
from indexer.document import to_document
from indexer.errors import IndexDamaged
from indexer.job import Pipeline
from indexer.schema import CATEGORIES, DOCUMENT_ARRAYS, ID_FIELD, OTHER_FIELDS, RANKING, TEXT
from indexer.verify.fingerprints import fingerprints
from indexer.verify.structure import Advance

# What the segments that are made anew may take in memory, in bytes; and how often pages are
# given back, in articles.
_MEMORY: Final = 100 << 20
_RELEASE_EVERY: Final = 1000


class SegmentArticles:
    """The articles of a segment; after `faults`, ``hashes`` has each one's, by id, if it is live.

    ``live`` is the mask of the documents that are not deleted, or None.
    """

    def __init__(self, segment: SegmentReader, live: npt.NDArray[np.bool_] | None) -> None:
        self.hashes: dict[str, str] = {}
        self._segment = segment
        self._live = live

    def faults(self, advance: Advance) -> Iterator[str]:
        """What is wrong with articles, their ids and their beads; ``advance`` is told bytes read.

        The structure of the segment must be right.
        """
        names = _ids(self._segment)
        for number, name in enumerate(names):
            try:
                article = _article(self._segment, number)
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
    """The id of each document."""
    field = segment.field(ID_FIELD)
    if field is None:
        return []
    found = field.postings.read_terms(np.arange(field.term_count))
    order = np.argsort(found.documents)
    return [*map(field.words.terms(0, field.term_count).__getitem__, order.tolist())]


def _article(segment: SegmentReader, number: int) -> Article:
    try:
        return Article.from_bytes(segment.stored(number))
    except (ValueError, IndexError):
        raise IndexDamaged(segment.path, f"unreadable article {number}") from None


def analysis_faults(
    segment: SegmentReader, pipeline: Pipeline, advance: Advance, *, has_lexicon: bool
) -> Iterator[str]:
    """Which articles, analysed and aligned anew, come to something else than the index has.

    Structure and articles must be right. ``advance`` is told bytes read. Where the index has a
    lexicon, any beads will do of an article whose alignment is not sure: what was known when they
    were found may not be what is known now.
    """
    expected = _aspects(segment)
    builder, first = pipeline.builder(), 0
    for number in range(segment.doc_count):
        article = _article(segment, number)
        document = to_document(article, pipeline.encoder)
        beads = document.beads
        if has_lexicon and beads and not Alignment(article, beads).all_confident:
            document = replace(document, beads=segment.beads[number])
        builder.add(replace(document, stored=b""))
        advance(len(segment.articles.frame(number)))
        if builder.memory > _MEMORY + WRITING_MEMORY or number + 1 == segment.doc_count:
            with TemporaryDirectory() as directory:
                path = Path(directory, "segment")
                builder.write(path)
                found = _aspects(SegmentReader(path))
            builder = pipeline.builder()
            differences = {
                aspect: _unequal(values, expected[aspect][first : number + 1])
                for aspect, values in found.items()
            }
            for i in np.flatnonzero(np.any([*differences.values()], axis=0)).tolist():
                others = ", ".join(aspect for aspect in differences if differences[aspect][i])
                name = _article(segment, first + i).id
                yield f"article {name}: analysed anew, another {others}"
            first = number + 1
            segment.release_pages()


def _aspects(segment: SegmentReader) -> dict[str, npt.NDArray[Any]]:
    """All that a segment has of each document, but its article: a row each."""
    aspects: dict[str, npt.NDArray[Any]] = {
        name: np.array(getattr(segment, name))
        for name in (*DOCUMENT_ARRAYS, "zone_starts", "zone_lengths")
    }
    for name in CATEGORIES:
        aspects[name] = np.array(segment.category(name).texts(), object)
    aspects["beads"] = np.array([segment.beads[i] for i in range(segment.doc_count)], object)
    for name in (TEXT, RANKING, *OTHER_FIELDS):
        aspects[f"terms of {name}"] = fingerprints(segment, name)
    return aspects


def _unequal(one: npt.NDArray[Any], other: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """Which rows differ."""
    different: npt.NDArray[np.bool_] = (one != other).reshape(len(one), -1).any(axis=1)
    return different
