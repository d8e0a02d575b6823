"""Segments to one segment, without their deleted documents; imports indexer.{codec,schema}.

Postings are read in ranges of terms, a bounded number of tokens at a time, and the arrays of the
result are filled side by side. So memory grows with the number of terms and documents, and with
the most frequent term, but not with the number of postings.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import compress, pairwise
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

from indexer.codec.arrays import (
    STORED,
    STORED_ENDS,
    BoolArray,
    Int32Array,
    Int64Array,
    number_type,
    starts,
    write_terms,
)
from indexer.codec.container import ContainerWriter
from indexer.codec.reader import FieldReader, SegmentReader
from indexer.schema import COLUMNS

# About how much is in memory at a time: tokens of all sources, articles of one.
_TOKENS: Final = 1 << 19
_ARTICLES: Final = 1 << 10


def merge(sources: Sequence[tuple[SegmentReader, BoolArray | None]], path: Path) -> None:
    """Write the live documents of all sources, in order, to a new segment file.

    Each source is a segment and the mask of its live documents (None: all are). The result is
    what a builder would have made of them, except that arrays may be wider than they need to be.
    Raises FileExistsError or another OSError; then no file is left.
    """
    segments = [_Segment(reader, live) for reader, live in sources]
    with ContainerWriter(path) as out:
        for name in COLUMNS:
            columns = [getattr(segment.reader, name)[segment.live] for segment in segments]
            out.add(name, np.concatenate(columns))
        _merge_stored(segments, out)
        for name in sorted({name for reader, _ in sources for name in reader.field_names}):
            _merge_field(name, segments, out)


class _Segment:
    """A source and its live documents."""

    def __init__(self, reader: SegmentReader, live: BoolArray | None) -> None:
        self.reader = reader
        self.live = np.ones(reader.doc_count, np.bool_) if live is None else live
        self.live_count = int(np.count_nonzero(self.live))

    def lengths(self, name: str) -> Int32Array:
        """Tokens of the live documents in a field."""
        field = self.reader.field(name)
        return np.zeros(self.live_count, np.int32) if field is None else field.lengths[self.live]


def _merge_stored(segments: Sequence[_Segment], out: ContainerWriter) -> None:
    bounds = [np.concatenate(([0], segment.reader.stored_ends)) for segment in segments]
    sizes = [np.diff(bound)[segment.live] for bound, segment in zip(bounds, segments, strict=True)]
    ends = np.cumsum(np.concatenate(sizes))
    out.add(STORED_ENDS, ends)
    stream = out.reserve(STORED, np.uint8, int(ends[-1]) if len(ends) else 0)
    for bound, segment in zip(bounds, segments, strict=True):
        for first in range(0, len(segment.live), _ARTICLES):
            span = bound[first : first + _ARTICLES + 1]
            is_live = np.repeat(segment.live[first : first + _ARTICLES], np.diff(span))
            stream.append(segment.reader.frames[span[0] : span[-1]][is_live])
            segment.reader.release_pages()


def _merge_field(name: str, segments: Sequence[_Segment], out: ContainerWriter) -> None:
    lengths = np.concatenate([segment.lengths(name) for segment in segments])
    fields = _live_fields(name, segments)
    if not fields:
        return
    posting_count = sum(field.posting_count() for field in fields)
    streams = {
        "docs": out.reserve(f"{name}/docs", number_type(len(lengths) - 1), posting_count),
        "frequencies": out.reserve(
            f"{name}/frequencies", _widest(fields, "frequencies"), posting_count
        ),
    }
    if fields[0].reader.has_positions:
        count = int(lengths.sum(dtype=np.int64))
        streams["positions"] = out.reserve(f"{name}/positions", _widest(fields, "positions"), count)
    done: list[_Joined] = []
    for bounds in _ranges(fields):
        joined, arrays = _join([f.postings(*span) for f, span in zip(fields, bounds, strict=True)])
        done.append(joined)
        for array_name, stream in streams.items():
            stream.append(arrays[array_name].astype(stream.dtype))
        for field in fields:
            field.segment.reader.release_pages()
    write_terms(name, b"\n".join(joined.terms for joined in done if joined.terms), out)
    out.add(f"{name}/posting_starts", starts(np.concatenate([j.posting_counts for j in done])))
    if "positions" in streams:
        out.add(f"{name}/position_starts", starts(np.concatenate([j.token_counts for j in done])))
    out.add(f"{name}/lengths", lengths)


class _Field:
    """A field of a source, and the number that each of its live documents has in the result."""

    def __init__(self, segment: _Segment, reader: FieldReader, base: int) -> None:
        self.segment = segment
        self.reader = reader
        self._numbers = np.cumsum(segment.live, dtype=np.int32) + np.int32(base - 1)
        self.token_starts = (
            reader.position_starts if reader.has_positions else reader.posting_starts
        )

    def posting_count(self) -> int:
        """The number of postings in live documents."""
        docs, live = self.reader.array("docs"), self.segment.live
        if self.segment.live_count == len(live):
            return len(docs)
        spans = (docs[i : i + _TOKENS] for i in range(0, len(docs), _TOKENS))
        return int(sum(np.count_nonzero(live[span]) for span in spans))

    def cuts(self, size: int) -> Iterator[bytes]:
        """Terms between which there are about ``size`` tokens."""
        places = np.arange(size, self.token_starts[-1], size)
        for ordinal in np.unique(np.searchsorted(self.token_starts, places)):
            yield from self.reader.term_bytes(ordinal, min(ordinal + 1, self.reader.term_count))

    def postings(self, low: int, high: int) -> _Postings:
        """The postings of a range of terms in live documents."""
        docs, frequencies = self.reader.postings(low, high)
        counts = np.diff(self.reader.posting_starts[low : high + 1])
        owners = np.repeat(np.arange(high - low), counts)
        is_live = self.segment.live[docs]
        arrays = {"docs": self._numbers[docs[is_live]], "frequencies": frequencies[is_live]}
        if self.reader.has_positions:
            is_token_live = np.repeat(is_live, frequencies)
            arrays["positions"] = self.reader.positions(low, high)[is_token_live]
        return _Postings(self.reader.term_bytes(low, high), owners[is_live], arrays)


def _live_fields(name: str, segments: Sequence[_Segment]) -> list[_Field]:
    """The sources that have the field in a live document."""
    fields = []
    base = 0
    for segment in segments:
        reader = segment.reader.field(name)
        if reader is not None and segment.lengths(name).any():
            fields.append(_Field(segment, reader, base))
        base += segment.live_count
    return fields


def _widest(fields: Sequence[_Field], array_name: str) -> np.dtype[Any]:
    return np.result_type(*(field.reader.array(array_name).dtype for field in fields))


def _ranges(fields: Sequence[_Field]) -> Iterator[list[tuple[int, int]]]:
    """Ranges of terms that together are all terms: in each step, the same terms of each source.

    A source has a cut every ``_TOKENS / n`` tokens; so between every n-th cut of all n sources
    there are at most twice ``_TOKENS``, and the most frequent term.
    """
    count = len(fields)
    cuts = sorted(cut for field in fields for cut in field.cuts(-(-_TOKENS // count)))[::count]
    bounds = [
        [0, *map(field.reader.lower_bound, cuts), field.reader.term_count] for field in fields
    ]
    return map(list, zip(*map(pairwise, bounds), strict=True))


class _Postings(NamedTuple):
    """Postings of some terms: each belongs to the term whose index is in ``owners``."""

    terms: list[bytes]
    owners: Int64Array
    arrays: dict[str, Int32Array]  # docs, frequencies and, if there are, positions


class _Joined(NamedTuple):
    """Terms, a line for each, and how many postings and tokens each has."""

    terms: bytes
    posting_counts: Int64Array
    token_counts: Int64Array


def _join(parts: Sequence[_Postings]) -> tuple[_Joined, dict[str, Int32Array]]:
    """The postings of all sources by term; those of a term, source by source."""
    terms = sorted({term for part in parts for term in part.terms})
    ordinals = {term: ordinal for ordinal, term in enumerate(terms)}
    owners = np.concatenate(
        [np.array([ordinals[term] for term in p.terms], np.int64)[p.owners] for p in parts]
    )
    order = np.argsort(owners, kind="stable")
    columns = {
        name: np.concatenate([part.arrays[name] for part in parts]) for name in parts[0].arrays
    }
    frequencies = columns["frequencies"]
    posting_counts = np.bincount(owners, minlength=len(terms))
    token_counts = np.bincount(owners, frequencies, minlength=len(terms)).astype(np.int64)
    if "positions" in columns:
        columns["positions"] = _reordered(columns["positions"], frequencies, order)
    columns["docs"] = columns["docs"][order]
    columns["frequencies"] = frequencies[order]
    used = posting_counts > 0
    blob = b"\n".join(compress(terms, used))
    return _Joined(blob, posting_counts[used], token_counts[used]), columns


def _reordered(values: Int32Array, lengths: Int32Array, order: Int64Array) -> Int32Array:
    """Consecutive runs of ``values`` in another order."""
    run_starts = starts(lengths)[:-1][order]
    lengths = lengths[order]
    shifts = run_starts - starts(lengths)[:-1]
    return values[np.repeat(shifts, lengths) + np.arange(len(values))]
