"""Ctrl-C ends a command with status 130, whenever it arrives.

Import this module before anything that takes time. For the same reason it imports no `typing`.
"""

from __future__ import annotations

import os
import signal
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn

INTERRUPTED = 130


class Interrupted(BaseException):
    """Ctrl-C. For a KeyboardInterrupt, click would print an empty line."""


def exit_on_interrupt() -> None:
    """Make Ctrl-C end the process at once, as while modules are imported or the process exits."""
    signal.signal(signal.SIGINT, _exit)


def raise_on_interrupt() -> None:
    """Make Ctrl-C raise Interrupted, so that a command can clean up."""
    signal.signal(signal.SIGINT, _raise)


def run_process(main: Callable[[], int]) -> NoReturn:
    """Run the main function of a command and end the process with the status that it returns.

    This leaves out what Python does when a process exits. Meanwhile, Ctrl-C would kill the process,
    and a closed pipe would cause a warning and another status.
    """
    status = main()
    for stream in sys.stdout, sys.stderr:
        try:
            stream.flush()
        except OSError:  # the reader of the pipe has left
            continue
    os._exit(status)


def _exit(*_: object) -> None:
    os._exit(INTERRUPTED)


def _raise(*_: object) -> NoReturn:
    raise Interrupted
