"""What an analyzer makes of a text."""

from __future__ import annotations

from typing import NamedTuple


class Token(NamedTuple):
    """One term of a text and where it stands.

    ``start`` and ``end`` count characters of the original text (``end`` is exclusive);
    ``position`` counts tokens of the exact stream, so that neighbours differ by one.
    """

    term: str
    start: int
    end: int
    position: int
