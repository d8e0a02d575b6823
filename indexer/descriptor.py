"""What an index says of itself, and the names of its files.

The descriptor is one JSON object, the last value of which is the CRC-32 of the object without it;
it holds that of the table of contents. So these two cannot change unseen.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final, NamedTuple, Self

from indexer.errors import IndexDamaged, IndexOutdated
from indexer.schema import INDEX_VERSION
from indexer.whoosh.toc import INDEX_NAME, SEGMENT_EXTENSION, toc_file_name

# All that commits ever write; whatever else lies in the directory is not touched.
_OURS: Final = re.compile(
    rf"_{INDEX_NAME}_\d+\.toc(\..*)?|{INDEX_NAME}_[0-9a-z]+\{SEGMENT_EXTENSION}"
    r"|duizhao_\d+\.json|(manifest|lexicon)_\d+\.columns|dictionary_[0-9a-f]+\.words"
)


class Descriptor(NamedTuple):
    """What an index is: ``dictionary`` is the name of the user dictionary's file, or None.

    ``lexicon`` is that of the lexicon's, which may be older than the generation, or None.
    ``toc_checksum`` is the CRC-32 of the table of contents.
    """

    index_version: int
    generation: int
    analyzer_fingerprint: str
    article_count: int
    dictionary: str | None
    lexicon: str | None
    toc_checksum: int

    def to_json(self) -> str:
        """The descriptor as one JSON object; not a byte of the file may be otherwise."""
        return _sealed(self._asdict())

    @classmethod
    def read(cls, directory: Path, generation: int) -> Self:
        """Read that of a generation; raises IndexDamaged, IndexOutdated, OSError."""
        path = directory / descriptor_file_name(generation)
        try:
            text = path.read_text(encoding="utf-8")
            values = json.loads(text)
            version = values["index_version"]
        except (ValueError, KeyError, TypeError, RecursionError):
            raise IndexDamaged(path, "not a descriptor") from None
        is_sealed = values.pop("checksum", None) is not None
        if is_sealed and text != _sealed(values):
            raise IndexDamaged(path, "wrong checksum")
        if version != INDEX_VERSION:
            raise outdated(directory, "another version of duizhao")
        if (
            not is_sealed
            or [*values] != [*cls._fields]
            or values["generation"] != generation
            or not _is_name(values["dictionary"], "dictionary_")
            or not _is_name(values["lexicon"], "lexicon_")
        ):
            raise IndexDamaged(path, "not a descriptor")
        return cls(**values)

    def files(self, segments: Iterable[str]) -> set[str]:
        """The names of all files of the generation, given those of its segments."""
        own = toc_file_name, descriptor_file_name, manifest_file_name
        names = [name(self.generation) for name in own]
        return {*names, *segments, *filter(None, (self.dictionary, self.lexicon))}


def _is_name(name: object, start: str) -> bool:
    """Whether a descriptor may have this for the name of an optional file."""
    return name is None or (isinstance(name, str) and name.startswith(start) and is_ours(name))


def _sealed(values: dict[str, Any]) -> str:
    """Values as a JSON object, with the checksum of what that would be without it."""
    return json.dumps({**values, "checksum": zlib.crc32(json.dumps(values).encode())})


def descriptor_file_name(generation: int) -> str:
    """The name of a descriptor."""
    return f"duizhao_{generation}.json"


def manifest_file_name(generation: int) -> str:
    """The name of a manifest."""
    return f"manifest_{generation}.columns"


def lexicon_file_name(generation: int) -> str:
    """The name of a lexicon, by the generation that it was made with."""
    return f"lexicon_{generation}.columns"


def dictionary_file_name(content: bytes) -> str:
    """The name of a user dictionary: it tells its content."""
    import hashlib

    return f"dictionary_{hashlib.sha256(content).hexdigest()[:16]}.words"


def is_ours(name: str) -> bool:
    """Whether a file of that name is, or once was, part of an index."""
    return _OURS.fullmatch(name) is not None


def outdated(directory: Path, maker: str) -> IndexOutdated:
    """The error for an index that was made with something else."""
    return IndexOutdated(
        f"{directory}: the index was made with {maker}; make it anew with: duizhao index --rebuild"
    )
