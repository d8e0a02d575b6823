"""Zones of occurrences: their place in position keys, and the weight of titles.

`search.plan.extents` defines the two forms of a position key. All functions take keys of documents
that are numbered across segments, sorted.
"""

from __future__ import annotations

import numpy as np

from indexer.array_types import BoolArray, Int64Array
from indexer.schema import POSITION_BITS, POSITION_MASK, TEXT, TITLE_ZONE_COUNT, ZONES
from search.engine.bm25 import Scores
from search.engine.matches import DocNumbers
from search.engine.snapshot import Snapshot
from search.plan.extents import ZONE_BITS, PositionKeys
from search.plan.scope import Scope
from search.weights import TITLE_EXTRA

_ZONE_MASK = (1 << ZONE_BITS) - 1


def split_zones(snapshot: Snapshot, keys: PositionKeys) -> tuple[Int64Array, Int64Array]:
    """Return the zone of each key, and the position in that zone: int64 like ``keys``."""
    bounds = snapshot.zone_bounds
    if keys.size > bounds.size:  # it is faster to look up each bound than each key
        counts = np.diff(keys.searchsorted(bounds), append=keys.size)
        zones = np.tile(np.arange(len(ZONES)), snapshot.size)
        return np.repeat(zones, counts), keys - np.repeat(bounds, counts)
    documents, bounds = keys >> POSITION_BITS, bounds.reshape(-1, len(ZONES))
    zone = np.zeros(keys.size, np.int64)
    for i in range(1, len(ZONES)):
        zone += keys >= bounds[documents, i]
    return zone, keys - bounds[documents, zone]


def keys_in_scope(
    snapshot: Snapshot, scope: Scope, keys: PositionKeys, *, by_zone: bool
) -> PositionKeys:
    """Return the keys that are in the zones of ``scope``, as keys by zone if ``by_zone``."""
    if scope.zones is None and not by_zone:
        return keys
    zone, positions = split_zones(snapshot, keys)
    if scope.zones is not None:
        inside = np.isin(zone, scope.zones)
        keys, zone, positions = keys[inside], zone[inside], positions[inside]
    if not by_zone:
        return keys
    return (keys >> POSITION_BITS << ZONE_BITS | zone) << POSITION_BITS | positions


def document_of(keys: PositionKeys, *, by_zone: bool) -> DocNumbers:
    """Return the document number of each key."""
    return keys >> POSITION_BITS + (ZONE_BITS if by_zone else 0)


def in_title(snapshot: Snapshot, keys: PositionKeys) -> BoolArray:
    """Return a mask of the keys, not by zone, that are in a title."""
    titles: BoolArray = keys & POSITION_MASK < snapshot.title_ends[keys >> POSITION_BITS]
    return titles


def title_weights(snapshot: Snapshot, scope: Scope, keys: PositionKeys, *, by_zone: bool) -> Scores:
    """Return how much the occurrence at each key counts: 1, or more in a title; float32."""
    if scope.field != TEXT:
        return np.ones(keys.size, np.float32)
    if by_zone:
        titles = (keys >> POSITION_BITS & _ZONE_MASK) < TITLE_ZONE_COUNT
    else:
        titles = in_title(snapshot, keys)
    return (1 + TITLE_EXTRA * titles).astype(np.float32)
