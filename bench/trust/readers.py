"""Search during commits: `python -m bench.trust.readers [--short] [--seed N]`.

Processes with several threads, which share an archive, ask questions without pause. Meanwhile
articles change and vanish, segments are merged, lexicons are learnt, and the index is rebuilt with
and without a user dictionary.

No query may fail. Each answer must be exactly that of one committed state. The state must not be
older than the last commit before the archive was refreshed, nor than that of an earlier answer.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing, contextmanager
from functools import lru_cache
from multiprocessing.sharedctypes import SynchronizedArray
from pathlib import Path
from tempfile import TemporaryDirectory
from timeit import timeit
from typing import Final, NamedTuple

from bench.trust.history import History
from indexer import build_index, build_lexicon
from indexer.store import open_index
from search import Archive, open_archive

COMMITS, PROCESSES, THREADS, ARTICLES = 100, 8, 2, 200
SHORT_COMMITS, SHORT_PROCESSES, SHORT_ARTICLES = 15, 2, 40

_QUESTIONS: Final = ("harvest", "economy", "农民", "丰收")
# An article that contains the number of the state. It has the latest date, and is in every answer.
_MARKER: Final = "state.txt"
_MARKED: Final = "Title: Committed {}\nDate: 2003-01-01\n\n    {}\n"
_ASKED: Final = '"{}" OR title:committed'
_REFRESHED: Final = 2_000  # how often, to measure the time of one refresh

# Its items: the state in the making, the last committed state, and whether the writer has ended.
_BEGUN, _COMMITTED, _ENDED = range(3)
_progress: SynchronizedArray[int]  # only in processes that read


class Answers(NamedTuple):
    """The right answers for a state: ids and numbers of lines for each question."""

    ids: dict[str, list[str]]
    lines: dict[str, int]
    articles: int


class Tally(NamedTuple):
    """How often readers asked, found a newer state, and opened an archive; and the faults."""

    asked: int = 0
    renewed: int = 0
    opened: int = 0
    faults: tuple[str, ...] = ()

    def plus(self, other: Tally) -> Tally:
        """The sum of two tallies."""
        return Tally(
            self.asked + other.asked,
            self.renewed + other.renewed,
            self.opened + other.opened,
            self.faults + other.faults,
        )


class Writing(NamedTuple):
    """The numbers of commits, of those that merged segments, of rebuilds, and of lexicons."""

    commits: int
    merges: int
    rebuilds: int
    lexicons: int


class Writer:
    """Commits the states of a history, and writes down the right answers before each commit."""

    def __init__(
        self, folder: Path, articles: int, rng: random.Random, progress: SynchronizedArray[int]
    ) -> None:
        self.index = folder / "index"
        self.truths = folder / "truths"
        self.truths.mkdir()
        self._history = History(folder / "seeds", articles, rng)
        self._dictionary = folder / "words.txt"
        self._dictionary.write_text("丰收 100\n农民节约 100\n", encoding="utf-8")
        self._rng = rng
        self._progress = progress
        self._state = 0
        self.commit()

    def commit(self, *, rebuild: bool = False, dictionary: bool = False) -> bool:
        """Commit another state; return whether segments were merged or rewritten."""
        self._change()
        self._state += 1
        marker = self._history.folder / _MARKER
        marker.write_text(_MARKED.format(self._state, "." * self._state), encoding="utf-8")
        truth = self.truths / f"{self._state}.json"
        truth.write_text(json.dumps(self._truth()._asdict()), encoding="utf-8")
        before = {path.name for path in self.index.glob("*.arrays")}
        self._progress[_BEGUN] = self._state
        words = self._dictionary if dictionary else None
        build_index(self._history.folder, index=self.index, rebuild=rebuild, dictionary=words)
        self._progress[_COMMITTED] = self._state
        gone = before - {path.name for path in self.index.glob("*.arrays")}
        return any(name.startswith("MAIN_") for name in gone)

    def _change(self) -> None:
        """Change some articles; sometimes delete half of them."""
        if self._rng.random() < 0.85:
            self._history.step()
            return
        state = self._history.state
        for name in self._rng.sample(sorted(state), len(state) // 2):
            (self._history.folder / name).unlink()
            del state[name]

    def _truth(self) -> Answers:
        texts = {
            name: (self._history.folder / name).read_text(encoding="utf-8")
            for name in self._history.state
        }
        found = {word: [n for n, text in texts.items() if word in text] for word in _QUESTIONS}
        lines = {word: sum(text.count(word) for text in texts.values()) for word in _QUESTIONS}
        return Answers(found, lines, len(texts))

    def run(self, commits: int) -> Writing:
        """Commit ``commits`` states; rebuild every eighth, and learn a lexicon with every tenth."""
        merges = rebuilds = lexicons = 0
        for number in range(commits):
            if number % 8 == 4:
                rebuilds += 1
                self.commit(rebuild=True, dictionary=rebuilds % 2 == 0)
            else:
                merges += self.commit()
            if number % 10 == 5:
                lexicons += 1
                build_lexicon(self.index)
        return Writing(commits, merges, rebuilds, lexicons)


class Reader:
    """Asks questions in one thread; other threads share its ``archive``."""

    def __init__(self, archive: Archive, truths: Path, rng: random.Random) -> None:
        self._archive = archive
        self._truth: Callable[[int], Answers] = lru_cache(8)(lambda state: _answers(truths, state))
        self._rng = rng
        self._seen = 0
        self.tally = Tally()

    def run(self) -> None:
        """Ask until the writer has ended or something fails."""
        try:
            while not (_progress[_ENDED] or self.tally.faults):
                self._ask_once()
        except Exception:  # any failure breaks the promise
            self.tally = self.tally._replace(faults=(traceback.format_exc(),))

    def _ask_once(self) -> None:
        committed = _progress[_COMMITTED]
        way = self._rng.random()
        renewed = opened = False
        if way < 0.1:
            opened = True
            with open_archive(self._archive.path) as archive:
                self._check(archive, committed)
        else:
            if way < 0.7:
                renewed = self._archive.refresh()
                self._seen = max(self._seen, committed)
            self._seen = self._check(self._archive, self._seen)
        self.tally = self.tally.plus(Tally(1, renewed, opened))

    def _check(self, archive: Archive, least: int) -> int:
        """Ask a question; return the state of its answer, which is ``least`` or later."""
        kind = self._rng.choice((_articles, _snippets, _lines))
        word = self._rng.choice(_QUESTIONS)
        state, found = kind(archive, word)
        assert least <= state <= _progress[_BEGUN], f"state {state}, but {least} was known"
        truth = self._truth(state)
        expected: list[str] | int = truth.lines[word] if kind is _lines else truth.ids[word]
        if kind is _snippets:
            expected = len(truth.ids[word])
        assert found == expected, f"{word} in state {state}: {found}, not {expected}"
        count = archive.info().articles
        last = _progress[_BEGUN] + 1
        assert count - 1 in {self._truth(n).articles for n in range(state, last)}, f"{count} in all"
        return state


def _articles(archive: Archive, word: str) -> tuple[int, list[str]]:
    """All ids; they are read after a commit may have replaced this state."""
    page = archive.search(_ASKED.format(word), sort="-date", limit=10_000, snippets=False)
    archive.refresh()
    marker, *ids = [hit.article for hit in page]
    assert page.total == len(ids) + 1, f"{word}: {page.total} counted, {len(ids) + 1} shown"
    return int(marker.title_en.split()[1]), sorted(article.id for article in ids)


def _snippets(archive: Archive, word: str) -> tuple[int, int]:
    """The total, from a page with snippets."""
    page = archive.search(_ASKED.format(word), sort="-date", limit=5)
    shown = ["".join(snippet.text for snippet in hit.snippets) for hit in page]
    found = [word in text or word in hit.article.title_en or word in hit.article.title_zh
             for text, hit in zip(shown, page, strict=True)]  # fmt: skip
    assert all(found[1:]), f"{word} is missing from the shown text: {shown[1:]}"
    return int(page.hits[0].article.title_en.split()[1]), page.total - 1


def _lines(archive: Archive, word: str) -> tuple[int, int]:
    """The number of lines of a concordance."""
    concordance = archive.concordance(_ASKED.format(word), sort="-date", limit=0)
    archive.refresh()
    marker, *lines = concordance
    assert concordance.total == len(lines) + 1, f"{word}: {concordance.total} counted"
    return int(marker.right), len(lines)


def _answers(truths: Path, state: int) -> Answers:
    return Answers(**json.loads((truths / f"{state}.json").read_text(encoding="utf-8")))


def _share(progress: SynchronizedArray[int]) -> None:
    global _progress  # noqa: PLW0603 - set once, when a process starts
    _progress = progress


def read(index: Path, truths: Path, threads: int, seed: int) -> Tally:
    """Ask in several threads that share one archive; this is the main function of a process."""
    sys.setswitchinterval(1e-4)  # frequent switches, to provoke races
    with open_archive(index) as archive:
        readers = [Reader(archive, truths, random.Random(seed + i)) for i in range(threads)]
        running = [threading.Thread(target=reader.run) for reader in readers]
        for thread in running:
            thread.start()
        for thread in running:
            thread.join()
    total = Tally()
    for reader in readers:
        total = total.plus(reader.tally)
    return total


@contextmanager
def _ending(progress: SynchronizedArray[int]) -> Iterator[None]:
    try:
        yield
    finally:
        progress[_ENDED] = 1


def race(
    folder: Path, seed: int, *, commits: int, processes: int, threads: int, articles: int
) -> tuple[Writing, Tally]:
    """Commit while other processes read; return the results of both, with all faults."""
    context = multiprocessing.get_context("spawn")
    progress = context.Array("q", 3)
    writer = Writer(folder, articles, random.Random(seed), progress)
    pool = ProcessPoolExecutor(processes, context, initializer=_share, initargs=(progress,))
    with pool, _ending(progress):
        reading = [
            pool.submit(read, writer.index, writer.truths, threads, seed + threads * number)
            for number in range(processes)
        ]
        writing = writer.run(commits)
        progress[_ENDED] = 1
        total = Tally()
        for task in reading:
            total = total.plus(task.result())
    with open_index(writer.index) as reader:
        assert {path.name for path in writer.index.glob("*.arrays")} <= reader.files()
    return writing, total


def main() -> int:
    """Run the test and print the figures; return 1 if a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--seed", type=int, default=2026)
    given = parser.parse_args()
    commits = SHORT_COMMITS if given.short else COMMITS
    processes = SHORT_PROCESSES if given.short else PROCESSES
    articles = SHORT_ARTICLES if given.short else ARTICLES
    started = time.monotonic()
    with TemporaryDirectory() as name:
        sizes = {"commits": commits, "processes": processes, "articles": articles}
        writing, total = race(Path(name), given.seed, threads=THREADS, **sizes)
        elapsed = time.monotonic() - started
        with closing(open_archive(Path(name) / "index")) as archive:
            refresh = timeit(archive.refresh, number=_REFRESHED) / _REFRESHED
    print(f"commits: {writing.commits}, with merges: {writing.merges}, "
          f"rebuilds: {writing.rebuilds}; lexicons: {writing.lexicons}")  # fmt: skip
    print(f"readers: {processes} processes of {THREADS} threads")
    print(f"answers, each from one committed state: {total.asked:,}")
    print(f"refreshed to a newer state: {total.renewed:,}; opened: {total.opened:,}")
    print(f"refresh when nothing has changed: {refresh * 1e6:.0f} µs")
    print(f"seconds: {elapsed:.0f}")
    for fault in total.faults:
        print(f"broken, with --seed {given.seed}: {fault}")
    return int(bool(total.faults))


if __name__ == "__main__":
    sys.exit(main())
