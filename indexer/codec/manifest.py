"""The list of files that an index was made of.

A container with the arrays

    names      uint8   a zstd frame of JSON: [the id of each file, each root once]
    root       [n]     which of the roots
    size       [n]     in bytes; these two of the narrowest type that holds them
    mtime_ns   uint8   a zstd frame of n int64: first all lowest bytes, last all highest
    hash       uint8   32 bytes a file
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import zstandard

from indexer.codec.arrays import AnyArray, Int64Array, narrow
from indexer.codec.container import Container, ContainerWriter
from indexer.errors import IndexDamaged

_HASH_SIZE: Final = 32
_LEVEL: Final = 3


class ManifestRow(NamedTuple):
    """A file: the article's ``id``, the folder it was found under, and how to tell it changed.

    ``size`` is in bytes, ``mtime_ns`` in nanoseconds, ``content_hash`` a SHA-256 in hex.
    """

    id: str
    root: str
    size: int
    mtime_ns: int
    content_hash: str


def write_manifest(rows: Iterable[tuple[str, str, int, int, str]], path: Path) -> None:
    """Write rows, each as `ManifestRow` says, to a new file, down to the disk.

    Raises ValueError for what is no hash, FileExistsError or another OSError; then no file is left.
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
    """Read what `write_manifest` wrote, in the same order.

    Raises IndexDamaged for a file that contradicts itself, OSError.
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
        starts = range(0, len(digits), 2 * _HASH_SIZE)
        columns = (
            names,
            [roots[number] for number in container["root"].tolist()],
            container["size"].tolist(),
            times.tolist(),
            [digits[start : start + 2 * _HASH_SIZE] for start in starts],
        )
        return list(map(ManifestRow._make, zip(*columns, strict=True)))
    except (ValueError, TypeError, IndexError, RecursionError, zstandard.ZstdError):
        raise IndexDamaged(path, "unreadable manifest") from None
    finally:
        container.close()


def read_roots(path: Path) -> list[str]:
    """Read the roots of a manifest of this format or any earlier one, each once, in their order.

    Raises IndexDamaged, OSError.
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


def _frame(content: bytes) -> AnyArray:
    return np.frombuffer(zstandard.compress(content, _LEVEL), np.uint8)


def _content(frame: AnyArray) -> bytes:
    return zstandard.decompress(frame.tobytes())
