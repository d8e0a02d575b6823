"""Ctrl-C ends each command with status 130 and without a traceback, at whatever moment."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

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


def run(code: str, **options: Any) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-E", "-c", code], cwd=ROOT, check=False, **options)


def test_hardly_anything_is_imported_before_ctrl_c_is_handled() -> None:
    code = (
        "import os, sys; before = {*sys.modules}; import signal; os.kill\n"
        "signal.signal = lambda *_: (print(*{*sys.modules} - before), os._exit(0), 1 / 0)\n"
        "sys.stdout.reconfigure(line_buffering=True)\n"
        "import search.__main__\n"
    )
    imported = {*run(code, capture_output=True).stdout.decode().split()}
    own = {name for name in imported if name.partition(".")[0] in ("indexer", "search")}
    assert own == {
        "indexer", "indexer.cli", "indexer.cli.interrupt", "indexer.exports",
        "search", "search.__main__",
    }  # fmt: skip
    assert not imported & {"typing", "re", "importlib", "click"}


INTERRUPTED_IN_GENERATED_CODE = r"""
import os, signal, sys
from search.__main__ import main
from search.cli import search as command

def interrupt(*_):
    eval("os.kill(os.getpid(), signal.SIGINT) or [*range(10**6)]", globals())

sys.argv = ["duizhao", "search", "x"]
command.print_diagnostics = interrupt
import search.archive
search.archive.open_archive = interrupt
print("a line that is still in the buffer")
main()
"""


def test_an_interrupt_of_generated_code_gives_the_same_status() -> None:
    """As dataclasses and named tuples make code; after a KeyboardInterrupt of it, Python exits by a
    signal."""
    done = run(INTERRUPTED_IN_GENERATED_CODE, capture_output=True)
    assert done.returncode == 130
    assert done.stderr == b"duizhao: interrupted\n"
    assert done.stdout == b"a line that is still in the buffer\n"


def test_an_interrupt_beside_a_closed_pipe_gives_the_same_status() -> None:
    """As Ctrl-C does that ends all commands of a pipeline."""
    reader, writer = os.pipe()
    os.close(reader)
    done = run(INTERRUPTED_IN_GENERATED_CODE, stdout=writer, stderr=subprocess.PIPE)
    os.close(writer)
    assert done.returncode == 130
    assert done.stderr == b"duizhao: interrupted\n"


INTERRUPTED_IN_IMPORT = r"""
import os, signal, sys, time
from importlib.abc import Loader
from importlib.machinery import ModuleSpec
from search.__main__ import main
import search.archive

class Importer(Loader):
    def find_spec(self, name, path=None, target=None):
        return ModuleSpec(name, self) if name == "a_module" else None

    def exec_module(self, module):
        try:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.05)
        except BaseException as error:
            raise ImportError("as from numpy") from error

def interrupt(*_):
    import a_module
    time.sleep(10)

sys.meta_path.insert(0, Importer())
sys.argv = ["duizhao", "search", "x"]
search.archive.open_archive = interrupt
main()
"""


def test_an_interrupt_waits_for_the_end_of_an_import() -> None:
    done = run(INTERRUPTED_IN_IMPORT, capture_output=True)
    assert done.returncode == 130
    assert done.stderr == b"duizhao: interrupted\n"


INTERRUPTED_IN_CALLBACK = r"""
import os, signal, sys, time, weakref
from search.__main__ import main
import search.archive

class Thing:
    pass

def interrupt(*_):
    thing = Thing()
    reference = weakref.ref(thing, lambda _: os.kill(os.getpid(), signal.SIGINT))
    del thing
    time.sleep(10)

sys.argv = ["duizhao", "search", "x"]
search.archive.open_archive = interrupt
main()
"""


def test_an_interrupt_that_python_ignores_is_repeated() -> None:
    """As it ignores all exceptions in the callbacks of weak references, also while it imports."""
    done = run(INTERRUPTED_IN_CALLBACK, capture_output=True)
    assert done.returncode == 130
    assert done.stderr == b"duizhao: interrupted\n"
