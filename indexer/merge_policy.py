"""Which segments of an index are merged in a commit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from indexer.memory import MEBIBYTE

# A segment is merged with all segments that follow it if it is at most this many times as large as
# they are together. With 3 in place of 8, each document would be merged two thirds as often, but a
# search would have one segment more to look at, on average.
MAX_SIZE_RATIO: Final = 8
# A segment of whose documents this share or more is deleted is written again.
MAX_DELETED_SHARE: Final = 1 / 4
# The largest segment that a merge may make, in bytes. It bounds the memory that merging takes.
MAX_SEGMENT_SIZE: Final = 1500 * MEBIBYTE


def is_mostly_live(live_count: int, doc_count: int) -> bool:
    """Whether so few of a segment's documents are deleted that it need not be written again."""
    return doc_count - live_count < MAX_DELETED_SHARE * doc_count


def merge_groups(sizes: Sequence[int], max_size: int = MAX_SEGMENT_SIZE) -> Iterator[slice]:
    """Divide segments of these sizes, in bytes, into consecutive groups; each becomes one segment.

    A group ends where its segments would be larger than ``max_size`` together. A segment that is
    more than `MAX_SIZE_RATIO` times as large as the rest of its group stays alone. So a large
    segment is seldom merged with small ones: the number of segments, and the number of times that
    a document is merged, grow with the logarithm of the archive.
    """
    start = 0
    while start < len(sizes):
        end, following = start + 1, 0
        while end < len(sizes) and sizes[start] + following + sizes[end] <= max_size:
            following += sizes[end]
            end += 1
        if sizes[start] > MAX_SIZE_RATIO * following:
            end = start + 1
        yield slice(start, end)
        start = end
