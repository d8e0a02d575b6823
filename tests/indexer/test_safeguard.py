"""An index is never emptied by mistake: no way of losing articles goes unnoticed."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer import RemovalRefused, SeedError, build_index, preview_index
from indexer.errors import IndexDamaged
from tests.indexer.archives import articles, names, python, write, write_many


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with ten articles in ``seeds`` and their index in ``index``."""
    write_many(tmp_path / "seeds", 10)
    build_index(tmp_path / "seeds", index=tmp_path / "index")
    return tmp_path


def refused(place: Path, *paths: Path | str, rebuild: bool = False) -> str:
    """Check that a run is refused, leaves the index as it is, and is done if it is allowed."""
    index = place / "index"
    before, files = articles(index), names(index)
    with pytest.raises(RemovalRefused, match=r"--allow-removal$") as error:
        build_index(*paths, index=index, rebuild=rebuild)
    assert (articles(index), names(index)) == (before, files)
    assert preview_index(*paths, index=index, rebuild=rebuild).refusal == str(error.value)
    assert "\n" not in str(error.value)
    report = build_index(*paths, index=index, rebuild=rebuild, allow_removal=True)
    assert report.articles == len(articles(index)) < len(before)
    return str(error.value)


def test_a_rebuild_without_paths(place: Path) -> None:
    message = refused(place, rebuild=True)
    assert "would replace 10 articles by an empty index" in message


@pytest.mark.parametrize("files", [{}, {"README.md": "Title: A\n"}, {"bad.txt": ""}])
def test_a_rebuild_of_a_folder_without_articles(place: Path, files: dict[str, str]) -> None:
    (place / "other").mkdir()
    for name, text in files.items():
        write(place / "other" / name, text)
    refused(place, place / "other", rebuild=True)


def test_a_rebuild_of_an_index_that_cannot_be_read(place: Path) -> None:
    for path in (place / "index").glob("duizhao_*.json"):
        path.write_text("{}")
    before = names(place / "index")
    (place / "other").mkdir()
    with pytest.raises(RemovalRefused, match="an index that cannot be read"):
        build_index(place / "other", index=place / "index", rebuild=True)
    assert names(place / "index") == before
    with pytest.raises(IndexDamaged):
        build_index(place / "seeds", index=place / "index")
    assert build_index(place / "seeds", index=place / "index", rebuild=True).articles == 10


def test_a_rebuild_of_other_articles_needs_no_permission(place: Path) -> None:
    write(place / "other" / "a.txt")
    report = build_index(place / "other", index=place / "index", rebuild=True)
    assert report.articles == 1


def test_a_folder_whose_content_has_gone(place: Path) -> None:
    shutil.rmtree(place / "seeds")
    (place / "seeds").mkdir()
    message = refused(place, place / "seeds")
    assert f"would remove all 10 articles of {place / 'seeds'}" in message


def test_one_of_two_roots_whose_content_has_gone(place: Path) -> None:
    write(place / "more" / "z.txt", "Title: z\n")
    build_index(place / "more", index=place / "index")
    (place / "more" / "z.txt").unlink()
    message = refused(place, place / "seeds", place / "more")
    assert f"would remove all 1 article of {place / 'more'}" in message


def test_a_named_folder_inside_a_root_whose_content_has_gone(place: Path) -> None:
    (place / "seeds" / "3" / "0003.txt").unlink()
    message = refused(place, place / "seeds" / "3")
    assert f"would remove all 1 article of {place / 'seeds' / '3'}" in message


def test_more_than_half_of_an_index(place: Path) -> None:
    for number in range(5):
        (place / "seeds" / str(number) / f"{number:04}.txt").unlink()
    assert build_index(place / "seeds", index=place / "index").removed == 5
    for number in range(5, 8):
        (place / "seeds" / str(number) / f"{number:04}.txt").unlink()
    assert "would remove 3 of 5 articles" in refused(place, place / "seeds")


def test_moved_articles_are_not_removed(place: Path) -> None:
    (place / "seeds" / "new").mkdir()
    for number in range(10):
        old = place / "seeds" / str(number) / f"{number:04}.txt"
        old.rename(place / "seeds" / "new" / f"{number}.txt")
    preview = preview_index(place / "seeds", index=place / "index")
    assert preview.moved[0] == ("0/0000.txt", "new/0.txt")
    assert (len(preview.moved), preview.removed, preview.new, preview.refusal) == (10, (), (), None)
    report = build_index(place / "seeds", index=place / "index")
    assert (report.moved, report.removed, report.new, report.articles) == (10, 0, 0, 10)
    assert "0 changed, 10 moved, 0 removed" in str(report)


