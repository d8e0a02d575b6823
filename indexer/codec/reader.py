"""A segment file as arrays: terms, postings, columns, articles; imports indexer.{codec,schema}."""

from __future__ import annotations

import re
import threading
from functools import cached_property
from pathlib import Path
from typing import cast

import numpy as np
import numpy.typing as npt
import zstandard

from indexer.codec.arrays import STORED, STORED_ENDS, Int32Array, Int64Array
from indexer.codec.container import Array, Container, damaged
from indexer.schema import DATE, LANGUAGES, PAGE


class SegmentReader:
    """One segment: documents 0 to ``doc_count`` - 1, fields, columns and stored articles.

    Opening reads next to nothing; everything else is mapped when it is first asked for. May be
    used from several threads. Raises IndexDamaged (at opening or at first use) for a file that
    contradicts itself, IndexOutdated for one of another format, OSError.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._container = Container(path)
        self._fields: dict[str, FieldReader | None] = {}
        self._local = threading.local()
        self.doc_count = self._container.count(LANGUAGES)
        if any(self._container.count(name) != self.doc_count for name in (DATE, PAGE, STORED_ENDS)):
            raise damaged(path, "columns of different lengths")

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
    def field_names(self) -> list[str]:
        """The fields that have any terms, sorted."""
        return sorted(name.partition("/")[0] for name in self._container if "/terms" in name)

    def field(self, name: str) -> FieldReader | None:
        """The field of that name; None if no document has a term in it."""
        if name not in self._fields:
            exists = f"{name}/terms" in self._container
            field = FieldReader(name, self._container, self.doc_count) if exists else None
            self._fields[name] = field
        return self._fields[name]

    def stored(self, document: int) -> bytes:
        """What was stored with a document."""
        start = self.stored_ends[document - 1] if document else 0
        frame = self.frames[start : self.stored_ends[document]]
        try:
            return self._decompressor().decompress(frame.data)
        except (zstandard.ZstdError, MemoryError):
            raise damaged(self.path, f"unreadable article {document}") from None

    def _decompressor(self) -> zstandard.ZstdDecompressor:
        if not hasattr(self._local, "decompressor"):  # one a thread: it is not thread-safe
            self._local.decompressor = zstandard.ZstdDecompressor()
        return cast(zstandard.ZstdDecompressor, self._local.decompressor)

    @property
    def frames(self) -> npt.NDArray[np.uint8]:
        """The stored articles as they lie in the file, end to end."""
        return self._container[STORED]

    @property
    def stored_ends(self) -> Int64Array:
        """Where in `frames` that of each document ends."""
        return self._container[STORED_ENDS]

    def verify(self) -> None:
        """Read the whole file and compare checksums; raises IndexDamaged."""
        self._container.verify()

    def release_pages(self) -> None:
        """Give back the memory of what was read; it is read again where it is needed."""
        self._container.release_pages()

    def close(self) -> None:
        """Close the file; arrays that are still in use stay valid until they are dropped."""
        self._fields.clear()
        self._container.close()


class FieldReader:
    """The terms of one field, numbered in the order of their code points, and their postings.

    A term's number is its *ordinal*. Ranges of ordinals are half-open. May be used from several
    threads.
    """

    def __init__(self, name: str, container: Container, doc_count: int) -> None:
        self.name = name
        self._container = container
        self.term_count = container.count(f"{name}/term_starts") - 1
        self.has_positions = f"{name}/positions" in container
        counts = {self.term_count, container.count(f"{name}/posting_starts") - 1}
        if self.has_positions:
            counts.add(container.count(f"{name}/position_starts") - 1)
        if len(counts) > 1 or container.count(f"{name}/lengths") != doc_count:
            raise damaged(container.path, f"arrays of different lengths in field {name}")

    def array(self, name: str) -> Array:
        """An array of the field as it lies in the file; `arrays` lists them."""
        return self._container[f"{self.name}/{name}"]

    @property
    def lengths(self) -> Int32Array:
        """Tokens of each document."""
        return self.array("lengths")

    @cached_property
    def total_length(self) -> int:
        """Tokens of all documents."""
        return int(self.lengths.sum(dtype=np.int64))

    @cached_property
    def posting_starts(self) -> Int64Array:
        """Where in the field's postings each term's start; and where the last one's end."""
        return self.array("posting_starts")

    @cached_property
    def position_starts(self) -> Int64Array:
        """Where in the field's positions each term's start; and where the last one's end."""
        return self.array("position_starts")

    @cached_property
    def _base(self) -> int:
        """Where in the file the terms are."""
        return self._container.offset(f"{self.name}/terms")

    @cached_property
    def _term_starts(self) -> memoryview:
        """Where from there each term starts: a view whose items are plain integers."""
        return self.array("term_starts").data

    def _term(self, ordinal: int) -> bytes:
        return self._text(ordinal, ordinal + 1)

    def _text(self, low: int, high: int) -> bytes:
        """The terms of a range that is not empty, with line breaks between them."""
        base, starts = self._base, self._term_starts
        return self._container.map[base + starts[low] : base + starts[high] - 1]

    def lower_bound(self, term: bytes) -> int:
        """The number of terms before ``term`` (UTF-8), which need not be one of them."""
        text, starts, base = self._container.map, self._term_starts, self._base
        end = base - 1
        low, high = 0, self.term_count
        while low < high:
            middle = (low + high) >> 1
            if text[base + starts[middle] : end + starts[middle + 1]] < term:
                low = middle + 1
            else:
                high = middle
        return low

    def find(self, term: str) -> int:
        """The ordinal of a term; -1 if there is none."""
        wanted = _utf8(term)
        ordinal = self.lower_bound(wanted)
        found = ordinal < self.term_count and self._term(ordinal) == wanted
        return ordinal if found else -1

    def prefix_range(self, prefix: str) -> tuple[int, int]:
        """The range of the terms that start with ``prefix``."""
        start = _utf8(prefix)
        return self.lower_bound(start), self.lower_bound(start + b"\xff")  # no UTF-8 has that

    def search(
        self, pattern: re.Pattern[bytes], low: int = 0, high: int | None = None
    ) -> Int64Array:
        """The ordinals of those terms in a range that ``pattern`` matches as a whole.

        All terms are read in one scan, as a text with a line for each, so the pattern must not
        match a line break: ValueError if it does. It may begin with literal characters, or not;
        a range makes the scan short.
        """
        high = self.term_count if high is None else high
        if high <= low:
            return np.zeros(0, np.int64)
        starts = np.asarray(self._term_starts)
        # Led by a literal character, a pattern is tried only where that character stands.
        line = re.compile(b"\n(?:" + pattern.pattern + b")(?=\n)", pattern.flags)
        bounds = (starts[low] - 1 + self._base, starts[high] + self._base)
        matches = line.finditer(self._container.map, *map(int, bounds))
        spans = np.array([match.span() for match in matches], np.int64).reshape(-1, 2) - self._base
        ordinals = np.searchsorted(starts, spans[:, 0] + 1)
        if np.any(starts[ordinals + 1] - 1 != spans[:, 1]):
            raise ValueError(f"{pattern.pattern!r} matches line breaks")
        return ordinals

    def term(self, ordinal: int) -> str:
        """The term of an ordinal."""
        return self._term(ordinal).decode()

    def terms(self, low: int, high: int) -> list[str]:
        """The terms of a range."""
        return self._text(low, high).decode().split("\n") if low < high else []

    def term_bytes(self, low: int, high: int) -> list[bytes]:
        """The terms of a range, in UTF-8."""
        return self._text(low, high).split(b"\n") if low < high else []

    def term_arrays(self) -> tuple[npt.NDArray[np.uint8], Int64Array]:
        """All terms, each followed by a newline, and where in them each starts and the last ends.

        Term i is ``text[starts[i] : starts[i + 1] - 1]``, in UTF-8.
        """
        return self.array("terms"), self.array("term_starts")

    def document_frequency(self, ordinal: int) -> int:
        """The number of documents that have the term."""
        return int(self.posting_starts[ordinal + 1] - self.posting_starts[ordinal])

    def postings(self, low: int, high: int | None = None) -> tuple[Int32Array, Int32Array]:
        """Documents and frequencies of a term, or of the terms of a range one after the other.

        The documents of each term ascend.
        """
        span = _span(self.posting_starts, low, high)
        docs = self.array("docs")[span].astype(np.int32, copy=False)
        return docs, self.array("frequencies")[span].astype(np.int32, copy=False)

    def positions(self, low: int, high: int | None = None) -> Int32Array:
        """Positions of a term, or of the terms of a range one after the other.

        In the order of `postings`: each document has as many as its frequency there says, and
        they ascend. KeyError if the field has no positions.
        """
        if not self.has_positions:
            raise KeyError(f"{self.name} has no positions")
        span = _span(self.position_starts, low, high)
        return self.array("positions")[span].astype(np.int32, copy=False)

    def positions_at(self, low: int, high: int, places: Int64Array) -> Int32Array:
        """Some of the positions of a range of terms: those at ``places`` in `positions`."""
        start = int(self.position_starts[low])
        stop = int(self.position_starts[high])
        return self.array("positions")[start:stop][places].astype(np.int32, copy=False)

    def postings_of(self, ordinals: Int64Array) -> tuple[Int32Array, Int32Array]:
        """Documents and frequencies of the terms of these ordinals, one after the other."""
        places = runs(self.posting_starts[ordinals], self.posting_starts[ordinals + 1])
        docs, frequencies = self.array("docs")[places], self.array("frequencies")[places]
        return docs.astype(np.int32, copy=False), frequencies.astype(np.int32, copy=False)

    def positions_of(self, ordinals: Int64Array) -> Int32Array:
        """Positions of the terms of these ordinals, in the order of `postings_of`."""
        places = runs(self.position_starts[ordinals], self.position_starts[ordinals + 1])
        return self.array("positions")[places].astype(np.int32, copy=False)


def runs(starts: Int64Array, ends: Int64Array) -> Int64Array:
    """The numbers from each start up to its end, one run after the other."""
    counts = ends - starts
    after = np.cumsum(counts)
    return np.repeat(starts - after + counts, counts) + np.arange(after[-1] if after.size else 0)


def _span(starts: Int64Array, low: int, high: int | None) -> slice:
    return slice(int(starts[low]), int(starts[low + 1 if high is None else high]))


def _utf8(text: str) -> bytes:
    """Bytes to compare with terms; half a surrogate pair, which no term has, is in none."""
    return text.encode(errors="surrogatepass")
