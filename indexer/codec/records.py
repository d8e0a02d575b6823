"""Byte strings, one for each document, one after the other in one array.

Byte strings with the name N take two arrays: N (uint8) has their bytes, and N_ends (uint32, or
int64 if that is too narrow) has the offset in N at which each of them ends.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from indexer.array_types import AnyArray, BoolArray, Int64Array
from indexer.codec.arrays import Ranges, starts
from indexer.codec.container import Container
from indexer.codec.container_writer import ContainerWriter


class RecordWriter:
    """Collects byte strings, one for each document, and writes them."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._data = bytearray()
        self._sizes = array("q")

    def add(self, record: bytes) -> None:
        """Add the byte string of the next document."""
        self._data += record
        self._sizes.append(len(record))

    @property
    def memory(self) -> int:
        """The size of all byte strings, in bytes."""
        return len(self._data)

    def truncate(self, count: int) -> None:
        """Keep the byte strings of the first ``count`` documents only."""
        del self._data[sum(self._sizes[:count]) :]
        del self._sizes[count:]

    def write(self, out: ContainerWriter) -> None:
        """Write both arrays."""
        out.add(self._name, np.frombuffer(self._data, np.uint8))
        write_ends(self._name, np.frombuffer(self._sizes, np.int64), out)


class Records:
    """The byte strings with one name in a container. May be used from several threads."""

    def __init__(self, container: Container, name: str) -> None:
        self._container = container
        self._name = name

    def __len__(self) -> int:
        return self._container.count(f"{self._name}_ends")

    def __getitem__(self, document: int) -> bytes:
        ends = self._container[f"{self._name}_ends"]
        start = int(ends[document - 1]) if document else 0
        return self._container[self._name][start : int(ends[document])].tobytes()

    def select(self, mask: BoolArray) -> tuple[AnyArray, Int64Array]:
        """Return the bytes of the documents in a mask, joined, and the size of each string."""
        ends = self._container[f"{self._name}_ends"].astype(np.int64)
        first, after = (ends - np.diff(ends, prepend=0))[mask], ends[mask]
        return Ranges(first, after).take(self._container[self._name]), after - first


def merge_records(
    sources: Sequence[tuple[Records, BoolArray]], name: str, out: ContainerWriter
) -> None:
    """Write the byte strings of the live documents of all sources, in order.

    Each source comes with the mask of its live documents.
    """
    stream = out.stream(name, np.uint8)
    sizes = [np.empty(0, np.int64)]
    for records, live in sources:
        data, lengths = records.select(live)
        stream.append(data)
        sizes.append(lengths)
    stream.finish()
    write_ends(name, np.concatenate(sizes), out)


def replace_records(container: Container, name: str, records: Iterable[bytes], path: Path) -> None:
    """Copy a container to a new file, but with other byte strings under one name."""
    writer = RecordWriter(name)
    for record in records:
        writer.add(record)
    with ContainerWriter(path) as out:
        for array_name in container:
            if array_name not in (name, f"{name}_ends"):
                out.add(array_name, container[array_name])
                container.release_pages()
        writer.write(out)


def write_ends(name: str, sizes: Int64Array, out: ContainerWriter) -> None:
    """Write the array of the ends of byte strings, given their sizes."""
    ends = starts(sizes)[1:]
    fits = not len(ends) or int(ends[-1]) < 2**32
    out.add(f"{name}_ends", ends.astype(np.uint32) if fits else ends)
