"""One archive in many threads, after a fork, and left behind: what `Archive` says of these."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from indexer import IndexDamaged, IndexMissing, build_index
from indexer.lazy import lazy
from indexer.store import open_index
from search import Archive, Page, open_archive
from search.engine.lock import LOCK
from tests.indexer.archives import ROOT, write
from tests.indexer.test_learn import write_articles

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
needs_proc = pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="needs /proc")

_ARTICLES = 40


@pytest.fixture
def index(tmp_path: Path) -> Path:
    write_articles(tmp_path / "seeds", 10, 10 + _ARTICLES)
    build_index(tmp_path / "seeds", index=tmp_path / "index")
    return tmp_path / "index"


def add(index: Path, name: str = "new.txt") -> None:
    """Commit another article."""
    write(index.parent / "seeds" / name)
    build_index(index.parent / "seeds", index=index)


def shown(page: Page) -> list[object]:
    return [page.total, *((hit.article.id, hit.score, hit.snippets) for hit in page)]


QUESTIONS: list[Callable[[Archive], Any]] = [
    lambda archive: shown(archive.search("工人 农民")),
    lambda archive: shown(archive.search("workers peasants", sort="-date")),
    lambda archive: shown(archive.search('"the workers" -10', facets=["year", "language"])),
    lambda archive: shown(archive.search("work* OR 工? OR peasnts~2", match="any")),
    lambda archive: shown(archive.search("workers NEAR/9 peasants", snippets=False)),
    lambda archive: [*archive.concordance("工人", bilingual=True)],
    lambda archive: archive.collocates("workers").collocates,
    lambda archive: archive.lexicon("工人").renderings,
    lambda archive: archive.article("20.txt"),
    lambda archive: (archive.info(), len(archive), archive.refresh()),
]


@contextmanager
def hasty() -> Iterator[None]:
    """Threads take turns as often as can be."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        yield
    finally:
        sys.setswitchinterval(interval)


def test_threads_get_the_answers_that_one_would_get(index: Path) -> None:
    with open_archive(index) as archive:
        expected = [ask(archive) for ask in QUESTIONS]
    assert all(expected)

    def answers(archive: Archive, first: int) -> list[Any]:
        order = [*range(first, len(QUESTIONS)), *range(first)]
        found = {number: QUESTIONS[number](archive) for number in order}
        return [found[number] for number in range(len(QUESTIONS))]

    with hasty(), ThreadPoolExecutor(6) as pool:
        for _ in range(3):  # each time afresh: nothing is decoded yet, and all need it at once
            with open_archive(index) as archive:
                tasks = [pool.submit(answers, archive, first) for first in range(6)]
                assert [task.result() for task in tasks] == [expected] * 6


def test_closing_ends_no_search_that_has_begun(index: Path) -> None:
    with open_archive(index) as archive:
        expected = QUESTIONS[0](archive)

    def search(archive: Archive, has_begun: threading.Event) -> int:
        for count in range(10**9):
            try:
                assert QUESTIONS[0](archive) == expected
            except ValueError as error:
                assert str(error) == f"{index}: the archive is closed"  # noqa: PT017
                return count
            has_begun.set()
        raise AssertionError

    with hasty(), ThreadPoolExecutor(4) as pool:
        for _ in range(5):
            archive, events = open_archive(index), [threading.Event() for _ in range(4)]
            tasks = [pool.submit(search, archive, event) for event in events]
            for event in events:
                event.wait(10)
            archive.close()
            assert all(task.result() for task in tasks)


def test_a_closed_archive_says_so_and_its_pages_stay(index: Path) -> None:
    with open_archive(index) as archive:
        page = archive.search("工人", snippets=False)
        lines = archive.concordance("工人")
        archive.close()
    for ask in QUESTIONS:
        with pytest.raises(ValueError, match="the archive is closed"):
            ask(archive)
    assert len({hit.article.id for hit in page}) == 10
    assert len([*lines]) == lines.total > 0


