"""Checks that the arrays of a segment are as its readers assume.

Checksums prove that a file is as it was written; these checks prove that its content makes sense.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from indexer.callbacks import Advance
from indexer.codec.container import Container
from indexer.codec.reader import SegmentReader
from indexer.codec.segment_arrays import BEADS, DICTIONARIES, DICTIONARY_ENDS, STORED
from indexer.codec.stems import stores_postings
from indexer.codec.term_dictionary import TermDictionary, term_faults
from indexer.schema import (
    CATEGORIES,
    EN,
    ID_FIELD,
    NO_DATE,
    OTHER_FIELDS,
    RANKING,
    TEXT,
    ZH,
    ZONES,
    to_days,
)
from indexer.verify.field_structure import field_faults


def structure_faults(path: Path, advance: Advance) -> Iterator[str]:
    """Yield the faults of a segment, apart from those of its stored articles and beads.

    The checksums of the file must be right. ``advance`` is called with numbers of bytes that were
    read. Raises IndexDamaged if an array is missing, and any exception if one cannot be read.
    """
    container, segment = Container(path), SegmentReader(path)
    try:
        yield from _document_faults(segment)
        yield from _ends_faults(container)
        for category in CATEGORIES:
            yield from _category_faults(category, container, segment)
        for name in (TEXT, RANKING, ID_FIELD, *OTHER_FIELDS):
            yield from field_faults(name, container, segment, advance)
        yield from _stem_faults(segment)
    finally:
        segment.close()
        container.close()


def _document_faults(segment: SegmentReader) -> Iterator[str]:
    """Check the document arrays and the zones."""
    dates = segment.date[segment.date != NO_DATE]
    first, last = to_days(datetime.date.min), to_days(datetime.date.max)
    if ((dates < first) | (dates > last)).any():
        yield "impossible dates"
    last_dates = segment.last_date
    if ((last_dates < segment.date) | (last_dates > last)).any() or (
        (last_dates == NO_DATE) != (segment.date == NO_DATE)
    ).any():
        yield "dates that end before they begin"
    if (segment.languages > EN + ZH).any():
        yield "impossible languages"
    if len(segment.page) != segment.doc_count:
        yield "wrong number of pages"
    zone_starts, lengths = segment.zone_starts.astype(np.int64), segment.zone_lengths
    if zone_starts.shape != (segment.doc_count, len(ZONES)) or zone_starts.shape != lengths.shape:
        yield "wrong number of zones"
    elif (np.diff(zone_starts) < lengths[:, :-1]).any():
        yield "zones that overlap"


def _ends_faults(container: Container) -> Iterator[str]:
    """Check the arrays that divide other arrays into records."""
    for name, ends_name in (
        (STORED, f"{STORED}_ends"),
        (BEADS, f"{BEADS}_ends"),
        (DICTIONARIES, DICTIONARY_ENDS),
    ):
        ends = container[ends_name].astype(np.int64)
        bounds = np.concatenate(([0], ends, [container.count(name)]))
        if (np.diff(bounds) < 0).any() or (ends.size and ends[-1] != container.count(name)):
            yield f"{ends_name} does not divide {name}"


def _category_faults(name: str, container: Container, segment: SegmentReader) -> Iterator[str]:
    yield from term_faults(f"{name}_values", container)
    numbers = segment.category(name).numbers
    values = TermDictionary(f"{name}_values", container)
    if len(numbers) != segment.doc_count or (numbers >= len(values)).any():
        yield f"impossible values of {name}"
    if not len(values) or values.term(0):
        yield f"{name}_values does not begin with the empty value"


def _stem_faults(segment: SegmentReader) -> Iterator[str]:
    """Check the stems of words, and which stems have postings, by the rule of `codec.stems`."""
    text, ranking = segment.field(TEXT), segment.field(RANKING)
    stems = segment.stem_of_word
    words, terms = len(text.words) if text else 0, ranking.term_count if ranking else 0
    if len(stems) != words or ((stems < 0) | (stems >= terms)).any():
        yield "impossible stems of words"
    elif ranking:
        has_postings = segment.stored_postings(RANKING).token_counts() > 0
        if (has_postings != stores_postings(np.bincount(stems, minlength=terms))).any():
            yield "stems without postings that are the stem of several words"
