"""Articles as they are kept in a segment, compressed one by one.

Each is a zstd frame. A dictionary trained on some hundred articles of the archive saves a quarter;
a frame names the dictionary it needs, and a segment holds those that its frames name.
"""

from __future__ import annotations

import threading
from array import array
from collections.abc import Sequence
from typing import Final

import numpy as np
import zstandard

from indexer.codec.arrays import (
    DICTIONARIES,
    DICTIONARY_ENDS,
    STORED,
    BoolArray,
    starts,
)
from indexer.codec.container import Container, ContainerWriter
from indexer.codec.records import Records, RecordWriter, write_ends
from indexer.errors import IndexDamaged

LEVEL: Final = 7
DICTIONARY_SIZE: Final = 1 << 20
# A dictionary is trained on so many articles.
SAMPLE_COUNT: Final = 400
# Of more dictionaries than these, a merge keeps one.
_MAX_DICTIONARIES: Final = 16


def train_dictionary(samples: Sequence[bytes]) -> bytes:
    """A dictionary for articles like these; empty if they are too few or too poor for one."""
    if len(samples) < SAMPLE_COUNT // 2:
        return b""
    size = min(DICTIONARY_SIZE, sum(map(len, samples)) // 4)
    try:
        return zstandard.train_dictionary(size, list(samples)).as_bytes()
    except zstandard.ZstdError:  # they are alike, or hardly anything
        return b""


class ArticleCompressor:
    """Compresses articles, with a dictionary or without (b"")."""

    def __init__(self, dictionary: bytes = b"") -> None:
        self.dictionary = dictionary
        data = zstandard.ZstdCompressionDict(dictionary) if dictionary else None
        self._compressor = zstandard.ZstdCompressor(level=LEVEL, dict_data=data)

    def compress(self, article: bytes) -> bytes:
        """The frame of an article."""
        return self._compressor.compress(article)


class ArticleWriter:
    """Collects the articles of a segment."""

    def __init__(self, compressor: ArticleCompressor) -> None:
        self._compressor = compressor
        self._frames = RecordWriter(STORED)

    def add(self, article: bytes) -> None:
        """Add an article."""
        self._frames.add(self._compressor.compress(article))

    @property
    def memory(self) -> int:
        """Bytes that the articles take."""
        return self._frames.memory

    def truncate(self, count: int) -> None:
        """Forget all but the first articles."""
        self._frames.truncate(count)

    def write(self, out: ContainerWriter) -> None:
        """Write the articles."""
        _write_dictionaries([self._compressor.dictionary], out)
        self._frames.write(out)


def _write_dictionaries(dictionaries: Sequence[bytes], out: ContainerWriter) -> None:
    held = [dictionary for dictionary in dictionaries if dictionary]
    out.add(DICTIONARIES, np.frombuffer(b"".join(held), np.uint8))
    out.add(DICTIONARY_ENDS, starts(np.array([*map(len, held)], np.int64))[1:])


class ArticleReader:
    """Reads the articles of a segment. May be used from several threads."""

    def __init__(self, container: Container) -> None:
        self._container = container
        self._frames = Records(container, STORED)
        self._local = threading.local()

    def read(self, document: int) -> bytes:
        """The article of a document; raises IndexDamaged."""
        frame = self.frame(document)
        try:
            number = zstandard.get_frame_parameters(frame).dict_id
            return self._decompressor(number).decompress(frame)
        except (zstandard.ZstdError, MemoryError, KeyError):
            raise IndexDamaged(self._container.path, f"unreadable article {document}") from None

    def frame(self, document: int) -> bytes:
        """The frame of a document."""
        return self._frames[document]

    def _decompressor(self, number: int) -> zstandard.ZstdDecompressor:
        known: dict[int, zstandard.ZstdDecompressor]
        known = self._local.__dict__.setdefault("known", {})  # they are not thread-safe
        if number not in known:
            data = self.dictionaries()[number] if number else None
            dictionary = zstandard.ZstdCompressionDict(data) if data else None
            known[number] = zstandard.ZstdDecompressor(dict_data=dictionary)
        return known[number]

    def release_pages(self) -> None:
        """Give back the memory of what was read."""
        self._container.release_pages()

    def dictionaries(self) -> dict[int, bytes]:
        """The dictionaries by the number that frames name them by."""
        ends = self._container[DICTIONARY_ENDS].tolist()
        data = self._container[DICTIONARIES].tobytes()
        parts = (data[start:end] for start, end in zip([0, *ends], ends, strict=False))
        return {zstandard.ZstdCompressionDict(part).dict_id(): part for part in parts}


def merge_articles(
    sources: Sequence[tuple[ArticleReader, BoolArray]], out: ContainerWriter
) -> None:
    """Write the live articles of all sources, in order."""
    known: dict[int, bytes] = {}
    for reader, _ in sources:
        known |= reader.dictionaries()
    recompressor = None
    if len(known) > _MAX_DICTIONARIES:
        known = dict([next(iter(known.items()))])
        recompressor = ArticleCompressor(*known.values())
    _write_dictionaries([*known.values()], out)
    stream = out.stream(STORED, np.uint8)
    sizes = array("q")
    for reader, live in sources:
        for document in np.flatnonzero(live).tolist():
            frame = reader.frame(document)
            if recompressor and zstandard.get_frame_parameters(frame).dict_id not in (0, *known):
                frame = recompressor.compress(reader.read(document))
            stream.append(np.frombuffer(frame, np.uint8))
            sizes.append(len(frame))
        reader.release_pages()
    stream.finish()
    write_ends(STORED, np.frombuffer(sizes, np.int64), out)
