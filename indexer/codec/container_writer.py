"""Write a container array after array, see `indexer.codec.container` for its format."""

from __future__ import annotations

import io
import json
import os
import zlib
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Final, Self, cast

import numpy as np
import numpy.typing as npt

from indexer.array_types import AnyArray
from indexer.codec.container import ALIGNMENT, DTYPES, FOOTER, HEADER, MAGIC

# Bytes that a growing array keeps in memory, and bytes that are copied at a time.
_MAX_HELD_SIZE: Final = 1 << 18
_COPY_SIZE: Final = 1 << 20


class ContainerWriter:
    """Writes a container to a new file; only the directory is kept in memory.

    It is a context manager. Leaving it completes the file and writes it down to the disk. If an
    exception was raised, leaving it removes the file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO = path.open("xb")
        self._file.write(HEADER)
        self._end = len(HEADER)
        self._entries: dict[str, tuple[str, int, int, int]] = {}
        self._growing: dict[str, ArrayStream] = {}

    def add(self, name: str, array: AnyArray) -> None:
        """Write a whole array; ValueError for a second array of that name or an unknown type."""
        dtype = self._checked(name, array.dtype)
        self._align()
        data = np.ascontiguousarray(array, dtype=dtype).view(np.uint8).data
        self._file.write(data)
        self._end += len(data)
        self._entries[name] = dtype.str, len(array), self._end - len(data), zlib.crc32(data)

    def stream(self, name: str, dtype: npt.DTypeLike) -> ArrayStream:
        """Start an array that is written part by part; several of them may grow at once.

        Raises ValueError as `add` does.
        """
        stream = ArrayStream(self, name, self._checked(name, dtype), self._path.parent)
        self._growing[name] = stream
        return stream

    def _checked(self, name: str, kind: npt.DTypeLike) -> np.dtype[Any]:
        dtype = np.dtype(kind).newbyteorder("<")
        if name in self._entries or name in self._growing or dtype.str not in DTYPES:
            raise ValueError(f"cannot write array {name!r} of type {dtype}")
        return dtype

    def _align(self) -> None:
        padding = -self._end % ALIGNMENT
        self._file.write(bytes(padding))
        self._end += padding

    def adopt(self, stream: ArrayStream, spool: BinaryIO) -> None:
        """Copy a finished array into the container from the file in which it has grown."""
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
        self._file.write(FOOTER.pack(self._end, len(directory), zlib.crc32(directory), MAGIC))
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    def discard(self) -> None:
        """Close the file and remove it."""
        for stream in self._growing.values():
            stream.close()
        try:
            self._file.close()
        finally:
            self._path.unlink(missing_ok=True)


class ArrayStream:
    """An array that grows in memory, and then in an unnamed file, until it is finished.

    The file lies in ``directory``, beside the container.
    """

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
        """Add items; ValueError if their type does not fit into the type of the array."""
        if not np.can_cast(items.dtype, self.dtype):
            raise ValueError(f"{items.dtype} does not fit in {self.dtype}")
        data = np.ascontiguousarray(items, dtype=self.dtype).view(np.uint8).tobytes()
        self.checksum = zlib.crc32(data, self.checksum)
        self.count += len(items)
        self._held.append(data)
        self._held_size += len(data)
        if self._held_size > _MAX_HELD_SIZE:
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
        """Free the memory and remove the file."""
        self._held.clear()
        if self._spool is not None:
            with suppress(OSError):  # the rest cannot be written, and is no longer needed
                self._spool.close()
