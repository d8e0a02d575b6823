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
    from types import FrameType
    from typing import NoReturn

INTERRUPTED = 130

# Sometimes an interrupt cannot be raised when it arrives, and is raised after this time instead.
# Python ignores all exceptions in the callbacks of weak references. While numpy is imported, its C
# code prints any exception, and raises another one instead.
_DELAY = 0.01  # seconds
_CAN_DELAY = hasattr(signal, "setitimer")
_IMPORT = "<frozen importlib._bootstrap>"

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
    if _CAN_DELAY:
        signal.signal(signal.SIGALRM, handler)


def _repeat_if_ignored(ignored: sys.UnraisableHookArgs) -> None:
    if _CAN_DELAY and ignored.exc_type is Interrupted:
        signal.setitimer(signal.ITIMER_REAL, _DELAY)
    else:
        sys.__unraisablehook__(ignored)


def _exit(*_: object) -> None:
    os._exit(INTERRUPTED)


def _raise(_: int, frame: FrameType | None) -> None:
    if _CAN_DELAY and _is_importing(frame):
        signal.setitimer(signal.ITIMER_REAL, _DELAY)
    else:
        _received.append(True)
        raise Interrupted


def was_interrupted() -> bool:
    """Say whether Ctrl-C has raised an exception, even if another one has replaced that."""
    return bool(_received)


def _is_importing(frame: FrameType | None) -> bool:
    while frame and frame.f_code.co_filename != _IMPORT:
        frame = frame.f_back
    return frame is not None
