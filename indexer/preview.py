"""Show what an indexing run would do, without changing the index."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from indexer.callbacks import Progress
from indexer.codec.manifest import ManifestRow
from indexer.errors import DuizhaoError, IndexMissing, RemovalRefused, SeedError, SeedWarning
from indexer.safeguard import check_rebuild, check_removal, lost_rows
from indexer.source.changes import Changes, find_changes
from indexer.source.paths import check_path, check_paths
from indexer.source.seeds import MAX_FILE_SIZE, OnError, read_article
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
    errors: list[SeedError] = []

    def report(error: SeedError) -> None:
        if not isinstance(error, SeedWarning):
            errors.append(error)
        if on_error:
            on_error(error)

    sources, directory = check_paths(paths), check_path(index)
    rows, readable = _manifest(directory, rebuild=rebuild)
    known = {row.id: row for row in rows}
    changes = find_changes(sources, {} if rebuild else known, report)
    read = _read(changes, {} if rebuild else known, max_file_size, report, on_progress)
    removed = [name for name in known if name not in read] if rebuild else changes.removed
    refusal = None
    try:
        if rebuild:
            check_rebuild(directory, len(known) if readable else None, len(read))
        else:
            after = [*changes.kept.values(), *read.values()]
            check_removal(directory, known, lost_rows(known, removed, after), changes.sources)
    except RemovalRefused as error:
        refusal = str(error)
    return _preview(known, read, removed, len(errors), refusal)


def _manifest(directory: Path, *, rebuild: bool) -> tuple[Sequence[ManifestRow], bool]:
    """The rows of an index, and whether it could be read."""
    try:
        with open_index(directory) as index:
            return [*index.manifest()], True
    except IndexMissing:
        return [], True
    except DuizhaoError:
        if not rebuild:
            raise
        return [], False


def _read(
    changes: Changes,
    known: Mapping[str, ManifestRow],
    max_file_size: int,
    on_error: OnError,
    on_progress: Progress | None,
) -> dict[str, ManifestRow]:
    """Read the files; return the rows of those that can be indexed, by id."""
    rows = {}
    for done, (file, _) in enumerate(changes.to_read, 1):
        try:
            content_hash = read_article(file, max_file_size, on_error).content_hash
        except SeedError as error:
            on_error(error)
            changes.keep(file.id, known)
        else:
            root = changes.roots[file.id]
            rows[file.id] = ManifestRow(file.id, root, file.size, file.mtime_ns, content_hash)
        if on_progress:
            on_progress(done, len(changes.to_read))
    return rows


def _preview(
    known: dict[str, ManifestRow],
    read: dict[str, ManifestRow],
    removed: Sequence[str],
    skipped: int,
    refusal: str | None,
) -> IndexPreview:
    gone = defaultdict(list)
    for name in removed:
        gone[known[name].content_hash].append(name)
    new, changed, moved = [], [], []
    for name, row in read.items():
        if name in known:
            if row.content_hash != known[name].content_hash:
                changed.append(name)
        elif gone[row.content_hash]:
            moved.append((gone[row.content_hash].pop(0), name))
        else:
            new.append(name)
    left = {name for names in gone.values() for name in names}
    return IndexPreview(
        new=tuple(sorted(new)),
        changed=tuple(sorted(changed)),
        moved=tuple(sorted(moved)),
        removed=tuple(sorted(left)),
        skipped=skipped,
        refusal=refusal,
    )
