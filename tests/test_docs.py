"""The documents name only what exists: modules, folders, commands, options and linked places."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import click
import pytest

from bench.__main__ import cli as bench
from search.cli.main import cli as duizhao

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted(
    path
    for folder in (".", "docs", "examples", "index")
    for path in (ROOT / folder).glob("*.md")
    if path.name != "CHANGELOG.md"  # its old entries may name removed things
)
SOURCES = [
    f"/{path.relative_to(ROOT).as_posix()}"
    for folder in ("indexer", "search", "bench", "tests")
    for path in (ROOT / folder).rglob("*.py")
]
# A generator beside the project, and folders that are made by commands.
ELSEWHERE = {"make_seeds.py", "examples/index"}

_CODE = re.compile(r"^```\w*\n(.*?)^```$|`([^`\n]+)`", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^()\s]+)\)")
_MODULE = re.compile(r"[\w/]+\.py\b")
_FOLDER = re.compile(r"\b(?:indexer|search|bench|tests|docs|examples|seeds)/[\w/]*(?![\w.*{<])")
_COMMAND = re.compile(r"\bduizhao (\w+)([^\n|>&]*)")
_PROGRAM = re.compile(r"\bpython -m ([a-z_.]*[a-z_])(?![\w.])")
_OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")


def code(path: Path) -> Iterator[str]:
    """The fenced blocks and the code in the lines of a document."""
    for match in _CODE.finditer(path.read_text(encoding="utf-8")):
        yield match[1] or match[2] or ""


def options(group: click.Group) -> dict[str, set[str]]:
    """The options of each command, by its name."""
    context = click.Context(group)
    found = {}
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        found[name] = {"--help"}.union(*([*p.opts, *p.secondary_opts] for p in command.params))
    return found


COMMANDS = options(duizhao)
OPTIONS = {"--version"}.union(*COMMANDS.values(), *options(bench).values())


def anchors(path: Path) -> set[str]:
    """The anchors that GitHub makes of the headings of a document."""
    headings = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    kept = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {heading.replace(" ", "-") for heading in kept}


def missing_modules(text: str) -> Iterator[str]:
    for name in _MODULE.findall(text):
        if name not in ELSEWHERE and not any(source.endswith(f"/{name}") for source in SOURCES):
            yield name
    for name in _FOLDER.findall(text):
        if name.rstrip("/") not in ELSEWHERE and not (ROOT / name).exists():
            yield name
    for name in _PROGRAM.findall(text):
        if find_spec(name) is None:
            yield name


def missing_options(text: str) -> Iterator[str]:
    for name, rest in _COMMAND.findall(text):
        if name not in COMMANDS:
            yield f"duizhao {name}"
            continue
        yield from (f"{name} {o}" for o in _OPTION.findall(rest) if o not in COMMANDS[name])
    if text.startswith("--"):
        yield from (option for option in _OPTION.findall(text) if option not in OPTIONS)


def missing_places(text: str, folder: Path) -> Iterator[str]:
    for link in _LINK.findall(_CODE.sub("", text)):
        if re.match(r"https?:|mailto:", link):
            continue
        name, _, anchor = link.partition("#")
        target = folder / name
        if not target.exists() or (anchor and anchor not in anchors(target)):
            yield link


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_a_document_names_only_modules_that_exist(path: Path) -> None:
    assert [name for text in code(path) for name in missing_modules(text)] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_a_document_names_only_commands_and_options_that_exist(path: Path) -> None:
    assert [name for text in code(path) for name in missing_options(text)] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_the_links_of_a_document_lead_somewhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8").replace("](#", f"]({path.name}#")
    assert list(missing_places(text, path.parent)) == []


def test_the_architecture_names_every_package_and_every_contract() -> None:
    text = (ROOT / "docs" / "ARCHITECTURE.md").read_text(encoding="utf-8")
    packages = {source.split("/")[2] for source in SOURCES if source.count("/") > 2}
    packages &= {path.name for top in ("indexer", "search") for path in (ROOT / top).iterdir()}
    assert len(packages) > 10
    assert {package for package in packages if f"{package}/" not in text} == set()
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = [contract["name"] for contract in settings["tool"]["importlinter"]["contracts"]]
    table = text.partition("## Import contracts")[2].partition("\n## ")[0]
    assert re.findall(r"^\| (The .*?|Only .*?) \|", table, re.MULTILINE) == contracts


def test_there_is_much_to_check() -> None:
    text = "\n".join(fragment for path in DOCUMENTS for fragment in code(path))
    assert len(_MODULE.findall(text)) > 50
    assert len(_FOLDER.findall(text)) > 10
    assert len(_COMMAND.findall(text)) > 40
    assert len(_PROGRAM.findall(text)) > 10
    links = [_LINK.findall(path.read_text(encoding="utf-8")) for path in DOCUMENTS]
    assert sum(map(len, links)) > 40


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("search/archive.py", []),
        ("archive.py", []),
        ("search/no_such.py", ["search/no_such.py"]),
        ("indexer/nowhere/", ["indexer/nowhere/"]),
        ("python -m bench.nothing", ["bench.nothing"]),
    ],
)
def test_missing_modules_are_found(text: str, missing: list[str]) -> None:
    assert list(missing_modules(text)) == missing


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("duizhao search 天津 --limit 2 --facet year", []),
        ("duizhao search 天津 --window 2", ["search --window"]),
        ("duizhao dance", ["duizhao dance"]),
        ("--no-counterparts", []),
        ("--nothing", ["--nothing"]),
    ],
)
def test_missing_options_are_found(text: str, missing: list[str]) -> None:
    assert list(missing_options(text)) == missing


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("[a](README.md#start) [b](https://example.org/x) `[c](d)`", []),
        ("[a](README.md#nowhere) [b](NO.md)", ["README.md#nowhere", "NO.md"]),
    ],
)
def test_links_to_nowhere_are_found(text: str, missing: list[str]) -> None:
    assert list(missing_places(text, ROOT)) == missing
