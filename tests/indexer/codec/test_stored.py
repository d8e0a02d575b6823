"""Articles are read as they were written, with and without a dictionary, and after merging."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from indexer.codec import stored
from indexer.codec.container import Container
from indexer.codec.container_writer import ContainerWriter
from indexer.codec.segment_arrays import STORED
from indexer.codec.stored import (
    SAMPLE_COUNT,
    ArticleCompressor,
    ArticleReader,
    ArticleWriter,
    merge_articles,
    train_dictionary,
)
from indexer.errors import IndexDamaged


def articles(topic: str, count: int) -> list[bytes]:
    """Articles that have much in common."""
    random = np.random.default_rng(sum(topic.encode()))
    words = [f"{topic}{random.integers(10**9)}" for _ in range(100)]
    return [
        json.dumps({"id": number, "body": random.choice(words, 60).tolist()}).encode()
        for number in range(count)
    ]


TRAINED = {name: train_dictionary(articles(name, SAMPLE_COUNT)) for name in "abc"}


def write(path: Path, texts: Sequence[bytes], dictionary: bytes = b"") -> ArticleReader:
    writer = ArticleWriter(ArticleCompressor(dictionary))
    for text in texts:
        writer.add(text)
    with ContainerWriter(path) as out:
        writer.write(out)
    reader = ArticleReader(Container(path))
    assert writer.memory == sum(len(reader.frame(i)) for i in range(len(texts)))
    return reader


def read(reader: ArticleReader, count: int) -> list[bytes]:
    return [reader.read(document) for document in range(count)]


@pytest.mark.parametrize("count", [0, 1, 100])
@pytest.mark.parametrize("dictionary", [b"", TRAINED["a"], TRAINED["b"]])
def test_articles_come_back(tmp_path: Path, count: int, dictionary: bytes) -> None:
    texts = [*articles("a", count), b""]
    reader = write(tmp_path / "a", texts, dictionary)
    assert read(reader, len(texts)) == texts
    assert [*reader.dictionaries().values()] == [dictionary] * bool(dictionary)


def test_a_dictionary_makes_them_smaller(tmp_path: Path) -> None:
    texts = articles("a", 50)
    small, large = write(tmp_path / "a", texts, TRAINED["a"]), write(tmp_path / "b", texts)
    assert len(small.frame(0)) < 0.7 * len(large.frame(0))


def test_too_little_makes_no_dictionary(tmp_path: Path) -> None:
    assert train_dictionary([]) == b""
    assert train_dictionary(articles("a", SAMPLE_COUNT // 2 - 1)) == b""
    for number, text in enumerate((b"", b"a", b"ab" * 500)):
        texts = [text] * SAMPLE_COUNT
        assert (
            read(write(tmp_path / str(number), texts, train_dictionary(texts)), SAMPLE_COUNT)
            == texts
        )


def test_forgotten_articles_leave_no_trace(tmp_path: Path) -> None:
    texts = articles("a", 6)
    writer = ArticleWriter(ArticleCompressor(TRAINED["a"]))
    for text in texts[:5]:
        writer.add(text)
    memory = writer.memory
    for _ in range(2):
        writer.add(b"forgotten")
    assert writer.memory > memory
    writer.truncate(5)
    assert writer.memory == memory
    writer.add(texts[5])
    with ContainerWriter(tmp_path / "a") as out:
        writer.write(out)
    assert read(ArticleReader(Container(tmp_path / "a")), 6) == texts


@pytest.mark.parametrize("most", [1, 2, 16])
def test_merged_articles_come_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(stored, "_MAX_DICTIONARIES", most)
    sources, expected = [], []
    sizes = {"none": 3, "a": 50, "b": 60, "empty": 0, "c": 45}
    for number, (name, count) in enumerate(sizes.items()):
        texts = articles(name, count)
        live = np.arange(count) % 5 != number
        sources.append((write(tmp_path / name, texts, TRAINED.get(name, b"")), live))
        expected += [text for text, kept in zip(texts, live.tolist(), strict=True) if kept]
    with ContainerWriter(tmp_path / "merged") as out:
        merge_articles(sources, out)
    merged = ArticleReader(Container(tmp_path / "merged"))
    assert read(merged, len(expected)) == expected
    assert len(merged.dictionaries()) == (3 if most > 2 else 1)
    with ContainerWriter(tmp_path / "again") as out:
        merge_articles([(merged, np.ones(len(expected), np.bool_))] * 2, out)
    again = ArticleReader(Container(tmp_path / "again"))
    assert read(again, 2 * len(expected)) == expected * 2
    assert again.dictionaries() == merged.dictionaries()


def damage(path: Path, name: str, offset: int) -> ArticleReader:
    content = bytearray(path.read_bytes())
    content[Container(path).offset(name) + offset] ^= 0xFF
    damaged = path.with_suffix(".damaged")
    damaged.write_bytes(content)
    return ArticleReader(Container(damaged))


def test_a_damaged_article_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("indexer.codec.container._MAX_CHECKED_SIZE", 0)
    texts = articles("a", 9)
    write(tmp_path / "a", texts, TRAINED["a"])
    for offset in range(5):  # the magic number, and the number of the dictionary
        reader = damage(tmp_path / "a", STORED, offset)
        with pytest.raises(IndexDamaged, match=r"unreadable article 0.*--rebuild"):
            reader.read(0)
        assert reader.read(1) == texts[1]
    with pytest.raises(IndexDamaged, match="article 1"):  # its start has changed
        damage(tmp_path / "a", f"{STORED}_ends", 0).read(1)
