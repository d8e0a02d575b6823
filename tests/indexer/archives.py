"""Folders of articles for tests, and what an index holds of them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from indexer import Article
from indexer.schema import CATEGORIES, OTHER_FIELDS, RANKING, TEXT
from indexer.store import open_index
from tests.indexer.codec.documents import Posting, read_postings

ROOT = Path(__file__).parents[2]


def write(path: Path, text: str = "Title: 增产\n\n    节约\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def write_many(folder: Path, count: int, paragraphs: int = 1) -> Path:
    """Articles that are all different, with words in common."""
    for number in range(count):
        body = f"    工人节约 {number % 7}。\n    Steel output rose by {number}.\n\n" * paragraphs
        header = f"# 增产 {number}\n专栏：读者来信 {number % 3}\n"
        write(folder / f"{number % 10}" / f"{number:04}.txt", f"{header}\n{body}")
    return folder


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


class Content(NamedTuple):
    """All that an index holds, but for the numbers that its documents happen to have."""

    articles: dict[str, Article]  # by id
    columns: dict[str, list[object]]  # by id
    postings: dict[tuple[str, str, str], Posting]  # by field, term, id


def content(index: Path) -> Content:
    found = Content({}, {}, {})
    with open_index(index) as reader:
        for segment, live in zip(reader.segments, reader.live, strict=True):
            categories = [segment.category(name).texts() for name in CATEGORIES]
            columns = (segment.date, segment.page, segment.languages)
            zones = (segment.zone_starts, segment.zone_lengths)
            ids = {}
            for number in range(segment.doc_count):
                if live is None or live[number]:
                    article = Article.from_bytes(segment.stored(number))
                    assert article.id not in found.articles
                    ids[number] = article.id
                    found.articles[article.id] = article
                    found.columns[article.id] = [
                        *(texts[number] for texts in categories),
                        *(int(column[number]) for column in columns),
                        *(zone[number].tolist() for zone in zones),
                    ]
            for name in (TEXT, RANKING, *OTHER_FIELDS):
                for term, postings in read_postings(segment, name).items():
                    for number, posting in postings.items():
                        if number in ids:
                            found.postings[name, term, ids[number]] = posting
        assert len(found.articles) == reader.doc_count
    return found


def articles(index: Path) -> dict[str, Article]:
    """What an index holds, by id."""
    return content(index).articles


def python(*arguments: str, cwd: Path, **environment: str) -> subprocess.Popen[str]:
    """A process of its own, which finds the project whatever ``cwd`` is."""
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
