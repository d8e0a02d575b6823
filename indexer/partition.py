"""How files are divided among processes, within memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from indexer.codec.builder import WRITING_SIZE
from indexer.source.seeds import SeedFile
from indexer.worker import READING

Pair = tuple[SeedFile, str]  # a file, and the hash that it had before
Part = tuple[list[Pair], bool]  # neighbouring files; or one alone, because it is large

_MEBIBYTE: Final = 2**20
# All measured, in bytes: what this process takes, and for each file; what one that builds segments
# takes before it builds any, and how much more than its segment is estimated to need; what a byte
# of a mixed archive takes in a segment, so that parts seldom have to be divided; and what a byte of
# a segment takes when it is merged.
_MAIN_SIZE: Final = 60 * _MEBIBYTE
_FILE_SIZE: Final = 450
_WORKER_SIZE: Final = 80 * _MEBIBYTE
_OVERHEAD: Final = 1.1
_GROWTH: Final = 2.4
_MERGING: Final = 0.2
_SMALLEST_SHARE: Final = 80 * _MEBIBYTE
# A process of its own takes as long to start as to read so many files, or so many bytes.
_FILES_WORTH_A_PROCESS: Final = 200
_BYTES_WORTH_A_PROCESS: Final = 4 * _MEBIBYTE


class Division(NamedTuple):
    """Parts of files for so many processes, or for this one if ``jobs`` is 0.

    To make a segment of one may take ``memory`` bytes; to read a file of more than ``affordable``
    bytes takes more than there is.
    """

    jobs: int
    memory: int
    affordable: int
    parts: deque[Part]


def divide(files: Sequence[Pair], jobs: int, memory: int, max_file_size: int) -> Division:
    """Divide files among at most so many processes, which together may take ``memory`` bytes.

    Files of more than ``max_file_size`` bytes will not be read.
    """
    sizes = [file.size if file.size <= max_file_size else 0 for file, _ in files]
    memory -= _MAIN_SIZE + _FILE_SIZE * len(files)
    worth = max(sum(sizes) // _BYTES_WORTH_A_PROCESS, len(files) // _FILES_WORTH_A_PROCESS)
    jobs = min(jobs, worth, len(files), max(1, memory // (_WORKER_SIZE + _SMALLEST_SHARE)))
    share = memory // max(1, jobs) - _WORKER_SIZE
    most = int(max(_SMALLEST_SHARE, share) / _OVERHEAD)
    alone = max(_SMALLEST_SHARE, memory - _WORKER_SIZE)
    part_size = max(1, int((most - WRITING_SIZE) / _GROWTH))
    parts = deque(_parts(files, sizes, part_size, max(1, jobs), large=most // READING))
    return Division(jobs, most, alone // READING, parts)


def largest_segment(files: int, memory: int) -> int:
    """How large a segment of an index of so many files may be, in bytes, to be merged in memory."""
    left = memory - _MAIN_SIZE - _FILE_SIZE * files
    return int(max(_SMALLEST_SHARE, left) / _MERGING)


def _parts(
    files: Sequence[Pair], sizes: Sequence[int], most: int, jobs: int, *, large: int
) -> Iterator[Part]:
    """Neighbouring files together: parts of much the same size, of some ``most`` bytes or less.

    There are as many for each of the ``jobs``, if there are so many files. A file of more than
    ``large`` bytes is a part by itself; whether it is one is told.
    """
    total = len(sizes) + sum(size for size in sizes if size <= large)  # an empty one takes time too
    count = jobs * -(-total // (most * jobs))
    part: list[Pair] = []
    done = made = 0
    for pair, size in zip(files, sizes, strict=True):
        if size > large:
            if part:
                yield part, False
            yield [pair], True
            part = []
            continue
        part.append(pair)
        done += 1 + size
        if done * count >= total * (made + 1):
            yield part, False
            part, made = [], made + 1
    if part:
        yield part, False
