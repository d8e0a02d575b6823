"""Tables are read as they were written."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.analysis import Analyzer
from indexer.codec.container import Container
from indexer.codec.container_writer import ContainerWriter
from indexer.lexicon import TranslationTables, train
from tests.indexer.lexicon.corpus import beads, learn


def test_the_tables_read_are_the_tables_written(tmp_path: Path) -> None:
    trained = train(beads() * 3, (), Analyzer())
    path = tmp_path / "lexicon"
    with ContainerWriter(path) as out:
        trained.write(out)
    tables = TranslationTables(Container(path))
    numbers = zip(trained.pair_chinese, trained.pair_english, strict=True)
    chances = zip(trained.forward, trained.backward, strict=True)
    for (chinese, english), (forward, backward) in zip(numbers, chances, strict=True):
        ours, theirs = trained.chinese_words[chinese], trained.english_words[english]
        assert tables.row(ours, "zh")[theirs] == pytest.approx((forward, backward), abs=1e-9)
        assert tables.row(theirs, "en")[ours] == pytest.approx((backward, forward), abs=1e-9)
    for language, words, counts, null in (
        ("zh", trained.chinese_words, trained.chinese_counts, trained.chinese_null),
        ("en", trained.english_words, trained.english_counts, trained.english_null),
    ):
        rows = sum(len(tables.row(word, language)) for word in words)
        assert rows == len(trained.forward) > 0
        for word, count, chance in zip(words, counts, null, strict=True):
            assert tables.bead_count(word, language) == count
            assert tables.null_probability(word, language) == pytest.approx(chance, abs=1e-9)


def test_an_unknown_word_has_no_rendering(tmp_path: Path) -> None:
    tables = learn(tmp_path, beads())
    assert tables.row("象", "zh") == {}
    assert tables.row("工人", "en") == {}
    assert tables.bead_count("象", "zh") == 0
    assert 0 < tables.null_probability("象", "zh") <= tables.null_probability("工人", "zh")


def test_without_beads_the_tables_are_empty(tmp_path: Path) -> None:
    tables = learn(tmp_path, [])
    assert tables.row("工人", "zh") == {}
    assert tables.null_probability("worker", "en") > 0


def test_words_that_always_meet_render_each_other(tmp_path: Path) -> None:
    tables = learn(tmp_path, beads() * 3)
    for chinese, english in (("工人", "worker"), ("农民", "peasant"), ("天津", "tianjin")):
        row = tables.row(chinese, "zh")
        assert max(row, key=lambda word: row[word].direct) == english
        row = tables.row(english, "en")
        assert max(row, key=lambda word: row[word].direct) == chinese


def test_an_entry_of_a_glossary_is_evidence(tmp_path: Path) -> None:
    """Without it, two words that always occur together are equally probable."""
    texts = [
        ("工厂罢工。", "Factories on strike."),
        ("学校。", "Schools."),
        ("学生。", "Students."),
    ]
    without, with_entry = tmp_path / "without", tmp_path / "with"
    without.mkdir()
    with_entry.mkdir()
    row = learn(without, beads(texts * 5)).row("工厂", "zh")
    assert row["factori"].direct == pytest.approx(row["strike"].direct)
    row = learn(with_entry, beads(texts * 5), [("工厂", "factory")]).row("工厂", "zh")
    assert row["factori"].direct > 0.8
