"""A run reads new and changed files, and removes those that are gone, but keeps unreadable ones."""

from __future__ import annotations

import os
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.codec.manifest import Manifest, ManifestRow, write_manifest
from indexer.errors import SeedError
from indexer.source.changes import Changes, RowState
from indexer.source.paths import check_paths
from indexer.source.scan import find_changes
from tests.indexer.archives import write

Known = dict[str, ManifestRow]


class Archive:
    """A folder, and the rows that an index has after each run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.known: Known = {}
        self.errors: list[SeedError] = []

    def run(self, *paths: str) -> Changes:
        self.errors.clear()
        places = [self.folder / path for path in paths]
        with TemporaryDirectory() as place:
            write_manifest(sorted(self.known.values()), Path(place, "manifest"))
            manifest = Manifest(Path(place, "manifest"))
        changes = find_changes(places, manifest, self.errors.append)
        read = {
            file.file.id: file.indexed(hash_of(Path(file.file.path).read_text()))
            for file in changes.to_read
        }
        kept = {row.id: row for row in changes.rows(RowState.KEPT)}
        assert [*read] == sorted(read)
        assert not read.keys() & kept.keys()
        assert self.known.keys() <= {*kept, *read, *removed(changes)}
        assert sum(map(changes.count, RowState)) == len(self.known)
        self.known = kept | read
        return changes

    def places(self) -> list[str]:
        """The paths of the files in the index."""
        return sorted(os.path.join(row.root, row.id) for row in self.known.values())


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path.resolve())


def hash_of(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def to_read(changes: Changes) -> list[str]:
    return [file.id for file, *_ in changes.to_read]


def removed(changes: Changes) -> list[str]:
    return [row.id for row in changes.rows(RowState.REMOVED)]


PLACES = ["a", "a/b", "a/b/c", "a/b/x.txt", "a/y.txt", "d", "d/z.txt"]


@given(st.lists(st.lists(st.sampled_from(PLACES), max_size=3), min_size=1, max_size=4))
def test_a_second_run_has_nothing_to_do(
    tmp_path_factory: pytest.TempPathFactory, runs: list[list[str]]
) -> None:
    archive = Archive(tmp_path_factory.mktemp("archive").resolve())
    for name in ("a/y.txt", "a/b/x.txt", "a/b/c/w.txt", "d/z.txt"):
        write(archive.folder / name, name)
    seen: set[str] = set()
    for paths in runs:
        archive.run(*paths)
        seen |= {
            str(file)
            for path in paths
            for file in [archive.folder / path, *(archive.folder / path).rglob("*")]
            if file.is_file()
        }
        assert archive.places() == sorted(seen)  # each of them once
        assert archive.errors == []
        again = archive.run(*paths)
        assert (to_read(again), removed(again)) == ([], [])


def test_ids_are_relative_to_the_outermost_root(archive: Archive) -> None:
    write(archive.folder / "a" / "b" / "x.txt")
    assert to_read(archive.run("a/b")) == ["x.txt"]
    wider = archive.run("a")
    assert (to_read(wider), removed(wider)) == (["b/x.txt"], ["x.txt"])
    assert to_read(archive.run("a/b", "a/b/x.txt", "a")) == []
    (archive.folder / "a" / "b" / "x.txt").unlink()
    assert removed(archive.run("a/b")) == ["b/x.txt"]


def test_only_files_below_the_given_paths_can_vanish(archive: Archive) -> None:
    files = [write(archive.folder / name) for name in ("a/b/x.txt", "a/bc/y.txt", "a/z.txt")]
    archive.run("a")
    for file in files:
        file.unlink()
    assert removed(archive.run("a/b")) == ["b/x.txt"]
    assert removed(archive.run("a")) == ["bc/y.txt", "z.txt"]


def test_a_file_with_another_size_or_time_is_read(archive: Archive) -> None:
    file = write(archive.folder / "a" / "x.txt", "one")
    archive.run("a")
    stamp = file.stat().st_mtime_ns
    file.write_text("three")
    os.utime(file, ns=(stamp, stamp))
    (pair,) = archive.run("a").to_read
    assert pair.known_hash == hash_of("one")
    os.utime(file, ns=(stamp - 10**9, stamp - 10**9))
    assert to_read(archive.run("a")) == ["x.txt"]


def test_a_time_after_2262_is_the_same_in_each_run(archive: Archive) -> None:
    file = write(archive.folder / "a" / "x.txt")
    os.utime(file, (13_000_000_000, 13_000_000_000))
    if file.stat().st_mtime_ns < 2**63:
        pytest.skip("the file system knows no such times")
    (pair,) = archive.run("a").to_read
    assert pair.file.mtime_ns == 2**63 - 1
    assert to_read(archive.run("a")) == []


def test_a_file_given_as_a_link_is_known_by_the_name_of_the_link(archive: Archive) -> None:
    target = write(archive.folder / "a" / "x.txt", "one")
    link = archive.folder / "link.txt"
    link.symlink_to(target)
    assert to_read(archive.run("link.txt")) == ["link.txt"]
    assert to_read(archive.run("link.txt")) == []
    target.write_text("another")
    assert to_read(archive.run("link.txt")) == ["link.txt"]


def test_a_root_may_be_a_link(archive: Archive) -> None:
    write(archive.folder / "a" / "x.txt")
    (archive.folder / "link").symlink_to(archive.folder / "a")
    archive.run("link")
    assert to_read(archive.run("a", "link")) == []


@pytest.mark.parametrize("is_link", [False, True])
def test_unreadable_files_are_kept(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, is_link: bool
) -> None:
    closed = archive.folder / "a" / "closed"
    if is_link:
        closed.parent.mkdir()
        closed.symlink_to(archive.folder / "elsewhere")
        (archive.folder / "elsewhere").mkdir()
    for name in ("closed/deep/x.txt", "closed2/y.txt", "z.txt"):
        write(archive.folder / "a" / name)
    write(archive.folder / "c" / "w.txt")
    archive.run("a", "c")
    for name in ("a/closed2/y.txt", "c/w.txt"):
        (archive.folder / name).unlink()
    scan = os.scandir

    def refuse(path: str) -> object:
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", path)
        return scan(path)

    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", refuse)
        assert removed(archive.run("a", "c")) == ["closed2/y.txt", "w.txt"]
        assert [str(error) for error in archive.errors] == [f"{closed}: permission denied"]
    assert set(archive.known) == {"closed/deep/x.txt", "z.txt"}


def test_a_file_that_is_no_file_any_more_is_kept(archive: Archive) -> None:
    file = write(archive.folder / "a" / "x.txt")
    archive.run("a")
    file.unlink()
    os.mkfifo(file)
    for paths in (["a"], ["a/x.txt"]):
        changes = archive.run(*paths)
        assert (to_read(changes), removed(changes)) == ([], [])
        assert [error.reason for error in archive.errors] == ["not a regular file"]
    assert set(archive.known) == {"x.txt"}


@pytest.mark.parametrize("runs", [[("a", "c")], [("a",), ("c",)], [("a",), ("c", "a")]])
def test_a_name_that_two_roots_have_is_reported_each_time(
    archive: Archive, runs: Sequence[Sequence[str]]
) -> None:
    for name in ("a/x.txt", "c/x.txt"):
        write(archive.folder / name, name)
    for paths in runs:
        archive.run(*paths)
    for _ in range(2):
        archive.run(*runs[-1])
        assert len(archive.known) == len(archive.errors) == 1
        (error,) = archive.errors
        (row,) = archive.known.values()
        assert error.reason.startswith(f"{row.root} has a file of this name too")
        assert error.path.parent != Path(row.root)


def test_a_name_is_free_for_another_root_once_its_file_is_gone(archive: Archive) -> None:
    first = write(archive.folder / "a" / "x.txt")
    second = archive.folder / "c" / "x.txt"
    archive.run("a")
    second.parent.mkdir()
    first.rename(second)  # of the same size and time
    assert to_read(archive.run("a", "c")) == ["x.txt"]
    assert archive.known["x.txt"].root == str(second.parent)
    assert to_read(archive.run("c")) == []
    assert archive.errors == []


def test_a_path_that_does_not_exist_is_refused(archive: Archive) -> None:
    write(archive.folder / "x.txt")
    check_paths([archive.folder, archive.folder / "x.txt"])
    with pytest.raises(SeedError, match=r"nowhere: no such file or folder"):
        check_paths([archive.folder, archive.folder / "nowhere"])


def test_a_path_that_has_vanished_since_is_kept(archive: Archive) -> None:
    file = write(archive.folder / "a" / "x.txt")
    archive.run("a")
    file.parent.rename(archive.folder / "b")
    assert removed(archive.run("a")) == []
    assert [error.reason for error in archive.errors] == ["no such file or directory"]
