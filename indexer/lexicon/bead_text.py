"""The text of a bead, taken out of its article."""

from __future__ import annotations

import datetime
from typing import NamedTuple

from indexer.align import BeadSpans
from indexer.article import Article, DatePrecision, date_text


class BeadText(NamedTuple):
    """A passage in both languages, with the date and id of its article.

    It is the text of a bead, or an entry of a glossary.
    """

    chinese: str
    english: str
    date: datetime.date | None = None
    article: str = ""
    date_precision: DatePrecision = "day"

    @property
    def date_text(self) -> str:
        """The date as 1953-10-31, 1953-10 or 1953, or ""."""
        return date_text(self.date, self.date_precision)

    def sides(self, language: str) -> tuple[str, str]:
        """The text in a language, ``"zh"`` or ``"en"``, and the text in the other one."""
        return (self.chinese, self.english) if language == "zh" else (self.english, self.chinese)

    @classmethod
    def from_spans(cls, article: Article, spans: BeadSpans) -> BeadText:
        """The text of one bead of an article; line breaks separate its paragraphs."""
        chinese = [article.paragraphs_zh[number][start:end] for number, start, end in spans.chinese]
        english = [article.paragraphs_en[number][start:end] for number, start, end in spans.english]
        both = "\n".join(chinese), "\n".join(english)
        return cls(*both, article.date, article.id, article.date_precision)
