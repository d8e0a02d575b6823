"""An article: everything that one file of the archive says."""

from __future__ import annotations

import datetime
from calendar import monthrange
from dataclasses import dataclass
from itertools import accumulate, chain, pairwise
from typing import Final, Literal, cast

LanguageCode = Literal["en", "zh"]
LANGUAGES: Final[tuple[LanguageCode, ...]] = ("en", "zh")
DatePrecision = Literal["day", "month", "year"]

# How many characters of an ISO date say each precision.
_DATE_LENGTHS: Final = {"day": 10, "month": 7, "year": 4}


def other_language(language: str) -> LanguageCode:
    """Return ``"en"`` for ``"zh"``, and ``"zh"`` for ``"en"``."""
    return "en" if language == "zh" else "zh"


def date_text(first: datetime.date | None, precision: DatePrecision) -> str:
    """Return a day, month or year as 1953-10-31, 1953-10 or 1953; "" for no date."""
    return first.isoformat()[: _DATE_LENGTHS[precision]] if first else ""


def last_day(first: datetime.date, precision: DatePrecision) -> datetime.date:
    """Return the last day of the day, month or year that begins with ``first``."""
    if precision == "day":
        return first
    if precision == "year":
        return first.replace(month=12, day=31)
    return first.replace(day=monthrange(first.year, first.month)[1])


@dataclass(frozen=True, slots=True)
class Article:
    """One article, in English, in Chinese, or in both; unknown values are empty or ``None``.

    ``id`` is the path of the file relative to the folder in which it was found, with ``/``. A
    paragraph has no indent. It contains line breaks if it is a stanza or a list, or was wrapped by
    hand. ``glossary`` has pairs of terms (Chinese, English). ``set_aside_en`` and ``set_aside_zh``
    have the lines of the body that only repeat title or author. ``content_hash`` is the SHA-256 of
    the file in hexadecimal digits. ``date`` is the first day of the day, month or year that the
    file names; ``date_precision`` says which of the three it is.
    """

    id: str
    title_en: str
    title_zh: str
    author_en: str
    author_zh: str
    date: datetime.date | None
    page: int | None
    section: str
    column: str
    paragraphs_en: tuple[str, ...]
    paragraphs_zh: tuple[str, ...]
    glossary: tuple[tuple[str, str], ...]
    set_aside_en: tuple[str, ...]
    set_aside_zh: tuple[str, ...]
    content_hash: str
    date_precision: DatePrecision = "day"

    @property
    def date_text(self) -> str:
        """The date as 1953-10-31, 1953-10 or 1953, with the precision that it has, or ""."""
        return date_text(self.date, self.date_precision)

    @property
    def last_date(self) -> datetime.date | None:
        """The last day of the period that the date names."""
        return last_day(self.date, self.date_precision) if self.date else None

    @property
    def languages(self) -> tuple[LanguageCode, ...]:
        """The languages in which the article has a title or a paragraph, English first."""
        has_text = {
            "en": bool(self.title_en or self.paragraphs_en),
            "zh": bool(self.title_zh or self.paragraphs_zh),
        }
        return tuple(language for language in LANGUAGES if has_text[language])

    def to_bytes(self) -> bytes:
        """Return the article as UTF-8, which `from_bytes` reads: each field follows a separator.

        The separator is the first character, and occurs in no field. Raises ValueError if a field
        has half of a surrogate pair, or if the fields contain every control character.
        """
        lists = (
            self.paragraphs_en,
            self.paragraphs_zh,
            self.set_aside_en,
            self.set_aside_zh,
            (*chain.from_iterable(self.glossary),),
        )
        fields = (
            "",
            self.id,
            self.title_en,
            self.title_zh,
            self.author_en,
            self.author_zh,
            self.date_text,
            "" if self.page is None else str(self.page),
            self.section,
            self.column,
            self.content_hash,
            " ".join([str(len(texts)) for texts in lists]),
            *chain.from_iterable(lists),
        )
        for separator in _SEPARATORS:
            text = separator.join(fields)
            if text.count(separator) == len(fields) - 1:
                return text.encode()
        raise ValueError(f"{self.id}: contains every control character")

    @classmethod
    def from_bytes(cls, data: bytes) -> Article:
        """Return the article that `to_bytes` wrote as ``data``."""
        text = data.decode()
        fields = tuple(text.split(text[0]))
        _, name, title_en, title_zh, author_en, author_zh, date, page = fields[:8]
        section, column, content_hash, sizes = fields[8:12]
        bounds = [*accumulate(map(int, sizes.split()), initial=12)]
        english, chinese, aside_en, aside_zh, terms = (fields[i:j] for i, j in pairwise(bounds))
        return cls(
            id=name,
            title_en=title_en,
            title_zh=title_zh,
            author_en=author_en,
            author_zh=author_zh,
            date=datetime.date.fromisoformat(f"{date}-01-01"[:10]) if date else None,
            page=int(page) if page else None,
            section=section,
            column=column,
            paragraphs_en=english,
            paragraphs_zh=chinese,
            glossary=tuple(zip(terms[::2], terms[1::2], strict=True)),
            set_aside_en=aside_en,
            set_aside_zh=aside_zh,
            content_hash=content_hash,
            date_precision=_precision_of(date),
        )


def _precision_of(text: str) -> DatePrecision:
    """Return the precision of a date that `date_text` wrote."""
    names = [name for name, length in _DATE_LENGTHS.items() if length == len(text)]
    return cast(DatePrecision, names[0]) if names else "day"


# An article that was read from a file never contains the first one.
_SEPARATORS = ("\r", *map(chr, range(0x20)))
