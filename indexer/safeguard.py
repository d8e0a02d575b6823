"""The rule that an index is never emptied by mistake.

A folder may be empty because its disk is not mounted, or a path may be mistyped. A run that would
remove a large part of the index is therefore refused unless the user allows it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from indexer.codec.manifest import ManifestRow
from indexer.errors import RemovalRefused
from indexer.source.changes import row_path
from indexer.source.paths import is_at_or_below
from indexer.source.seeds import printable


def lost_rows(
    known: Mapping[str, ManifestRow], removed: Iterable[str], after: Iterable[ManifestRow]
) -> list[ManifestRow]:
    """Return the removed rows whose content is nowhere in the index afterwards.

    ``known`` has the rows before the run by id, ``removed`` the ids of the rows whose files have
    gone, and ``after`` the rows after the run. An article whose content hash is still there was
    moved or was a copy; it is not lost.
    """
    gone = [known[name] for name in removed]
    if not gone:
        return []
    remaining = {row.content_hash for row in after}
    return [row for row in gone if row.content_hash not in remaining]


def check_removal(
    index: Path,
    known: Mapping[str, ManifestRow],
    lost: Sequence[ManifestRow],
    sources: Iterable[str],
) -> None:
    """Raise RemovalRefused if a run would lose too much.

    That is all articles of a root, all articles at or below a path that the user named, or more
    than half of the articles of the index. ``sources`` are the named paths, absolute and without
    links.
    """
    if not lost:
        return
    for folder in dict.fromkeys([*(row.root for row in known.values()), *sources]):
        count = _count_below(folder, lost)
        if count and count == _count_below(folder, known.values()):
            raise _refusal(index, f"would remove all {_articles(count)} of {printable(folder)}")
    if 2 * len(lost) > len(known):
        raise _refusal(index, f"would remove {len(lost):,} of {_articles(len(known))}")


def _count_below(folder: str, rows: Iterable[ManifestRow]) -> int:
    return sum(is_at_or_below(row_path(row), folder) for row in rows)


def check_rebuild(index: Path, existing: int | None, articles: int) -> None:
    """Raise RemovalRefused if a rebuild would replace an index by an empty one.

    ``existing`` is the number of articles in the index now, or None if it cannot be read;
    ``articles`` is the number in the new index.
    """
    if articles == 0 and existing != 0:
        count = "an index that cannot be read" if existing is None else _articles(existing)
        raise _refusal(index, f"would replace {count} by an empty index")


def _refusal(index: Path, reason: str) -> RemovalRefused:
    return RemovalRefused(
        f"{index}: this run {reason}, so the index was left unchanged; "
        "check the paths, or add --allow-removal"
    )


def _articles(count: int) -> str:
    return f"{count:,} article{'' if count == 1 else 's'}"
