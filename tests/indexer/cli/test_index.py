"""`duizhao index`: what it prints, where, and its exit status."""

from __future__ import annotations

import errno
import json
import os
import re
import signal
import sys
import time
from pathlib import Path

import click
import pytest

from indexer import build_index
from indexer.cli.index import index_command
from indexer.commit import IndexWriter
from indexer.files import HOLDER
from tests.indexer.archives import articles, content, names, python, write, write_many

REPORT = re.compile(
    r"indexed (\d[\d,]*) new, (\d[\d,]*) changed, (\d[\d,]*) removed, (\d[\d,]*) skipped"
    r" in \d+\.\d s\n"
)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with one article."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DUIZHAO_INDEX", raising=False)
    write(tmp_path / "seeds" / "a.txt")
    return tmp_path


def index(*arguments: str) -> int:
    """Run the command in this process; returns its exit status."""
    status = index_command.main(list(arguments), prog_name="duizhao index", standalone_mode=False)
    assert isinstance(status, int)
    return status


def duizhao(*arguments: str, cwd: Path, **environment: str) -> tuple[int, str, str]:
    """Run `duizhao index` as a process of its own."""
    process = python("-m", "search", "index", *arguments, cwd=cwd, **environment)
    out, err = process.communicate()
    return process.returncode, out, err


def counts(out: str) -> list[str]:
    match = REPORT.fullmatch(out)
    assert match, out
    return list(match.groups())


