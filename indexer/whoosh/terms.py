"""The terms and postings of a segment, as Whoosh reads them."""

from __future__ import annotations

import copy
from bisect import bisect_left
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

import numpy as np
from whoosh.codec import base
from whoosh.matching import ListMatcher, ReadTooFar
from whoosh.reading import TermInfo, TermNotFound

from indexer.array_types import Int64Array
from indexer.codec.reader import SegmentReader
from indexer.lazy import lazy
from indexer.whoosh.fields import FIELDS, FieldPostings, WhooshField

# Whoosh has no types, so mypy takes its base classes for Any.
# mypy: disable-error-code="misc"
# ruff: noqa: D102 - Whoosh documents these methods


def refuse(*_: object, **__: object) -> NoReturn:
    """Refuse to write, in place of each method with which Whoosh would."""
    raise NotImplementedError("Whoosh only reads this index; write it with indexer.build_index")


class TermsReader(base.TermsReader):
    """The terms of a segment, as bytes; fields and terms are in order."""

    def __init__(self, segment: SegmentReader) -> None:
        self._segment = segment
        self._fields: dict[str, WhooshField] = {}

    def _field(self, name: str) -> WhooshField:
        if name not in self._fields:
            self._fields[name] = WhooshField(self._segment, name)
        return self._fields[name]

    def _find(self, fieldname: str, text: bytes) -> tuple[WhooshField, int]:
        field = self._field(fieldname)
        ordinal = field.find(text)
        if ordinal < 0:
            raise KeyError((fieldname, text))
        return field, ordinal

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        try:
            self._find(*term)
        except KeyError:
            return False
        return True

    def indexed_field_names(self) -> list[str]:
        return sorted(name for name in FIELDS if self._field(name).terms)

    def terms(self) -> Iterator[tuple[str, bytes]]:
        return self.terms_from("", b"")

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        for name in self.indexed_field_names():
            if name >= fieldname:
                terms = FieldCursor(self._field(name))
                if name == fieldname:
                    terms.find(prefix)
                for text in terms:
                    yield name, text

    def items(self) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        return self.items_from("", b"")

    def items_from(
        self, fieldname: str, prefix: bytes
    ) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        return ((term, self.term_info(*term)) for term in self.terms_from(fieldname, prefix))

    def term_info(self, fieldname: str, text: bytes) -> TermInfo:
        field, ordinal = self._find(fieldname, text)
        return _term_info(field, field.postings(ordinal))

    def doc_frequency(self, fieldname: str, text: bytes) -> int:
        field, ordinal = self._find(fieldname, text)
        return len(field.postings(ordinal).documents)

    def cursor(self, fieldname: str, fieldobj: Any) -> FieldCursor:
        return FieldCursor(self._field(fieldname), fieldobj.from_bytes)

    def matcher(self, fieldname: str, text: bytes, format_: Any, scorer: Any = None) -> Any:
        try:
            field, ordinal = self._find(fieldname, text)
        except KeyError:
            raise TermNotFound(f"No term {fieldname}:{text!r}") from None
        return PostingsMatcher(field, ordinal, (fieldname, text), format_, scorer)

    def close(self) -> None:
        self._segment.close()


def _term_info(field: WhooshField, found: FieldPostings) -> TermInfo:
    lengths = field.lengths[found.documents]
    return TermInfo(
        weight=float(found.frequencies.sum()),
        df=len(found.documents),
        minlength=int(lengths.min()),
        maxlength=int(lengths.max()),
        maxweight=float(found.frequencies.max()),
        minid=int(found.documents[0]),
        maxid=int(found.documents[-1]),
    )


class FieldCursor(base.FieldCursor):
    """A cursor over the terms of a field; it begins at the first term."""

    def __init__(
        self, field: WhooshField, decode: Callable[[bytes], Any] = lambda text: text
    ) -> None:
        self._terms = [text for text, _ in field.terms]
        self._decode = decode
        self._index = 0

    def is_valid(self) -> bool:
        return self._index < len(self._terms)

    def text(self) -> Any:
        return self._decode(self._terms[self._index]) if self.is_valid() else None

    term = text

    def first(self) -> Any:
        self._index = 0
        return self.text()

    def find(self, string: str | bytes) -> Any:
        wanted = string.encode() if isinstance(string, str) else string
        self._index = bisect_left(self._terms, wanted)
        return self.text()

    def next(self) -> Any:
        self._index += 1
        return self.text()

    def __iter__(self) -> Iterator[Any]:
        while self.is_valid():
            yield self.text()
            self.next()


class PostingsMatcher(ListMatcher):
    """The postings of one term. For Whoosh they are one block.

    A matcher that offers `max_quality` must also offer block quality: Whoosh skips documents by the
    former, but relies on the latter when it counts results.
    """

    def __init__(
        self, field: WhooshField, ordinal: int, term: tuple[str, bytes], format_: Any, scorer: Any
    ) -> None:
        found = field.postings(ordinal)
        super().__init__(
            found.documents.tolist(),
            found.frequencies.astype(np.float64).tolist(),
            format=format_,
            scorer=scorer,
            term=term,
            terminfo=_term_info(field, found),
        )
        self._found = found

    @lazy
    def _positions(self) -> list[Int64Array]:
        positions = self._found.positions
        assert positions is not None  # noqa: S101 - see `supports`
        return np.split(positions, np.cumsum(self._found.frequencies)[:-1])

    def copy(self) -> PostingsMatcher:
        return copy.copy(self)

    def supports(self, astype: str) -> bool:
        return astype in ("frequency", "weight") or (
            astype == "positions" and self._found.positions is not None
        )

    def value_as(self, astype: str) -> Any:
        if astype != "positions":
            return self.weight()
        return self._positions[self._i].tolist()

    value = refuse

    def skip_to(self, id: int) -> None:  # noqa: A002 - Whoosh's name
        if not self.is_active():
            raise ReadTooFar
        self._i: int = bisect_left(self._ids, id, self._i)

    def replace(self, minquality: float = 0) -> Any:
        return super().replace(minquality if self.supports_block_quality() else 0)

    def skip_to_quality(self, minquality: float) -> int:
        if self.block_quality() <= minquality:
            self._i = len(self._ids)
        return 0

    def block_max_weight(self) -> float:
        return float(self._terminfo.max_weight())
