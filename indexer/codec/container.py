"""A file of named arrays, written as a stream, read by one memory map.

    offset 0    magic (8 bytes), format version (uint32), four zero bytes
    aligned     the arrays, little-endian, each at the next multiple of 64 bytes, after zeros
    then        the directory, a JSON object: name -> [dtype, count, offset, crc32], in their order
    end         directory offset (uint64), its length (uint64), its crc32 (uint32), magic

All offsets and lengths are bytes from the start of the file. So nothing can change unseen:
opening looks at header, directory and footer, `Container.faults` at all the rest.
"""

from __future__ import annotations

import io
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
from typing import Any, BinaryIO, Final, Self, cast

import numpy as np
import numpy.typing as npt

from indexer.codec.arrays import AnyArray
from indexer.errors import IndexDamaged

FORMAT_VERSION: Final = 4
ALIGNMENT: Final = 64

# What a growing array keeps in memory, and what is copied at a time.
_HELD_SIZE: Final = 1 << 18
_COPY_SIZE: Final = 1 << 20
# An array of so many bytes or less is compared with its checksum when it is first used, which
# takes half a millisecond at most; so is one of the type that says where in others things lie.
_SMALL_SIZE: Final = 1 << 20
_PLACES: Final = np.dtype("<i8")
# So much is read at a time to compare all checksums.
_READ_SIZE: Final = 1 << 24

_MAGIC: Final = b"DUIZHAO\n"
_HEADER: Final = struct.pack("<8sI4x", _MAGIC, FORMAT_VERSION)
_FOOTER: Final = struct.Struct("<QQI8s")
_DTYPES: Final = {
    name: np.dtype(name) for name in ("|u1", "<u2", "<u4", "<u8", "|i1", "<i2", "<i4", "<i8")
}


