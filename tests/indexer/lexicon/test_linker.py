"""Which words of the other text are marked, and which are anchors for alignment."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis import Analyzer
from indexer.lexicon import AnchorFinder, BeadText, Linker, TranslationTables
from tests.indexer.lexicon.corpus import beads, learn

ANALYZER = Analyzer()


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> TranslationTables:
    return learn(tmp_path_factory.mktemp("tables"), beads() * 3)


def marked(tables: TranslationTables, bead: BeadText, word: str, language: str) -> list[str]:
    """The parts of the other text that are marked for all occurrences of a word."""
    ours, theirs = bead.sides(language)
    spans = [match.span() for match in re.finditer(re.escape(word), ours)]
    assert spans
    found = Linker(tables, ANALYZER).link(ours, spans, theirs, language)
    return [theirs[start:end] for start, end in found]


@pytest.mark.parametrize(
    ("word", "language", "expected"),
    [
        ("工人", "zh", ["workers"]),
        ("农民", "zh", ["peasants"]),  # the first of two, for the word is there once
        ("peasants", "en", ["农民"]),
        ("的", "zh", []),
        ("the", "en", []),
        ("UNESCO", "zh", ["UNESCO"]),  # which the tables do not know
        ("1951", "en", ["1951"]),
        ("乒乓", "zh", []),
    ],
)
def test_counterparts(
    tables: TranslationTables, word: str, language: str, expected: list[str]
) -> None:
    bead = BeadText(
        "农民的乒乓在1951年欢迎UNESCO的工人。",
        "In 1951 the peasants welcomed the workers of UNESCO. Peasants play table tennis.",
    )
    assert marked(tables, bead, word, language) == expected


def test_the_words_of_a_name_are_marked_as_one(tables: TranslationTables) -> None:
    bead = BeadText("联合国欢迎学生。", "The United  Nations welcomed students.")
    assert marked(tables, bead, "联合国", "zh") == ["United  Nations"]


def test_a_rendering_of_another_word_of_the_text_is_not_marked(tables: TranslationTables) -> None:
    """学校 and 学生 share a character and, in some sentences, a counterpart."""
    bead = BeadText("学校的学生。", "The students of the school.")
    assert marked(tables, bead, "学校", "zh") == ["school"]
    assert marked(tables, bead, "学生", "zh") == ["students"]


@given(st.sampled_from(beads()), st.data())
def test_spans_are_words_of_the_other_text_in_order(
    tables: TranslationTables, bead: BeadText, data: st.DataObject
) -> None:
    language = data.draw(st.sampled_from(["zh", "en"]))
    ours, theirs = bead.sides(language)
    start = data.draw(st.integers(0, len(ours) - 1))
    end = data.draw(st.integers(start, len(ours)))
    linker = Linker(tables, ANALYZER)
    found = linker.link(ours, [(start, end)], theirs, language)
    places = [place for span in found for place in span]
    assert places == sorted(set(places))
    assert all(theirs[a:b].strip(" .。，") == theirs[a:b] for a, b in found)


def test_without_given_words_nothing_is_marked(tables: TranslationTables) -> None:
    linker = Linker(tables, ANALYZER)
    assert linker.link("工人", [], "workers", "zh") == []
    assert linker.link("工人", [(1, 1)], "workers", "zh") == []


def test_a_word_is_marked_as_often_as_it_is_given_next_to_other_marked_words(
    tables: TranslationTables,
) -> None:
    bead = BeadText(
        "工人增产节约，生活改善。",
        "With more production, workers increase production and practise economy; life improved.",
    )
    assert marked(tables, bead, "增产节约", "zh") == ["increase production and practise economy"]


def test_forms_of_a_word_and_words_with_accents_are_found(tables: TranslationTables) -> None:
    bead = BeadText("学校", "Two Schóols, not schoolings of preschool.")
    assert marked(tables, bead, "学校", "zh") == ["Schóols"]


def test_anchors_are_words_that_render_each_other_with_all_occurrences(
    tables: TranslationTables,
) -> None:
    chinese = "工人在天津。\n学校的工人。"
    english = "Workers in Tianjin.\nThe workers of the school, and the elephant."
    found = {
        tuple(anchor.chinese): (anchor.english, anchor.weight)
        for anchor in AnchorFinder(tables, ANALYZER).anchors(chinese, english)
    }
    assert {places: english for places, (english, _) in found.items()} == {
        (0, 10): [0, 24],
        (3,): [11],
        (7,): [39],
    }
    assert all(0 < weight <= 1.5 for _, weight in found.values())
