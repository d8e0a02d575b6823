"""How paragraphs are damaged, and how beads are scored against the damage."""

from __future__ import annotations

import json
import random
from collections import Counter
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bench.alignment import JUDGED, is_parallel, judged_share
from bench.damage import Damage, Expected, Pair, damage, score
from indexer import read_seeds
from indexer.align import Bead, align, align_paragraphs
from tests.indexer.align.oracles import bead_spans
from tests.search.articles import MINE, make_article

PARAGRAPHS = tuple(f"Paragraph {n} begins. It ends with number {n}." for n in range(40))
SEEDS = Path(__file__).parents[2] / "seeds"


@given(st.integers(), st.lists(st.floats(0, 0.25), min_size=4, max_size=4))
def test_expected_beads_cover_all_paragraphs(seed: int, rates: list[float]) -> None:
    out, expected = damage(PARAGRAPHS, Damage(*rates), random.Random(seed))
    for (chinese, english), _ in expected:
        before = " ".join(PARAGRAPHS[slice(*chinese)]).split()
        after = " ".join(out[slice(*english)]).split()
        assert Counter(before) == Counter(after)
    assert [pair.english[0] for pair, _ in expected] == [
        0, *(pair.english[1] for pair, _ in expected[:-1]),
    ][: len(expected)]  # fmt: skip
    assert not expected or expected[-1].pair.english[1] == len(out)


def test_each_kind_of_damage() -> None:
    rng = random.Random(1)
    assert damage(PARAGRAPHS, Damage(delete=1), rng) == ((), [])
    merged, _ = damage(PARAGRAPHS, Damage(merge=1), rng)
    assert merged[0] == f"{PARAGRAPHS[0]} {PARAGRAPHS[1]}"
    split, _ = damage(PARAGRAPHS[:1], Damage(split=1), rng)
    assert split == ("Paragraph 0 begins.", "It ends with number 0.")
    swapped, _ = damage(PARAGRAPHS, Damage(swap=1), rng)
    assert swapped[:2] == (PARAGRAPHS[1], PARAGRAPHS[0])
    whole, expected = damage(PARAGRAPHS, Damage(), rng)
    assert whole == PARAGRAPHS
    assert len(expected) == len(PARAGRAPHS)


def test_scores() -> None:
    swap = Expected(
        Pair((1, 3), (1, 3)), (Pair((1, 2), (2, 3)), Pair((2, 3), (1, 2)))
    )  # fmt: skip
    expected = [Expected(Pair((0, 1), (0, 1))), swap, Expected(Pair((3, 4), (3, 4)))]
    one, alone = Bead(1, 1, 9), Bead(1, 0, 0)
    assert score([one, Bead(2, 2, 9), one], expected) == (3, 3, 3, 3)
    assert score([one, alone, one, Bead(0, 1, 0), one], expected) == (3, 3, 3, 3)
    assert score([one, one, one, one], expected) == (4, 2, 3, 2)
    assert score([one, Bead(2, 2, 1), Bead(1, 1, 1)], expected) == (1, 1, 3, 1)


def test_which_articles_are_parallel() -> None:
    assert is_parallel(MINE)
    assert not is_parallel(make_article("a", paragraphs_zh=("甲",), paragraphs_en=()))
    assert not is_parallel(make_article("a", paragraphs_zh=("甲" * 40,), paragraphs_en=("a",)))


def test_two_hundred_beads_of_forty_files_are_judged() -> None:
    files = json.loads(JUDGED.read_text(encoding="utf-8"))
    assert len(files) == 40
    verdicts = Counter(verdict for _, _, beads in files for *_, verdict in beads)
    assert verdicts.keys() == {"right", "wrong"}
    assert verdicts.total() == 200
    assert verdicts["right"] >= 190


def test_only_judged_beads_of_given_files_are_counted() -> None:
    assert judged_share({}) == (0, 0, 0)
    (article, *_) = read_seeds(SEEDS)
    assert judged_share({article.id: article}) == (0, 0, 0)
    assert all(bead.is_confident for bead in align_paragraphs(article))
    assert len(bead_spans(article, align(article))) == len(align(article))
