"""Shared by all commands: the option for the index, the progress bar and exit statuses."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import click

from indexer.cli.interrupt import (
    INTERRUPTED,
    Interrupted,
    exit_on_interrupt,
    raise_on_interrupt,
    was_interrupted,
)
from indexer.errors import DuizhaoError


class FilledPath(click.Path):
    """A path that is not empty: Python takes an empty path for the working directory."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path; fails on an empty one, which an unset shell variable makes."""
        if not os.fspath(value):
            self.fail("the path is empty; is a variable not set?", param, ctx)
        return super().convert(value, param, ctx)


index_option = click.option(
    "--index",
    "directory",
    default="index",
    envvar="DUIZHAO_INDEX",
    show_envvar=True,
    show_default=True,
    metavar="DIR",
    type=FilledPath(path_type=Path, file_okay=False),
    help="The folder of the index.",
)


def progress(unit: str) -> AbstractContextManager[Callable[[int, int], None] | None]:
    """Return a progress bar if standard error is a terminal, else None."""
    if not sys.stderr.isatty():
        return nullcontext()
    from indexer.cli.progress import progress_bar

    return progress_bar(unit)


@contextmanager
def writing(directory: Path) -> Iterator[None]:
    """Run a command that writes to an index; after Ctrl-C, say in which state the index is."""
    before = _generation(directory)
    try:
        yield
    except (Interrupted, KeyboardInterrupt):
        state = "unchanged" if _generation(directory) == before else "complete and up to date"
        _report_interrupt(f"; the index is {state}")
        raise click.exceptions.Exit(INTERRUPTED) from None


def _generation(directory: Path) -> int | None:
    from indexer.files import latest_generation

    try:
        return latest_generation(directory)
    except OSError:
        return None


def _report_interrupt(addition: str = "") -> None:
    line_break = "\n" if sys.stderr.isatty() else ""  # after the ^C that the terminal shows
    click.echo(f"{line_break}duizhao: interrupted{addition}", err=True)


def run(command: click.Command, name: str) -> int:
    """Run a command on the arguments of the process and return its exit status.

    The status is 0 if something was found, 1 if nothing was found, 2 after an error and 130 after
    Ctrl-C.
    """
    try:
        return _run(command, name)
    except Interrupted:  # just when the command had ended
        exit_on_interrupt()
        _report_interrupt()
        return INTERRUPTED


def _run(command: click.Command, name: str) -> int:
    for stream in "stdout", "stderr":
        if getattr(sys, stream) is None:  # the caller has closed it
            setattr(sys, stream, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
    try:
        raise_on_interrupt()
        status = command.main(prog_name=name, standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Exit as exit_:
        return exit_.exit_code
    except click.ClickException as error:
        error.show()
        return 2
    except (Interrupted, click.Abort, KeyboardInterrupt):
        _report_interrupt()
        return INTERRUPTED
    except (BrokenPipeError, SystemExit):  # click turns the first into the second
        # The reader of the pipe has left. Python must not write to it when it exits.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (DuizhaoError, OSError) as error:
        click.echo(f"duizhao: {_line(error)}", err=True)
        return 2
    except Exception:
        if not was_interrupted():
            raise
        _report_interrupt()  # a module whose import was interrupted may raise something else
        return INTERRUPTED
    finally:
        exit_on_interrupt()
    return status if isinstance(status, int) else 0


def _line(error: DuizhaoError | OSError) -> str:
    if isinstance(error, DuizhaoError):
        return str(error)
    name = f"{error.filename}: " if error.filename else ""
    return f"{name}{(error.strerror or str(error)).lower()}"
