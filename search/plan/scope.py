"""The scope of a query: a field of the index, and the zones of it that are searched."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from indexer.schema import TEXT, ZONES


class Scope(NamedTuple):
    """A field of the index; ``zones`` are indices into `ZONES`, or None for the whole field."""

    field: str
    zones: tuple[int, ...] | None


@cache
def scope_of(fields: tuple[str, ...]) -> Scope:
    """Return the scope of some zones, or of one of `OTHER_FIELDS`."""
    zones = tuple(i for i, zone in enumerate(ZONES) if zone in fields)
    if not zones:
        (field,) = fields
        return Scope(field, None)
    return Scope(TEXT, None if len(zones) == len(ZONES) else zones)
