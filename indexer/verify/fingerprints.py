"""A number for the terms of each document, by which the documents of two segments are compared.

The number of a document is a sum over the postings of a field, or over its positions if it has
any. The sum is over hashes of the term's text and the posting's or position's values. So the number
depends neither on the other documents of the segment nor on how terms are numbered.
"""

from __future__ import annotations

import hashlib
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from indexer.array_types import Int64Array
from indexer.codec.arrays import batch_bounds
from indexer.codec.reader import FieldReader, SegmentReader
from indexer.codec.terms_postings import TermsPostings
from indexer.schema import POSITION_BITS, POSITION_MASK

Fingerprints = npt.NDArray[np.uint64]

# How many tokens are in memory at a time, about.
_BATCH_TOKENS: Final = 1 << 19
# The largest values that all postings can hold. A larger one is stored as it is if the stem comes
# from a single word of the segment, whose postings it borrows, and cut to these otherwise.
_MAX_FREQUENCY: Final = (1 << 12) - 1
_MAX_TITLE_FREQUENCY: Final = (1 << 8) - 1


def fingerprints(segment: SegmentReader, field_name: str) -> Fingerprints:
    """The numbers of all documents for one field: uint64 (n,); 0 for a document without terms."""
    result = np.zeros(segment.doc_count, np.uint64)
    field = segment.field(field_name)
    if field is not None:
        texts = _texts(field)
        for low, high in pairwise(batch_bounds(field.postings.token_counts(), _BATCH_TOKENS)):
            found = field.postings.read_terms(np.arange(low, high))
            owners = np.repeat(texts[low:high], found.counts)
            _add(result, owners, found, has_positions=field.has_positions)
            segment.release_pages()
    return result


def _texts(field: FieldReader) -> Fingerprints:
    """A number for the text of each term."""
    digests = bytearray()
    for word in field.words.terms(0, len(field.words)):
        digests += hashlib.blake2b(word.encode(), digest_size=8).digest()
    words = np.frombuffer(digests, np.uint64)
    return np.concatenate((words, _mixed(field.bigrams.astype(np.uint64))))


def _add(
    result: Fingerprints, owners: Fingerprints, found: TermsPostings, *, has_positions: bool
) -> None:
    """Add to the numbers of documents; ``owners`` has the number of the term of each posting."""
    documents: Int64Array = found.documents
    if has_positions:
        keys = found.positions.keys(np.arange(len(documents)))
        owners = np.repeat(owners, found.frequencies)
        documents, values = keys >> POSITION_BITS, keys & POSITION_MASK
    else:
        frequencies = np.minimum(found.frequencies.astype(np.int64), _MAX_FREQUENCY)
        values = frequencies << 8 | np.minimum(found.title_frequencies(), _MAX_TITLE_FREQUENCY)
    np.add.at(result, documents, _mixed(owners + _mixed(values.astype(np.uint64))))


def _mixed(numbers: Fingerprints) -> Fingerprints:
    """Hash numbers; different numbers have different hashes (splitmix64; Steele et al. 2014)."""
    mixed = numbers + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ mixed >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ mixed >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    return mixed ^ mixed >> np.uint64(31)
