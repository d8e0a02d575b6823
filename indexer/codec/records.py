"""Byte strings, one a document, end to end in one array.

A column N of them is the arrays N (uint8) and N_ends (uint32 or int64): where each ends.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from indexer.codec.arrays import AnyArray, BoolArray, Int64Array, Ranges, starts
from indexer.codec.container import Container, ContainerWriter


class RecordWriter:
    """Collects the byte strings of a column."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._data = bytearray()
        self._sizes = array("q")

    def add(self, record: bytes) -> None:
        """Add that of the next document."""
        self._data += record
        self._sizes.append(len(record))

    @property
    def memory(self) -> int:
        """Bytes that they take."""
        return len(self._data)

    def truncate(self, count: int) -> None:
        """Forget all but the first of so many documents."""
        del self._data[sum(self._sizes[:count]) :]
        del self._sizes[count:]

    def write(self, out: ContainerWriter) -> None:
        """Write the column."""
        out.add(self._name, np.frombuffer(self._data, np.uint8))
        write_ends(self._name, np.frombuffer(self._sizes, np.int64), out)


class Records:
    """A column of byte strings. May be used from several threads."""

    def __init__(self, container: Container, name: str) -> None:
        self._container = container
        self._name = name

    def __len__(self) -> int:
        return self._container.count(f"{self._name}_ends")

    def __getitem__(self, document: int) -> bytes:
        ends = self._container[f"{self._name}_ends"]
        start = int(ends[document - 1]) if document else 0
        return self._container[self._name][start : int(ends[document])].tobytes()

    def of(self, mask: BoolArray) -> tuple[AnyArray, Int64Array]:
        """Those of some documents end to end, and the size of each."""
        ends = self._container[f"{self._name}_ends"].astype(np.int64)
        first, after = (ends - np.diff(ends, prepend=0))[mask], ends[mask]
        return Ranges(first, after).of(self._container[self._name]), after - first


def merge_records(
    sources: Sequence[tuple[Records, BoolArray]], name: str, out: ContainerWriter
) -> None:
    """Write those of the live documents of all sources, in order."""
    stream = out.stream(name, np.uint8)
    sizes = [np.empty(0, np.int64)]
    for records, live in sources:
        data, lengths = records.of(live)
        stream.append(data)
        sizes.append(lengths)
    stream.finish()
    write_ends(name, np.concatenate(sizes), out)


def replace_records(container: Container, name: str, records: Iterable[bytes], path: Path) -> None:
    """Write a container anew, to a new file, with other byte strings in a column."""
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
    """Write where the byte strings of a column end, given their sizes."""
    ends = starts(sizes)[1:]
    fits = not len(ends) or int(ends[-1]) < 2**32
    out.add(f"{name}_ends", ends.astype(np.uint32) if fits else ends)
