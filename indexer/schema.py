"""What a document is made of: its fields, their positions, its columns."""

from __future__ import annotations

import datetime
from typing import Final

# Raise it when an index of before can no longer be read, or would be read wrongly.
INDEX_VERSION: Final = 4

# The parts of the searched text, in the order of their positions. A query that names no field
# looks in all of them; a byline that was set aside is found by the author.
ZONES: Final = ("title_en", "title_zh", "author", "body_zh", "body_en")
TITLE_ZONE_COUNT: Final = 2  # so many zones, the first, are titles
SEARCHED_FIELDS: Final = ZONES
# Text that is found only where it is asked for.
OTHER_FIELDS: Final = ("column", "section", "glossary")
TEXT_FIELDS: Final = (*ZONES, *OTHER_FIELDS)

# The fields that have terms: one for all zones, the others, stems and long words, whole ids.
TEXT: Final = "text"
RANKING: Final = "ranking"
# The one field whose whole value is its only term; unique among the live documents of an index.
ID_FIELD: Final = "id"

# The positions of a text run on through its paragraphs. Each paragraph, even one without tokens,
# is followed by this many positions that no token has, so no phrase matches across two;
PARAGRAPH_GAP: Final = 1
# and each zone by so many more, so that no words are near to each other across two.
ZONE_GAP: Final = 12
# A place in all texts as one number, its key: document << POSITION_BITS | position.
POSITION_BITS: Final = 32
POSITION_MASK: Final = (1 << POSITION_BITS) - 1

# What facets count: a value, perhaps empty, of each document.
CATEGORIES: Final = ("author", "column", "section")

# Columns: one number a document.
DATE: Final = "date"  # days since 1970-01-01, or NO_DATE
PAGE: Final = "page"  # or NO_PAGE
LANGUAGES: Final = "languages"  # the sum of EN and ZH
DOCUMENT_ARRAYS: Final = (DATE, PAGE, LANGUAGES)

NO_DATE: Final = -(2**31)
NO_PAGE: Final = 0
MAX_PAGE: Final = 65535
EN: Final = 1
ZH: Final = 2
LANGUAGE_BITS: Final = {"en": EN, "zh": ZH}

_EPOCH: Final = datetime.date(1970, 1, 1).toordinal()


def to_days(date: datetime.date | None) -> int:
    """The value of the date column: days since 1970-01-01, or NO_DATE."""
    return NO_DATE if date is None else date.toordinal() - _EPOCH


def from_days(value: int) -> datetime.date | None:
    """The date that a value of the date column stands for."""
    return None if value == NO_DATE else datetime.date.fromordinal(value + _EPOCH)
