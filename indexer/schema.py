"""The fields, positions, categories and document arrays of an index."""

from __future__ import annotations

import datetime
from typing import Final

# To be raised when an index that was made before cannot be read any more, or would be misread.
INDEX_VERSION: Final = 4

# The parts of the searched text, in the order of their positions. A query that names no field
# searches all of them. The author is among them, so that a byline is found although the parser
# has removed it from the body.
ZONES: Final = ("title_en", "title_zh", "author", "body_zh", "body_en")
TITLE_ZONE_COUNT: Final = 2  # the first zones are titles
SEARCHED_FIELDS: Final = ZONES
# Text that is searched only if the query names its field.
OTHER_FIELDS: Final = ("column", "section", "glossary")
TEXT_FIELDS: Final = (*ZONES, *OTHER_FIELDS)

# Three more fields have terms: the text of all zones; stems and long words; ids.
TEXT: Final = "text"
RANKING: Final = "ranking"
# An id is a single term; no two live documents of an index have the same one.
ID_FIELD: Final = "id"

# Positions continue through the paragraphs of a text. After each paragraph, even one without
# tokens, this many positions are left out, so that no phrase matches across two paragraphs.
PARAGRAPH_GAP: Final = 1
# After each zone, this many more are left out, so that no words are near each other across zones.
ZONE_GAP: Final = 12
# A position key is document << POSITION_BITS | position.
POSITION_BITS: Final = 32
POSITION_MASK: Final = (1 << POSITION_BITS) - 1

# Each document has one value of each category, possibly an empty one; facets count these.
CATEGORIES: Final = ("author", "column", "section")

# The document arrays, with one number for each document.
DATE: Final = "date"  # days since 1970-01-01, or NO_DATE
LAST_DATE: Final = "last_date"  # the last day, if the date is a month or a year
PAGE: Final = "page"  # or NO_PAGE
LANGUAGE_FLAGS: Final = "languages"  # the sum of EN and ZH
DOCUMENT_ARRAYS: Final = (DATE, LAST_DATE, PAGE, LANGUAGE_FLAGS)

NO_DATE: Final = -(2**31)
NO_PAGE: Final = 0
MAX_PAGE: Final = 65535
EN: Final = 1
ZH: Final = 2
LANGUAGE_BITS: Final = {"en": EN, "zh": ZH}

_EPOCH: Final = datetime.date(1970, 1, 1).toordinal()


def to_days(date: datetime.date | None) -> int:
    """The value of a date in the document array: days since 1970-01-01, or NO_DATE."""
    return NO_DATE if date is None else date.toordinal() - _EPOCH


def from_days(value: int) -> datetime.date | None:
    """The date of a value in the document array, or None."""
    return None if value == NO_DATE else datetime.date.fromordinal(value + _EPOCH)
