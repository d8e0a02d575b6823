"""The examples in the documents print the output that is shown there.

`python -m tests.readme` writes the output of today into the documents.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from search import open_archive
from tests import readme
from tests.readme import READMES, ROOT, World, blocks, rewritten, without_times

ENGLISH, CHINESE = READMES
# The rows of the table of the forms of a query.
FORMS = re.compile(r"^\| (?:query \| finds|写法 \| 查到什么) \|\n\|.*\n((?:\|.*\n)+)", re.MULTILINE)
# The READMEs need not name options that are on by default, or that only set a safety limit.
UNNAMED = {
    "--help", "--no-snippets", "--snippets", "--counterparts", "--lexicon", "--color",
    "--max-file-size",
}  # fmt: skip


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("readme"))


@pytest.mark.parametrize("path", readme.DOCUMENTS, ids=lambda path: path.name)
def test_the_examples_print_what_the_document_shows(path: Path, world: World) -> None:
    text = path.read_text(encoding="utf-8")
    assert without_times(rewritten(text, world)) == without_times(text)


@pytest.mark.parametrize("path", READMES, ids=lambda path: path.name)
def test_the_pictures_show_what_the_command_prints(path: Path, world: World) -> None:
    shown = list(readme.pictures(path.read_text(encoding="utf-8"), world))
    assert shown
    for file, expected in shown:
        assert without_times(file.read_text(encoding="utf-8")) == without_times(expected)


@pytest.mark.parametrize("path", READMES, ids=lambda path: path.name)
def test_a_readme_has_examples_of_every_kind(path: Path) -> None:
    found = list(blocks(path.read_text(encoding="utf-8")))
    commands = re.findall(
        r"^\$ duizhao (\w+)", "".join(b.text for b in found if b.language == "console"), re.M
    )
    assert {"index", "search", "kwic", "collocates", "lexicon", "verify"} <= set(commands)
    assert {block.language for block in found} == {"console", "sh", "python", "text"}


def test_both_readmes_set_up_with_the_same_commands() -> None:
    marked = re.compile(r"<!-- (run|test) -->\n```sh\n(.*?)```", re.DOTALL)
    english = marked.findall(ENGLISH.read_text(encoding="utf-8"))
    assert [name for name, _ in english] == ["run", "test"]
    assert marked.findall(CHINESE.read_text(encoding="utf-8")) == english


@pytest.mark.parametrize("path", READMES, ids=lambda path: path.name)
@pytest.mark.parametrize("command", ["search", "index"])
def test_a_readme_names_every_option(path: Path, command: str, world: World) -> None:
    options = set(re.findall(r"--[a-z-]+", world.output(f"duizhao {command} --help", index="")))
    assert len(options) > 5
    text = path.read_text(encoding="utf-8")
    assert {option for option in options - UNNAMED if option not in text} == set()


@pytest.mark.parametrize(
    ("markdown", "reason"),
    [
        ("```\n$ duizhao info\n```\n", "not a console block"),
        ("```sh\n$ duizhao info\n```\n", "not a console block"),
        ("```console\nduizhao info\n```\n", "no command"),
        ("```console\n$ rm -r .\n```\n", "cannot run this"),
        ("  ```console\n  $ duizhao info\n  ```\n", "indented"),
        ("```python\nprint(1)\n```\n", "has no output"),
        ("```text\n1\n```\n", "no Python before"),
    ],
)
def test_a_block_that_nothing_checks_is_an_error(markdown: str, reason: str, world: World) -> None:
    with pytest.raises(AssertionError, match=reason):
        rewritten(markdown, world)


@pytest.mark.parametrize("path", READMES, ids=lambda path: path.name)
def test_the_queries_in_the_table_find_something(path: Path, world: World) -> None:
    table = FORMS.search(path.read_text(encoding="utf-8"))
    assert table
    queries = re.findall(r"`([^`]+)`", "".join(re.findall(r"^\| (.*?) \| ", table[1], re.M)))
    assert len(queries) > 15
    with open_archive(world.folder / "examples/index") as archive:
        pages = {query: archive.search(query, limit=0) for query in queries}
    assert [query for query, page in pages.items() if page.diagnostics or not page.total] == []


@pytest.mark.parametrize("path", READMES, ids=lambda path: path.name)
def test_the_commands_to_try_find_something(path: Path, world: World) -> None:
    commands = re.findall(r"\| `(duizhao .*)` \|$", path.read_text(encoding="utf-8"), re.M)
    assert commands.pop() == "duizhao show ID"
    assert len(commands) > 5
    for command in commands:
        output = world.output(command, index="examples/index")
        assert re.match(r"\d+ ", output), output


def test_outputs_that_differ_are_rewritten_and_times_are_kept(world: World) -> None:
    markdown = (
        "```console\n$ export DUIZHAO_INDEX=examples/index\n$ duizhao search 识字班 --limit 0\n"
        "7 articles match, none shown (0.123 s)\n```\n```python\nprint(2)\n```\n```text\n1\n```\n"
    )
    assert rewritten(markdown, world) == markdown.replace("text\n1", "text\n2")


def test_the_links_between_the_readmes_are_on_top() -> None:
    for path, other in ((ENGLISH, CHINESE), (CHINESE, ENGLISH)):
        top = "\n".join(path.read_text(encoding="utf-8").splitlines()[:5])
        assert f"({other.relative_to(ROOT)})" in top
