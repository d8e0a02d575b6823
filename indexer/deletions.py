"""The bitmap of deleted documents: one bit for each document, set if it is deleted.

The bits are in the order of the documents through all segments, the highest bit of a byte first.
Two million documents take 250 KB.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from indexer.array_types import BoolArray


def pack_deletions(live: Sequence[BoolArray | None], sizes: Sequence[int]) -> bytes:
    """Make the bitmap of segments with ``sizes`` documents; empty if no document is deleted.

    ``live`` has the mask of the live documents of each segment, or None if all are live.
    """
    if all(mask is None or mask.all() for mask in live):
        return b""
    deleted = [
        np.zeros(size, np.bool_) if mask is None else ~mask
        for mask, size in zip(live, sizes, strict=True)
    ]
    return np.packbits(np.concatenate(deleted)).tobytes()


def unpack_deletions(bitmap: bytes, sizes: Sequence[int]) -> list[BoolArray | None]:
    """The masks of live documents from which `pack_deletions` made a bitmap.

    A mask is None if all documents of the segment are live. Raises ValueError if the bitmap is not
    one of as many documents.
    """
    if not bitmap:
        return [None] * len(sizes)
    count = sum(sizes)
    if len(bitmap) != -(-count // 8):
        raise ValueError("wrong number of deletions")
    live = np.unpackbits(np.frombuffer(bitmap, np.uint8), count=count) == 0
    masks = np.split(live, np.cumsum(sizes)[:-1])
    return [None if mask.all() else mask for mask in masks]
