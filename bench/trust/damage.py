"""Damage an index: `python -m bench.trust.damage [--short] [--seed N]`.

Two promises are tested. First, `verify_index` must report any changed byte and any cut of any file
of an index. In its full form, the test tries each byte of an index of the seed. Second, searching
a damaged index and adding to it must raise nothing but `DuizhaoError`. If the resulting index is
sound, its articles must be right.

If a promise is broken, the damage is printed and the exit status is 1.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import shutil
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import astuple
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, NamedTuple
from unittest import mock

from indexer import Article, DuizhaoError, build_index, merge_policy, read_seeds, verify_index
from indexer.codec.container import Container
from indexer.store import open_index
from search import Archive, open_archive
from search.hit import FACETS

SEEDS: Final = Path(__file__).parents[2] / "seeds"
# The memory for reading a damaged index, in bytes. The system refuses more, with an exception that
# would not be reported as damage in those parts of the program that do not read.
_MEMORY: Final = 4 << 30
_ARTICLES: Final = 400
# Articles are added to every tenth damaged index; the others answer six questions.
_ADDED_TO: Final = 10
_QUESTIONS: Final = 6

_QUERIES: Final = (
    "增产节约", "工业", "产", "production", "meetings", '"增产节约"', '"advanced experience"',
    "增?节约", "product*", "*ction", "producton~1", "天津 NEAR/5 工厂", "production OR 会议",
    "meeting AND NOT 天津", "title:production", "author:li", "column:工业", "section:要闻",
    "page:[1 TO 3]", "date:1953", "lang:zh", "id:a00007.txt", '"of the" meeting', "glossary:steel",
)  # fmt: skip


class Case(NamedTuple):
    """Damage to a file: the byte at ``offset`` is changed by ``mask``.

    If ``mask`` is 0, the file is cut at ``offset`` instead.
    """

    file: str
    offset: int
    mask: int

    def of(self, content: bytes) -> bytes:
        """The content with the damage."""
        if not self.mask:
            return content[: self.offset]
        byte = content[self.offset] ^ self.mask
        return content[: self.offset] + bytes([byte]) + content[self.offset + 1 :]


def cases(index: Path, random_: random.Random) -> Iterator[Case]:
    """Damage to each byte of each file of an index, and a cut at each length."""
    for path in files(index):
        for place in range(path.stat().st_size):
            yield Case(path.name, place, random_.randrange(1, 256))
            yield Case(path.name, place, 0)


def some_cases(index: Path, random_: random.Random, count: int) -> Iterator[Case]:
    """Random damage, spread evenly over all arrays and other files; a tenth of it is cuts."""
    parts = [part for path in files(index) for part in _parts(path)]
    for _ in range(count):
        name, start, end = random_.choice(parts)
        mask = random_.randrange(1, 256) if random_.randrange(10) else 0
        yield Case(name, random_.randrange(start, end), mask)


def _parts(path: Path) -> Iterator[tuple[str, int, int]]:
    """The name, start and end of each array of a file; and the whole file, three times."""
    if path.suffix == ".arrays":
        container = Container(path)
        for name in container:
            if size := container[name].nbytes:
                yield path.name, container.offset(name), container.offset(name) + size
    yield from [(path.name, 0, path.stat().st_size)] * 3


def files(index: Path) -> list[Path]:
    """The files of an index."""
    with open_index(index) as reader:
        return [index / name for name in sorted(reader.files())]


@contextmanager
def damaged(index: Path, case: Case) -> Iterator[None]:
    """A context in which an index is damaged; files that are open do not change."""
    path = index / case.file
    content = path.read_bytes()
    _replace(path, case.of(content))
    try:
        yield
    finally:
        _replace(path, content)


def _replace(path: Path, content: bytes) -> None:
    new = path.with_name("damage")
    new.write_bytes(content)
    os.replace(new, path)


def unseen(index: Path, cases: Iterable[Case], counts: Counter[str]) -> Iterator[str]:
    """Yield the damage that `verify_index` does not report; ``counts`` counts all cases."""
    for case in cases:
        counts["bytes changed" if case.mask else "files cut short"] += 1
        with damaged(index, case):
            report = verify_index(index)
        if report.is_sound:
            yield f"{case}: sound"
        elif not all("\n" not in str(damage) for damage in report.damage):
            yield f"{case}: more than a line"


Question = Callable[[Archive], Any]


def questions(ids: Sequence[str]) -> list[Question]:
    """The questions for an index; together they use the whole library."""
    return [
        *(partial(_page, query) for query in _QUERIES),
        *(partial(_page, query, sort="date") for query in _QUERIES[:4]),
        *(partial(_first, query) for query in _QUERIES[:4]),
        *(partial(_lines, query) for query in _QUERIES[:14]),
        *(partial(_collocates, query) for query in _QUERIES[:6]),
        *(partial(Archive.article, id=name) for name in ids[::20]),
        *(partial(Archive.lexicon, term=term) for term in ("增产节约", "工业", "production")),
        lambda archive: astuple(archive.info())[1:8],
        lambda archive: (archive.refresh(), len(archive)),
    ]


def _page(query: str, archive: Archive, **options: Any) -> object:
    page = archive.search(query, limit=4, facets=FACETS, **options)
    return page.total, page.hits, page.facets, page.relaxed


def _first(query: str, archive: Archive) -> object:
    return [*archive.search(query, snippets=False).hits][:1]


def _lines(query: str, archive: Archive) -> object:
    found = archive.concordance(query, limit=20, bilingual=True, sort="left")
    return found.total, [*found]


def _collocates(query: str, archive: Archive) -> object:
    return archive.collocates(query, limit=5).collocates


def surprises(
    index: Path, cases: Iterable[Case], random_: random.Random, counts: Counter[str]
) -> Iterator[str]:
    """Yield unexpected exceptions over damaged indexes; ``counts`` counts all results.

    In every other case, all arrays are treated as large ones, which are used without a look at
    their checksums.
    """
    with open_archive(index) as archive:
        asked = questions(sorted(article.id for article in read_articles(index)))
        answers = [question(archive) for question in asked]
    for number, case in enumerate(cases):
        size = -1 if number % 2 else 1 << 20
        with damaged(index, case), mock.patch("indexer.codec.container._MAX_CHECKED_SIZE", size):
            try:
                with open_archive(index) as archive:
                    for i in random_.sample(range(len(asked)), _QUESTIONS):
                        is_right = asked[i](archive) == answers[i]
                        counts["right answers" if is_right else "other answers"] += 1
            except DuizhaoError as error:
                counts["refusals"] += 1
                if "\n" in str(error):
                    yield f"{case}: more than a line: {error}"
            except Exception as error:
                yield f"{case}: {type(error).__name__}: {error}"


def read_articles(index: Path) -> list[Article]:
    """The articles of an index."""
    with open_index(index) as reader:
        return [
            Article.from_bytes(segment.stored(number))
            for segment, live in zip(reader.segments, reader.live, strict=True)
            for number in range(segment.doc_count)
            if live is None or live[number]
        ]


def launderings(
    index: Path, seeds: Path, cases: Iterable[Case], counts: Counter[str]
) -> Iterator[str]:
    """Add articles to damaged indexes, and yield the cases in which a promise is broken.

    The resulting index must not be sound and have wrong articles.
    """
    for case in cases:
        with TemporaryDirectory() as directory, damaged(index, case):
            copy = Path(directory, "index")
            shutil.copytree(index, copy)
            changed = seeds / "a00003.txt"
            text = changed.read_text(encoding="utf-8")
            changed.write_text(text + f"\n    Changed at {case.offset}.\n", encoding="utf-8")
            try:
                # All segments are merged into one.
                with mock.patch("indexer.merge_policy.MAX_SIZE_RATIO", 1 << 20):
                    build_index(seeds, index=copy, jobs=1)
                if not verify_index(copy).is_sound:
                    counts["additions, the damage still seen"] += 1
                elif _sorted(read_articles(copy)) != _sorted(read_seeds(seeds)):
                    yield f"{case}: added to, it is sound, and has other articles"
                else:
                    counts["additions, all sound and right"] += 1
            except DuizhaoError:
                counts["additions refused"] += 1
            except Exception as error:
                yield f"{case}: added to: {type(error).__name__}: {error}"
            changed.write_text(text, encoding="utf-8")


def _sorted(articles: Iterable[Article]) -> list[Article]:
    return sorted(articles, key=lambda article: article.id)


def index_of_the_seed(place: Path) -> Path:
    """Make an index of the seed and some small articles: two segments, one deleted article."""
    seeds, index = place / "seeds", place / "index"
    shutil.copytree(SEEDS, seeds)
    dictionary = place / "words"
    dictionary.write_text("华北局\n", encoding="utf-8")
    build_index(seeds, index=index, dictionary=dictionary, jobs=1)
    for number in range(5):
        (seeds / f"{number}.txt").write_text(f"# Steel {number}\n\n    钢铁\n", encoding="utf-8")
    with _few_merges():
        build_index(seeds, index=index, jobs=1)
        (seeds / "1.txt").unlink()
        build_index(seeds, index=index, jobs=1)
    return index


def archive_of_paragraphs(place: Path, random_: random.Random, count: int) -> tuple[Path, Path]:
    """Make articles of the seed's paragraphs in random order, and an index in two segments."""
    seeds, index = place / "seeds", place / "index"
    seeds.mkdir()
    (seed,) = read_seeds(SEEDS)
    for number in range(count):
        paragraphs = [*zip(seed.paragraphs_en, seed.paragraphs_zh, strict=False)]
        chosen = random_.choices(paragraphs, k=random_.randint(1, 5))
        english, chinese = ("\n".join(f"    {p[i]}" for p in chosen) for i in (0, 1))
        day = f"195{random_.randint(0, 9)}-0{random_.randint(1, 9)}-1{random_.randint(0, 9)}"
        (seeds / f"a{number:05}.txt").write_text(
            f"Title: Production {number}\nAuthor: Li Ming {number % 7}\nDate: {day}\n"
            f"Page: {number % 8 + 1}\n\n{english}\n\n<hr />\n\nOriginal:\n\n### 增产节约 {number}\n"
            f"李明\n{day}\n第{number % 8 + 1}版(要闻)\n专栏：工业 {number % 5}\n\n{chinese}\n",
            encoding="utf-8",
        )
        if number == count * 4 // 5:
            build_index(seeds, index=index, jobs=1)
    (seeds / "a00005.txt").unlink()
    with _few_merges():
        build_index(seeds, index=index, jobs=1)
    return seeds, index


