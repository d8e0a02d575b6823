"""Beads of whole articles."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import Article, read_seeds
from indexer.align import Anchor, Bead, align, align_paragraphs
from indexer.align.bead_codec import encode_beads
from tests.indexer.align.oracles import bead_spans, decode_beads
from tests.search.articles import MINE, make_article

SEEDS = [*read_seeds(Path(__file__).parents[3] / "seeds")]

_PARAGRAPHS_ZH = st.lists(st.text("天津增产12节约。！；”A ", min_size=1, max_size=40), max_size=6)
_PARAGRAPHS_EN = st.lists(st.text("abc d12. !?;”A", min_size=1, max_size=90), max_size=6)
articles = st.builds(
    lambda chinese, english: make_article(
        "a.txt", paragraphs_zh=tuple(chinese), paragraphs_en=tuple(english)
    ),
    _PARAGRAPHS_ZH,
    _PARAGRAPHS_EN,
)


def is_alone(bead: Bead) -> bool:
    return bead.confidence == 0 and not (bead.chinese and bead.english)


@given(articles)
def test_beads_cover_both_texts_in_order(article: Article) -> None:
    spans = bead_spans(article, align(article))
    for paragraphs, ranges in (
        (article.paragraphs_zh, [r for bead in spans for r in bead.chinese]),
        (article.paragraphs_en, [r for bead in spans for r in bead.english]),
    ):
        cut: list[list[str]] = [[] for _ in paragraphs]
        assert [r.paragraph for r in ranges] == sorted(r.paragraph for r in ranges)
        for number, start, end in ranges:
            assert 0 <= start < end <= len(paragraphs[number])
            assert start == sum(map(len, cut[number]))
            cut[number].append(paragraphs[number][start:end])
        assert tuple(map("".join, cut)) == paragraphs


@given(articles)
def test_alignment_is_deterministic_and_survives_encoding(article: Article) -> None:
    beads = align(article)
    assert align(article) == beads
    assert decode_beads(encode_beads(beads)) == beads
    assert all(is_alone(bead) or bead.confidence for bead in beads)


@given(articles)
def test_beads_of_paragraphs_cover_both_texts(article: Article) -> None:
    beads = align_paragraphs(article)
    assert sum(bead.chinese for bead in beads) == len(article.paragraphs_zh)
    assert sum(bead.english for bead in beads) == len(article.paragraphs_en)


@given(_PARAGRAPHS_ZH)
def test_an_article_in_one_language_has_no_counterparts(paragraphs: list[str]) -> None:
    chinese = make_article("a.txt", paragraphs_zh=tuple(paragraphs))
    english = make_article("a.txt", paragraphs_en=tuple(paragraphs))
    assert {bead[:2] for bead in align(chinese)} <= {(1, 0)}
    assert {bead[:2] for bead in align(english)} <= {(0, 1)}
    assert len(align(chinese)) == len(align(english))


def test_an_article_without_a_body_has_no_beads() -> None:
    assert align(make_article("a.txt", title_en="A", title_zh="甲")) == ()


@pytest.mark.parametrize("article", SEEDS, ids=lambda article: article.id)
def test_the_paragraphs_of_the_archive_are_aligned_one_to_one(article: Article) -> None:
    beads = align_paragraphs(article)
    assert {bead[:2] for bead in beads} == {(1, 1)}
    assert all(bead.is_confident for bead in beads)
    assert all(bead.is_confident for bead in align(article))


def test_if_a_paragraph_is_missing_no_confident_bead_is_wrong() -> None:
    (article,) = SEEDS[:1]
    count = len(article.paragraphs_en)
    for gone in range(count):
        kept = article.paragraphs_en[:gone] + article.paragraphs_en[gone + 1 :]
        beads = align_paragraphs(_with_english(article, kept))
        shown, i, j = set(), 0, 0
        for bead in beads:
            if bead.is_confident:
                shown.add((i, j))
            i, j = i + bead.chinese, j + bead.english
        right = {(i, i - (i > gone)) for i in range(count) if i != gone}
        assert shown <= right
        assert len(shown) >= count - 3


def test_merged_and_split_paragraphs_are_one_bead() -> None:
    first, second, *others = MINE.paragraphs_en
    merged = align_paragraphs(_with_english(MINE, (f"{first} {second}", *others)))
    assert [bead[:2] for bead in merged] == [(2, 1), (1, 1)]
    cut = second.index("He tried")
    split = align_paragraphs(_with_english(MINE, (first, second[:cut], second[cut:], *others)))
    assert [bead[:2] for bead in split] == [(1, 1), (1, 2), (1, 1)]


def test_sentences_are_aligned_within_paragraphs() -> None:
    spans = bead_spans(MINE, align(MINE))
    chinese = {
        MINE.paragraphs_en[english.paragraph][english.start : english.end].strip(): "".join(
            MINE.paragraphs_zh[r.paragraph][r.start : r.end] for r in bead.chinese
        )
        for bead in spans
        for english in bead.english
    }
    assert chinese["Safety was not forgotten."] == "安全也没有忘记。"
    assert chinese["The timbering of every gallery is checked twice a day."].endswith("两次。")


def test_unrelated_texts_have_no_beads_with_two_sides() -> None:
    (article,) = SEEDS[:1]
    assert all(map(is_alone, align(_with_english(article, MINE.paragraphs_en))))
    assert all(map(is_alone, align(_with_english(MINE, article.paragraphs_en))))


def test_texts_with_too_many_pairs_of_units_are_not_aligned() -> None:
    chinese, english = ("天津增产。" * 3000,), ("Tianjin produces more. " * 3000,)
    article = make_article("a.txt", paragraphs_zh=chinese, paragraphs_en=english)
    assert len(align(article)) == 6000
    lines = make_article("a.txt", paragraphs_zh=("甲。",) * 2000, paragraphs_en=("A.",) * 2000)
    assert len(align(lines)) == 4000


class _Words:
    """A lexicon of a few words."""

    def __init__(self, **words: str) -> None:
        self._words = words

    def anchors(self, chinese: str, english: str) -> Iterable[Anchor]:
        for ours, theirs in self._words.items():
            if ours in chinese and theirs in english:
                yield Anchor(5.0, [chinese.index(ours)], [english.index(theirs)])


def test_a_lexicon_distinguishes_paragraphs_of_equal_length() -> None:
    article = make_article(
        "a.txt",
        paragraphs_zh=(
            "工人们今年开采了大量煤炭。",
            "农民们今年收获了许多棉花。",
            "渔民们今年捕到了很多鱼虾。",
        ),
        paragraphs_en=(
            "The peasants picked a lot of cotton.",
            "Fishermen caught more fish this year.",
        ),
    )
    lexicon = _Words(棉花="cotton", 鱼虾="fish")
    assert [bead[:2] for bead in align(article, lexicon)] == [(1, 0), (1, 1), (1, 1)]


def _with_english(article: Article, paragraphs: tuple[str, ...]) -> Article:
    fields = {name: getattr(article, name) for name in article.__slots__ if name != "id"}
    return make_article(article.id, **fields | {"paragraphs_en": paragraphs})
