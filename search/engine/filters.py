"""Filters: conditions on document arrays such as the date."""

from __future__ import annotations

from typing import Final

import numpy as np

from indexer.array_types import BoolArray
from indexer.schema import LANGUAGE_BITS, NO_DATE, NO_PAGE, to_days
from search.engine.snapshot import Snapshot
from search.language import query
from search.plan.nodes import Filter

_NO_LIMIT: Final = 2**31 - 1

# The filters that `filter_mask` evaluates.
MASK_FILTERS: Final = (
    query.DateRange,
    query.PageRange,
    query.LanguageFilter,
    query.Everything,
    query.Nothing,
)


def filter_mask(condition: Filter, snapshot: Snapshot) -> BoolArray:
    """Return a mask of the documents that pass a filter, deleted ones included: bool (size,)."""
    document_array = snapshot.document_array
    match condition:
        case query.DateRange(since, until):
            low = to_days(since) if since else NO_DATE + 1
            high = to_days(until) if until else _NO_LIMIT
            # The date of an article may be a month or a year: the two periods must overlap.
            mask: BoolArray = document_array("last_date") >= low
            return mask & (document_array("date") <= high)
        case query.PageRange(low, high):
            pages = document_array("page")
            first, last = low or NO_PAGE + 1, _NO_LIMIT if high is None else high
            return (pages >= first) & (pages <= last)
        case query.LanguageFilter(language):
            return (document_array("languages") & LANGUAGE_BITS[language]) > 0
        case query.Everything():
            return np.ones(snapshot.size, np.bool_)
        case _:
            return np.zeros(snapshot.size, np.bool_)
