"""Values that are computed when they are first used."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar, overload

Value = TypeVar("Value")


class lazy(Generic[Value]):  # noqa: N801 - a decorator, as `property` is
    """A property that is computed at its first use: `functools.cached_property` without its lock.

    Before Python 3.12, that lock is shared by all objects of a class and held while a value is
    computed. So threads wait for each other, and a process that is forked meanwhile waits forever.
    Without the lock, two threads that need a value at the same time may both compute it.
    """

    def __init__(self, compute: Callable[[Any], Value]) -> None:
        self._compute = compute
        self.__doc__ = compute.__doc__

    def __set_name__(self, _: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...

    @overload
    def __get__(self, instance: object, owner: type) -> Value: ...

    def __get__(self, instance: object | None, owner: type) -> Self | Value:
        if instance is None:
            return self
        # Python looks in the instance's own attributes before it calls this method again.
        value: Value = instance.__dict__.setdefault(self._name, self._compute(instance))
        return value
