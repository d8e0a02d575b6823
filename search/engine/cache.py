"""What queries share: the most recently used, within a budget of memory."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from search.engine.lock import LOCK

Cached = TypeVar("Cached")


class Cache(Generic[Cached]):
    """Values by key; ``size_of`` tells the bytes of one, ``budget`` what they may take together.

    May be used from several threads, and after a fork. Two that miss a value at once may both make
    it.
    """

    def __init__(self, budget: int, size_of: Callable[[Cached], int]) -> None:
        self._budget = budget
        self._size_of = size_of
        self._values: OrderedDict[Hashable, Cached] = OrderedDict()
        self._size = 0

    def get(self, key: Hashable, make: Callable[[], Cached]) -> Cached:
        """The value of a key, made if it is not there; a very large one is not kept."""
        with LOCK:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
        value = make()
        size = self._size_of(value)
        if size <= self._budget // 4:
            with LOCK:
                if key not in self._values:
                    self._values[key] = value
                    self._size += size
                while self._size > self._budget:
                    self._size -= self._size_of(self._values.popitem(last=False)[1])
        return value
