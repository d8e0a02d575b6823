"""A corpus made of the seed, without any generator beside the project."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.corpus import Corpus, obtain


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    place = tmp_path_factory.mktemp("bench")
    return obtain(20, generators=place / "none", cache=place)


@pytest.fixture(scope="session")
def cache(corpus: Corpus) -> Path:
    return corpus.home.parent
