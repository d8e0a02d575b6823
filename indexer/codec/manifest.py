"""The manifest: the list of the files that an index was made from.

It is a container with these arrays; n is the number of files:

    names      uint8   a zstd frame of JSON: [the id of each article, each root once]
    root       [n]     for each file, the index of its root
    size       [n]     its size in bytes
    mtime_ns   uint8   a zstd frame of n int64: first the lowest byte of each, last the highest
    hash       uint8   32 bytes for each file

The arrays ``root`` and ``size`` have the narrowest unsigned type that holds their numbers.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import zstandard

from indexer.array_types import Int64Array, UInt8Array
from indexer.codec.arrays import narrow
from indexer.codec.container import Container
from indexer.codec.container_writer import ContainerWriter
from indexer.errors import IndexDamaged

_HASH_SIZE: Final = 32
_LEVEL: Final = 3


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
    names, roots, sizes, times, hashes = list(zip(*rows, strict=True)) or [()] * 5
    numbers = {root: number for number, root in enumerate(dict.fromkeys(roots))}
    digests = b"".join(map(bytes.fromhex, hashes))
    if len(digests) != len(names) * _HASH_SIZE:
        raise ValueError("not a SHA-256")
    with ContainerWriter(path) as out:
        out.add("names", _frame(json.dumps([names, list(numbers)]).encode()))
        out.add("root", narrow(np.array([numbers[root] for root in roots], np.int64)))
        out.add("size", narrow(np.array(sizes, np.int64)))
        bytes_of_times = np.array(times, "<i8").view(np.uint8).reshape(-1, 8)
        out.add("mtime_ns", _frame(bytes_of_times.T.tobytes()))
        out.add("hash", np.frombuffer(digests, np.uint8))


def read_manifest(path: Path) -> list[ManifestRow]:
    """Read the rows that `write_manifest` wrote, in the same order.

    Raises IndexDamaged for a file that contradicts itself, and OSError.
    """
    container = Container(path)
    container.verify()
    try:
        names, roots = json.loads(_content(container["names"]))
        bytes_of_times = np.frombuffer(_content(container["mtime_ns"]), np.uint8).reshape(8, -1)
        times: Int64Array = bytes_of_times.T.copy().view("<i8").ravel()
        digits = container["hash"].tobytes().hex()
        if len(digits) % (2 * _HASH_SIZE):
            raise IndexDamaged(path, "incomplete hash")
        hash_starts = range(0, len(digits), 2 * _HASH_SIZE)
        values = (
            names,
            [roots[number] for number in container["root"].tolist()],
            container["size"].tolist(),
            times.tolist(),
            [digits[start : start + 2 * _HASH_SIZE] for start in hash_starts],
        )
        return list(map(ManifestRow._make, zip(*values, strict=True)))
    except (ValueError, TypeError, IndexError, RecursionError, zstandard.ZstdError):
        raise IndexDamaged(path, "unreadable manifest") from None
    finally:
        container.close()


def read_roots(path: Path) -> list[str]:
    """Read the roots of a manifest of this format or an older one, each once, in order.

    Raises IndexDamaged for a file that contradicts itself, and OSError.
    """
    container = Container(path, any_format=True)
    try:
        if "roots" in container:  # format 1
            roots = json.loads(container["roots"].tobytes())
        else:
            _, roots = json.loads(_content(container["names"]))
        return [*map(str, roots)]
    except (ValueError, TypeError, RecursionError, zstandard.ZstdError):
        raise IndexDamaged(path, "unreadable manifest") from None
    finally:
        container.close()


def _frame(content: bytes) -> UInt8Array:
    return np.frombuffer(zstandard.compress(content, _LEVEL), np.uint8)


def _content(frame: UInt8Array) -> bytes:
    return zstandard.decompress(frame.tobytes())
