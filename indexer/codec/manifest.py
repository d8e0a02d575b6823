"""The list of files that an index was made of; imports indexer.codec.

A container with the arrays ``names`` and ``roots`` (JSON: the id of each file; each root once),
``root`` (int32: which of the roots), ``size`` and ``mtime_ns`` (int64), ``hash`` (32 bytes a file).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from indexer.codec.container import Array, Container, ContainerWriter, damaged

_HASH_SIZE: Final = 32


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
        out.add("names", _json(names))
        out.add("roots", _json(list(numbers)))
        out.add("root", np.array([numbers[root] for root in roots], np.int32))
        out.add("size", np.array(sizes, np.int64))
        out.add("mtime_ns", np.array(times, np.int64))
        out.add("hash", np.frombuffer(digests, np.uint8))


def read_manifest(path: Path) -> list[ManifestRow]:
    """Read what `write_manifest` wrote, in the same order.

    Raises IndexDamaged for a file that contradicts itself, IndexOutdated, OSError.
    """
    container = Container(path)
    container.verify()
    try:
        names, roots = (json.loads(container[name].tobytes()) for name in ("names", "roots"))
        digits = container["hash"].tobytes().hex()
        starts = range(0, len(digits), 2 * _HASH_SIZE)
        columns = (
            names,
            [roots[number] for number in container["root"].tolist()],
            container["size"].tolist(),
            container["mtime_ns"].tolist(),
            [digits[start : start + 2 * _HASH_SIZE] for start in starts],
        )
        return list(map(ManifestRow._make, zip(*columns, strict=True)))
    except (ValueError, TypeError, IndexError, RecursionError):
        raise damaged(path, "unreadable manifest") from None
    finally:
        container.close()


def _json(strings: object) -> Array:
    return np.frombuffer(json.dumps(strings).encode(), np.uint8)
