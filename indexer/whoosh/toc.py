"""Whoosh's table of contents, read without Whoosh and without running it.

The file is laid out so (integers big-endian, varints seven bits a byte, low ones first):

    varint 4, varint 8, varint 4      sizes of int, long, float
    int32 -12345, int32 -111          byte order, version of this layout
    varint, varint, varint            the release of Whoosh
    varint length, bytes              the pickled schema, which is skipped
    int32 generation, int32 0
    the pickled list of segments
"""

from __future__ import annotations

import io
import os
import pickle
import re
import struct
import zlib
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np

from indexer.codec.arrays import BoolArray
from indexer.errors import IndexDamaged

INDEX_NAME: Final = "MAIN"
SEGMENT_EXTENSION: Final = ".columns"

_SIZES: Final = [4, 8, 4]
_BYTE_ORDER: Final = -12345
_VERSION: Final = -111
_SEGMENT_CLASSES: Final = (
    ("indexer.whoosh.codec", "ColumnarSegment"),
    ("indexer.codec.whoosh_codec", "ColumnarSegment"),  # its home in earlier releases
)
_TOC_NAME: Final = re.compile(rf"_{INDEX_NAME}_([0-9]+)\.toc")
_SEGMENT_ID: Final = "[0-9a-z]+"


class SegmentEntry:
    """What the table says of a segment; `whoosh_codec.ColumnarSegment` describes the fields."""

    segid: str
    doccount: int
    deleted: bytes

    def __setstate__(self, state: dict[str, Any]) -> None:
        segid, doccount, deleted = state["segid"], state["doccount"], state["deleted"]
        documents = np.frombuffer(deleted, "<u4").astype(np.int64)
        if not (
            state["indexname"] == INDEX_NAME
            and re.fullmatch(_SEGMENT_ID, segid)
            and isinstance(doccount, int)
            and np.all(np.diff(documents, prepend=-1, append=doccount) > 0)
        ):
            raise pickle.UnpicklingError("impossible segment")
        self.segid, self.doccount, self.deleted = segid, doccount, bytes(deleted)

    @property
    def file_name(self) -> str:
        """The name of the segment's file."""
        return segment_file_name(self.segid)

    def live(self) -> BoolArray | None:
        """The mask of the documents that are not deleted; None if none is."""
        if not self.deleted:
            return None
        mask = np.ones(self.doccount, np.bool_)
        mask[np.frombuffer(self.deleted, "<u4")] = False
        return mask


def segment_file_name(segid: str) -> str:
    """The name of a segment's file."""
    return f"{INDEX_NAME}_{segid}{SEGMENT_EXTENSION}"


def toc_file_name(generation: int) -> str:
    """The name of a table of contents."""
    return f"_{INDEX_NAME}_{generation}.toc"


def latest_generation(directory: Path) -> int | None:
    """The newest generation that has a table of contents in a directory; None if none has.

    Raises OSError if the directory cannot be read.
    """
    # Where a table takes another's place during the first look, neither may be seen.
    return _highest(directory) or _highest(directory)


def _highest(directory: Path) -> int | None:
    matches = map(_TOC_NAME.fullmatch, os.listdir(directory))
    return max((int(match[1]) for match in matches if match), default=None)


def read_toc(directory: Path, generation: int, checksum: int) -> list[SegmentEntry]:
    """The segments of a generation; ``checksum`` is the CRC-32 of the file.

    Raises IndexDamaged for anything but a table that Whoosh wrote of our segments, OSError.
    """
    path = directory / toc_file_name(generation)
    data = path.read_bytes()
    if zlib.crc32(data) != checksum:
        raise IndexDamaged(path, "wrong checksum")
    try:
        return _parse(io.BytesIO(data), generation)
    except Exception as error:  # a pickle can raise anything
        reason = str(error).replace("\n", " ") or type(error).__name__
        raise IndexDamaged(path, f"no table of contents of ours: {reason}") from None


def _parse(file: BinaryIO, generation: int) -> list[SegmentEntry]:
    if [_varint(file) for _ in _SIZES] != _SIZES or _integers(file) != (_BYTE_ORDER, _VERSION):
        raise ValueError("unknown layout")
    for _ in range(3):
        _varint(file)
    file.seek(_varint(file), io.SEEK_CUR)
    if _integers(file)[0] != generation:
        raise ValueError("wrong generation")
    segments = _SegmentUnpickler(file).load()
    if not isinstance(segments, list) or not all(map(_is_complete, segments)):
        raise ValueError("not a list of segments")
    return segments


def _varint(file: BinaryIO) -> int:
    value = shift = 0
    while True:
        (byte,) = file.read(1)
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value


def _integers(file: BinaryIO) -> tuple[int, int]:
    first, second = struct.unpack("!2i", file.read(8))
    return first, second


def _is_complete(segment: object) -> bool:
    return isinstance(segment, SegmentEntry) and hasattr(segment, "deleted")


class _SegmentUnpickler(pickle.Unpickler):
    """Knows no class but the segment's, and takes that for `SegmentEntry`, which does nothing."""

    def find_class(self, module: str, name: str) -> type[SegmentEntry]:
        if (module, name) not in _SEGMENT_CLASSES:
            raise pickle.UnpicklingError(f"it holds a {module}.{name}")
        return SegmentEntry
