"""Checks of the arguments of public functions, which raise before anything is read."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from datetime import date
from numbers import Integral
from pathlib import Path


def check_path(path: str | Path) -> Path:
    """Return a path; raise ValueError if it is empty, as an unset shell variable makes it.

    Python takes an empty path for the working directory.
    """
    if not os.fspath(path):
        raise ValueError("a path is empty: is a variable not set?")
    return Path(path)


def check_text(name: str, value: object) -> None:
    """Raise TypeError unless ``value`` is a string."""
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a string, not {value!r}")


def check_date(name: str, value: object) -> None:
    """Raise TypeError unless ``value`` is a date or None."""
    if value is not None and not isinstance(value, date):
        raise TypeError(f"{name} must be a datetime.date or None, not {value!r}")


def check_integers(**numbers: object) -> None:
    """Raise TypeError unless all arguments are integers."""
    for name, value in numbers.items():
        if not isinstance(value, Integral):
            raise TypeError(f"{name} must be an integer, not {value!r}")


def check_at_least(minimum: int, **numbers: int) -> None:
    """Raise TypeError unless all arguments are integers, and ValueError if one is too small."""
    check_integers(**numbers)
    for name, value in numbers.items():
        if value < minimum:
            raise ValueError(f"{name} must be at least {minimum}, not {value!r}")


def check_flags(**flags: object) -> None:
    """Raise TypeError if a flag is None or a text; any other value is true or false."""
    for name, value in flags.items():
        if value is None or isinstance(value, str | bytes):  # "no" would be true
            raise TypeError(f"{name} must be True or False, not {value!r}")


def check_callbacks(**callbacks: object) -> None:
    """Raise TypeError unless all arguments are functions or None."""
    for name, value in callbacks.items():
        if value is not None and not callable(value):
            raise TypeError(f"{name} must be a function or None, not {value!r}")


def check_choice(name: str, value: object, choices: Iterable[object]) -> None:
    """Raise ValueError unless ``value`` is one of ``choices``."""
    known = choices if isinstance(choices, tuple) else (*choices,)
    if value not in known:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, known))}, not {value!r}")


def check_choices(name: str, values: Sequence[object], choices: Iterable[object]) -> None:
    """Raise ValueError unless all ``values`` are among ``choices``; TypeError if it is a string."""
    if isinstance(values, str) or not isinstance(values, Sequence):
        raise TypeError(f"{name} must be a list or tuple, not {values!r}")
    for value in values:
        check_choice(f"each of {name}", value, choices)