class ContainerWriter:
    """Writes a container, array after array; nothing but the directory is kept in memory.

    As a context manager it completes the file on leaving, down to the disk, or removes it if an
    exception was raised.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO = path.open("xb")
        self._file.write(_HEADER)
        self._end = len(_HEADER)
        self._entries: dict[str, tuple[str, int, int, int]] = {}
        self._growing: dict[str, ArrayStream] = {}

    def add(self, name: str, array: AnyArray) -> None:
        """Write a whole array."""
        dtype = self._checked(name, array.dtype)
        self._align()
        data = np.ascontiguousarray(array, dtype=dtype).view(np.uint8).data
        self._file.write(data)
        self._end += len(data)
        self._entries[name] = dtype.str, len(array), self._end - len(data), zlib.crc32(data)

    def stream(self, name: str, dtype: npt.DTypeLike) -> ArrayStream:
        """An array that is to be written piece by piece; several may grow at once."""
        stream = ArrayStream(self, name, self._checked(name, dtype), self._path.parent)
        self._growing[name] = stream
        return stream

    def _checked(self, name: str, kind: npt.DTypeLike) -> np.dtype[Any]:
        dtype = np.dtype(kind).newbyteorder("<")
        if name in self._entries or name in self._growing or dtype.str not in _DTYPES:
            raise ValueError(f"cannot write array {name!r} of type {dtype}")
        return dtype

    def _align(self) -> None:
        padding = -self._end % ALIGNMENT
        self._file.write(bytes(padding))
        self._end += padding

    def adopt(self, stream: ArrayStream, spool: BinaryIO) -> None:
        """Write an array that has grown in a file of its own."""
        from shutil import copyfileobj

        self._align()
        spool.seek(0)
        copyfileobj(spool, self._file, _COPY_SIZE)
        entry = stream.dtype.str, stream.count, self._end, stream.checksum
        self._entries[stream.name] = entry
        self._end += stream.count * stream.dtype.itemsize
        del self._growing[stream.name]

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
        if self._growing:
            raise ValueError(f"arrays were not finished: {', '.join(self._growing)}")
        directory = json.dumps(self._entries, separators=(",", ":")).encode()
        self._file.write(directory)
        self._file.write(_FOOTER.pack(self._end, len(directory), zlib.crc32(directory), _MAGIC))
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    def discard(self) -> None:
        """Give up: close and remove the file."""
        for stream in self._growing.values():
            stream.close()
        try:
            self._file.close()
        finally:
            self._path.unlink(missing_ok=True)


class ArrayStream:
    """An array of a container that grows, in an unnamed file beside it, until it is finished."""

    def __init__(
        self, container: ContainerWriter, name: str, dtype: np.dtype[Any], directory: Path
    ) -> None:
        self.name = name
        self.dtype = dtype
        self.count = 0
        self.checksum = 0
        self._container = container
        self._directory = directory
        self._held: list[bytes] = []
        self._held_size = 0
        self._spool: BinaryIO | None = None

    def append(self, items: AnyArray) -> None:
        """Add items; ValueError if their type does not fit."""
        if not np.can_cast(items.dtype, self.dtype):
            raise ValueError(f"{items.dtype} does not fit in {self.dtype}")
        data = np.ascontiguousarray(items, dtype=self.dtype).view(np.uint8).tobytes()
        self.checksum = zlib.crc32(data, self.checksum)
        self.count += len(items)
        self._held.append(data)
        self._held_size += len(data)
        if self._held_size > _HELD_SIZE:
            self._spill()

    def _spill(self) -> None:
        if self._spool is None:
            from tempfile import TemporaryFile

            # Closed by `finish` or `close`.
            self._spool = cast(BinaryIO, TemporaryFile(dir=self._directory))  # noqa: SIM115
        self._spool.writelines(self._held)
        self._held.clear()
        self._held_size = 0

    def finish(self) -> None:
        """Write the array to its container."""
        if self._spool is None:
            self._container.adopt(self, io.BytesIO(b"".join(self._held)))
        else:
            self._spill()
            self._container.adopt(self, self._spool)
        self.close()

    def close(self) -> None:
        """Give back memory and file."""
        self._held.clear()
        if self._spool is not None:
            with suppress(OSError):  # of what could not be written, and is not needed any more
                self._spool.close()


def _wrong(name: str) -> str:
    return f"wrong checksum of array {name}"


class Container:
    """An open container: name to array, a read-only view of the file, made at first use.

    Opening reads the directory alone. Raises IndexDamaged, then or at first use of an array, for a
    file that contradicts itself or is of another format (unless ``any_format``: all formats have
    had the same layout so far), OSError for one that cannot be read. May be used from several
    threads.
    """

    def __init__(self, path: Path, *, any_format: bool = False) -> None:
        self.path = path
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size < len(_HEADER) + _FOOTER.size:
                raise IndexDamaged(path, "cut short")
            self.map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._arrays: dict[str, AnyArray] = {}
        header = _MAGIC if any_format else _HEADER
        if self.map[: len(header)] != header:
            raise IndexDamaged(path, f"not a file of format {FORMAT_VERSION}")
        self._entries = self._directory()

    def _directory(self) -> dict[str, Any]:
        end = len(self.map) - _FOOTER.size
        offset, length, checksum, magic = _FOOTER.unpack_from(self.map, end)
        self._directory_offset: int = offset
        if magic != _MAGIC or offset + length != end:
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
        is_checked = array.nbytes <= _SMALL_SIZE or dtype == _PLACES
        if is_checked and zlib.crc32(array.view(np.uint8).data) != checksum:
            raise IndexDamaged(self.path, _wrong(name))
        return array

    def _entry(self, name: str) -> tuple[np.dtype[Any], int, int, int]:
        try:
            kind, *numbers = self._entries[name]
            count, offset, checksum = map(operator.index, numbers)
            dtype = _DTYPES[kind]
            is_inside = count >= 0 and 0 <= offset <= len(self.map) - count * dtype.itemsize
        except (KeyError, TypeError, ValueError):
            is_inside = False
        if not is_inside:
            raise IndexDamaged(self.path, f"no array {name}")
        return dtype, count, offset, checksum

    def count(self, name: str) -> int:
        """How many items an array has."""
        return self._entry(name)[1]

    def offset(self, name: str) -> int:
        """Where in ``map`` an array starts."""
        return self._entry(name)[2]

    def verify(self) -> None:
        """Read every byte of the file; raises IndexDamaged if one has changed."""
        for fault in self.faults():
            raise IndexDamaged(self.path, fault)

    def faults(self) -> Iterator[str]:
        """What is not as it was written, after every byte of the file was looked at.

        Some megabytes are in memory at a time.
        """
        end = len(_HEADER)
        for name in self:
            dtype, count, offset, checksum = self._entry(name)
            if offset != end + -end % ALIGNMENT or any(self.map[end:offset]):
                yield f"something else before array {name}"
            end = offset + count * dtype.itemsize
            if self._checksum(offset, end) != checksum:
                yield _wrong(name)
        if end != self._directory_offset:
            yield "something else before the directory"

    def _checksum(self, start: int, end: int) -> int:
        checksum = 0
        with memoryview(self.map) as data:
            for low in range(start, end, _READ_SIZE):
                checksum = zlib.crc32(data[low : min(low + _READ_SIZE, end)], checksum)
                self.release_pages()
        return checksum

    def release_pages(self) -> None:
        """Give back the memory of what was read; it is read again where it is needed."""
        if hasattr(self.map, "madvise"):  # where the platform has it
            self.map.madvise(mmap.MADV_DONTNEED)

    def close(self) -> None:
        """Close the file; arrays that are still in use stay valid until they are dropped."""
        self._arrays.clear()
        with suppress(BufferError):  # else the map goes with the last array
            self.map.close()
