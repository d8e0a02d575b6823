"""The rule that an index is never emptied by mistake.

A folder may be empty because its disk is not mounted, or a path may be mistyped. A run that would
remove a large part of the index is therefore refused unless the user allows it.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain, compress
from pathlib import Path

import numpy as np

from indexer.array_types import Int64Array
from indexer.codec.manifest import ManifestRow
from indexer.errors import RemovalRefused
from indexer.source.changes import Changes, RowState
from indexer.source.paths import is_at_or_below
from indexer.source.roots import row_path
from indexer.source.seeds import printable
from indexer.wording import counted


def moved_count(changes: Changes) -> int:
    """Return how many files have gone while their content has appeared under a new id."""
    (gone, gone_counts), (new, new_counts) = (
        np.unique(_content_numbers(rows), return_counts=True)
        for rows in (changes.rows(RowState.REMOVED), changes.read_rows(only_new=True))
    )
    _, here, there = np.intersect1d(gone, new, assume_unique=True, return_indices=True)
    return int(np.minimum(gone_counts[here], new_counts[there]).sum())


def _content_numbers(rows: Iterable[ManifestRow]) -> Int64Array:
    """Return a number for the content of each row: int64 (n,).

    Equal contents have equal numbers. Python draws the numbers at random for each process. Two of
    two million different contents have the same one in fewer than one of a million runs.
    """
    return np.fromiter((hash(row.content_hash) for row in rows), np.int64)


def check_removal(index: Path, changes: Changes) -> None:
    """Raise RemovalRefused if a run would lose too much.

    That is all articles of a root, all articles at or below a path that the user named, or more
    than half of the articles of the index. A removed article whose content is still in the index
    afterwards was moved or was a copy; it is not lost.
    """
    removed = _content_numbers(changes.rows(RowState.REMOVED))
    if changes.known is None or not len(removed):
        return
    remaining = _content_numbers(chain(changes.rows(RowState.KEPT), changes.read_rows()))
    is_lost = ~np.isin(removed, remaining)
    for folder in dict.fromkeys([*changes.known.roots, *changes.sources]):
        lost = compress(changes.rows(RowState.REMOVED), is_lost)
        count = _count_below(folder, lost)
        if count and count == _count_below(folder, changes.known):
            articles = counted(count, "article")
            raise _refusal(index, f"would remove all {articles} of {printable(folder)}")
    lost_count, known_count = int(is_lost.sum()), len(changes.known)
    if 2 * lost_count > known_count:
        articles = counted(known_count, "article")
        raise _refusal(index, f"would remove {lost_count:,} of {articles}")


def _count_below(folder: str, rows: Iterable[ManifestRow]) -> int:
    return sum(is_at_or_below(row_path(row), folder) for row in rows)


def check_rebuild(index: Path, existing: int | None, articles: int) -> None:
    """Raise RemovalRefused if a rebuild would replace an index by an empty one.

    ``existing`` is the number of articles in the index now, or None if it cannot be read;
    ``articles`` is the number in the new index.
    """
    if articles == 0 and existing != 0:
        count = "an index that cannot be read" if existing is None else counted(existing, "article")
        raise _refusal(index, f"would replace {count} by an empty index")


def _refusal(index: Path, reason: str) -> RemovalRefused:
    return RemovalRefused(
        f"{index}: this run {reason}, so the index was left unchanged; "
        "check the paths, or add --allow-removal"
    )
