"""The public names are those that `__all__` says, typed and cheap to import."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from indexer import build_index

PACKAGES = ("indexer", "search")


@pytest.mark.parametrize("package", PACKAGES)
def test_every_public_name_exists_and_is_documented(package: str) -> None:
    module = import_module(package)
    assert sorted(module.__all__) == list(module.__all__)
    for name in module.__all__:
        value = getattr(module, name)
        assert value.__name__ == name
        assert value.__doc__


@pytest.mark.parametrize("package", PACKAGES)
def test_an_unknown_name_is_an_attribute_error(package: str) -> None:
    with pytest.raises(AttributeError, match="nonsense"):
        import_module(package).nonsense  # noqa: B018


@pytest.mark.parametrize("package", PACKAGES)
def test_types_are_shipped(package: str) -> None:
    assert Path(str(import_module(package).__file__)).with_name("py.typed").exists()


def modules_after(code: str) -> set[str]:
    """The modules that a program has imported at its end."""
    program = f"import sys\n{code}\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return set(done.stdout.splitlines()[-1].split())


def test_help_imports_nothing_heavy() -> None:
    code = "from search.__main__ import cli\ncli(['--help'], standalone_mode=False)"
    assert not modules_after(code) & {"whoosh", "numpy", "jieba", "rjieba", "rich", "zstandard"}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("index")
    build_index("seeds", index=directory)
    return directory


@pytest.mark.parametrize(
    "query",
    ["production", '"advanced experience"', "producti*", "增产节约", '"增产节约"', "增?节约"],
)
def test_the_first_search_imports_only_what_it_needs(index: Path, query: str) -> None:
    arguments = ["search", query, "--index", str(index)]
    code = f"from search.__main__ import cli\nprint(cli({arguments!r}, standalone_mode=False))"
    unneeded = {
        "whoosh", "jieba", "rjieba", "rich", "indexer.build", "indexer.source.seeds",
        "search.language.dates",
        "indexer.codec.manifest", "search.engine.facets", "search.info", "search.render.json",
    }  # fmt: skip
    imported = modules_after(code)
    assert "search.render.terminal" in imported
    assert not imported & unneeded
