"""Checks of the arguments of public methods, which raise before anything is read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date


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
        if not hasattr(value, "__index__"):
            raise TypeError(f"{name} must be an integer, not {value!r}")


def check_flags(**flags: object) -> None:
    """Raise TypeError if a flag is None; any other value is true or false."""
    for name, value in flags.items():
        if value is None:
            raise TypeError(f"{name} must be True or False, not None")


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
