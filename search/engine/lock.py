"""A lock for everything that threads share; after a fork it is free in the child."""

from __future__ import annotations

import os
from threading import RLock
from typing import Final

# One lock is enough, since it is held for a few instructions only. A thread that forks takes it
# first, so a child never waits for a thread that it does not have. It is reentrant, because code
# that runs between two instructions, such as a signal handler, may search too.
LOCK: Final = RLock()

if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=LOCK.acquire, after_in_parent=LOCK.release, after_in_child=LOCK.release
    )
