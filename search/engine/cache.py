"""A cache with a memory budget, for values that several queries share."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Final, Generic, TypeVar

from search.engine.lock import LOCK

Cached = TypeVar("Cached")

# A value that takes more than this part of the budget is not kept.
_LARGE_PART: Final = 4


class Cache(Generic[Cached]):
    """The most recently used values, by key.

    ``budget`` is the memory in bytes that all values may take together; ``size_of`` returns that of
    one value. Several threads may use a cache, and so may a child after a fork. Two threads that
    need the same missing value at once may both make it.
    """

    def __init__(self, budget: int, size_of: Callable[[Cached], int]) -> None:
        self._budget = budget
        self._size_of = size_of
        self._values: OrderedDict[Hashable, Cached] = OrderedDict()
        self._size = 0

    def get(self, key: Hashable, make: Callable[[], Cached]) -> Cached:
        """Return the value of a key; call ``make`` for a missing one, and keep it if not large."""
        with LOCK:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
        value = make()
        size = self._size_of(value)
        if size <= self._budget // _LARGE_PART:
            with LOCK:
                if key not in self._values:
                    self._values[key] = value
                    self._size += size
                while self._size > self._budget:
                    self._size -= self._size_of(self._values.popitem(last=False)[1])
        return value
