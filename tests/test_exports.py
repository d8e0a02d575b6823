"""The public names are those that `__all__` says, typed and cheap to import."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

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


def test_a_search_does_not_import_whoosh_or_the_build(tmp_path: Path) -> None:
    code = (
        "from indexer import build_index\nfrom search import open_archive\n"
        f"build_index('seeds', index={str(tmp_path)!r})"
    )
    assert "whoosh" in modules_after(code)
    code = (
        "from search import open_archive\n"
        f"print(open_archive({str(tmp_path)!r}).search('production').total)"
    )
    imported = modules_after(code)
    assert not imported & {"whoosh", "jieba", "rjieba", "rich", "indexer.build", "indexer.seeds"}
