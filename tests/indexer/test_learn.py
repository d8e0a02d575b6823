"""When the lexicon of an index is learnt, from which articles, and how long it is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer import IndexLocked, IndexMissing, build_index, build_lexicon
from indexer.commit import IndexWriter
from indexer.lexicon import TranslationTables
from indexer.store import open_index
from search import open_archive
from tests.indexer.lexicon.corpus import SENTENCES

ARTICLE = """\
Title: Number {number}
Date: 19{number}-01-01

    {english}

<hr />

Original:

### 第{number}号

19{number}-01-01
第1版()
专栏：

    {chinese}
"""


def write_articles(seeds: Path, first: int, last: int) -> None:
    """Write articles with numbers from 10 to 99, each with 8 of the sentences in both languages."""
    seeds.mkdir(exist_ok=True)
    for number in range(first, last):
        chosen = [SENTENCES[(number + 5 * i) % len(SENTENCES)] for i in range(8)]
        chinese, english = ("\n    ".join(side) for side in zip(*chosen, strict=True))
        text = ARTICLE.format(number=number, chinese=chinese, english=english)
        (seeds / f"{number}.txt").write_text(text, encoding="utf-8")


def lexicon_name(index: Path) -> str | None:
    with open_index(index) as reader:
        return reader.descriptor.lexicon


def test_indexing_learns_when_the_archive_has_doubled(tmp_path: Path) -> None:
    seeds, index = tmp_path / "seeds", tmp_path / "index"
    names = []
    for last in (20, 29, 30, 49, 50):
        write_articles(seeds, 10, last)
        build_index(seeds, index=index)
        names.append(lexicon_name(index))
        assert [path.name for path in index.glob("lexicon_*")] == [names[-1]]
    assert names == [f"lexicon_{i}.arrays" for i in (1, 1, 3, 3, 5)]
    with open_index(index) as reader:
        assert reader.lexicon is not None
        row = TranslationTables(reader.lexicon).row("工人", "zh")
    assert max(row, key=lambda word: row[word].direct) == "worker"


def test_the_lexicon_can_be_left_out_and_built_later(tmp_path: Path) -> None:
    seeds, index = tmp_path / "seeds", tmp_path / "index"
    write_articles(seeds, 10, 14)
    build_index(seeds, index=index, lexicon=False)
    assert lexicon_name(index) is None
    with open_archive(index) as archive:
        before = [(hit.article.id, hit.score) for hit in archive.search("工人")]
    report = build_lexicon(index)
    assert (report.articles, report.beads) == (4, 32)
    assert str(report).startswith(
        "learnt from 32 aligned passages of 4 articles, 0 better aligned, in "
    )
    assert lexicon_name(index) == "lexicon_2.arrays"
    with open_archive(index) as archive:
        assert [(hit.article.id, hit.score) for hit in archive.search("工人")] == before
    write_articles(seeds, 14, 15)
    assert build_index(seeds, index=index).new == 1  # the manifest is as it was
    assert lexicon_name(index) == "lexicon_2.arrays"


def test_beads_are_limited_and_from_all_over_the_index(tmp_path: Path) -> None:
    seeds, index = tmp_path / "seeds", tmp_path / "index"
    write_articles(seeds, 10, 40)
    build_index(seeds, index=index, lexicon=False)
    report = build_lexicon(index, max_beads=60)
    assert report.articles == 8
    assert 60 <= report.beads < 60 + 8


def test_articles_with_uncertain_beads_are_aligned_again(tmp_path: Path) -> None:
    seeds, index = tmp_path / "seeds", tmp_path / "index"
    write_articles(seeds, 10, 40)
    pairs = [SENTENCES[number] for number in (4, 2, 8, 3, 7, 12)]
    chinese = "\n    ".join(ours for ours, _ in pairs)
    english = "\n    ".join(theirs for _, theirs in (pairs[0], *pairs[2:]))  # all but the second
    text = ARTICLE.format(number=60, chinese=chinese, english=english)
    (seeds / "60.txt").write_text(text, encoding="utf-8")
    build_index(seeds, index=index)
    (seeds / "12.txt").unlink()  # a deleted document stays one
    build_index(seeds, index=index)
    with open_archive(index) as archive:
        before = [(hit.article, hit.score) for hit in archive.search("工人", limit=99)]
    calls: list[tuple[int, int]] = []
    report = build_lexicon(index, on_progress=lambda *counts: calls.append(counts))
    assert report.realigned == 1
    assert calls[-1] == (31, 31)
    assert len([*index.glob("MAIN_*.arrays")]) == 1
    with open_archive(index) as archive:
        assert [(hit.article, hit.score) for hit in archive.search("工人", limit=99)] == before
        found = archive.concordance(
            "id:60.txt AND (工 OR 农 OR 学 OR 李)", lang="zh", bilingual=True
        )
        sentences = {line.paragraph: line.counterpart for line in found}
    expected = {number: theirs for number, (_, theirs) in enumerate(pairs, 1)}
    assert sentences == expected | {2: ""}
    assert build_lexicon(index).realigned == 0


def test_nothing_is_learnt_from_articles_in_one_language(tmp_path: Path) -> None:
    seeds, index = tmp_path / "seeds", tmp_path / "index"
    seeds.mkdir()
    (seeds / "a.txt").write_text("The workers increase production.", encoding="utf-8")
    build_index(seeds, index=index)
    assert lexicon_name(index) is None
    assert build_lexicon(index).beads == 0
    assert lexicon_name(index) is None


def test_a_failure_leaves_the_index_unchanged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seeds, index = tmp_path / "seeds", tmp_path / "index"
    with pytest.raises(IndexMissing):
        build_lexicon(index)
    assert not index.exists()
    write_articles(seeds, 10, 14)
    build_index(seeds, index=index)
    files = sorted(path.name for path in index.iterdir())
    with IndexWriter(index), pytest.raises(IndexLocked):
        build_lexicon(index)

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("indexer.learn.train", interrupted)
    with pytest.raises(KeyboardInterrupt):
        build_lexicon(index)
    assert sorted(path.name for path in index.iterdir()) == files
    assert lexicon_name(index) == "lexicon_1.arrays"