def test_a_slow_refresh_does_not_undo_a_later_one(
    index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive, open_newest = open_archive(index), Archive._open
    add(index)

    def open_slowly(self: Archive) -> Any:
        opened = open_newest(self)
        monkeypatch.undo()
        add(index, "newer.txt")
        assert self.refresh()  # as if in another thread
        return opened

    monkeypatch.setattr(Archive, "_open", open_slowly)
    assert archive.refresh()
    assert len(archive) == _ARTICLES + 2
    assert not archive.refresh()


def test_a_refresh_does_not_open_what_is_closed_meanwhile(
    index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive, open_newest = open_archive(index), Archive._open
    add(index)
    monkeypatch.setattr(Archive, "_open", lambda self: (self.close(), open_newest(self))[1])
    with pytest.raises(ValueError, match="closed"):
        archive.refresh()
    with pytest.raises(ValueError, match="closed"):
        len(archive)


def test_an_index_that_is_made_anew_is_noticed(index: Path) -> None:
    with open_archive(index) as archive:
        assert not archive.refresh()
        shutil.rmtree(index)
        with pytest.raises(IndexMissing):
            archive.refresh()
        assert archive.search("*").total == _ARTICLES
        add(index)
        assert archive.refresh()
        assert archive.info().generation == 1
        assert len(archive) == _ARTICLES + 1


def test_a_look_at_the_directory_while_it_changes(
    index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = os.listdir(index)
    looks = iter([[name for name in names if not name.endswith(".toc")], names])
    monkeypatch.setattr("os.listdir", lambda _: next(looks))
    with open_archive(index) as archive:
        assert len(archive) == _ARTICLES


def test_a_state_whose_files_are_gone_still_answers(index: Path) -> None:
    with open_archive(index) as archive:
        expected = [ask(archive) for ask in QUESTIONS[:-1]]
        add(index)
        build_index(index.parent / "seeds", index=index, rebuild=True)
        assert [ask(archive) for ask in QUESTIONS[:-1]] == expected
        assert archive.info().articles == _ARTICLES


def forked(work: Callable[[], object]) -> int:
    """The exit status of a child that does some work; it is killed if it waits for ever."""
    child = os.fork()
    if not child:
        signal.alarm(30)
        status = 1
        try:
            work()
            status = 0
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@needs_fork
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_children_go_on_while_threads_search(index: Path) -> None:
    with open_archive(index) as archive:
        expected = [ask(archive) for ask in QUESTIONS]
        ended = threading.Event()

        def search() -> None:
            while not ended.is_set():
                with open_archive(index) as another:  # where nothing is decoded yet
                    for ask in QUESTIONS:
                        ask(another)

        def work() -> None:
            assert [ask(archive) for ask in QUESTIONS] == expected
            add(index, "child.txt")
            assert archive.refresh()
            assert len(archive) == _ARTICLES + 1
            archive.close()

        with ThreadPoolExecutor(3) as pool:
            tasks = [pool.submit(search) for _ in range(3)]
            try:
                for _ in range(8):
                    assert forked(lambda: [ask(archive) for ask in QUESTIONS]) == 0
            finally:
                ended.set()
            assert [task.result() for task in tasks] == [None] * 3
        assert forked(work) == 0
        assert [ask(archive) for ask in QUESTIONS[:-1]] == expected[:-1]
        assert archive.refresh()


@needs_fork
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_fork_waits_until_nothing_is_locked() -> None:
    is_taken, ended = threading.Event(), threading.Event()

    def hold() -> None:
        with LOCK:
            is_taken.set()
            ended.wait(0.2)

    thread = threading.Thread(target=hold)
    thread.start()
    is_taken.wait()
    assert forked(LOCK.acquire) == 0
    thread.join()


def mapped(index: Path) -> int:
    """How many files of an index this process has mapped or open."""
    maps = Path("/proc/self/maps").read_text().count(f"{index}/")
    descriptors = Path("/proc/self/fd").iterdir()
    return maps + sum(str(index) in os.readlink(each) for each in descriptors if each.exists())


@needs_proc
def test_what_is_left_without_closing_is_given_back(index: Path) -> None:
    gc.collect()
    gc.disable()  # nothing may hang in a cycle of references
    try:
        archive = open_archive(index)
        dropped = weakref.ref(archive)
        for ask in QUESTIONS:
            ask(archive)
        add(index)
        assert mapped(index) > 0
        archive.refresh()
        page = archive.search("工人", snippets=False)
        del archive
        assert dropped() is None
        assert mapped(index) > 0
        assert page.hits[0].article.id
        del page
        assert mapped(index) == 0
    finally:
        gc.enable()


@needs_proc
def test_what_cannot_be_opened_is_given_back(index: Path) -> None:
    with open_index(index) as reader:
        path = reader.segments[-1].path
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(IndexDamaged):
        open_archive(index)
    assert mapped(index) == 0


def test_leaving_without_closing_warns_of_nothing(index: Path) -> None:
    code = (
        "import sys; from search import open_archive\n"
        "archive = open_archive(sys.argv[1]); page = archive.search('工人 steel', snippets=False)\n"
        "archive.refresh(); [*archive.concordance('工人')]; archive = open_archive(sys.argv[1])\n"
    )
    command = [sys.executable, "-X", "dev", "-W", "error::ResourceWarning", "-c", code, str(index)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")


def test_a_lazy_value_is_computed_once_and_nobody_waits_for_it() -> None:
    is_computing, may_end = threading.Event(), threading.Event()

    class Slow:
        def __init__(self) -> None:
            self.count = 0

        @lazy
        def value(self) -> int:
            """The count."""
            self.count += 1
            if threading.current_thread() is not threading.main_thread():
                is_computing.set()
                may_end.wait(10)
            return self.count

    first, second = Slow(), Slow()
    with ThreadPoolExecutor(1) as pool:
        task = pool.submit(lambda: first.value)
        is_computing.wait(10)
        assert (second.value, second.value, second.count) == (1, 1, 1)
        may_end.set()
        assert task.result() == first.value == first.count == 1
    assert Slow.value.__doc__ == "The count."
