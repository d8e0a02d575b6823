"""A query may read a limited number of positions."""

from __future__ import annotations

import pytest

from search.engine.budget import BudgetLimits, PositionBudget
from search.plan.extents import TooCommon

LIMITS = BudgetLimits(per_document=10, minimum=50, maximum=200)


@pytest.mark.parametrize(("documents", "total"), [(0, 50), (5, 50), (7, 70), (20, 200), (99, 200)])
def test_the_budget_grows_with_the_documents_within_limits(documents: int, total: int) -> None:
    assert PositionBudget(documents, LIMITS).total == total


def test_spending_more_than_there_is_raises() -> None:
    budget = PositionBudget(7, LIMITS)
    budget.spend(70)
    assert not budget.is_exhausted
    with pytest.raises(TooCommon):
        budget.spend(1)
    assert budget.is_exhausted
    assert (budget.left, budget.total) == (-1, 70)
