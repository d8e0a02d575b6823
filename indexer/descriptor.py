"""The descriptor of an index, which lists the segments and other files of one generation.

It is a JSON object whose last value is the CRC-32 of the object without that value. It contains the
checksums of the deletions and of Whoosh's table of contents; all other files have their own.
"""

from __future__ import annotations

import json
import zlib
from pathlib import Path
from typing import Any, NamedTuple, Self

from indexer.errors import IndexDamaged, IndexOutdated
from indexer.files import (
    deletions_file_name,
    descriptor_file_name,
    is_segment_id,
    manifest_file_name,
    segment_file_name,
    toc_file_name,
)
from indexer.schema import INDEX_VERSION


class Descriptor(NamedTuple):
    """The versions, files and checksums of a generation.

    ``segments`` maps the ids of the segments, in order, to their numbers of documents, deleted ones
    included; ``article_count`` is the number of live documents. ``deletions_checksum`` is the
    CRC-32 of the file of deletions, or None if no document is deleted. ``dictionary`` and
    ``lexicon`` are names of files, or None; the lexicon may be of an earlier generation.
    ``toc_checksum`` is the CRC-32 of Whoosh's table of contents.
    """

    index_version: int
    generation: int
    analyzer_fingerprint: str
    article_count: int
    segments: dict[str, int]
    deletions_checksum: int | None
    dictionary: str | None
    lexicon: str | None
    toc_checksum: int

    def to_json(self) -> str:
        """The content of the file. A file that differs from it in any byte is damaged."""
        return _sealed(self._asdict())

    @classmethod
    def read(cls, directory: Path, generation: int) -> Self:
        """Read the descriptor of a generation; raises IndexDamaged, IndexOutdated, OSError."""
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
            raise outdated_error(directory, "another version of duizhao")
        if not is_sealed or [*values] != [*cls._fields] or not _is_possible(values, generation):
            raise IndexDamaged(path, "not a descriptor")
        return cls(**values)

    def files(self) -> set[str]:
        """The names of all files of the generation."""
        names = [toc_file_name, descriptor_file_name, manifest_file_name]
        if self.deletions_checksum is not None:
            names.append(deletions_file_name)
        return {
            *(name(self.generation) for name in names),
            *map(segment_file_name, self.segments),
            *filter(None, (self.dictionary, self.lexicon)),
        }


def _is_possible(values: dict[str, Any], generation: int) -> bool:
    """Whether the values of a file, which has the right fields, may be those of a descriptor."""
    segments = values["segments"]
    return (
        values["generation"] == generation
        and isinstance(segments, dict)
        and all(map(is_segment_id, segments))
        and all(isinstance(count, int) and count >= 0 for count in segments.values())
        and isinstance(values["deletions_checksum"], int | None)
        and isinstance(values["toc_checksum"], int)
        and _is_file_name(values["dictionary"], "dictionary_", ".words")
        and _is_file_name(values["lexicon"], "lexicon_", ".arrays")
    )


def _is_file_name(name: object, start: str, end: str) -> bool:
    """Whether an optional file of the index may have this name; None means that there is none."""
    if name is None:
        return True
    return (
        isinstance(name, str)
        and name.startswith(start)
        and name.endswith(end)
        and name[len(start) : -len(end)].isalnum()
    )


def _sealed(values: dict[str, Any]) -> str:
    """Values as a JSON object, followed by the checksum of the object without it."""
    return json.dumps({**values, "checksum": zlib.crc32(json.dumps(values).encode())})


def outdated_error(directory: Path, maker: str, *, other_dictionary: bool = False) -> IndexOutdated:
    """The error for an index that was made with something else than the running program has.

    ``maker`` says with what. ``other_dictionary``: the user has given a user dictionary.
    """
    from indexer.remedy import rebuild_command

    command = rebuild_command(directory, other_dictionary=other_dictionary)
    return IndexOutdated(
        f"{directory}: the index was made with {maker}; rebuild it with: {command}"
    )
