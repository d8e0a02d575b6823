"""Make many small commits: `python -m bench.trust.growth [--short] [--seed N] [--seeds DIR]`.

Articles are added, changed and deleted, a few at a time. Afterwards the index is compared with one
that was made of the same articles at once. It must give the same answers in about the same time,
and have few more files and bytes. Commits must still be quick.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from shutil import copyfile
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

import numpy as np

from bench.corpus import find_files, recombine
from bench.queries import questions
from indexer import build_index
from indexer.analysis import Analyzer
from indexer.source.seeds import read_article
from search import Archive, open_archive

COMMITS, ARTICLES = 1_000, 10
SHORT_COMMITS, SHORT_ARTICLES = 30, 5

# The promises, as ratios to an index that was made at once.
MAX_FILES: Final = 2.5
MAX_BYTES: Final = 1.5
MAX_TIME: Final = 1.5
MAX_COMMIT_TIME: Final = 1.0  # seconds of a commit, at the end, in the median

_PART: Final = 50  # commits at the beginning and at the end
_QUESTIONS: Final = 6  # of each kind
_ROUNDS: Final = 15
_LIMIT: Final = 10


class Size(NamedTuple):
    """The size of an index: its number of files, bytes and segments."""

    files: int
    size: int
    segments: int


class Grown(NamedTuple):
    """An index that has grown, ``fresh``, which was made at once, and the seconds of each commit.

    ``most_files`` is the largest number of files that the index has had, and ``descriptors`` the
    number of file descriptors that were left open. ``differing`` are questions with different
    answers.
    """

    articles: int
    grown: Size
    fresh: Size
    most_files: int
    seconds: list[float]
    descriptors: int
    differing: list[str]


class Changes:
    """A folder of articles; each `step` adds, changes and deletes some.

    Each of ``texts`` becomes the content of one article.
    """

    def __init__(self, folder: Path, texts: Iterable[Path], rng: random.Random) -> None:
        self.folder = folder
        self._texts = iter(texts)
        self._there: list[Path] = []
        self._rng = rng
        folder.mkdir()

    def step(self, articles: int) -> None:
        """For ten articles, add about six, change three and delete one."""
        for _ in range(articles):
            what = self._rng.random() if self._there else 0.0
            if what < 0.6:
                text = next(self._texts)
                self._there.append(self.folder / text.name)
                copyfile(text, self._there[-1])
            elif what < 0.9:
                copyfile(next(self._texts), self._rng.choice(self._there))
            else:
                self._there.pop(self._rng.randrange(len(self._there))).unlink()


def grow(place: Path, seed: int, commits: int, articles: int, seeds: Path | None = None) -> Grown:
    """Make ``commits`` commits of ``articles`` articles each, and one index of all at once.

    Without ``seeds``, the articles are made of the project's own.
    """
    if seeds is None:
        seeds = place / "texts"
        recombine(commits * articles, seeds)
    texts = [Path(file.path) for file in find_files(seeds)]
    changes = Changes(place / "seeds", texts, random.Random(seed))
    grown, fresh = place / "grown", place / "fresh"
    seconds, most_files = [], 0
    before = _open_files()
    for _ in range(commits):
        changes.step(articles)
        started = time.perf_counter()
        build_index(changes.folder, index=grown)
        seconds.append(time.perf_counter() - started)
        most_files = max(most_files, len(os.listdir(grown)))
    descriptors = _open_files() - before
    report = build_index(changes.folder, index=fresh)
    return Grown(
        articles=report.articles,
        grown=_size(grown),
        fresh=_size(fresh),
        most_files=most_files,
        seconds=seconds,
        descriptors=descriptors,
        differing=[*_differing(place)],
    )


def _size(index: Path) -> Size:
    sizes = [path.stat().st_size for path in index.iterdir()]
    with open_archive(index) as archive:
        return Size(len(sizes), sum(sizes), archive.info().segments)


def _open_files() -> int:
    """The number of open files of this process; 0 if the system does not say."""
    descriptors = Path("/proc/self/fd")
    return len(os.listdir(descriptors)) if descriptors.exists() else 0


def _texts(place: Path) -> dict[str, list[str]]:
    """Questions of each kind about the articles."""
    files = find_files(place / "seeds")
    articles = [read_article(file) for file in files[:: -(-len(files) // 1000)]]
    made = questions(articles, _QUESTIONS, Analyzer())
    return {kind: [question.text for question in some] for kind, some in made.items() if some}


def _differing(place: Path) -> Iterator[str]:
    """The questions for which the totals or scores of the two indexes differ."""
    with open_archive(place / "grown") as grown, open_archive(place / "fresh") as fresh:
        for texts in _texts(place).values():
            for text in texts:
                pages = [a.search(text, limit=_LIMIT, snippets=False) for a in (grown, fresh)]
                (one, other) = ([hit.score for hit in page] for page in pages)
                if pages[0].total != pages[1].total or not np.allclose(one, other, rtol=1e-5):
                    yield text


def speeds(place: Path) -> dict[str, tuple[float, float]]:
    """The seconds of a query of each kind, in the index that has grown and in the other one.

    The two take turns. The result is the median over all turns, and then over all questions.
    """
    found = {}
    with ExitStack() as opened:
        archives = [opened.enter_context(open_archive(place / n)) for n in ("grown", "fresh")]
        for kind, texts in _texts(place).items():
            taken = [[_taken(archives, text) for _ in range(_ROUNDS)] for text in texts]
            grown, fresh = np.median(np.median(taken, axis=1), axis=0)
            found[kind] = float(grown), float(fresh)
    return found


def _taken(archives: Sequence[Archive], text: str) -> list[float]:
    times = []
    for archive in archives:
        started = time.perf_counter()
        archive.search(text, limit=_LIMIT, snippets=False)
        times.append(time.perf_counter() - started)
    return times


def broken(found: Grown) -> Iterator[str]:
    """Yield the promises that are broken, except for those about time."""
    if found.most_files > MAX_FILES * found.fresh.files:
        yield f"{found.most_files} files"
    if found.grown.size > MAX_BYTES * found.fresh.size:
        yield f"{found.grown.size:,} bytes"
    if found.descriptors > 0:
        yield f"{found.descriptors} files left open"
    for text in found.differing:
        yield f"another answer to {text}"


def main() -> int:
    """Run the test and print the figures; return 1 if a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--seeds", type=Path, help="a folder of more articles than are committed")
    given = parser.parse_args()
    commits = SHORT_COMMITS if given.short else COMMITS
    articles = SHORT_ARTICLES if given.short else ARTICLES
    with TemporaryDirectory() as name:
        found = grow(Path(name), given.seed, commits, articles, given.seeds)
        taken = {} if given.short else speeds(Path(name))
    _print(found, commits, articles)
    faults = [*broken(found)]
    ratios = [grown / fresh for grown, fresh in taken.values()]
    for kind, (grown, fresh) in taken.items():
        print(f"{kind}, ms: {grown * 1e3:.3f}, fresh: {fresh * 1e3:.3f}, {grown / fresh:.2f} times")
    if ratios:
        print(f"time of a query, median of all kinds: {median(ratios):.2f} times, "
              f"most: {max(ratios):.2f}")  # fmt: skip
        if median(ratios) > MAX_TIME:
            faults.append("slow queries")
        if median(found.seconds[-_PART:]) > MAX_COMMIT_TIME:
            faults.append("slow commits")
    for fault in faults:
        print(f"broken, with --seed {given.seed}: {fault}")
    return int(bool(faults))


def _print(found: Grown, commits: int, articles: int) -> None:
    grown, fresh = found.grown, found.fresh
    first, last = found.seconds[:_PART], found.seconds[-_PART:]
    print(f"commits: {commits:,} of {articles} articles; articles left: {found.articles:,}")
    print(f"files: {grown.files}, most ever: {found.most_files}, fresh: {fresh.files}")
    print(f"segments: {grown.segments}, fresh: {fresh.segments}")
    print(f"bytes: {grown.size:,}, fresh: {fresh.size:,}, {grown.size / fresh.size:.2f} times")
    print(f"ms of a commit, median: first {len(first)}: {median(first) * 1e3:.0f}, "
          f"last {len(last)}: {median(last) * 1e3:.0f}; all: {median(found.seconds) * 1e3:.0f}, "
          f"longest: {max(found.seconds) * 1e3:.0f}")  # fmt: skip
    print(f"files left open: {found.descriptors}")


if __name__ == "__main__":
    sys.exit(main())
