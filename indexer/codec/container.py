"""A container: a file of named arrays that is mapped into memory.

    offset 0    magic (8 bytes), format version (uint32), four zero bytes
    aligned     the arrays, little-endian; each starts at a multiple of 64 bytes, after zero bytes
    then        the directory, a JSON object: name -> [dtype, count, offset, crc32], in file order
    end         directory offset (uint64), its length (uint64), its crc32 (uint32), magic

All offsets and lengths are bytes from the start of the file. Opening a container checks header,
directory and footer. `Container.faults` checks every other byte of the file, so that no change
remains unnoticed. `indexer.codec.container_writer` writes containers.
"""

from __future__ import annotations

import json
import mmap
import operator
import os
import struct
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import numpy as np

from indexer.array_types import AnyArray
from indexer.errors import IndexDamaged

FORMAT_VERSION: Final = 4
ALIGNMENT: Final = 64
MAGIC: Final = b"DUIZHAO\n"
HEADER: Final = struct.pack("<8sI4x", MAGIC, FORMAT_VERSION)
FOOTER: Final = struct.Struct("<QQI8s")
DTYPES: Final = {
    name: np.dtype(name) for name in ("|u1", "<u2", "<u4", "<u8", "|i1", "<i2", "<i4", "<i8")
}

# An array of at most this many bytes is compared with its checksum when it is first used, which
# takes half a millisecond at most. Arrays of offsets, which are int64, are compared at any size.
_MAX_CHECKED_SIZE: Final = 1 << 20
_OFFSETS: Final = np.dtype("<i8")
# Bytes that are read at a time when all checksums are compared.
_READ_SIZE: Final = 1 << 24


class Container:
    """An open container: a mapping of names to read-only arrays, each mapped at first use.

    Opening reads only the directory. Raises IndexDamaged (when it is opened or when an array is
    first used) for a file that contradicts itself or has another format, and OSError for a file
    that cannot be read. With ``any_format``, an older format is accepted, because all formats have
    had the same layout so far. May be used from several threads.
    """

    def __init__(self, path: Path, *, any_format: bool = False) -> None:
        self.path = path
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size < len(HEADER) + FOOTER.size:
                raise IndexDamaged(path, "cut short")
            self.map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._arrays: dict[str, AnyArray] = {}
        header = MAGIC if any_format else HEADER
        if self.map[: len(header)] != header:
            raise IndexDamaged(path, f"not a file of format {FORMAT_VERSION}")
        self._entries = self._directory()

    def _directory(self) -> dict[str, Any]:
        end = len(self.map) - FOOTER.size
        offset, length, checksum, magic = FOOTER.unpack_from(self.map, end)
        self._directory_offset: int = offset
        if magic != MAGIC or offset + length != end:
            raise IndexDamaged(self.path, "cut short")
        directory = self.map[offset:end]
        if zlib.crc32(directory) != checksum:
            raise IndexDamaged(self.path, "wrong checksum of the directory")
        try:
            entries = json.loads(directory)
        except (ValueError, RecursionError):
            entries = None
        if not isinstance(entries, dict):
            raise IndexDamaged(self.path, "unreadable directory")
        return entries

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __getitem__(self, name: str) -> AnyArray:
        array = self._arrays.get(name)
        if array is None:
            array = self._arrays[name] = self._view(name)
        return array

    def _view(self, name: str) -> AnyArray:
        dtype, count, offset, checksum = self._entry(name)
        array = np.frombuffer(self.map, dtype, count, offset)
        is_checked = array.nbytes <= _MAX_CHECKED_SIZE or dtype == _OFFSETS
        if is_checked and zlib.crc32(array.view(np.uint8).data) != checksum:
            raise IndexDamaged(self.path, _wrong_checksum(name))
        return array

    def _entry(self, name: str) -> tuple[np.dtype[Any], int, int, int]:
        try:
            kind, *numbers = self._entries[name]
            count, offset, checksum = map(operator.index, numbers)
            dtype = DTYPES[kind]
            is_inside = count >= 0 and 0 <= offset <= len(self.map) - count * dtype.itemsize
        except (KeyError, TypeError, ValueError):
            is_inside = False
        if not is_inside:
            raise IndexDamaged(self.path, f"no array {name}")
        return dtype, count, offset, checksum

    def count(self, name: str) -> int:
        """Return the number of items of an array."""
        return self._entry(name)[1]

    def offset(self, name: str) -> int:
        """Return the offset in ``map`` at which an array starts."""
        return self._entry(name)[2]

    def verify(self) -> None:
        """Read every byte of the file; raises IndexDamaged if one has changed."""
        for fault in self.faults():
            raise IndexDamaged(self.path, fault)

    def faults(self) -> Iterator[str]:
        """Read every byte of the file and describe each change since it was written.

        Only some megabytes are in memory at a time.
        """
        end = len(HEADER)
        for name in self:
            dtype, count, offset, checksum = self._entry(name)
            if offset != end + -end % ALIGNMENT or any(self.map[end:offset]):
                yield f"unexpected bytes before array {name}"
            end = offset + count * dtype.itemsize
            if self._checksum(offset, end) != checksum:
                yield _wrong_checksum(name)
        if end != self._directory_offset:
            yield "unexpected bytes before the directory"

    def _checksum(self, start: int, end: int) -> int:
        checksum = 0
        with memoryview(self.map) as data:
            for low in range(start, end, _READ_SIZE):
                checksum = zlib.crc32(data[low : min(low + _READ_SIZE, end)], checksum)
                self.release_pages()
        return checksum

    def release_pages(self) -> None:
        """Give back the memory of pages that were read; they are read again when needed."""
        if hasattr(self.map, "madvise"):  # not every platform has it
            self.map.madvise(mmap.MADV_DONTNEED)

    def close(self) -> None:
        """Close the file; arrays that are still in use stay valid until they are dropped."""
        self._arrays.clear()
        with suppress(BufferError):  # arrays in use keep the map, which closes with the last one
            self.map.close()


def _wrong_checksum(name: str) -> str:
    return f"wrong checksum of array {name}"
