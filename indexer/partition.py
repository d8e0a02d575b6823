"""Divide the files of a run among processes, so that they stay within the memory limit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np

from indexer.array_types import Int64Array
from indexer.codec.builder import WRITING_MEMORY
from indexer.job import READING
from indexer.memory import MEBIBYTE

# Memory in bytes; all of it was measured. The main process takes _MAIN_SIZE, and _FILE_SIZE for
# each file. A process that builds segments takes _WORKER_SIZE before it builds the first one.
_MAIN_SIZE: Final = 60 * MEBIBYTE
_FILE_SIZE: Final = 60
_WORKER_SIZE: Final = 80 * MEBIBYTE
_MIN_SHARE: Final = 80 * MEBIBYTE
# A segment takes this many times the memory that its builder estimates.
_OVERHEAD: Final = 1.1
# A byte of a mixed archive takes this many bytes in a segment that is being built.
_GROWTH: Final = 2.4
# A byte of a segment takes this many bytes while the segment is merged.
_MERGING: Final = 0.2

# Starting a process takes as long as reading this many files, or this many bytes.
_FILES_WORTH_A_PROCESS: Final = 200
_BYTES_WORTH_A_PROCESS: Final = 4 * MEBIBYTE


class Part(NamedTuple):
    """Neighbouring files, from the index ``start`` to before ``stop``; or a single large file."""

    start: int
    stop: int
    is_large: bool = False


class Partition(NamedTuple):
    """The parts of a run and the processes that read them.

    ``jobs`` is the number of processes; if it is 0, this process reads the files itself.
    ``memory`` is the number of bytes that building a segment may take. A file of more than
    ``affordable`` bytes cannot be read within the memory limit.
    """

    jobs: int
    memory: int
    affordable: int
    parts: list[Part]


def partition(file_sizes: Int64Array, jobs: int, memory: int, max_file_size: int) -> Partition:
    """Divide files among at most ``jobs`` processes that together take ``memory`` bytes.

    ``file_sizes`` are in bytes. Files of more than ``max_file_size`` bytes count as empty, because
    they will not be read.
    """
    sizes = np.where(file_sizes > max_file_size, 0, file_sizes)
    total, file_count = int(sizes.sum()), len(sizes)
    memory -= _MAIN_SIZE + _FILE_SIZE * file_count
    worth = max(total // _BYTES_WORTH_A_PROCESS, file_count // _FILES_WORTH_A_PROCESS)
    jobs = min(jobs, worth, file_count, max(1, memory // (_WORKER_SIZE + _MIN_SHARE)))
    share = memory // max(1, jobs) - _WORKER_SIZE
    segment_memory = int(max(_MIN_SHARE, share) / _OVERHEAD)
    alone = max(_MIN_SHARE, memory - _WORKER_SIZE)
    part_size = max(1, int((segment_memory - WRITING_MEMORY) / _GROWTH))
    large = segment_memory // READING
    parts = [*_parts(sizes, part_size, max(1, jobs), large=large)]
    return Partition(jobs, segment_memory, alone // READING, parts)


def max_merged_size(files: int, memory: int) -> int:
    """Return how large a merged segment may become, in bytes, in an index of ``files`` files.

    Merging it takes at most ``memory`` bytes.
    """
    left = memory - _MAIN_SIZE - _FILE_SIZE * files
    return int(max(_MIN_SHARE, left) / _MERGING)


def _parts(sizes: Int64Array, part_size: int, jobs: int, *, large: int) -> Iterator[Part]:
    """Join neighbouring files to parts of similar size, each at most about ``part_size`` bytes.

    Each of the ``jobs`` gets the same number of parts, if there are enough files. A file of more
    than ``large`` bytes is a part by itself.
    """
    total = len(sizes) + int(sizes[sizes <= large].sum())  # empty files cost time too
    count = jobs * -(-total // (part_size * jobs))
    start = done = made = 0
    for number, size in enumerate(sizes.tolist()):
        if size > large:
            if start < number:
                yield Part(start, number)
            yield Part(number, number + 1, is_large=True)
            start = number + 1
            continue
        done += 1 + size
        if done * count >= total * (made + 1):
            yield Part(start, number + 1)
            start, made = number + 1, made + 1
    if start < len(sizes):
        yield Part(start, len(sizes))
