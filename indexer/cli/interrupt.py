"""Ctrl-C while a command starts or ends: exit with status 130 instead of a traceback.

Import this module before anything that takes time.
"""

from __future__ import annotations

import os
import signal
from typing import Any, Final

INTERRUPTED: Final = 130


def exit_on_interrupt() -> None:
    """Make Ctrl-C end the process at once, as while modules are imported or the process exits."""
    signal.signal(signal.SIGINT, _exit)


def raise_on_interrupt() -> None:
    """Make Ctrl-C raise KeyboardInterrupt, so that a command can clean up."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _exit(*_: Any) -> None:
    os._exit(INTERRUPTED)
