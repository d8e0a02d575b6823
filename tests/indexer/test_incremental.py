"""An index mirrors its folders, run after run."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer import Article, SeedError, build_index, read_seeds
from indexer.store import open_index


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
        found = [Article.from_bytes(reader.stored(document)) for document in documents]
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
        report = build_index(seeds, index=index, allow_removal=True)
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
