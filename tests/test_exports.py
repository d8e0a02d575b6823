"""The public names are those that `__all__` lists; they are typed, documented, cheap to import."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import pytest

from indexer import build_index

LAZY = ("indexer", "indexer.align", "indexer.lexicon", "search")
PACKAGES = (*LAZY, "indexer.analysis")

# Some errors of the search are those of the indexer.
REEXPORTING = {"search.errors"}

# Distributions that neither help nor, numpy and zstandard aside, a first search may import.
SLOW = {"whoosh", "numpy", "jieba", "rjieba", "rich", "zstandard"}


@pytest.mark.parametrize("package", PACKAGES)
def test_every_public_name_exists_and_is_documented(package: str) -> None:
    module = import_module(package)
    assert module.__all__ == [*dict.fromkeys(module.__all__)]  # sorted, as ruff checks
    for name in module.__all__:
        value = getattr(module, name)
        if callable(value):
            assert value.__name__ == name
            assert value.__doc__


@pytest.mark.parametrize("package", LAZY)
def test_every_public_name_is_imported_from_the_module_that_defines_it(package: str) -> None:
    module = import_module(package)
    homes = {name: f"{package}.{home}" for name, home in module._HOMES.items()}
    assert [*homes] == module.__all__
    assert homes == typed_imports(module)
    for name, home in homes.items():
        value = getattr(module, name)
        assert value is getattr(import_module(home), name)
        if home not in REEXPORTING:
            assert getattr(value, "__module__", home) == home


def typed_imports(module: ModuleType) -> dict[str, str]:
    """The names that a package imports for type checkers, with their modules."""
    tree = ast.parse(Path(str(module.__file__)).read_text("utf-8"))
    (block,) = (node for node in tree.body if isinstance(node, ast.If))
    imports = [node for node in block.body if isinstance(node, ast.ImportFrom)]
    return {alias.name: str(node.module) for node in imports for alias in node.names}


@pytest.mark.parametrize("package", PACKAGES)
def test_an_unknown_name_is_an_attribute_error(package: str) -> None:
    with pytest.raises(AttributeError, match=f"module '{package}' has no attribute 'nonsense'"):
        import_module(package).nonsense  # noqa: B018


@pytest.mark.parametrize("package", ["indexer", "search"])
def test_types_are_shipped(package: str) -> None:
    assert Path(str(import_module(package).__file__)).with_name("py.typed").exists()


def modules_after(code: str) -> set[str]:
    """The modules that a program has imported at its end."""
    program = f"import sys\n{code}\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_alone_imports_nothing_heavy(package: str) -> None:
    imported = modules_after(f"import {package}")
    assert package in imported
    assert not imported & SLOW
    if package in LAZY:
        homes = {f"{package}.{home}" for home in import_module(package)._HOMES.values()}
        assert homes
        assert not imported & homes - {"indexer.errors"}


def test_help_imports_nothing_heavy() -> None:
    code = "from search.cli.main import cli\ncli(['--help'], standalone_mode=False)"
    imported = modules_after(code)
    assert "search.cli.main" in imported
    assert not imported & SLOW


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("index")
    build_index("seeds", index=directory)
    return directory


UNNEEDED = {
    "indexer.build", "indexer.codec.manifest", "indexer.source.seeds", "indexer.verify.index",
    "search.engine.facets", "search.info", "search.language.dates", "search.render.json",
}  # fmt: skip


def test_the_modules_that_a_search_does_not_need_exist() -> None:
    assert {name for name in UNNEEDED if find_spec(name) is None} == set()


@pytest.mark.parametrize(
    "query",
    ["production", '"advanced experience"', "producti*", "增产节约", '"增产节约"', "增?节约"],
)
def test_the_first_search_imports_only_what_it_needs(index: Path, query: str) -> None:
    arguments = ["search", query, "--index", str(index)]
    code = f"from search.cli.main import cli\nprint(cli({arguments!r}, standalone_mode=False))"
    imported = modules_after(code)
    assert "search.render.terminal" in imported
    assert not imported & (UNNEEDED | SLOW - {"numpy", "zstandard"})
