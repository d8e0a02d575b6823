"""The articles that the benchmarks run on, and the cache they lie in; imports indexer alone.

Three origins: a folder of one's own; a generator, `make_seeds.py N DIR --mix --subdirs`, in a
folder beside the project; or, without these, files recombined from the sentences of `seeds/`.
"""

from __future__ import annotations

import hashlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from indexer import Article, read_seeds
from indexer.errors import SeedError
from indexer.source.scan import find_changes
from indexer.source.seeds import SeedFile, read_article

ROOT: Final = Path(__file__).parents[1]
GENERATORS: Final = ROOT.parent / "shared" / "corpus"
CACHE: Final = Path(tempfile.gettempdir()) / "duizhao-bench"

# What is searched where a query names no field.
TEXT_FIELDS: Final = ("title_en", "title_zh", "body_en", "body_zh", "author")

SAMPLE: Final = 2_000  # articles that the questions are drawn from
_GENERATOR: Final = "make_seeds.py"
_FIRST, _LAST = date(1946, 5, 15), date(2003, 12, 31)
_SENTENCE = re.compile(r"[^.!?。！？]+[.!?。！？]+")


@dataclass(frozen=True, slots=True)
class Corpus:
    """A folder of articles; ``home`` is the folder in the cache for all that is made of it."""

    folder: Path
    home: Path
    origin: str
    files: int
    size: int  # bytes

    def describe(self) -> dict[str, str | int]:
        """The corpus as plain data."""
        return {"origin": self.origin, "files": self.files, "bytes": self.size}

    def sample(self) -> list[Article]:
        """At most `SAMPLE` articles, the same distance apart."""
        files = find_files(self.folder)
        return [read_article(file) for file in files[:: -(-len(files) // SAMPLE)]]

    def first(self, count: int) -> Corpus:
        """The first ``count`` articles as a corpus of their own."""
        if count >= self.files:
            return self
        home = self.home / f"first-{count}"
        if not (home / "seeds").exists():
            for file in find_files(self.folder)[:count]:
                copy = home / "part" / file.id
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file.path, copy)
            (home / "part").rename(home / "seeds")
        return _corpus(home / "seeds", home, self.origin)


def texts(article: Article) -> dict[str, tuple[str, ...]]:
    """The paragraphs, or lines, of an article, by `TEXT_FIELDS`."""
    return {
        "title_en": (article.title_en,),
        "title_zh": (article.title_zh,),
        "body_en": article.paragraphs_en,
        "body_zh": article.paragraphs_zh,
        "author": (article.author_en, article.author_zh),
    }


def find_files(folder: Path) -> list[SeedFile]:
    """The files of a corpus; raises SeedError for what cannot be read."""
    return [file for file, *_ in find_changes([folder], None, _raise).to_read]


def _raise(error: SeedError) -> None:
    raise error


def obtain(
    count: int,
    *,
    generators: Path = GENERATORS,
    seeds: Path | None = None,
    cache: Path = CACHE,
    fresh: bool = False,
) -> Corpus:
    """The corpus of ``count`` articles, or of all in ``seeds``; made unless it is in the cache."""
    generator = generators / _GENERATOR
    if seeds:
        found = _corpus(seeds, cache, "given")
        place = hashlib.sha256(str(seeds.resolve()).encode()).hexdigest()[:8]
        home = cache / f"{found.files}-{found.size}-{place}"
    else:
        home = cache / f"{count}-{'generated' if generator.exists() else 'recombined'}"
    if fresh:
        shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True, exist_ok=True)
    if seeds:
        return replace(found, home=home)
    folder, part = home / "seeds", home / "part"
    if not folder.exists():
        shutil.rmtree(part, ignore_errors=True)
        if generator.exists():
            command = [sys.executable, str(generator), str(count), str(part), "--mix", "--subdirs"]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        else:
            recombine(count, part)
        part.rename(folder)
    return _corpus(folder, home, home.name.partition("-")[2])


def _corpus(folder: Path, home: Path, origin: str) -> Corpus:
    files = find_files(folder)
    return Corpus(folder, home, origin, len(files), sum(file.size for file in files))


def recombine(count: int, folder: Path) -> None:
    """Write ``count`` files of sentences of `seeds/`, with a date of 1946 to 2003 each."""
    articles = list(read_seeds(ROOT / "seeds"))
    english = [text for article in articles for text in _sentences(article.paragraphs_en)]
    chinese = [text for article in articles for text in _sentences(article.paragraphs_zh)]
    for number in range(count):
        draw = random.Random(number)
        path = folder / f"{number // 1000:03}" / f"{number:06}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        day = _FIRST + timedelta(draw.randrange((_LAST - _FIRST).days + 1))
        path.write_text(_file(english, chinese, day, draw), encoding="utf-8")


def _sentences(paragraphs: Sequence[str]) -> list[str]:
    return [match.strip() for text in paragraphs for match in _SENTENCE.findall(text)]


def _file(english: Sequence[str], chinese: Sequence[str], day: date, draw: random.Random) -> str:
    """A file as `indexer.source.layout` describes it, of some sentences of each language."""
    page = draw.randint(1, 8)
    body_en, body_zh = (
        "\n".join(f"    {text}" for text in draw.choices(sentences, k=draw.randint(2, 12)))
        for sentences in (english, chinese)
    )
    title_en = " ".join(draw.choice(english).split()[:8])
    title_zh = draw.choice(chinese)[:16]
    return (
        f"Title: {title_en}\nAuthor:\nDate: {day}\nPage: {page}\n\n{body_en}\n\n\n\n"
        f"<hr />\n\nOriginal:\n\n### {title_zh}\n\n{day}\n第{page}版()\n专栏：\n\n{body_zh}\n"
    )
