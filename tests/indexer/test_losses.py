"""Ways in which an index could lose articles, beside those of `test_safeguard`; docs/TRUST.md lists
them all.
"""

from __future__ import annotations

import os
import shutil
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer import BuildReport, SeedError, build_index, preview_index
from tests.indexer.archives import articles, write, write_many


class Place:
    """A folder ``seeds`` with ten articles and their index; all runs are also previewed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.seeds = write_many(folder / "seeds", 10)
        self.index = folder / "index"
        build_index(self.seeds, index=self.index)
        self.before = articles(self.index)
        self.errors: list[str] = []

    def run(self, *paths: Path) -> BuildReport:
        """Index paths; check that the preview was right. By default, all of the seeds."""
        errors: list[SeedError] = []
        paths = paths or (self.seeds,)
        preview = preview_index(*paths, index=self.index)
        report = build_index(*paths, index=self.index, on_error=errors.append)
        self.errors = [str(error) for error in errors]
        counts = preview.new, preview.changed, preview.moved, preview.removed
        assert tuple(map(len, counts)) == (
            report.new, report.changed, report.moved, report.removed,
        )  # fmt: skip
        assert preview.skipped == report.skipped == len(errors)
        return report

    def keeps_all(self, *paths: Path) -> bool:
        """Say whether a run removes and changes no article."""
        self.run(*paths)
        return articles(self.index) == self.before


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest.fixture
def closed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Path]]:
    """Folders that may not be entered: looking up anything below one fails, even for root."""
    folders: list[Path] = []

    def refuse(function: str) -> None:
        real = getattr(os, function)

        def guarded(path: str | Path, *arguments: object, **options: object) -> object:
            if isinstance(path, str | Path) and any(
                folder in Path(os.path.realpath(path)).parents for folder in folders
            ):
                raise PermissionError(13, "Permission denied", str(path))
            return real(path, *arguments, **options)

        monkeypatch.setattr(os, function, guarded)

    for function in ("stat", "scandir", "open"):
        refuse(function)
    yield folders
    monkeypatch.undo()


def link_elsewhere(place: Place, name: str = "linked") -> Path:
    """Link a folder outside of the seeds into them, and index it; return the folder."""
    target = write_many(place.folder / "disk" / "archive", 3)
    for path in target.rglob("*.txt"):
        path.write_text(f"Title: {path.name} of the disk\n")
    (place.seeds / name).symlink_to(target)
    build_index(place.seeds, index=place.index)
    place.before = articles(place.index)
    assert len(place.before) == 13
    return target


def test_a_link_to_a_disk_that_is_not_mounted(place: Place) -> None:
    target = link_elsewhere(place)
    target.rename(place.folder / "away")
    for _ in range(2):
        assert place.keeps_all()
        assert place.errors == [f"{place.seeds / 'linked'}: the link leads nowhere"]
    (place.seeds / "linked").unlink()
    assert place.run().removed == 3  # now the user has removed them


def test_a_link_to_a_folder_that_may_not_be_read(place: Place, closed: list[Path]) -> None:
    closed.append(link_elsewhere(place).parent)
    assert place.keeps_all()
    assert place.errors == [f"{place.seeds / 'linked'}: permission denied"]


def test_a_link_to_itself_where_a_link_to_a_folder_was(place: Place) -> None:
    link_elsewhere(place)
    (place.seeds / "linked").unlink()
    (place.seeds / "linked").symlink_to("linked")
    assert place.keeps_all()
    assert place.errors == [f"{place.seeds / 'linked'}: too many levels of symbolic links"]


def test_a_link_that_leads_to_another_folder_now(place: Place) -> None:
    link_elsewhere(place)
    other = write(place.folder / "other" / "new.txt").parent
    (place.seeds / "linked").unlink()
    (place.seeds / "linked").symlink_to(other)
    report = place.run()
    assert (report.new, report.removed) == (1, 3)


def test_a_link_to_an_article_whose_target_is_away(place: Place) -> None:
    target = write(place.folder / "disk" / "x.txt", "Title: elsewhere\n")
    (place.seeds / "x.txt").symlink_to(target)
    place.run()
    place.before = articles(place.index)
    target.unlink()
    assert place.keeps_all()
    assert place.errors == [f"{place.seeds / 'x.txt'}: no such file or directory"]


def test_a_root_that_is_a_link_now(place: Place) -> None:
    moved = place.folder / "moved"
    place.seeds.rename(moved)
    place.seeds.symlink_to(moved)
    assert place.keeps_all()
    assert place.errors[0] == (
        f"{place.seeds / '0' / '0000.txt'}: {place.seeds} is now a link to this folder: "
        "build the index again with --rebuild"
    )
    build_index(place.seeds, index=place.index, rebuild=True)
    assert articles(place.index) == place.before


def test_an_archive_that_was_moved(place: Place) -> None:
    moved = place.folder / "moved"
    place.seeds.rename(moved)
    assert place.keeps_all(moved)
    assert len(place.errors) == 10


def test_a_folder_that_may_not_be_read(place: Place, closed: list[Path]) -> None:
    closed.append(place.seeds / "3")
    assert place.keeps_all()
    closed[:] = [place.seeds]
    assert place.keeps_all()


def test_names_that_differ_in_case_or_normalization(place: Place) -> None:
    write(place.seeds / unicodedata.normalize("NFC", "é.txt"), "Title: accent\n")
    place.run()
    (place.seeds / "0").rename(place.seeds / "Zero")
    (place.seeds / "1" / "0001.txt").rename(place.seeds / "1" / "0001.TXT")
    (place.seeds / unicodedata.normalize("NFC", "é.txt")).rename(
        place.seeds / unicodedata.normalize("NFD", "é.txt")
    )
    report = place.run()
    assert (report.new, report.removed, report.articles) == (0, 0, 11)


@pytest.mark.parametrize("kind", ["file", "folder", "files in folders"])
def test_a_name_that_cannot_be_decoded(place: Place, kind: str) -> None:
    """Of files that a program has copied or renamed with another encoding."""
    folder = os.fsencode(place.seeds / "3")
    os.utime(place.seeds / "3" / "0003.txt", (1, 1))
    bad = os.fsencode(place.seeds) + b"/\xff3"
    if kind == "file":
        os.rename(folder + b"/0003.txt", folder + b"/\xff.txt")
    elif kind == "folder":
        os.rename(folder, bad)
    else:
        os.mkdir(bad)
        os.mkdir(bad + b"/\xfe")
        os.rename(folder + b"/0003.txt", bad + b"/\xfe/\xfd.txt")
    (place.seeds / "4" / "0004.txt").unlink()
    report = place.run()
    assert (report.removed, report.skipped) == (1, 1)
    del place.before["4/0004.txt"]
    assert articles(place.index) == place.before


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_two_folders_with_the_same_ids(place: Place, order: tuple[int, int]) -> None:
    """The articles of the folder that was indexed first stay."""
    other = write_many(place.folder / "again", 10)
    for path in other.rglob("*.txt"):
        path.write_text(f"Title: another {path.name}\n")
    write(other / "more.txt", "Title: more\n")
    folders = place.seeds, other
    place.run(*(folders[number] for number in order))
    assert len(place.errors) == 10
    assert "has a file of this name too: index a folder that contains both" in place.errors[0]
    after = articles(place.index)
    assert after.pop("more.txt")
    assert after == place.before


def test_two_folders_with_the_same_ids_one_of_which_cannot_be_read(
    place: Place, closed: list[Path]
) -> None:
    other = write_many(place.folder / "again", 10)
    for path in other.rglob("*.txt"):
        path.write_text(f"Title: another {path.name}\n")
    closed.append(place.seeds / "3")
    assert place.keeps_all(place.seeds, other)


def test_files_that_became_empty_or_unreadable(place: Place) -> None:
    for number, path in enumerate(place.seeds.rglob("*.txt")):
        path.write_bytes((b"", b"\0\0\0\0", b"\xff\xfe\x00")[number % 3])
    assert place.keeps_all()
    assert len(place.errors) == 10


def test_a_smaller_limit_for_files(place: Place) -> None:
    for path in place.seeds.rglob("*.txt"):
        os.utime(path, (1, 1))
    report = build_index(place.seeds, index=place.index, max_file_size=10)
    assert (report.skipped, report.removed) == (10, 0)
    assert articles(place.index) == place.before


def test_a_file_that_is_a_folder_now(place: Place) -> None:
    """Its article has gone, as the preview says; the other articles stay."""
    path = place.seeds / "3" / "0003.txt"
    path.unlink()
    path.mkdir()
    write(path / "inner.txt", "Title: inner\n")
    report = place.run()
    assert (report.new, report.removed, report.articles) == (1, 1, 10)


def test_roots_inside_roots(tmp_path: Path) -> None:
    seeds, index = write_many(tmp_path / "seeds", 10), tmp_path / "index"
    build_index(seeds / "3", seeds / "4", index=index)
    build_index(seeds, index=index)
    whole = articles(index)
    assert len(whole) == 10
    build_index(seeds / "3", index=index)
    assert articles(index) == whole
    shutil.rmtree(seeds / "3")
    with pytest.raises(SeedError, match="no such file or folder"):
        build_index(seeds / "3", index=index)
    assert articles(index) == whole
