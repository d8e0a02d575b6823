"""The names of the files of an index, and its newest generation.

    _MAIN_<generation>.toc         Whoosh's table of contents; the newest one names the last commit
    duizhao_<generation>.json      the descriptor: versions, segments, checksums
    MAIN_<segment>.arrays          a segment
    deletions_<generation>.bits    which documents are deleted, if any are
    manifest_<generation>.arrays   the list of the files that were indexed
    dictionary_<hash>.words        the user dictionary, if there is one
    lexicon_<generation>.arrays    the dictionary learnt from the archive, if there is one

A file with any other name does not belong to the index.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final

INDEX_NAME: Final = "MAIN"  # Whoosh's default
# Whoosh's own lock, so that Whoosh's writers are kept out too; and a note of who holds it.
LOCK: Final = f"{INDEX_NAME}_WRITELOCK"
HOLDER: Final = f"{LOCK}.holder"

DICTIONARY_PATTERN: Final = "dictionary_*.words"  # for glob

_TOC: Final = re.compile(rf"_{INDEX_NAME}_([0-9]+)\.toc")
# All files that commits of this version and of earlier ones have written; other files may be the
# user's, and are never removed. The pattern is compiled at its first use, which no search makes.
_OURS: Final = (
    rf"_{INDEX_NAME}_\d+\.toc(\..*)?|{INDEX_NAME}_[0-9a-z]+\.(arrays|columns)"
    r"|duizhao_\d+\.json|deletions_\d+\.bits|dictionary_[0-9a-f]+\.words"
    r"|(manifest|lexicon)_\d+\.(arrays|columns)"
)


def toc_file_name(generation: int) -> str:
    """The name of a table of contents."""
    return f"_{INDEX_NAME}_{generation}.toc"


def descriptor_file_name(generation: int) -> str:
    """The name of a descriptor."""
    return f"duizhao_{generation}.json"


def segment_file_name(segment_id: str) -> str:
    """The name of a segment's file."""
    return f"{INDEX_NAME}_{segment_id}.arrays"


def segment_id(path: Path) -> str:
    """The id of the segment in a file."""
    return path.stem.removeprefix(f"{INDEX_NAME}_")


def deletions_file_name(generation: int) -> str:
    """The name of the bitmap of deleted documents."""
    return f"deletions_{generation}.bits"


def manifest_file_name(generation: int) -> str:
    """The name of a manifest."""
    return f"manifest_{generation}.arrays"


def lexicon_file_name(generation: int) -> str:
    """The name of a lexicon, by the generation with which it was learnt."""
    return f"lexicon_{generation}.arrays"


def dictionary_file_name(content: bytes) -> str:
    """The name of a user dictionary, which contains a hash of its content."""
    import hashlib

    return f"dictionary_{hashlib.sha256(content).hexdigest()[:16]}.words"


def is_ours(name: str) -> bool:
    """Whether a file with this name is, or once was, part of an index."""
    return re.fullmatch(_OURS, name) is not None


def is_segment_id(name: object) -> bool:
    """Whether a segment may have this id."""
    return isinstance(name, str) and name.isascii() and name.isalnum() and name == name.lower()


def latest_generation(directory: Path) -> int | None:
    """The newest generation in a directory that was committed; None if there is none.

    Raises OSError if the directory cannot be read.
    """
    # A listing that is made while one table of contents replaces another may contain neither.
    return _highest_generation(directory) or _highest_generation(directory)


def lost_generation(directory: Path) -> int | None:
    """The newest generation of a directory from which all tables of contents have been removed.

    None if there is nothing to suggest that there was an index. A descriptor of generation 1 alone
    does not: a first commit that was interrupted leaves one behind.
    """
    generation = _highest_generation(directory, re.compile(r"duizhao_([0-9]+)\.json"))
    return generation if generation and generation > 1 else None


def _highest_generation(directory: Path, pattern: re.Pattern[str] = _TOC) -> int | None:
    matches = map(pattern.fullmatch, os.listdir(directory))
    return max((int(match[1]) for match in matches if match), default=None)
