"""The manifest: the list of the files that an index was made from.

It is a container with these arrays; n is the number of files:

    names      uint8   a zstd frame of JSON: [the id of each article, each root once]
    root       [n]     for each file, the index of its root
    size       [n]     its size in bytes
    mtime_ns   uint8   a zstd frame of n int64: first the lowest byte of each, last the highest
    hash       uint8   32 bytes for each file

The arrays ``root`` and ``size`` have the narrowest unsigned type that holds their numbers. Millions
of files are written and read some thousands at a time.
"""

from __future__ import annotations

import json
from array import array
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import zstandard

from indexer.array_types import Int64Array, UInt8Array
from indexer.codec.arrays import narrow
from indexer.codec.container import Container
from indexer.codec.container_writer import ContainerWriter
from indexer.errors import IndexDamaged

DIGEST_SIZE: Final = 32
_LEVEL: Final = 3
# The number of rows that are written at a time, and about how many bytes of JSON are read.
_BLOCK_SIZE: Final = 1 << 12
_READ_SIZE: Final = 1 << 18
# JSON has these characters between two texts, and between two lists of texts. They cannot be part
# of a text, because a quotation mark in a text comes after a backslash.
_NEXT_TEXT: Final = b'", "'
_NEXT_LIST: Final = b'"], ["'


class ManifestRow(NamedTuple):
    """A file: the ``id`` of its article, the root where it was found, and how to see changes.

    ``size`` is in bytes, ``mtime_ns`` in nanoseconds, ``content_hash`` is a SHA-256 in hex.
    """

    id: str
    root: str
    size: int
    mtime_ns: int
    content_hash: str


def write_manifest(rows: Iterable[tuple[str, str, int, int, str]], path: Path) -> None:
    """Write rows like `ManifestRow` to a new file, down to the disk.

    Raises ValueError for a bad hash, FileExistsError or another OSError; then no file is left.
    """
    root_numbers: dict[str, int] = {}
    numbers, sizes, times = array("I"), array("q"), array("q")
    with ContainerWriter(path) as out:
        names = _NamesWriter(out)
        digests = out.stream("hash", np.uint8)
        remaining = iter(rows)
        while block := [*islice(remaining, _BLOCK_SIZE)]:
            ids, roots, some_sizes, some_times, hashes = zip(*block, strict=True)
            names.add(ids)
            numbers.extend(root_numbers.setdefault(root, len(root_numbers)) for root in roots)
            sizes.extend(some_sizes)
            times.extend(some_times)
            digests.append(_digests(hashes))
        names.finish([*root_numbers])
        out.add("root", narrow(np.frombuffer(numbers, np.uint32)))
        out.add("size", narrow(np.frombuffer(sizes, np.int64)))
        del numbers, sizes  # the times take as much memory while they are compressed
        bytes_of_times = np.frombuffer(times, np.int64).astype("<i8", copy=False).view(np.uint8)
        frame = zstandard.compress(bytes_of_times.reshape(-1, 8).T.tobytes(), _LEVEL)
        out.add("mtime_ns", np.frombuffer(frame, np.uint8))
        digests.finish()


class _NamesWriter:
    """Writes the array ``names`` part by part."""

    def __init__(self, out: ContainerWriter) -> None:
        self._stream = out.stream("names", np.uint8)
        self._compressor = zstandard.ZstdCompressor(level=_LEVEL).compressobj()
        self._before = "[["

    def add(self, ids: Sequence[str]) -> None:
        """Add one id or more."""
        self._append(self._before + json.dumps(ids)[1:-1])
        self._before = ", "

    def finish(self, roots: Sequence[str]) -> None:
        """Add the roots and write the array; without ids there are no roots."""
        before = "" if roots else self._before
        self._append(f"{before}], {json.dumps(roots)}]")
        self._stream.append(np.frombuffer(self._compressor.flush(), np.uint8))
        self._stream.finish()

    def _append(self, text: str) -> None:
        compressed = self._compressor.compress(text.encode())
        self._stream.append(np.frombuffer(compressed, np.uint8))


