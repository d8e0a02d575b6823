"""The types of the functions that callers may pass to long operations."""

from __future__ import annotations

from collections.abc import Callable

# Called with the number of units that are done and the number in all.
Progress = Callable[[int, int], None]
# Called with the number of units that were done since the last call.
Advance = Callable[[int], None]