def _few_merges() -> AbstractContextManager[object]:
    """A context in which small segments are not merged."""
    return mock.patch.object(merge_policy, "MAX_SIZE_RATIO", 1)


def run(short: bool, seed: int) -> tuple[list[str], Counter[str]]:
    """Test both promises; return the broken ones and the figures."""
    random_ = random.Random(seed)
    counts = Counter[str]()
    faults: list[str] = []
    with TemporaryDirectory() as directory:
        place = Path(directory)
        (place / "seed").mkdir()
        small = index_of_the_seed(place / "seed")
        tried = some_cases(small, random_, 200) if short else cases(small, random_)
        faults += unseen(small, tried, counts)
        seeds, index = archive_of_paragraphs(place, random_, _ARTICLES // (4 if short else 1))
        number = 100 if short else 3_000
        faults += surprises(index, some_cases(index, random_, number), random_, counts)
        tried = some_cases(index, random_, number // (33 if short else 20))
        faults += launderings(index, seeds, tried, counts)
    return faults, counts


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the test and print the results."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    started = time.perf_counter()
    faults, counts = run(options.short, options.seed)
    for what, count in counts.items():
        print(f"{what}: {count:,}")
    print(f"seconds: {time.perf_counter() - started:.0f}")
    print(f"promises broken: {len(faults)}")
    for fault in faults[:20]:
        print(f"  {fault}")
    if faults:
        print(f"reproduce with: python -m bench.trust.damage --seed {options.seed}"
              f"{' --short' if options.short else ''}")  # fmt: skip
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