def _digests(hashes: Iterable[str]) -> UInt8Array:
    digests = [*map(bytes.fromhex, hashes)]
    if any(len(digest) != DIGEST_SIZE for digest in digests):
        raise ValueError("not a SHA-256")
    return np.frombuffer(b"".join(digests), np.uint8)


class Manifest:
    """The rows that `write_manifest` wrote, in the same order; ``roots`` has each root once.

    Each iteration reads the rows anew, a few thousand at a time. Opening and iterating raise
    IndexDamaged for a file that contradicts itself; opening raises OSError too.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._container = Container(path)
        self._container.verify()
        with self._damage():
            self.roots = _roots(self._container)
            self._numbers, self._sizes = self._container["root"], self._container["size"]
            self._digests = self._container["hash"].reshape(-1, DIGEST_SIZE)
            if not len(self._numbers) == len(self._sizes) == len(self._digests):
                raise ValueError

    def __len__(self) -> int:
        return len(self._numbers)

    def __iter__(self) -> Iterator[ManifestRow]:
        with self._damage():
            times = self._times()
            end = 0
            for part in _parts_of_names(self._container):
                names = json.loads(part)
                ids = names[0] if part.startswith(b"[[") else names
                start, end = end, end + len(ids)
                yield from self._rows(ids, slice(start, end), times)
                self._container.release_pages()
            if end != len(self):
                raise ValueError

    def _times(self) -> Int64Array:
        content = zstandard.decompress(self._container["mtime_ns"].tobytes())
        bytes_of_times = np.frombuffer(content, np.uint8).reshape(8, -1)
        times: Int64Array = bytes_of_times.T.copy().view("<i8").ravel()
        return times

    def _rows(self, ids: list[str], part: slice, times: Int64Array) -> Iterator[ManifestRow]:
        digits = self._digests[part].tobytes().hex()
        digit_count = 2 * DIGEST_SIZE
        values = (
            ids,
            [self.roots[number] for number in self._numbers[part].tolist()],
            self._sizes[part].tolist(),
            times[part].tolist(),
            [digits[i : i + digit_count] for i in range(0, len(digits), digit_count)],
        )
        return map(ManifestRow._make, zip(*values, strict=True))

    @contextmanager
    def _damage(self) -> Iterator[None]:
        """Raise IndexDamaged for an error that impossible content causes."""
        try:
            yield
        except (ValueError, TypeError, IndexError, RecursionError, zstandard.ZstdError):
            raise IndexDamaged(self.path, "unreadable manifest") from None


def _parts_of_names(container: Container) -> Iterator[bytes]:
    """Yield JSON lists of some ids each, and at last [a list of the last ids, the roots]."""
    frame = container["names"].data
    with zstandard.ZstdDecompressor().stream_reader(frame) as stream:
        if stream.read(1) != b"[":
            raise ValueError
        held = b""
        while _NEXT_LIST not in held and (more := stream.read(_READ_SIZE)):
            held += more
            cut = held.rfind(_NEXT_TEXT)
            if cut > 0 and _NEXT_LIST not in held:
                yield held[: cut + 1] + b"]"
                held = b"[" + held[cut + 3 :]
        yield b"[" + held + stream.readall()


def _roots(container: Container) -> list[str]:
    (last,) = deque(_parts_of_names(container), maxlen=1)
    _, roots = json.loads(last)
    return [*map(str, roots)]


def read_roots(path: Path) -> list[str]:
    """Read the roots of a manifest of this format or an older one, each once, in order.

    Raises IndexDamaged for a file that contradicts itself, and OSError.
    """
    container = Container(path, any_format=True)
    try:
        if "roots" in container:  # format 1
            return [*map(str, json.loads(container["roots"].tobytes()))]
        return _roots(container)
    except (ValueError, TypeError, RecursionError, zstandard.ZstdError):
        raise IndexDamaged(path, "unreadable manifest") from None
    finally:
        container.close()
