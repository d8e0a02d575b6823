"""Queries that mean the same find the same articles, below all limits and at them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from indexer import build_index
from indexer.store import open_index
from search.engine.budget import BudgetLimits
from search.engine.evaluation import evaluate
from search.engine.selection import MatchMode, Selection
from search.engine.snapshot import Snapshot
from search.language.parser import parse
from tests.search.articles import ANALYZER
from tests.search.rewritten_queries import random_tree, rewrite, write

EXAMPLES = Path(__file__).parents[2] / "examples/archive"

# Limits that these queries often exceed, and which diagnostic says so.
SMALL: dict[str, dict[str, object]] = {
    "too-many-expansions": {"search.language.clause_limits.MAX_EXPANSIONS": 9},
    "too-many-clauses": {"search.language.clause_limits.MAX_CLAUSES": 4},
    "too-deep": {"search.language.normal_form.MAX_DEPTH": 2},
    "too-common": {
        "search.engine.interval_lookup._LIMITS": BudgetLimits(0, 200, 200),
        "search.engine.term_lookup._LIMITS": BudgetLimits(0, 300, 300),
    },
}
ALL = {"all": {name: value for limits in SMALL.values() for name, value in limits.items()}}


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    folder = tmp_path_factory.mktemp("examples")
    build_index(EXAMPLES, index=folder)
    with open_index(folder) as index:
        yield Snapshot(index)


def compare(snapshot: Snapshot, seed: int, *, de_morgan_of_groups: bool = True) -> set[str]:
    """Compare two ways to write a random query; return the kinds of the diagnostics."""
    random = Random(seed)
    tree = random_tree(random)
    kinds: set[str] = set()
    matches: tuple[MatchMode, ...] = ("all", "auto")
    for match in matches:
        plain = write(tree)
        other = rewrite(tree, random, strict=match == "all" and de_morgan_of_groups)
        left, right = (
            evaluate(parse(text), Selection(match=match), snapshot, ANALYZER)
            for text in (plain, other)
        )
        found = [result.matches.documents.tolist() for result in (left, right)]
        assert found[0] == found[1], (seed, match, plain, other)
        assert left.relaxed == right.relaxed
        kinds |= {d.kind for result in (left, right) for d in result.diagnostics}
    return kinds


def test_equal_queries_find_the_same_articles(snapshot: Snapshot) -> None:
    for seed in range(300):
        compare(snapshot, seed)


@pytest.mark.parametrize("kind", SMALL | ALL)
def test_equal_queries_find_the_same_articles_at_limits(
    snapshot: Snapshot, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (SMALL | ALL)[kind].items():
        monkeypatch.setattr(name, value)
    is_deep = "search.language.normal_form.MAX_DEPTH" in (SMALL | ALL)[kind]
    found = [compare(snapshot, seed, de_morgan_of_groups=not is_deep) for seed in range(150)]
    assert sum(kind in kinds or kind == "all" for kinds in found) > 10
