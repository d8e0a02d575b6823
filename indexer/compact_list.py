"""A long list in little memory."""

from __future__ import annotations

import heapq
import json
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any, Final, Generic, TypeVar

import zstandard

_BLOCK_SIZE: Final = 1 << 11
_LEVEL: Final = 3
# The number of texts that are sorted at a time.
_MAX_SORTED: Final = 1 << 16

_Item = TypeVar("_Item")


class CompactList(Generic[_Item]):
    """A list of items that are compressed in blocks.

    An item consists of texts, numbers and tuples of these. It takes a tenth of the memory that a
    tuple takes in a list. The blocks are JSON, which turns tuples into lists; ``restore`` makes an
    item from what was read. Several threads may read the list while none appends to it.
    """

    def __init__(self, restore: Callable[[Any], _Item]) -> None:
        self._restore = restore
        # One large buffer does not fragment the memory of the process, as many blocks would.
        self._data = bytearray()
        self._ends = [0]
        self._last: list[_Item] = []

    def append(self, item: _Item) -> None:
        """Add an item at the end."""
        self._last.append(item)
        if len(self._last) == _BLOCK_SIZE:
            self._data += zstandard.compress(json.dumps(self._last).encode(), _LEVEL)
            self._ends.append(len(self._data))
            self._last = []

    def __len__(self) -> int:
        return self._block_count * _BLOCK_SIZE + len(self._last)

    @property
    def _block_count(self) -> int:
        return len(self._ends) - 1

    def __iter__(self) -> Iterator[_Item]:
        return self.read(0, len(self))

    def read(self, start: int, stop: int) -> Iterator[_Item]:
        """Yield the items from the index ``start`` to before ``stop``."""
        stop = min(stop, len(self))
        while start < stop:
            number, first = divmod(start, _BLOCK_SIZE)
            after = min(first + stop - start, _BLOCK_SIZE)
            yield from self._block(number)[first:after]
            start += after - first

    def _block(self, number: int) -> list[_Item]:
        if number == self._block_count:
            return self._last
        block = bytes(self._data[self._ends[number] : self._ends[number + 1]])
        return [*map(self._restore, json.loads(zstandard.decompress(block)))]


def sort_texts(texts: Iterable[str]) -> Iterator[str]:
    """Return texts in order. If there are many, most of them are kept compressed until then."""
    texts = iter(texts)
    first = sorted(islice(texts, _MAX_SORTED))
    if len(first) < _MAX_SORTED:
        return iter(first)
    runs = [_compacted(first)]
    while run := sorted(islice(texts, _MAX_SORTED)):
        runs.append(_compacted(run))
    return heapq.merge(*runs)


def _compacted(texts: Iterable[str]) -> CompactList[str]:
    compact = CompactList(str)
    for text in texts:
        compact.append(text)
    return compact
