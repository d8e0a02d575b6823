"""A limit on the positions that one query may read."""

from __future__ import annotations

from typing import NamedTuple

from search.plan.extents import TooCommon


class BudgetLimits(NamedTuple):
    """How many positions a query may read: ``per_document`` times the documents, within bounds."""

    per_document: int
    minimum: int
    maximum: int


class PositionBudget:
    """The positions that one query may still read in an index of ``documents`` documents."""

    def __init__(self, documents: int, limits: BudgetLimits) -> None:
        positions = limits.per_document * documents
        self.total = self.left = min(max(positions, limits.minimum), limits.maximum)

    @property
    def is_exhausted(self) -> bool:
        """Whether more was charged than there was."""
        return self.left < 0

    def charge(self, positions: int) -> None:
        """Subtract positions that were read."""
        self.left -= positions

    def spend(self, positions: int) -> None:
        """Subtract positions that are about to be read; raise TooCommon if there are not enough."""
        self.charge(positions)
        if self.is_exhausted:
            raise TooCommon
