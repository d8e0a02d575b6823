"""The README tells the truth: its examples are run, and what they print is compared.

`python -m tests.test_readme` writes what they print into the README.
"""

from __future__ import annotations

import io
import os
import re
import shlex
import shutil
import subprocess
import sys
from contextlib import redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
CONSOLE = re.compile(r"```console\n\$ duizhao (.*)\n((?:.*\n)*?)```")
PYTHON = re.compile(r"```python\n(.*?)```\n\nprints\n\n```text\n(.*?)```", re.DOTALL)
VARYING = re.compile(r"in \d+\.\d s")


def printed(arguments: str, directory: Path) -> str:
    """What the command prints to standard output."""
    command = [sys.executable, "-m", "search", *shlex.split(arguments)]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "NO_COLOR": "1"}
    environment.pop("DUIZHAO_INDEX", None)
    done = subprocess.run(
        command, cwd=directory, env=environment, capture_output=True, text=True, check=True
    )
    return VARYING.sub("in 0.1 s", done.stdout)


def prepare(directory: Path) -> None:
    """A folder with the seeds, and an index of them."""
    shutil.copytree(ROOT / "seeds", directory / "seeds")
    printed("index --index index", directory)


def test_the_commands_print_what_the_readme_shows(tmp_path: Path) -> None:
    examples = CONSOLE.findall(README.read_text(encoding="utf-8"))
    assert len(examples) > 2
    prepare(tmp_path)
    for arguments, expected in examples:
        if arguments == "index":
            shutil.rmtree(tmp_path / "index")
        assert printed(arguments, tmp_path) == expected


def test_the_library_example_prints_what_the_readme_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ((code, expected),) = PYTHON.findall(README.read_text(encoding="utf-8"))
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    monkeypatch.chdir(tmp_path)
    out = io.StringIO()
    with redirect_stdout(out):
        exec(code, {})
    assert out.getvalue() == expected


def test_every_option_of_search_and_index_is_in_the_readme() -> None:
    text = README.read_text(encoding="utf-8")
    with TemporaryDirectory() as directory:
        for command in ("search", "index"):
            told = re.findall(r"--[a-z-]+", printed(f"{command} --help", Path(directory)))
            missing = {option for option in told if option not in text} - {
                "--help", "--no-snippets", "--snippets", "--counterparts", "--lexicon", "--color",
                "--max-file-size",
            }  # fmt: skip
            assert not missing, command


def write() -> None:
    """Write what the commands print into the README."""
    with TemporaryDirectory() as directory:
        prepare(Path(directory))

        def shown(match: re.Match[str]) -> str:
            if match[1] == "index":
                shutil.rmtree(Path(directory, "index"))
            return f"```console\n$ duizhao {match[1]}\n{printed(match[1], Path(directory))}```"

        README.write_text(CONSOLE.sub(shown, README.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    write()
