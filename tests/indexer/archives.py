"""Folders of articles for tests, and what an index holds of them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from indexer import Article
from indexer.codec.reader import FieldReader
from indexer.schema import RANKING_FIELDS, TEXT_FIELDS
from indexer.store import open_index

ROOT = Path(__file__).parents[2]


def write(path: Path, text: str = "Title: 增产\n\n    节约\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def write_many(folder: Path, count: int, paragraphs: int = 1) -> Path:
    """Articles that are all different, with words in common."""
    for number in range(count):
        body = f"    工人节约 {number % 7}。\n    Steel output rose by {number}.\n\n" * paragraphs
        write(folder / f"{number % 10}" / f"{number:04}.txt", f"Title: 增产 {number}\n\n{body}")
    return folder


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


class Content(NamedTuple):
    """All that an index holds, but for the numbers that its documents happen to have."""

    articles: dict[str, Article]  # by id
    columns: dict[str, list[int]]  # by id
    postings: dict[tuple[str, str, str], list[int]]  # by field, term, id: positions or frequency


def content(index: Path) -> Content:
    found = Content({}, {}, {})
    with open_index(index) as reader:
        for segment, live in zip(reader.segments, reader.live, strict=True):
            ids = {}
            for number in range(segment.doc_count):
                if live is None or live[number]:
                    article = Article.from_json(segment.stored(number).decode())
                    assert article.id not in found.articles
                    ids[number] = article.id
                    found.articles[article.id] = article
                    found.columns[article.id] = [
                        int(column[number])
                        for column in (segment.date, segment.page, segment.languages)
                    ]
            for name in (*TEXT_FIELDS, *RANKING_FIELDS):
                if field := segment.field(name):
                    for term, number, places in _postings(field):
                        if number in ids:
                            found.postings[name, term, ids[number]] = places
        assert len(found.articles) == reader.doc_count
    return found


def _postings(field: FieldReader) -> Iterator[tuple[str, int, list[int]]]:
    for ordinal in range(field.term_count):
        docs, frequencies = field.postings(ordinal)
        parts = np.split(frequencies, np.arange(1, docs.size))
        if field.has_positions:
            parts = np.split(field.positions(ordinal), np.cumsum(frequencies)[:-1])
        for number, part in zip(docs.tolist(), parts, strict=True):
            yield field.term(ordinal), number, part.tolist()


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
