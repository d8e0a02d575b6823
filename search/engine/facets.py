"""Facets: counts of all matches by year, page, author and so on.

They are counted from document arrays and categories. No article is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from indexer.schema import CATEGORIES, EN, NO_DATE, NO_PAGE, ZH
from search.engine.matches import DocNumbers
from search.engine.snapshot import Snapshot
from search.hit import Facet, FacetName

_MAX_MONTH: Final = 31  # days
_LANGUAGES: Final = {EN + ZH: "both", EN: "en", ZH: "zh"}


def count(
    names: Sequence[FacetName], documents: DocNumbers, snapshot: Snapshot
) -> tuple[Facet, ...]:
    """Return the facets of the documents, in the order of ``names``."""
    return tuple(Facet(name, tuple(_counts(name, documents, snapshot))) for name in names)


def _counts(name: FacetName, documents: DocNumbers, snapshot: Snapshot) -> list[tuple[str, int]]:
    """Return values and counts: years, months and pages sorted, others by falling frequency."""
    if name in CATEGORIES:
        values, numbers = snapshot.category(name)
        counts = np.bincount(numbers[documents], minlength=len(values)).tolist()
        found = [(v, n) for v, n in zip(values, counts, strict=True) if v and n]
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))
    if name == "language":
        counts = np.bincount(snapshot.document_array("languages")[documents], minlength=4).tolist()
        return [(text, counts[code]) for code, text in _LANGUAGES.items() if counts[code]]
    if name == "page":
        counts = np.bincount(snapshot.document_array("page")[documents]).tolist()
        return [(str(page), n) for page, n in enumerate(counts) if n and page != NO_PAGE]
    dates = snapshot.document_array("date")[documents]
    if name == "year":
        return _periods(dates, "Y")
    # A date that is only a year belongs to no month.
    is_year = snapshot.document_array("last_date")[documents] - dates > _MAX_MONTH
    return _periods(dates[~is_year], "M")


def _periods(dates: npt.NDArray[np.int32], unit: Literal["Y", "M"]) -> list[tuple[str, int]]:
    """Count the dates in each year or month that has any."""
    dated = dates[dates != NO_DATE].astype("datetime64[D]").astype(f"datetime64[{unit}]")
    if not dated.size:
        return []
    first = dated.min()
    counts = np.bincount((dated - first).astype(np.int64))
    return [(str(first + number), int(counts[number])) for number in np.flatnonzero(counts)]
