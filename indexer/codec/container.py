"""A file of named arrays, written as a stream, read by one memory map; imports indexer.errors.

    offset 0    magic (8 bytes), format version (uint32), four zero bytes
    aligned     the arrays, little-endian, each at a multiple of 64 bytes
    then        the directory, a JSON object: name -> [dtype, count, offset, crc32]
    end         directory offset (uint64), its length (uint64), its crc32 (uint32), magic

All offsets and lengths are bytes from the start of the file.
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
from types import TracebackType
from typing import Any, BinaryIO, Final, Self

import numpy as np
import numpy.typing as npt

from indexer.errors import IndexDamaged, IndexOutdated

FORMAT_VERSION: Final = 1
ALIGNMENT: Final = 64

_MAGIC: Final = b"DUIZHAO\n"
_HEADER: Final = struct.Struct("<8sI4x")
_FOOTER: Final = struct.Struct("<QQI8s")
_DTYPES: Final = {
    name: np.dtype(name) for name in ("|u1", "<u2", "<u4", "<u8", "|i1", "<i2", "<i4", "<i8")
}

Array = npt.NDArray[Any]


def damaged(path: Path, reason: str) -> IndexDamaged:
    """The error for a file of an index that contradicts itself."""
    return IndexDamaged(f"{path}: damaged ({reason}); mend it with: duizhao index --rebuild")


class ContainerWriter:
    """Writes a container, array after array; nothing but the directory is kept in memory.

    As a context manager it completes the file on leaving, down to the disk, or removes it if an
    exception was raised.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO = path.open("xb")
        self._file.write(_HEADER.pack(_MAGIC, FORMAT_VERSION))
        self._end = _HEADER.size
        self._streams: dict[str, ArrayStream] = {}

    def add(self, name: str, array: Array) -> None:
        """Write a whole array."""
        self.reserve(name, array.dtype, len(array)).append(array)

    def reserve(self, name: str, dtype: npt.DTypeLike, count: int) -> ArrayStream:
        """The place of an array of ``count`` items, to be filled piece by piece.

        Several may be filled in turn; each must be full in the end.
        """
        little_endian = np.dtype(dtype).newbyteorder("<")
        if name in self._streams or little_endian.str not in _DTYPES:
            raise ValueError(f"cannot write array {name!r} of type {little_endian}")
        offset = -(-self._end // ALIGNMENT) * ALIGNMENT
        self._end = offset + count * little_endian.itemsize
        stream = ArrayStream(self._file, little_endian, count, offset)
        self._streams[name] = stream
        return stream

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                self._complete()
        except BaseException:
            self.discard()
            raise
        if kind is not None:
            self.discard()

    def _complete(self) -> None:
        entries = {name: stream.entry() for name, stream in self._streams.items()}
        directory = json.dumps(entries, separators=(",", ":")).encode()
        self._file.seek(self._end)
        self._file.write(directory)
        self._file.write(_FOOTER.pack(self._end, len(directory), zlib.crc32(directory), _MAGIC))
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    def discard(self) -> None:
        """Give up: close and remove the file."""
        try:
            self._file.close()
        finally:
            self._path.unlink(missing_ok=True)


class ArrayStream:
    """An array of a container that is being filled from its start to its end."""

    def __init__(self, file: BinaryIO, dtype: np.dtype[Any], count: int, offset: int) -> None:
        self._file = file
        self.dtype = dtype
        self._count = count
        self._offset = offset
        self._filled = 0
        self._checksum = 0

    def append(self, items: Array) -> None:
        """Write the next items; ValueError if they do not fit in the place or in the type."""
        if self._filled + len(items) > self._count:
            raise ValueError(f"more than the {self._count} items that were announced")
        if not np.can_cast(items.dtype, self.dtype):
            raise ValueError(f"{items.dtype} does not fit in {self.dtype}")
        data = np.ascontiguousarray(items, dtype=self.dtype).view(np.uint8).data
        self._file.seek(self._offset + self._filled * self.dtype.itemsize)
        self._file.write(data)
        self._checksum = zlib.crc32(data, self._checksum)
        self._filled += len(items)

    def entry(self) -> tuple[str, int, int, int]:
        """What the directory says of the array; ValueError if it is not full."""
        if self._filled != self._count:
            raise ValueError(f"{self._filled} items of the {self._count} that were announced")
        return self.dtype.str, self._count, self._offset, self._checksum


class Container:
    """An open container: name to array, a read-only view of the file, made at first use.

    Opening reads the directory alone. Raises IndexDamaged for a file that contradicts itself,
    IndexOutdated for one of another format version, OSError for one that cannot be read.
    May be used from several threads.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size < _HEADER.size + _FOOTER.size:
                raise damaged(path, "cut short")
            self.map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._arrays: dict[str, Array] = {}
        self._check_header()
        self._entries = self._directory()

    def _check_header(self) -> None:
        magic, version = _HEADER.unpack_from(self.map)
        if magic != _MAGIC:
            raise damaged(self.path, "not a file of an index")
        if version != FORMAT_VERSION:
            raise IndexOutdated(
                f"{self.path}: made by another version of duizhao (format {version}, expected "
                f"{FORMAT_VERSION}); make it anew with: duizhao index --rebuild"
            )

    def _directory(self) -> dict[str, Any]:
        end = len(self.map) - _FOOTER.size
        offset, length, checksum, magic = _FOOTER.unpack_from(self.map, end)
        if magic != _MAGIC or offset + length != end:
            raise damaged(self.path, "cut short")
        directory = self.map[offset:end]
        if zlib.crc32(directory) != checksum:
            raise damaged(self.path, "wrong checksum of the directory")
        try:
            entries = json.loads(directory)
        except (ValueError, RecursionError):
            entries = None
        if not isinstance(entries, dict):
            raise damaged(self.path, "unreadable directory")
        return entries

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __getitem__(self, name: str) -> Array:
        array = self._arrays.get(name)
        if array is None:
            array = self._arrays[name] = self._view(name)
        return array

    def _view(self, name: str) -> Array:
        dtype, count, offset, _ = self._entry(name)
        return np.frombuffer(self.map, dtype, count, offset)

    def _entry(self, name: str) -> tuple[np.dtype[Any], int, int, int]:
        try:
            kind, *numbers = self._entries[name]
            count, offset, checksum = map(operator.index, numbers)
            dtype = _DTYPES[kind]
            is_inside = count >= 0 and 0 <= offset <= len(self.map) - count * dtype.itemsize
        except (KeyError, TypeError, ValueError):
            is_inside = False
        if not is_inside:
            raise damaged(self.path, f"no array {name}")
        return dtype, count, offset, checksum

    def count(self, name: str) -> int:
        """How many items an array has."""
        return self._entry(name)[1]

    def offset(self, name: str) -> int:
        """Where in ``map`` an array starts."""
        return self._entry(name)[2]

    def verify(self) -> None:
        """Read everything and compare checksums; raises IndexDamaged."""
        for name in self:
            checksum = self._entry(name)[3]
            if zlib.crc32(self[name].view(np.uint8).data) != checksum:
                raise damaged(self.path, f"wrong checksum of array {name}")

    def release_pages(self) -> None:
        """Give back the memory of what was read; it is read again where it is needed."""
        if hasattr(self.map, "madvise"):  # where the platform has it
            self.map.madvise(mmap.MADV_DONTNEED)

    def close(self) -> None:
        """Close the file; arrays that are still in use stay valid until they are dropped."""
        self._arrays.clear()
        with suppress(BufferError):  # else the map goes with the last array
            self.map.close()
