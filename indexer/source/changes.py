"""The changes of an index that an indexing run makes: which files are new, changed and gone.

An article whose file has vanished from the paths of the run is removed. Other articles stay.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence, Set
from enum import IntEnum
from itertools import compress
from typing import Any, NamedTuple

from indexer.codec.manifest import DIGEST_SIZE, Manifest, ManifestRow
from indexer.compact_list import CompactList
from indexer.source.roots import row_path, seed_path, upwards
from indexer.source.seeds import SeedFile, printable


class FileToRead(NamedTuple):
    """A file whose content may differ from the content in the index.

    ``root`` is the root to which its id is relative. ``row`` is the index of the row with this id
    in the manifest, or -1, and ``known_hash`` the content hash there, or "".
    """

    file: SeedFile
    root: str
    row: int = -1
    known_hash: str = ""

    @classmethod
    def restore(cls, values: tuple[Any, str, int, str]) -> FileToRead:
        """Make a file from its values, as `CompactList` restores them: the first one is a list."""
        file, root, row, known_hash = values
        return cls(SeedFile(*file), root, row, known_hash)

    def indexed(self, content_hash: str) -> ManifestRow:
        """Return the row of the file once its content is known."""
        file = self.file
        return ManifestRow(file.id, self.root, file.size, file.mtime_ns, content_hash)


class RowState(IntEnum):
    """The fate of a row of the manifest in a run."""

    KEPT = 0
    REMOVED = 1
    READ = 2  # the file is read again; its content may be the same
    REPLACED = 3  # the file has been read, and its content is new


class Changes:
    """The changes that a run has found, and its progress in reading the files.

    ``known`` is the manifest of the index, or None without one. ``to_read`` has the files to read,
    in the order of their ids. ``sources`` are the paths of the run, absolute and without links.
    ``read_count`` is the number of files that have been read, and ``new_count`` the number of those
    that are not in the manifest.
    """

    def __init__(self, known: Manifest | None, sources: Sequence[str] = ()) -> None:
        self.known = known
        self.sources = sources
        self.to_read = CompactList(FileToRead.restore)
        self.read_count = self.new_count = 0
        self._states = bytearray()  # of each row of the manifest
        self._digests = bytearray()  # of the content of each file that was read; zeros for no file
        self._unreadable: set[str] = set()

    def count(self, state: RowState) -> int:
        """Return the number of rows of the manifest that have a state."""
        return self._states.count(state)

    def rows(self, *states: RowState) -> Iterator[ManifestRow]:
        """Yield the rows of the manifest that have one of some states."""
        is_wanted = self._states.translate(bytes(state in states for state in range(256)))
        return compress(self.known or () if any(is_wanted) else (), is_wanted)

    def add_row(self, state: RowState) -> None:
        """Set the state of the next row of the manifest."""
        self._states.append(state)

    def add_unreadable(self, path: str) -> None:
        """Note the path, as it is printed, of a file or folder that cannot be read."""
        if self.known:
            self._unreadable.add(path)

    def add_content(self, file: FileToRead, content_hash: str) -> None:
        """Note the content of the next of the files to read; "" if it cannot be read."""
        if content_hash:
            self._digests += bytes.fromhex(content_hash)
            self.read_count += 1
            self.new_count += file.row < 0
            if file.row >= 0 and content_hash != file.known_hash:
                self._states[file.row] = RowState.REPLACED
            return
        self._digests += bytes(DIGEST_SIZE)
        if file.row >= 0:
            self._states[file.row] = RowState.KEPT
        else:
            self.add_unreadable(printable(seed_path(file.root, file.file.id)))

    def keep_unreadable(self) -> None:
        """Keep the rows of files that are gone, or seem so, at or below unreadable paths.

        Call it after `add_unreadable`, or after the last file was read. An unreadable file may
        be known under another id, below an inner root.
        """
        if self._unreadable:
            self._keep(self.is_unreadable)

    def is_unreadable(self, row: ManifestRow) -> bool:
        """Say whether the file of a row is at or below a path that cannot be read."""
        return not self._unreadable.isdisjoint(upwards(printable(row_path(row))))

    def keep_contents(self, content_hashes: Set[str]) -> None:
        """Keep the rows with these contents whose files are gone."""
        if content_hashes:
            self._keep(lambda row: row.content_hash in content_hashes)

    def _keep(self, is_kept: Callable[[ManifestRow], bool]) -> None:
        if RowState.REMOVED in self._states:
            for number, row in enumerate(self.known or ()):
                if self._states[number] == RowState.REMOVED and is_kept(row):
                    self._states[number] = RowState.KEPT

    def read_rows(self, *, only_new: bool = False) -> Iterator[ManifestRow]:
        """Yield the rows of the files that have been read, in the order of their ids.

        With ``only_new``, leave out those whose ids are in the manifest.
        """
        for number, file in enumerate(self.to_read):
            digest = self._digests[number * DIGEST_SIZE : (number + 1) * DIGEST_SIZE]
            if any(digest) and (file.row < 0 or not only_new):
                yield file.indexed(digest.hex())
