"""An index mirrors its folders, run after run."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer import (
    Article,
    DictionaryError,
    IndexLocked,
    IndexOutdated,
    SeedError,
    build_index,
    read_seeds,
)
from indexer.commit import HOLDER, IndexWriter
from indexer.store import open_index

ROOT = Path(__file__).parents[2]


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def articles(index: Path) -> dict[str, Article]:
    """What an index holds, by id."""
    with open_index(index) as reader:
        documents = [
            base + number
            for base, segment, live in zip(reader.bases, reader.segments, reader.live, strict=True)
            for number in range(segment.doc_count)
            if live is None or live[number]
        ]
        found = [Article.from_json(reader.stored(document).decode()) for document in documents]
    assert len({article.id for article in found}) == len(found) == reader.doc_count
    return {article.id: article for article in found}


def expected(*folders: Path) -> dict[str, Article]:
    return {article.id: article for article in read_seeds(*folders, on_error=lambda _: None)}


NAMES = st.sampled_from(["a.txt", "b.md", "1953/c.txt", "1953/10/d.txt", "中.txt"])
TEXTS = st.sampled_from(
    ["Title: 增产\n\n    节约\n", "One\n\n    two three\n", "", "\0\0\0", "生产"]
)


@settings(max_examples=25)
@given(st.lists(st.lists(st.tuples(NAMES, st.none() | TEXTS), max_size=4), max_size=5))
def test_after_any_edits_the_index_is_as_if_made_anew(
    tmp_path_factory: pytest.TempPathFactory, rounds: list[list[tuple[str, str | None]]]
) -> None:
    place = tmp_path_factory.mktemp("edits")
    seeds, index = place / "seeds", place / "index"
    seeds.mkdir()
    before: dict[str, Article] = {}
    for edits in rounds:
        for name, text in edits:
            if text is None:
                (seeds / name).unlink(missing_ok=True)
            else:
                write(seeds / name, text)
                stamp = time.time_ns()
                os.utime(seeds / name, ns=(stamp, stamp))
        report = build_index(seeds, index=index)
        now = expected(seeds)
        # What cannot be read any more keeps what it said.
        unreadable = {
            name: article
            for name, article in before.items()
            if name not in now and (seeds / name).exists()
        }
        before = now | unreadable
        assert articles(index) == before
        assert report.articles == len(before)


def test_what_is_counted(tmp_path: Path) -> None:
    seeds, index = tmp_path / "seeds", tmp_path / "index"
    for name in "abc":
        write(seeds / f"{name}.txt", f"Title: {name}\n\n    Text.\n")
    write(seeds / "bad.txt", "")
    errors: list[SeedError] = []
    first = build_index(seeds, index=index, on_error=errors.append)
    assert (first.new, first.changed, first.removed, first.skipped) == (3, 0, 0, 1)
    assert [error.path.name for error in errors] == ["bad.txt"]
    write(seeds / "a.txt", "Title: a\n\n    Another text.\n")
    (seeds / "b.txt").unlink()
    write(seeds / "d.txt", "Title: d\n")
    (seeds / "c.txt").touch()
    second = build_index(seeds, index=index)
    assert (second.new, second.changed, second.removed, second.skipped) == (1, 1, 1, 1)
    third = build_index(seeds, index=index)
    assert (third.new, third.changed, third.removed, third.articles) == (0, 0, 0, 3)
    assert str(third).startswith("indexed 0 new, 0 changed, 0 removed, 1 skipped in ")


def test_other_roots_stay_until_a_rebuild(tmp_path: Path) -> None:
    one, two, index = tmp_path / "one", tmp_path / "two", tmp_path / "index"
    write(one / "a.txt", "Title: A\n")
    write(two / "deep" / "b.txt", "Title: B\n")
    build_index(one, index=index)
    build_index(two, index=index)
    assert set(articles(index)) == {"a.txt", "deep/b.txt"}
    build_index(two / "deep", index=index)  # within a known root: the same ids
    assert set(articles(index)) == {"a.txt", "deep/b.txt"}
    assert build_index(two, index=index, rebuild=True).new == 1
    assert set(articles(index)) == {"deep/b.txt"}


def test_a_name_that_two_roots_have_is_reported(tmp_path: Path) -> None:
    errors: list[SeedError] = []
    for name in ("one", "two"):
        write(tmp_path / name / "a.txt", f"Title: {name}\n")
    paths = (tmp_path / "one", tmp_path / "two")
    report = build_index(*paths, index=tmp_path / "index", on_error=errors.append)
    assert (report.articles, report.skipped) == (1, 1)
    assert "has a file of this name too" in errors[0].reason


def test_a_path_that_does_not_exist_changes_nothing(tmp_path: Path) -> None:
    seeds, index = tmp_path / "seeds", tmp_path / "index"
    write(seeds / "a.txt", "Title: A\n")
    build_index(seeds, index=index)
    seeds.rename(tmp_path / "elsewhere")
    with pytest.raises(SeedError, match="no such file or folder"):
        build_index(seeds, index=index)
    assert set(articles(index)) == {"a.txt"}


def test_a_folder_that_cannot_be_read_keeps_its_articles(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seeds, index = tmp_path / "seeds", tmp_path / "index"
    write(seeds / "a.txt", "Title: A\n")
    write(seeds / "locked" / "b.txt", "Title: B\n")
    build_index(seeds, index=index)
    scan = os.scandir

    def refuse(path: str) -> object:
        if str(path).endswith("locked"):
            raise PermissionError(13, "Permission denied", path)
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert build_index(seeds, index=index).skipped == 1
    monkeypatch.undo()
    assert set(articles(index)) == {"a.txt", "locked/b.txt"}


def test_several_processes_make_the_same_index(tmp_path: Path) -> None:
    seeds = tmp_path / "seeds"
    for number in range(450):
        write(seeds / f"{number:03}.txt", f"Title: 增产 {number}\n\n    工人节约 {number % 7}。\n")
    done: list[tuple[int, int]] = []
    build_index(seeds, index=tmp_path / "one", jobs=1)
    build_index(seeds, index=tmp_path / "three", jobs=3, on_progress=lambda *n: done.append(n))
    assert done[-1] == (450, 450)
    assert list(articles(tmp_path / "three")) == sorted(articles(tmp_path / "one"))


def test_a_dictionary_is_kept_and_another_refused(tmp_path: Path) -> None:
    seeds, index, words = tmp_path / "seeds", tmp_path / "index", tmp_path / "words.txt"
    write(seeds / "a.txt", "Title: 增产节约运动\n")
    write(words, "增产节约运动 1000 n\n")
    build_index(seeds, index=index, dictionary=words)
    build_index(seeds, index=index)
    with open_index(index) as reader:
        assert reader.dictionary == words.read_text(encoding="utf-8")
    write(words, "节约运动\n")
    with pytest.raises(IndexOutdated, match="--rebuild"):
        build_index(seeds, index=index, dictionary=words)
    write(words, "one two three four\n")
    with pytest.raises(DictionaryError, match=r"words\.txt:1: expected"):
        build_index(seeds, index=index, dictionary=words)
    with pytest.raises(DictionaryError, match="no such file"):
        build_index(seeds, index=index, dictionary=tmp_path / "nowhere")


def test_one_writer_at_a_time(tmp_path: Path) -> None:
    write(tmp_path / "seeds" / "a.txt", "Title: A\n")
    with (
        IndexWriter(tmp_path / "index"),
        pytest.raises(IndexLocked, match=f"process {os.getpid()} on .* is writing"),
    ):
        build_index(tmp_path / "seeds", index=tmp_path / "index")


def duizhao(*arguments: str, cwd: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "search", *arguments],
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_the_command_reports_and_its_status_tells(tmp_path: Path) -> None:
    write(tmp_path / "seeds" / "a.txt", "Title: A\n")
    write(tmp_path / "seeds" / "bad.txt", "Title: B\nDate: 1953-13-01\n")
    process = duizhao("index", cwd=tmp_path)
    out, err = process.communicate()
    assert process.returncode == 0
    assert out.startswith("indexed 1 new, 0 changed, 0 removed, 1 skipped in ")
    assert err.startswith("seeds/bad.txt:2: ")
    assert err.count("\n") == 1
    process = duizhao("index", "--json", cwd=tmp_path)
    assert json.loads(process.communicate()[0])["articles"] == 1
    process = duizhao("index", "nowhere", cwd=tmp_path)
    out, err = process.communicate()
    assert (process.returncode, out) == (2, "")
    assert err == "duizhao: nowhere:0: no such file or folder\n"


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_an_interrupt_leaves_the_old_state_and_says_so(tmp_path: Path) -> None:
    seeds, index = tmp_path / "seeds", tmp_path / "index"
    write(seeds / "a.txt", "Title: A\n")
    build_index(seeds, index=index)
    names = {path.name for path in index.iterdir()}
    for number in range(3000):
        write(seeds / f"{number}.txt", "Title: 增产\n\n" + "    工人节约，国家计划。\n" * 40)
    process = duizhao("index", "--jobs", "2", cwd=tmp_path)
    while not (index / HOLDER).exists() and process.poll() is None:
        time.sleep(0.01)
    time.sleep(0.3)  # now it is at work, and far from done
    process.send_signal(signal.SIGINT)
    out, err = process.communicate()
    assert (process.returncode, out) == (130, "")
    assert err == "interrupted: the index is as it was before\n"
    assert {path.name for path in index.iterdir()} == names
    assert set(articles(index)) == {"a.txt"}
    assert build_index(seeds, index=index).articles == 3001
