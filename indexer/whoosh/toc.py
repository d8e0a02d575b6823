"""Whoosh's table of contents of an index, written by Whoosh's own code.

It lets Whoosh open the index, and the newest one names the last commit. Our own programs never look
into it: it contains pickled objects, and reading those can run any code.
"""

from __future__ import annotations

from collections.abc import Iterable

from whoosh.filedb.filestore import RamStorage
from whoosh.index import TOC

from indexer.files import INDEX_NAME
from indexer.whoosh.codec import DuizhaoSegment
from indexer.whoosh.schema import whoosh_schema


def toc_content(
    generation: int, segments: Iterable[tuple[str, int, bytes]], dictionary: str | None
) -> bytes:
    """The content of the table of contents of a generation.

    ``segments`` has the id of each segment, its number of documents and the bitmap of its deletions
    as `indexer.deletions` makes it. ``dictionary`` is the text of the user dictionary.
    """
    entries = [DuizhaoSegment(INDEX_NAME, *segment) for segment in segments]
    storage = RamStorage()
    TOC(whoosh_schema(dictionary), entries, generation).write(storage, INDEX_NAME)
    (content,) = storage.files.values()
    return bytes(content)
