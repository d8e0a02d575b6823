"""Show what an indexing run would do, without changing the index."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from heapq import merge
from itertools import chain, groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from indexer.arguments import check_at_least, check_callbacks, check_flags, check_path
from indexer.callbacks import OnError, Progress
from indexer.codec.manifest import Manifest, ManifestRow
from indexer.errors import DuizhaoError, IndexMissing, RemovalRefused, SeedError, SeedWarning
from indexer.safeguard import check_rebuild, check_removal
from indexer.source.changes import Changes, RowState
from indexer.source.paths import check_paths
from indexer.source.scan import find_changes
from indexer.source.seeds import MAX_FILE_SIZE, read_article
from indexer.store import open_index


@dataclass(frozen=True, slots=True)
class IndexPreview:
    """What an indexing run would do; all but ``skipped`` and ``refusal`` are ids of articles.

    ``moved`` has the earlier and the new id of each article that was moved. ``skipped`` counts the
    files that cannot be indexed. ``refusal`` is the reason why the run would be refused without
    permission to remove, or None.
    """

    new: tuple[str, ...]
    changed: tuple[str, ...]
    moved: tuple[tuple[str, str], ...]
    removed: tuple[str, ...]
    skipped: int
    refusal: str | None

    def __str__(self) -> str:
        return (
            f"would index {len(self.new):,} new, {len(self.changed):,} changed, "
            f"{len(self.moved):,} moved, {len(self.removed):,} removed, {self.skipped:,} skipped"
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the preview as plain data."""
        return asdict(self)


def preview_index(
    *paths: str | Path,
    index: str | Path = "index",
    rebuild: bool = False,
    max_file_size: int = MAX_FILE_SIZE,
    on_error: OnError | None = None,
    on_progress: Progress | None = None,
) -> IndexPreview:
    """Compare ``paths`` with an index as `build_index` would, and change nothing.

    New and changed files are read, so that files which cannot be indexed are found; ``on_error`` is
    called with their errors, and with a `SeedWarning` for each value that cannot be read. With
    ``rebuild``, the articles that the new index would not have count as removed. Raises SeedError
    if a path does not exist, ValueError for an empty path, and IndexOutdated or IndexDamaged if the
    index cannot be read (for a rebuild it then counts as empty).
    """
    check_flags(rebuild=rebuild)
    check_at_least(1, max_file_size=max_file_size)
    check_callbacks(on_error=on_error, on_progress=on_progress)
    errors: list[SeedError] = []

    def report(error: SeedError) -> None:
        if not isinstance(error, SeedWarning):
            errors.append(error)
        if on_error:
            on_error(error)

    sources, directory = check_paths(paths), check_path(index)
    manifest, is_readable = _manifest(directory, rebuild=rebuild)
    changes = find_changes(sources, None if rebuild else manifest, report)
    _read(changes, max_file_size, report, on_progress)
    before: Iterable[ManifestRow] = manifest or ()
    if not rebuild:
        before = changes.rows(RowState.REMOVED, RowState.READ, RowState.REPLACED)
    existing = len(manifest or ()) if is_readable else None
    refusal = _refusal(directory, changes, existing, rebuild=rebuild)
    return _preview(before, changes.read_rows(), len(errors), refusal)


def _refusal(
    directory: Path, changes: Changes, existing: int | None, *, rebuild: bool
) -> str | None:
    """Return the reason why the run would be refused, or None."""
    try:
        if rebuild:
            check_rebuild(directory, existing, changes.read_count)
        else:
            check_removal(directory, changes)
    except RemovalRefused as error:
        return str(error)
    return None


def _manifest(directory: Path, *, rebuild: bool) -> tuple[Manifest | None, bool]:
    """The manifest of an index, if there is one, and whether it could be read."""
    try:
        with open_index(directory) as index:
            return index.manifest(), True
    except IndexMissing:
        return None, True
    except DuizhaoError:
        if not rebuild:
            raise
        return None, False


def _read(
    changes: Changes, max_file_size: int, on_error: OnError, on_progress: Progress | None
) -> None:
    """Read the files to find out which of them can be indexed."""
    for done, file in enumerate(changes.to_read, 1):
        try:
            content_hash = read_article(file.file, max_file_size, on_error).content_hash
        except SeedError as error:
            on_error(error)
            content_hash = ""
        changes.add_content(file, content_hash)
        if on_progress:
            on_progress(done, len(changes.to_read))
    changes.keep_unreadable()


def _preview(
    before: Iterable[ManifestRow], after: Iterable[ManifestRow], skipped: int, refusal: str | None
) -> IndexPreview:
    """Describe how rows take the place of others; both are in the order of their ids."""
    added: list[ManifestRow] = []
    changed: list[str] = []
    gone: defaultdict[str, deque[str]] = defaultdict(deque)  # ids by content
    in_order = merge(((row.id, 0, row) for row in before), ((row.id, 1, row) for row in after))
    for name, rows in groupby(in_order, key=itemgetter(0)):
        match [*rows]:
            case [(_, 0, old), (_, 1, new)]:
                if old.content_hash != new.content_hash:
                    changed.append(name)
            case [(_, 0, old)]:
                gone[old.content_hash].append(name)
            case [(_, 1, new)]:
                added.append(new)
    moved, new_ids = [], []
    for row in added:
        if gone[row.content_hash]:
            moved.append((gone[row.content_hash].popleft(), row.id))
        else:
            new_ids.append(row.id)
    return IndexPreview(
        new=tuple(new_ids),
        changed=tuple(changed),
        moved=tuple(sorted(moved)),
        removed=tuple(sorted(chain.from_iterable(gone.values()))),
        skipped=skipped,
        refusal=refusal,
    )
