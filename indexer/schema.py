"""What a document is made of: its fields, their positions, its columns; imports nothing."""

from __future__ import annotations

import datetime
from typing import Final

# Raise it when an index of before can no longer be read, or would be read wrongly.
INDEX_VERSION: Final = 1

# Fields of the exact stream: their terms have positions.
TEXT_FIELDS: Final = (
    "title_en",
    "title_zh",
    "body_en",
    "body_zh",
    "author",
    "column",
    "section",
    "glossary",
)
# Where a query that names no field looks. A byline that was set aside is found by the author.
SEARCHED_FIELDS: Final = ("title_en", "title_zh", "body_en", "body_zh", "author")
# Fields of the ranking stream, without positions.
RANKING_FIELDS: Final = tuple(f"{field}_ranking" for field in SEARCHED_FIELDS)
# The one field whose whole value is its only term; unique among the live documents of an index.
ID_FIELD: Final = "id"

# The positions of a text field run on through its paragraphs. Each paragraph, even one without
# tokens, is followed by this many positions that no token has, so no phrase matches across two.
PARAGRAPH_GAP: Final = 1

# Columns: one number a document.
DATE: Final = "date"  # days since 1970-01-01, or NO_DATE
PAGE: Final = "page"  # or NO_PAGE
LANGUAGES: Final = "languages"  # the sum of EN and ZH
COLUMNS: Final = (DATE, PAGE, LANGUAGES)

NO_DATE: Final = -(2**31)
NO_PAGE: Final = 0
LARGEST_PAGE: Final = 65535
EN: Final = 1
ZH: Final = 2
LANGUAGE_BITS: Final = {"en": EN, "zh": ZH}

_EPOCH: Final = datetime.date(1970, 1, 1).toordinal()


def ranking_field(field: str) -> str:
    """The name that the ranking stream of a text field has, or would have."""
    return f"{field}_ranking"


def days(date: datetime.date | None) -> int:
    """The value of the date column: days since 1970-01-01, or NO_DATE."""
    return NO_DATE if date is None else date.toordinal() - _EPOCH


def from_days(value: int) -> datetime.date | None:
    """The date that a value of the date column stands for."""
    return None if value == NO_DATE else datetime.date.fromordinal(value + _EPOCH)
