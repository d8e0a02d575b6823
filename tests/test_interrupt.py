"""Ctrl-C ends each command with status 130 and without a traceback, at whatever moment."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from indexer import build_index

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals")

# Run a command as its script does, and say when its first line has run.
PROGRAM = r"""
import os, sys
from indexer.cli import interrupt

def exit_on_interrupt(exit_on_interrupt=interrupt.exit_on_interrupt):
    exit_on_interrupt()
    interrupt.exit_on_interrupt = exit_on_interrupt
    os.write(1, b"started\n")

interrupt.exit_on_interrupt = exit_on_interrupt
sys.argv[0] = "duizhao"
from search.__main__ import main
main()
"""
COMMANDS = [
    ["--help"], ["index", "seeds"], ["search", "增产节约"], ["kwic", "生产", "--bilingual"],
    ["collocates", "生产"], ["lexicon", "增产节约"], ["info"], ["verify"], ["lexicon", "--build"],
]  # fmt: skip
ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("index")
    build_index(ROOT / "seeds", index=directory)
    return directory


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_an_interrupt_at_any_moment(index: Path, command: list[str]) -> None:
    interrupted = 0
    where = [] if command == ["--help"] else ["--index", str(index)]
    for delay in (0.002, 0.01, 0.03, 0.06, 0.1, 0.2):
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, *command, *where],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert process.stdout is not None
        assert process.stdout.readline() == b"started\n"
        time.sleep(delay)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
        assert b"Traceback" not in err
        assert process.returncode in (0, 130)
        interrupted += process.returncode == 130
    assert interrupted > 1
