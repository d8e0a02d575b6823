"""The functions that callers may pass to long operations, and objects that call them."""

from __future__ import annotations

import threading
from collections.abc import Callable

from indexer.errors import SeedError, SeedWarning

# Called with the number of units that are done and the number in all.
Progress = Callable[[int, int], None]
# Called with the number of units that were done since the last call.
Advance = Callable[[int], None]
# Called with the error of a file that is skipped.
OnError = Callable[[SeedError], None]


class ErrorCounter:
    """Passes errors and warnings on and counts them."""

    def __init__(self, on_error: OnError | None) -> None:
        self._on_error = on_error
        self.count = 0
        self.warnings = 0

    def __call__(self, error: SeedError) -> None:
        """Count an error or a warning and pass it on."""
        is_warning = isinstance(error, SeedWarning)
        self.warnings += is_warning
        self.count += not is_warning
        if self._on_error:
            self._on_error(error)


class ProgressCounter:
    """Counts the units that are done, from any thread, and passes the count on."""

    def __init__(self, total: int, on_progress: Progress | None) -> None:
        self._total = total
        self._done = 0
        self._on_progress = on_progress
        self._lock = threading.Lock()

    def add(self, count: int) -> None:
        """Add units that were done."""
        with self._lock:
            self._done += count
            if self._on_progress:
                self._on_progress(self._done, self._total)
