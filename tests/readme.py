"""The examples in the Markdown documents: run them, and rewrite their output.

`python -m tests.readme` writes the output of today into README.md, README.zh.md and docs/*.md. An
example is a `console` block, or a `python` block with the `text` block of its output,
or a picture of a terminal with the comment `<!-- picture: COMMAND -->` above it.
"""

from __future__ import annotations

import io
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import chdir, redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from tests.picture import svg

ROOT = Path(__file__).parent.parent
READMES = (ROOT / "README.md", ROOT / "README.zh.md")
DOCUMENTS = (*READMES, *sorted((ROOT / "docs").glob("*.md")))

_FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_PICTURE = re.compile(r"<!-- picture: (.*?) -->\n!\[.*?\]\((.*?)\)")
_SECONDS = re.compile(r"\d+\.\d+ s\b")
_PROMPT = "$ "
_SETUP = "duizhao index", "duizhao index examples/archive --index examples/index"


class Block(NamedTuple):
    """A fenced block: its language, its text, and where the text is in the document."""

    language: str
    text: str
    start: int
    end: int


def blocks(markdown: str) -> Iterator[Block]:
    """All fenced blocks of a document; fails if a fence is indented or not closed."""
    found = list(_FENCED.finditer(markdown))
    assert markdown.count("```") == 2 * len(found), "a fence is indented or not closed"
    for match in found:
        yield Block(match[1], match[2], *match.span(2))


def without_times(text: str) -> str:
    """The text with all times replaced, because they differ from run to run."""
    return _SECONDS.sub("0.0 s", text)


class World:
    """A folder with the seed, the example archive and an index of each.

    A command that was run before is not run again: its output is remembered.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._outputs: dict[tuple[str, str], str] = {}
        for name in ("seeds", "examples/archive"):
            shutil.copytree(ROOT / name, folder / name)
        for command in _SETUP:
            self.output(command, index="")

    def output(self, command: str, index: str) -> str:
        """Return both output streams of a command together, as a terminal shows them.

        `index` is the value of DUIZHAO_INDEX; "" means that it is not set.
        """
        if (command, index) not in self._outputs:
            self._outputs[command, index] = self._run(command, index)
        return self._outputs[command, index]

    def _run(self, command: str, index: str) -> str:
        name, *arguments = shlex.split(command)
        assert name == "duizhao", f"an example cannot run this: {command}"
        environment = os.environ | {"PYTHONPATH": str(ROOT), "NO_COLOR": "1"}
        environment |= {"PYTHONUNBUFFERED": "1"}  # keeps the order of the two streams
        environment.pop("DUIZHAO_INDEX", None)
        if index:
            environment["DUIZHAO_INDEX"] = index
        return subprocess.run(
            [sys.executable, "-m", "search", *arguments], cwd=self.folder, env=environment,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8",
            check=False,
        ).stdout  # fmt: skip

    def python(self, code: str) -> str:
        """Return the output of a piece of Python."""
        out = io.StringIO()
        with chdir(self.folder), redirect_stdout(out):
            exec(code, {})
        return out.getvalue()


def rewritten(markdown: str, world: World) -> str:
    """The document with the output that its examples have today.

    Times are left alone. Raises AssertionError for a block that is not an example and could be
    mistaken for one.
    """
    result, written, index, code = [], 0, "", None
    for block in blocks(markdown):
        text = block.text
        if block.language == "console":
            text, index = _session(text, world, index)
        elif block.language == "text":
            assert code is not None, f"no Python before this output: {text}"
            text, code = world.python(code), None
        elif block.language == "python":
            assert code is None, f"the Python before this one has no output: {text}"
            code = text
        else:
            assert _PROMPT not in text, f"not a console block: {text}"
        same = without_times(text) == without_times(block.text)
        result += [markdown[written : block.start], block.text if same else text]
        written = block.end
    assert code is None, f"this Python has no output: {code}"
    return "".join(result) + markdown[written:]


def _session(text: str, world: World, index: str) -> tuple[str, str]:
    """The commands of a console block with their output, and DUIZHAO_INDEX after them."""
    assert text.startswith(_PROMPT), f"no command: {text}"
    lines = []
    for line in text.splitlines():
        if not line.startswith(_PROMPT):
            continue
        command = line.removeprefix(_PROMPT)
        lines.append(f"{line}\n")
        if command.startswith("export DUIZHAO_INDEX="):
            index = command.partition("=")[2]
        else:
            lines.append(world.output(command, index))
    return "".join(lines), index


def pictures(markdown: str, world: World) -> Iterator[tuple[Path, str]]:
    """The pictures of a README: each file, and its content of today."""
    for command, name in _PICTURE.findall(markdown):
        yield ROOT / name, svg(command, world.output(f"{command} --color always", index=""))


def main() -> None:
    """Rewrite the examples of all documents."""
    with TemporaryDirectory() as folder:
        world = World(Path(folder))
        for path in DOCUMENTS:
            if path.exists():
                before = path.read_text(encoding="utf-8")
                path.write_text(rewritten(before, world), encoding="utf-8")
                for file, picture in pictures(before, world):
                    _replace(file, picture)


def _replace(file: Path, text: str) -> None:
    """Write a file, unless only its times would change."""
    if not file.exists() or without_times(file.read_text(encoding="utf-8")) != without_times(text):
        file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
