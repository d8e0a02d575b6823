"""Indexes made by each released version: the newest format opens, older ones are refused.

`tests/formats/N` is the index of the seed in format N. When the format changes, copy `seeds` to
`/srv/archive/seeds`, run ``duizhao index /srv/archive/seeds --index tests/formats/N``, and remove
the lock.
"""

from __future__ import annotations

import shlex
import shutil
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner

from indexer import IndexOutdated, build_index, build_lexicon, verify_index
from indexer.codec.container import FORMAT_VERSION
from indexer.files import LOCK
from indexer.schema import INDEX_VERSION
from indexer.store import open_index
from search import open_archive
from search.cli.main import cli

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
    """The message is the command that does it, with the folder that the index was made of."""
    index = tmp_path / "index"
    shutil.copytree(FORMATS / str(version), index)
    before = {path.name: path.read_bytes() for path in index.iterdir()}
    command = f"duizhao index --rebuild /srv/archive/seeds --index {index}"
    for refused in (open_archive, verify_index, build_lexicon, partial(build_index, SEEDS)):
        with pytest.raises(IndexOutdated) as caught:
            refused(index=index) if isinstance(refused, partial) else refused(index)
        assert str(caught.value).endswith(f"rebuild it with: {command}")
    assert {path.name: path.read_bytes() for path in index.iterdir() if path.name != LOCK} == before
    arguments = [part.replace("/srv/archive/seeds", str(SEEDS)) for part in shlex.split(command)]
    result = CliRunner().invoke(cli, arguments[1:])
    assert result.exit_code == 0, result.output
    with open_archive(index) as archive:
        assert len(archive) == 1
    assert not [*index.glob("*.columns")]
    with open_index(index) as reader:
        assert {path.name for path in index.iterdir()} == reader.files() | {LOCK}


def test_a_user_dictionary_is_named_and_unknown_folders_are_not_guessed(tmp_path: Path) -> None:
    index = tmp_path / "an index"
    shutil.copytree(FORMATS / "3", index)
    (index / "dictionary_0a.words").write_text("词", encoding="utf-8")
    (index / "manifest_1.columns").write_bytes(b"")
    with pytest.raises(IndexOutdated) as caught:
        open_archive(index)
    command = str(caught.value).partition("with: ")[2]
    assert shlex.split(command) == [
        "duizhao", "index", "--rebuild", "PATHS", "--index", str(index),
        "--dictionary", str(index / "dictionary_0a.words"),
    ]  # fmt: skip
