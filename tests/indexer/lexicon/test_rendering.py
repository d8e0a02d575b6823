"""How terms are rendered in small corpora made by hand."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis import Analyzer
from indexer.lexicon import BeadText, Rendering, TranslationTables, renderings
from tests.indexer.lexicon.corpus import SENTENCES, beads, learn

ANALYZER = Analyzer()
Ask = Callable[..., list[Rendering]]


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> TranslationTables:
    return learn(tmp_path_factory.mktemp("tables"), beads() * 3)


@pytest.fixture(scope="module")
def ask(tables: TranslationTables) -> Ask:
    def ask(term: str, language: str, texts: list[BeadText] | None = None) -> list[Rendering]:
        return renderings(term, language, texts or beads() * 2, tables, ANALYZER)

    return ask


@pytest.mark.parametrize(
    ("term", "language", "expected"),
    [
        ("工人", "zh", "workers"),
        ("天津", "zh", "Tianjin"),
        ("联合国", "zh", "United Nations"),
        ("李德全", "zh", "Madame Li Teh-chuan"),  # a name that is in no dictionary
        ("聯合國", "zh", "United Nations"),
        ("worker", "en", "工人"),
        ("WORKERS", "en", "工人"),
        ("United Nations", "en", "联合国"),
        ("Madame Li Teh-chuan", "en", "李德全"),
        ("peasants", "en", "农民"),
    ],
)
def test_the_first_rendering(ask: Ask, term: str, language: str, expected: str) -> None:
    assert ask(term, language)[0].text == expected


def test_a_rendering_has_stop_words_within_but_not_at_its_ends(ask: Ask) -> None:
    first = ask("增产节约", "zh")[0]
    assert first.text in {
        "increase production and practise economy",
        "increase production and economy",
    }


def test_a_term_is_found_however_the_sentence_is_cut_into_words(ask: Ask) -> None:
    """中国人民银行 is cut into other words than 人民银 by itself."""
    texts = [
        BeadText("中国人民银行在天津。", "The People's Bank of China is in Tianjin."),
        BeadText("工人在中国人民银行。", "The workers are at the People's Bank of China."),
        BeadText("农民欢迎中国人民银行。", "The peasants welcomed the People's Bank of China."),
    ]
    for term in ("人民银", "国人民", "民银行"):
        (first, *_) = ask(term, "zh", texts)
        assert "Bank" in first.text
        assert first.count == 3


def test_an_english_term_does_not_match_parts_of_words(ask: Ask) -> None:
    assert ask("or", "en") == []
    assert ask("work", "en", [BeadText("工人", "The workers.")]) == []


@pytest.mark.parametrize("term", ["", "，", "...", "火星", "Mars"])
def test_a_term_that_does_not_occur_has_no_rendering(ask: Ask, term: str) -> None:
    assert ask(term, "en" if term.isascii() else "zh") == []


def test_dates_years_and_examples_are_those_of_the_beads(ask: Ask) -> None:
    (first, *_) = ask("天津", "zh", beads())
    numbers = [i for i, (chinese, _) in enumerate(SENTENCES) if "天津" in chinese]
    assert first.count == len(numbers)
    assert first.share == 1.0
    assert first.first_date == datetime.date(1950 + numbers[0], 1, 1)
    assert first.last_date == datetime.date(1950 + numbers[-1], 1, 1)
    assert first.years == {1950 + number: 1 for number in numbers}
    assert len(first.examples) == 3
    for bead, term, rendering in first.examples:
        assert bead.chinese[slice(*term)] == "天津"
        assert bead.english[slice(*rendering)] == "Tianjin"


def test_beads_without_a_date_count_too(ask: Ask) -> None:
    (first, *_) = ask("天津", "zh", [BeadText(*sentence) for sentence in SENTENCES])
    assert first.first_date is None
    assert first.last_date is None
    assert first.years == {}
    assert first.count == sum("天津" in chinese for chinese, _ in SENTENCES)


def test_a_word_that_occurs_once_is_not_taken_for_the_rendering(ask: Ask) -> None:
    """Without leaving one out, nothing but the term would explain such a word."""
    texts = [*beads(), BeadText("天津很好。", "It is zymurgical in Tianjin.")]
    assert all("zymurgical" not in found.text for found in ask("天津", "zh", texts))


@given(
    st.sampled_from(
        [("zh", c) for c in "工人农民天津学校生活的"]
        + [("en", w) for w in ("the", "of", "life", "workers", "Li", "School")]
    ),
    st.lists(st.sampled_from(beads()), max_size=12),
)
def test_counts_and_shares_add_up(
    tables: TranslationTables, term: tuple[str, str], texts: list[BeadText]
) -> None:
    language, word = term
    found = renderings(word, language, texts, tables, ANALYZER)
    having = [text for text in texts if word.lower() in text.sides(language)[0].lower()]
    assert sum(rendering.count for rendering in found) <= len(having)
    assert sum(rendering.share for rendering in found) <= 1 + 1e-9
    order = [rendering.confidence * rendering.count for rendering in found]
    assert order == sorted(order, reverse=True)
    for rendering in found:
        assert 0 < rendering.confidence < 1
        assert sum(rendering.years.values()) == rendering.count
        assert rendering.text.strip(" .,。，") == rendering.text != ""
        for bead, place, there in rendering.examples:
            ours, theirs = bead.sides(language)
            assert word.lower() in ours[slice(*place)].lower()
            assert theirs[slice(*there)]
