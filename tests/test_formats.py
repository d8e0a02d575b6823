"""Indexes made by each released version: the newest format opens, older ones are refused.

`tests/formats/N` is the index of the seed in format N. When the format changes, make the next by
``duizhao index seeds --index tests/formats/N`` and remove the lock.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from indexer import IndexOutdated, verify_index
from indexer.codec.container import FORMAT_VERSION
from indexer.schema import INDEX_VERSION
from search import open_archive
from search.__main__ import cli

FORMATS = Path(__file__).parent / "formats"
SEEDS = Path(__file__).parent.parent / "seeds"
OLD = list(range(1, INDEX_VERSION))


def test_there_is_an_index_of_each_format() -> None:
    assert INDEX_VERSION == FORMAT_VERSION
    assert {path.name for path in FORMATS.iterdir()} == {
        str(n) for n in range(1, INDEX_VERSION + 1)
    }


def test_the_newest_opens_and_answers() -> None:
    with open_archive(FORMATS / str(INDEX_VERSION)) as archive:
        assert archive.info().index_version == INDEX_VERSION
        for query in ("增产节约", '"advanced experience" Tianjin', "增?节约", "product*"):
            page = archive.search(query, facets=["year"])
            assert page.total == 1
            assert page.facets[0].counts == (("1953", 1),)
            assert page.hits[0].snippets[0].spans


def test_the_newest_is_sound() -> None:
    report = verify_index(FORMATS / str(INDEX_VERSION), deep=True)
    assert report.is_sound, report.damage
    assert report.articles == 1
    assert not report.orphans


@pytest.mark.parametrize("version", OLD)
def test_an_older_one_is_refused_and_can_be_made_anew(version: int, tmp_path: Path) -> None:
    index = tmp_path / "index"
    shutil.copytree(FORMATS / str(version), index)
    with pytest.raises(IndexOutdated, match="duizhao index --rebuild"):
        open_archive(index)
    result = CliRunner().invoke(cli, ["index", str(SEEDS), "--index", str(index), "--rebuild"])
    assert result.exit_code == 0, result.output
    with open_archive(index) as archive:
        assert len(archive) == 1
    assert len([*index.glob("MAIN_*.columns")]) == 1
