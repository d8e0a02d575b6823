"""The lock of what threads share, which a fork leaves free."""

from __future__ import annotations

import os
from threading import RLock
from typing import Final

# One for all, since it is held for some instructions only. Whoever forks takes it meanwhile, so
# that a child never waits for a thread that it has not got. It may be taken twice by a thread:
# whatever runs between two instructions, such as a handler of signals, may search too.
LOCK: Final = RLock()

if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=LOCK.acquire, after_in_parent=LOCK.release, after_in_child=LOCK.release
    )
