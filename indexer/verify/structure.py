"""Whether the arrays of a segment are what its readers rely on.

Checksums tell that a file is as it was written, this that what was written makes sense. Postings
are read in ranges of terms, so memory grows with the number of terms and documents alone.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np

from indexer.analysis.bigrams import CODE_BITS, CODE_MASK, code_points
from indexer.array_types import AnyArray, Int64Array
from indexer.codec.arrays import batch_bounds, starts
from indexer.codec.container import Container
from indexer.codec.packing import FOUR_BITS, TWO_BITS
from indexer.codec.postings import (
    BLOCK_SIZE,
    COUNTS,
    FIRST_ESCAPES,
    FREQUENCY_ESCAPES,
    GAPS,
    NEXT_ESCAPES,
    NEXT_POSITIONS,
    POSTINGS,
    STARTS,
    is_scattered,
)
from indexer.codec.reader import FieldReader, SegmentReader
from indexer.codec.segment_arrays import BEADS, DICTIONARIES, DICTIONARY_ENDS, STORED
from indexer.codec.stems import stores_postings
from indexer.codec.term_dictionary import TermDictionary, term_faults
from indexer.codec.terms_postings import TermsPostings
from indexer.schema import (
    CATEGORIES,
    EN,
    ID_FIELD,
    NO_DATE,
    OTHER_FIELDS,
    POSITION_BITS,
    POSITION_MASK,
    RANKING,
    TEXT,
    TITLE_ZONE_COUNT,
    ZH,
    ZONES,
    to_days,
)

# About how many tokens are in memory at a time.
_TOKENS: Final = 1 << 19
_LARGEST_BYTE: Final = 255

Advance = Callable[[int], None]


def structure_faults(path: Path, advance: Advance) -> Iterator[str]:
    """What is impossible in a segment, but for its articles; ``advance`` is told bytes read.

    The file's checksums must be right. Raises IndexDamaged where an array is missing, and whatever
    reading raises where arrays cannot be read at all.
    """
    container, segment = Container(path), SegmentReader(path)
    try:
        yield from _column_faults(segment)
        yield from _ends_faults(container)
        for category in CATEGORIES:
            yield from _category_faults(category, container, segment)
        for name in (TEXT, RANKING, ID_FIELD, *OTHER_FIELDS):
            yield from _field_faults(name, container, segment, advance)
        yield from _stem_faults(segment)
    finally:
        segment.close()
        container.close()


def _column_faults(segment: SegmentReader) -> Iterator[str]:
    dates = segment.date[segment.date != NO_DATE]
    first, last = to_days(datetime.date.min), to_days(datetime.date.max)
    if ((dates < first) | (dates > last)).any():
        yield "impossible dates"
    if (segment.languages > EN + ZH).any():
        yield "impossible languages"
    if len(segment.page) != segment.doc_count:
        yield "pages of another number of documents"
    places, lengths = segment.zone_starts.astype(np.int64), segment.zone_lengths
    if places.shape != (segment.doc_count, len(ZONES)) or places.shape != lengths.shape:
        yield "zones of another number of documents"
    elif (np.diff(places) < lengths[:, :-1]).any():
        yield "zones that overlap"


def _ends_faults(container: Container) -> Iterator[str]:
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


def _field_faults(
    name: str, container: Container, segment: SegmentReader, advance: Advance
) -> Iterator[str]:
    yield from term_faults(name, container)
    size = sum(container[array].nbytes for array in container if array.startswith(f"{name}/"))
    field = segment.field(name)
    if field is None:
        advance(size)
        return
    if field.has_positions != (name in (TEXT, *OTHER_FIELDS)):
        yield f"{name} has positions, or should have them"
    yield from _pair_faults(field)
    faults = [*_table_faults(field, container, segment.doc_count)]
    yield from faults
    if not faults:
        yield from _Postings(field, segment).faults(lambda share: advance(int(size * share)))


def _pair_faults(field: FieldReader) -> Iterator[str]:
    pairs = field.bigrams.astype(np.int64)
    first, second = pairs >> CODE_BITS, pairs & CODE_MASK
    largest = len(code_points()) - 1
    if ((first < 1) | (first > largest) | (second > largest)).any() or (np.diff(pairs) <= 0).any():
        yield f"{field.name}/bigrams is not in order"


def _table_faults(field: FieldReader, container: Container, doc_count: int) -> Iterator[str]:
    """What is wrong with the tables that say where postings lie, and how large the streams are."""
    name = field.name

    def table(array: str, columns: int) -> AnyArray:
        return container[f"{name}/{array}"].reshape(-1, columns)

    counts, frequent = table("counts", len(COUNTS)), container[f"{name}/frequent"]
    frequent_counts = table("frequent_counts", len(COUNTS))
    bounds = np.concatenate(([-1], frequent.astype(np.int64), [field.term_count]))
    if (
        len(table("block_starts", len(STARTS))) != -(-field.term_count // BLOCK_SIZE)
        or not len(frequent) == len(frequent_counts) == len(table("frequent_starts", len(STARTS)))
        or (np.diff(bounds) <= 0).any()
        or counts[frequent].any()
        or (frequent_counts[:, POSTINGS] <= 0).any()
    ):
        yield f"impossible counts of {name}"
        return
    totals = counts.sum(axis=0, dtype=np.int64) + np.abs(frequent_counts).sum(axis=0)
    held = counts[:, POSTINGS].astype(np.int64)
    held[frequent] = frequent_counts[:, POSTINGS]
    sizes = {
        "gaps": totals[GAPS],
        "gap_lows": held[is_scattered(held, doc_count)].sum(),
        "frequency_escapes": totals[FREQUENCY_ESCAPES],
        "title_posting_lows": container.count(f"{name}/title_frequencies"),
    }
    # In these, items have numbers, of which some are skipped.
    postings = container.count(f"{name}/frequency_codes") * TWO_BITS.per_byte
    nexts = container.count(f"{name}/next_lows") if field.has_positions else 0
    if field.has_positions:
        sizes |= {
            "first_lows": postings,
            "first_highs": -(-postings // FOUR_BITS.per_byte),
            "first_escapes": totals[FIRST_ESCAPES],
            "next_codes": -(-nexts // TWO_BITS.per_byte),
            "next_escapes": totals[NEXT_ESCAPES],
        }
    for stream, size in sizes.items():
        if container.count(f"{name}/{stream}") != size:
            yield f"{name}/{stream} is not as long as it should be"
    if postings < totals[POSTINGS] or nexts < totals[NEXT_POSITIONS]:
        yield f"{name} has fewer postings or positions than its counts say"
    bounds = np.concatenate(([0], container[f"{name}/title_posting_starts"]))
    if (np.diff(bounds) < 0).any() or bounds[-1] != sizes["title_posting_lows"]:
        yield f"{name}/title_posting_starts does not divide {name}/title_posting_lows"
    else:
        in_titles = field.postings.title_postings.numbers.astype(np.int64)
        if (np.diff(in_titles, prepend=-1, append=postings) <= 0).any():
            yield f"impossible numbers in {name}/title_posting_lows"


class _Postings:
    """Looks at all postings of a field."""

    def __init__(self, field: FieldReader, segment: SegmentReader) -> None:
        self._field = field
        self._segment = segment
        # How many times each document, and of the text each zone of each, is met.
        self._documents = np.zeros(segment.doc_count, np.int64)
        self._zones = np.zeros(segment.doc_count * len(ZONES), np.int64)

    def faults(self, advance: Callable[[float], None]) -> Iterator[str]:
        """What is wrong, each kind of fault once; ``advance`` is told which share was read."""
        name = self._field.name
        found = dict.fromkeys(self._all(advance))
        yield from (f"{fault} in {name}" for fault in found)
        if not found and name == TEXT and (self._zones != self._segment.zone_lengths.ravel()).any():
            yield f"another number of tokens in zones than {name}/zone_lengths says"
        if name == ID_FIELD and (self._documents != 1).any():
            yield "documents without an id of their own"

    def _all(self, advance: Callable[[float], None]) -> Iterator[str]:
        postings = self._segment.stored_postings(self._field.name)
        counts = postings.token_counts()
        bounds = batch_bounds(counts, _TOKENS)
        for low, high in pairwise(bounds):
            found = postings.read_terms(np.arange(low, high))
            faults = [*self._document_faults(found)]
            yield from faults
            if not faults and self._field.has_positions:
                yield from self._position_faults(found, counts[low:high])
            self._segment.release_pages()
            advance((high - low) / bounds[-1])

    def _document_faults(self, found: TermsPostings) -> Iterator[str]:
        documents = found.documents
        if len(documents) != found.counts.sum() or len(found.frequencies) != len(documents):
            yield "another number of postings"
        elif ((documents < 0) | (documents >= self._segment.doc_count)).any():
            yield "documents that there are not"
        elif not _ascend(documents, found.counts):
            yield "documents out of order"
        elif (found.counts == 0).any() and self._field.name != RANKING:
            yield "terms without postings"
        elif (found.title_frequencies() > found.frequencies).any():
            yield "more occurrences in titles than in all"
        else:
            self._documents += np.bincount(documents, minlength=len(self._documents))

    def _position_faults(self, found: TermsPostings, token_counts: Int64Array) -> Iterator[str]:
        tokens = starts(found.frequencies)
        counts = np.diff(tokens[starts(found.counts)])
        if (counts != token_counts).any():
            yield "another number of positions"
            return
        keys = found.positions.keys(np.arange(len(found.documents)))
        if not _ascend(keys, counts):
            yield "positions out of order"
        if self._field.name != TEXT:
            return
        documents, positions = keys >> POSITION_BITS, keys & POSITION_MASK
        zone_starts = self._segment.zone_starts
        zones = documents * len(ZONES)
        for zone in range(1, len(ZONES)):
            zones += positions >= zone_starts[documents, zone]
        self._zones += np.bincount(zones, minlength=len(self._zones))
        in_title = starts(positions < zone_starts[documents, TITLE_ZONE_COUNT])[tokens]
        if (np.minimum(np.diff(in_title), _LARGEST_BYTE) != found.title_frequencies()).any():
            yield "another number of occurrences in titles"


def _ascend(numbers: Int64Array, counts: Int64Array) -> bool:
    """Whether numbers ascend in each of consecutive runs of so many."""
    steps = np.diff(numbers)
    first = starts(counts)[1:-1]
    steps[first[(first > 0) & (first < len(numbers))] - 1] = 1
    return not (steps <= 0).any()


def _stem_faults(segment: SegmentReader) -> Iterator[str]:
    """Describe stems that are impossible, or that break the rule of `indexer.codec.stems`."""
    text, ranking = segment.field(TEXT), segment.field(RANKING)
    stems = segment.stem_of_word
    words, terms = len(text.words) if text else 0, ranking.term_count if ranking else 0
    if len(stems) != words or ((stems < 0) | (stems >= terms)).any():
        yield "impossible stems of words"
    elif ranking:
        has_postings = segment.stored_postings(RANKING).token_counts() > 0
        if (has_postings != stores_postings(np.bincount(stems, minlength=terms))).any():
            yield "stems without postings that are the stem of several words"