def test_the_last_line_says_what_was_done(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_many(place / "seeds", 1202)
    write(place / "seeds" / "bad.txt", "")
    assert index("--jobs", "1") == 0
    out, err = capsys.readouterr()
    assert counts(out) == ["1,203", "0", "0", "1"]
    assert err == "seeds/bad.txt: empty file\n"
    write(place / "seeds" / "a.txt", "Title: Another\n")
    (place / "seeds" / "0" / "0000.txt").unlink()
    (place / "seeds" / "bad.txt").unlink()
    assert index() == 0
    out, err = capsys.readouterr()
    assert (counts(out), err) == (["0", "1", "1", "0"], "")


def test_the_report_as_json(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert index("--json") == 0
    out, err = capsys.readouterr()
    assert (out.count("\n"), err) == (1, "")
    report = json.loads(out)
    assert report.pop("elapsed") > 0
    assert report == {
        "new": 1, "changed": 0, "moved": 0, "removed": 0, "skipped": 0, "articles": 1,
        "warnings": 0,
    }  # fmt: skip


def test_paths_and_places(
    place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write(place / "other" / "b.txt")
    write(place / "c.md")
    assert index("other", "c.md", "--index", "elsewhere") == 0
    assert set(articles(place / "elsewhere")) == {"other/b.txt", "c.md"}
    monkeypatch.setenv("DUIZHAO_INDEX", str(place / "named"))
    assert index() == 0
    assert set(articles(place / "named")) == {"a.txt"}
    assert index("other", "--index", "named") == 0
    assert set(articles(place / "named")) == {"a.txt", "b.txt"}
    assert index("other", "--rebuild") == 0
    assert set(articles(place / "named")) == {"b.txt"}
    assert not (place / "index").exists()
    assert capsys.readouterr().err == ""


def test_a_larger_file_than_allowed_is_skipped(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(place / "seeds" / "b.txt", "字" * 400_000)
    assert index("--max-file-size", "1") == 0
    out, err = capsys.readouterr()
    assert counts(out) == ["1", "0", "0", "1"]
    assert err == "seeds/b.txt: larger than 1,048,576 bytes\n"


def test_an_index_without_articles_has_its_own_status(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (place / "seeds" / "a.txt").unlink()
    assert index() == 1
    assert counts(capsys.readouterr().out) == ["0", "0", "0", "0"]


@pytest.mark.parametrize(
    "arguments", [("--memory", "10"), ("--jobs", "0"), ("--max-file-size", "0"), ("--index", "f")]
)
def test_an_impossible_option_is_refused(place: Path, arguments: tuple[str, str]) -> None:
    write(place / "f")
    with pytest.raises(click.BadParameter) as caught:
        index(*arguments)
    assert arguments[0] in caught.value.format_message()
    assert names(place) == {"seeds", "f"}


def test_a_process_prints_nothing_but_the_report(place: Path) -> None:
    write_many(place / "seeds", 450)
    status, out, err = duizhao("--jobs", "2", cwd=place)
    assert (status, err) == (0, "")
    assert counts(out) == ["451", "0", "0", "0"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere"], r"nowhere: no such file or folder"),
        (["--dictionary", "nowhere"], r"nowhere: no such file or directory"),
        (["--dictionary", "bad"], r"bad:2: .+"),
        (["--dictionary", "latin"], r"latin: not UTF-8"),
    ],
)
def test_an_error_is_one_line(place: Path, arguments: list[str], message: str) -> None:
    write(place / "bad", "增产 3 n\none two three four\n")
    (place / "latin").write_bytes(b"\xe9\xff\n")
    before = names(place)
    status, out, err = duizhao(*arguments, cwd=place)
    assert (status, out) == (2, "")
    assert re.fullmatch(rf"duizhao: {message}\n", err)
    assert names(place) == before


def test_another_dictionary_needs_a_rebuild(place: Path) -> None:
    build_index("seeds", index="index")
    write(place / "words", "增产节约 3 n\n")
    status, out, err = duizhao("--dictionary", "words", cwd=place)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert "duizhao index --rebuild" in err
    assert duizhao("--dictionary", "words", "--rebuild", cwd=place)[0] == 0


def test_a_second_writer_learns_who_is_the_first(place: Path) -> None:
    with IndexWriter(place / "index"):
        status, out, err = duizhao(cwd=place)
    assert (status, out) == (2, "")
    assert re.fullmatch(rf"duizhao: index: process {os.getpid()} on .+ is writing .+\n", err)


def test_a_full_disk_is_one_line(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from search.cli.main import main

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("indexer.codec.builder.SegmentBuilder.write", full)
    monkeypatch.setattr(sys, "argv", ["duizhao", "index", "--jobs", "1"])
    assert main() == 2
    assert capsys.readouterr() == ("", "duizhao: index: no space left on device\n")


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_an_interrupt_leaves_the_old_state_and_says_so(place: Path, jobs: str) -> None:
    build_index("seeds", index="index")
    before, old = names(place / "index"), content(place / "index")
    write_many(place / "seeds", 2000, paragraphs=20)
    process = python("-m", "search", "index", "--jobs", jobs, cwd=place)
    while not (place / "index" / HOLDER).exists() and process.poll() is None:
        time.sleep(0.01)
    time.sleep(0.4)  # it is at work now, and far from done
    process.send_signal(signal.SIGINT)
    out, err = process.communicate()
    assert (process.returncode, out) == (130, "")
    assert err == "duizhao: interrupted; the index is unchanged\n"
    assert (names(place / "index"), content(place / "index")) == (before, old)
    with IndexWriter(place / "index"):
        pass  # the lock is free


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_an_interrupt_after_the_commit_says_that_the_index_is_complete(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from search.cli.main import main

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("indexer.commit.IndexWriter.close", interrupt)
    monkeypatch.setattr(sys, "argv", ["duizhao", "index", "--jobs", "1"])
    assert main() == 130
    message = "duizhao: interrupted; the index is complete and up to date\n"
    assert capsys.readouterr() == ("", message)


@pytest.mark.skipif(sys.platform == "win32", reason="terminals")
def test_a_terminal_sees_progress(place: Path) -> None:
    import pty
    import subprocess

    write_many(place / "seeds", 150)
    terminal, end = pty.openpty()
    root = str(Path(__file__).parents[3])
    process = subprocess.Popen(
        [sys.executable, "-m", "search", "index", "--jobs", "1"],
        env=os.environ | {"PYTHONPATH": root, "TERM": "xterm", "COLUMNS": "80"},
        stdout=subprocess.PIPE,
        stderr=end,
        encoding="utf-8",
    )
    os.close(end)
    seen = b""
    try:
        while part := os.read(terminal, 4096):
            seen += part
    except OSError:  # so a terminal says that all have closed it
        pass
    out, _ = process.communicate()
    os.close(terminal)
    assert counts(out) == ["151", "0", "0", "0"]
    assert b"151/151" in seen
    assert b"files" in seen
