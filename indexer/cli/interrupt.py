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

# Python ignores exceptions in the callbacks of weak references, and an import runs many of these.
# So an interrupt that arrives in one of them has to be raised again, after this time.
_SECONDS_UNTIL_REPEATED = 0.01
_HAS_TIMER = hasattr(signal, "setitimer")

_received: list[bool] = []


class Interrupted(BaseException):
    """Ctrl-C. For a KeyboardInterrupt, click would print an empty line."""


def exit_on_interrupt() -> None:
    """Make Ctrl-C end the process at once, as while modules are imported or the process exits."""
    _handle_with(_exit)


def raise_on_interrupt() -> None:
    """Make Ctrl-C raise Interrupted, so that a command can clean up."""
    sys.unraisablehook = _repeat_if_ignored
    _handle_with(_raise)


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


def _handle_with(handler: Callable[..., object]) -> None:
    signal.signal(signal.SIGINT, handler)
    if _HAS_TIMER:
        signal.signal(signal.SIGALRM, handler)


def _repeat_if_ignored(ignored: sys.UnraisableHookArgs) -> None:
    if _HAS_TIMER and ignored.exc_type is Interrupted:
        signal.setitimer(signal.ITIMER_REAL, _SECONDS_UNTIL_REPEATED)
    else:
        sys.__unraisablehook__(ignored)


def _exit(*_: object) -> None:
    os._exit(INTERRUPTED)


def _raise(*_: object) -> NoReturn:
    _received.append(True)
    raise Interrupted


def was_interrupted() -> bool:
    """Say whether Ctrl-C has arrived while it raises an exception."""
    return bool(_received)