def test_a_copy_that_remains_keeps_its_content(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        write(tmp_path / "one" / name)
        write(tmp_path / "two" / f"copy-{name}")
    build_index(tmp_path / "one", tmp_path / "two", index=tmp_path / "index")
    for path in (tmp_path / "one").iterdir():
        path.unlink()
    report = build_index(tmp_path / "one", index=tmp_path / "index")
    assert (report.moved, report.removed, report.articles) == (0, 2, 2)


@pytest.mark.parametrize("name", ["paths", "index", "dictionary"])
def test_an_empty_path_is_not_the_working_directory(
    place: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(place / "seeds")
    paths = ("",) if name == "paths" else (place / "seeds",)
    index = "" if name == "index" else place / "index"
    dictionary = "" if name == "dictionary" else None
    before = names(place / "index")
    with pytest.raises(ValueError, match="a path is empty"):
        build_index(*paths, index=index, dictionary=dictionary)
    assert names(place / "index") == before
    assert not list((place / "seeds").glob("*.json"))


def test_a_path_that_is_missing(place: Path) -> None:
    before = names(place / "index")
    with pytest.raises(SeedError, match="no such file or folder"):
        build_index(place / "seeds", place / "away", index=place / "index")
    assert names(place / "index") == before


def test_without_an_index_an_empty_folder_is_no_loss(tmp_path: Path) -> None:
    (tmp_path / "seeds").mkdir()
    for rebuild in (False, True, True):
        report = build_index(tmp_path / "seeds", index=tmp_path / "index", rebuild=rebuild)
        assert report.articles == 0


EDITS = st.lists(
    st.tuples(st.sampled_from("abcdef"), st.sampled_from("abcdef") | st.none()), max_size=8
)


@settings(max_examples=40)
@given(EDITS)
def test_a_preview_says_what_a_run_does(
    tmp_path_factory: pytest.TempPathFactory, edits: list[tuple[str, str | None]]
) -> None:
    place = tmp_path_factory.mktemp("preview")
    seeds, index = place / "seeds", place / "index"
    for name in "abcd":
        write(seeds / f"{name}.txt", f"Title: {name}\n")
    build_index(seeds, index=index)
    before = articles(index)
    for name, content in edits:
        path = seeds / f"{name}.txt"
        if content is None:
            path.unlink(missing_ok=True)
        else:
            write(path, f"Title: {content}{'x' * 9}\n" if content > "c" else "")
    preview = preview_index(seeds, index=index)
    assert articles(index) == before
    if preview.refusal:
        with pytest.raises(RemovalRefused):
            build_index(seeds, index=index)
    report = build_index(seeds, index=index, allow_removal=True)
    counts = (preview.new, preview.changed, preview.moved, preview.removed)
    assert (*map(len, counts), preview.skipped) == (
        report.new, report.changed, report.moved, report.removed, report.skipped,
    )  # fmt: skip
    after = articles(index)
    assert {*after} - {*before} == {*preview.new} | {new for _, new in preview.moved}
    assert {*before} - {*after} == {*preview.removed} | {old for old, _ in preview.moved}


def shell(place: Path, *arguments: str, **environment: str) -> tuple[int, str, str]:
    process = python("-m", "search", *arguments, cwd=place, **environment)
    out, err = process.communicate()
    return process.returncode, out, err


def test_the_command_line_refuses_in_one_line(place: Path) -> None:
    shutil.rmtree(place / "seeds")
    (place / "seeds").mkdir()
    status, out, err = shell(place, "index", "seeds")
    assert (status, out) == (2, "")
    assert err == (
        f"duizhao: index: this run would remove all 10 articles of {place / 'seeds'}, so the index "
        "was left unchanged; check the paths, or add --allow-removal\n"
    )
    assert shell(place, "index", "seeds", "--allow-removal")[0] == 1
    assert articles(place / "index") == {}


@pytest.mark.parametrize(
    "arguments",
    [["index", ""], ["index", "seeds", "--index", ""], ["search", "增产", "--index", ""]],
)
def test_the_command_line_refuses_an_empty_path(place: Path, arguments: list[str]) -> None:
    before = names(place / "index")
    status, out, err = shell(place, *arguments)
    assert (status, out) == (2, "")
    assert "the path is empty; is a variable not set?" in err
    assert names(place / "index") == before


def test_without_paths_the_roots_of_the_index_are_indexed(place: Path) -> None:
    write(place / "here" / "seeds" / "unrelated.txt")
    write(place / "seeds" / "more.txt", "Title: more\n")
    (place / "here").mkdir(exist_ok=True)
    status, out, _ = shell(place / "here", "index", "--index", "../index")
    assert (status, out.startswith("indexed 1 new, 0 changed, 0 removed")) == (0, True)
    status, out, _ = shell(place / "here", "index", "--rebuild", "--index", "../index")
    assert (status, out.startswith("indexed 11 new")) == (0, True)
    assert "unrelated.txt" not in articles(place / "index")


def test_a_dry_run_prints_what_would_be_done(place: Path) -> None:
    before = names(place / "index")
    write(place / "seeds" / "new.txt", "Title: new\n")
    write(place / "seeds" / "0" / "0000.txt", "Title: changed\n")
    (place / "seeds" / "1" / "0001.txt").unlink()
    (place / "seeds" / "2" / "0002.txt").rename(place / "seeds" / "moved.txt")
    write(place / "seeds" / "bad.txt", "")
    status, out, err = shell(place, "index", "--dry-run")
    assert (status, out.splitlines()) == (
        0,
        ["+ new.txt", "~ 0/0000.txt", "- 1/0001.txt", "> 2/0002.txt -> moved.txt"],
    )
    assert err.splitlines()[-1] == "would index 1 new, 1 changed, 1 moved, 1 removed, 1 skipped"
    assert names(place / "index") == before
    status, out, err = shell(place, "index", "--rebuild", "--dry-run")
    assert (status, out.splitlines()[0], len(out.splitlines())) == (0, "+ new.txt", 4)


LOCALE = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


@pytest.mark.skipif(os.name == "nt", reason="locales")
def test_a_locale_that_is_not_utf8_loses_nothing(place: Path) -> None:
    folder = place / "档案" / "一九五三"
    write(folder / "增产.txt", "Title: 增产节约\n")
    write(folder / "plain.txt", "Title: plain\n")
    index = place / "other"
    for environment in ({}, LOCALE, {}):
        status, out, err = shell(place, "index", str(place / "档案"), "--index", str(index),
                                 **environment)  # fmt: skip
        assert (status, err) == (0, "")
        assert {*articles(index)} == {"一九五三/增产.txt", "一九五三/plain.txt"}
    assert out.startswith("indexed 0 new, 0 changed, 0 removed")
