"""The stored articles of a segment, each compressed by itself so that it can be read by itself.

Each article is a zstd frame. A dictionary that was trained on some hundred articles of the archive
saves a quarter of the space. A frame names the dictionary that it needs by a number, and a segment
holds the dictionaries that its frames name. `indexer.codec` has the names of the arrays.
"""

from __future__ import annotations

import threading
from array import array
from collections.abc import Sequence
from typing import Final

import numpy as np
import zstandard

from indexer.array_types import BoolArray
from indexer.codec.arrays import starts
from indexer.codec.container import Container
from indexer.codec.container_writer import ContainerWriter
from indexer.codec.records import Records, RecordWriter, write_ends
from indexer.codec.segment_arrays import DICTIONARIES, DICTIONARY_ENDS, STORED
from indexer.errors import IndexDamaged

# The number of articles on which a dictionary is trained.
SAMPLE_COUNT: Final = 400
_LEVEL: Final = 7
_MAX_DICTIONARY_SIZE: Final = 1 << 20
# If sources have more dictionaries than this, a merge keeps only one.
_MAX_DICTIONARIES: Final = 16


def train_dictionary(samples: Sequence[bytes]) -> bytes:
    """Train a dictionary for articles like these; b"" if they are too few or too much alike."""
    if len(samples) < SAMPLE_COUNT // 2:
        return b""
    size = min(_MAX_DICTIONARY_SIZE, sum(map(len, samples)) // 4)
    try:
        return zstandard.train_dictionary(size, list(samples)).as_bytes()
    except zstandard.ZstdError:  # they are alike, or nearly empty
        return b""


class ArticleCompressor:
    """Compresses articles with a dictionary, or without one (b"")."""

    def __init__(self, dictionary: bytes = b"") -> None:
        self.dictionary = dictionary
        data = zstandard.ZstdCompressionDict(dictionary) if dictionary else None
        self._compressor = zstandard.ZstdCompressor(level=_LEVEL, dict_data=data)

    def compress(self, article: bytes) -> bytes:
        """Return the frame of an article."""
        return self._compressor.compress(article)


class ArticleWriter:
    """Collects the articles of a segment and writes them."""

    def __init__(self, compressor: ArticleCompressor) -> None:
        self._compressor = compressor
        self._frames = RecordWriter(STORED)

    def add(self, article: bytes) -> None:
        """Add the article of the next document."""
        self._frames.add(self._compressor.compress(article))

    @property
    def memory(self) -> int:
        """The size of all frames, in bytes."""
        return self._frames.memory

    def truncate(self, count: int) -> None:
        """Keep the articles of the first ``count`` documents only."""
        self._frames.truncate(count)

    def write(self, out: ContainerWriter) -> None:
        """Write the articles and their dictionary."""
        _write_dictionaries([self._compressor.dictionary], out)
        self._frames.write(out)


def _write_dictionaries(dictionaries: Sequence[bytes], out: ContainerWriter) -> None:
    kept = [dictionary for dictionary in dictionaries if dictionary]
    out.add(DICTIONARIES, np.frombuffer(b"".join(kept), np.uint8))
    out.add(DICTIONARY_ENDS, starts(np.array([*map(len, kept)], np.int64))[1:])


class ArticleReader:
    """Reads the articles of a segment. May be used from several threads."""

    def __init__(self, container: Container) -> None:
        self._container = container
        self._frames = Records(container, STORED)
        self._local = threading.local()

    def read(self, document: int) -> bytes:
        """Return the article of a document; raises IndexDamaged if it cannot be decompressed."""
        frame = self.frame(document)
        try:
            number = zstandard.get_frame_parameters(frame).dict_id
            return self._decompressor(number).decompress(frame)
        except (zstandard.ZstdError, MemoryError, KeyError):
            raise IndexDamaged(self._container.path, f"unreadable article {document}") from None

    def frame(self, document: int) -> bytes:
        """Return the frame of a document."""
        return self._frames[document]

    def _decompressor(self, number: int) -> zstandard.ZstdDecompressor:
        known: dict[int, zstandard.ZstdDecompressor]
        known = self._local.__dict__.setdefault("known", {})  # decompressors are not thread-safe
        if number not in known:
            data = self.dictionaries()[number] if number else None
            dictionary = zstandard.ZstdCompressionDict(data) if data else None
            known[number] = zstandard.ZstdDecompressor(dict_data=dictionary)
        return known[number]

    def release_pages(self) -> None:
        """Give back the memory of pages that were read."""
        self._container.release_pages()

    def dictionaries(self) -> dict[int, bytes]:
        """Return the dictionaries by the numbers that frames name them by."""
        ends = self._container[DICTIONARY_ENDS].tolist()
        data = self._container[DICTIONARIES].tobytes()
        parts = (data[start:end] for start, end in zip([0, *ends], ends, strict=False))
        return {zstandard.ZstdCompressionDict(part).dict_id(): part for part in parts}


def merge_articles(
    sources: Sequence[tuple[ArticleReader, BoolArray]], out: ContainerWriter
) -> None:
    """Write the articles of the live documents of all sources, in order.

    Each source comes with the mask of its live documents. Frames are copied as they are, unless
    their dictionary is not kept.
    """
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
