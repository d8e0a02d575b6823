"""Every string of an article is found when it is quoted, and is marked in the article."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.first_law import complaint, samples
from indexer import Article, build_index, read_seeds
from indexer.analysis import Analyzer
from search import Archive, open_archive

SEEDS = (Path(__file__).parent.parent / "seeds", Path(__file__).parent / "indexer" / "seeds")
ARTICLES = list(read_seeds(*SEEDS, on_error=lambda _: None))


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    index = tmp_path_factory.mktemp("index")
    build_index(*SEEDS, index=index)
    with open_archive(index) as archive:
        yield archive


def test_there_are_articles_of_many_shapes(archive: Archive) -> None:
    assert len(archive) > 10


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(ARTICLES), st.integers(0, 2**32))
def test_any_substring_in_quotation_marks_is_found_and_marked(
    archive: Archive, article: Article, seed: int
) -> None:
    for sample in samples(article, 1, random.Random(seed)):
        assert complaint(archive, Analyzer(), sample) is None, sample
