"""A codec with which Whoosh reads our segments.

With it, ``whoosh.index.open_dir(...).searcher().search(...)`` works on our indexes. It serves
programs that use Whoosh, and our tests, which compare the answers of both; our own search does not
use it. Whoosh can only read an index: `indexer.build_index` writes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from whoosh import columns
from whoosh.codec import base

from indexer.array_types import AnyArray, Int64Array
from indexer.article import Article
from indexer.codec.reader import SegmentReader
from indexer.deletions import unpack_deletions
from indexer.files import segment_file_name
from indexer.schema import DOCUMENT_ARRAYS
from indexer.whoosh.fields import WhooshField
from indexer.whoosh.terms import TermsReader, refuse

# Whoosh has no types, so mypy takes its base classes for Any.
# mypy: disable-error-code="misc"
# ruff: noqa: D102 - Whoosh documents these methods


class DuizhaoSegment(base.Segment):
    """A segment in Whoosh's table of contents.

    It is pickled there under the name and module of this class, so that Whoosh cannot open existing
    indexes once either has changed.

    Attributes: ``indexname``; ``segid``; ``compound``, which is False; ``doccount``, the number of
    documents with deleted ones; ``deleted``, the bitmap that `indexer.deletions` makes.
    """

    def __init__(self, indexname: str, segid: str, doccount: int, deleted: bytes = b"") -> None:
        self.indexname = indexname
        self.segid = segid
        self.compound = False
        self.doccount = doccount
        self.deleted = deleted

    def codec(self) -> DuizhaoCodec:
        return DuizhaoCodec()

    def should_assemble(self) -> bool:
        return False

    def doc_count_all(self) -> int:
        return self.doccount

    def deleted_count(self) -> int:
        return int.from_bytes(self.deleted, "big").bit_count()

    def deleted_docs(self) -> list[int]:
        (live,) = unpack_deletions(self.deleted, [self.doccount])
        documents: list[int] = [] if live is None else np.flatnonzero(~live).tolist()
        return documents

    def is_deleted(self, docnum: int) -> bool:
        return bool(self.deleted) and bool(self.deleted[docnum >> 3] << (docnum & 7) & 0x80)

    set_doc_count = delete_document = refuse


class DuizhaoCodec(base.Codec):
    """A codec that only reads."""

    def terms_reader(self, storage: Any, segment: DuizhaoSegment) -> TermsReader:
        return TermsReader(_open(storage, segment))

    def per_document_reader(self, storage: Any, segment: DuizhaoSegment) -> DocumentReader:
        return DocumentReader(_open(storage, segment), segment)

    per_document_writer = field_writer = postings_writer = postings_reader = new_segment = refuse


def _open(storage: Any, segment: DuizhaoSegment) -> SegmentReader:
    return SegmentReader(Path(storage.folder, segment_file_name(segment.segid)))


class DocumentReader(base.PerDocumentReader):
    """The lengths of the fields, the document arrays and the stored articles of a segment."""

    def __init__(self, reader: SegmentReader, segment: DuizhaoSegment) -> None:
        self._reader = reader
        self._segment = segment
        self._deleted = frozenset(segment.deleted_docs())
        self._fields: dict[str, WhooshField] = {}

    def close(self) -> None:
        self._reader.close()

    def doc_count(self) -> int:
        return self._segment.doccount - len(self._deleted)

    def doc_count_all(self) -> int:
        return self._segment.doccount

    def has_deletions(self) -> bool:
        return bool(self._deleted)

    def is_deleted(self, docnum: int) -> bool:
        return docnum in self._deleted

    def deleted_docs(self) -> frozenset[int]:
        return self._deleted

    def supports_columns(self) -> bool:
        return True

    def has_column(self, fieldname: str) -> bool:
        return fieldname in DOCUMENT_ARRAYS

    def list_columns(self) -> tuple[str, ...]:
        return DOCUMENT_ARRAYS

    def column_reader(self, fieldname: str, _: Any) -> AttributeReader:
        return AttributeReader(getattr(self._reader, fieldname))

    def _lengths(self, fieldname: str) -> Int64Array:
        if fieldname not in self._fields:
            self._fields[fieldname] = WhooshField(self._reader, fieldname)
        return self._fields[fieldname].lengths

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        return int(self._lengths(fieldname)[docnum]) or default

    def field_length(self, fieldname: str) -> int:
        return int(self._lengths(fieldname).sum())

    def min_field_length(self, fieldname: str) -> int:
        return int(self._lengths(fieldname).min())

    def max_field_length(self, fieldname: str) -> int:
        return int(self._lengths(fieldname).max())

    def stored_fields(self, docnum: int) -> dict[str, Any]:
        return asdict(Article.from_bytes(self._reader.stored(docnum)))


class AttributeReader(columns.ColumnReader):
    """A document array, which Whoosh calls a column."""

    def __init__(self, values: AnyArray) -> None:
        self._values = values
        self._sign = 1

    def __len__(self) -> int:
        return len(self._values)

    def __getitem__(self, docnum: int) -> int:
        return int(self._values[docnum])

    def __iter__(self) -> Iterator[int]:
        return iter(self._values.tolist())

    def set_reverse(self) -> None:
        self._sign = -1

    def sort_key(self, docnum: int) -> int:
        return self._sign * self[docnum]
