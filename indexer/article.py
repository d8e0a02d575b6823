"""What one file of the archive says; imports nothing of the project."""

from __future__ import annotations

import dataclasses
import datetime
import json
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Article:
    """One article, in English, in Chinese, or in both; what is not known is empty or ``None``.

    ``id`` is the file's path relative to the folder it was found in, with ``/``. A paragraph has
    no indent; it holds line breaks where it is a stanza or a list, or was wrapped by hand.
    ``glossary`` holds pairs (Chinese, English). ``set_aside_en`` and ``set_aside_zh`` hold the
    lines of the body that only repeat title or author. ``content_hash`` is the file's SHA-256, hex.
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

    @property
    def languages(self) -> tuple[str, ...]:
        """Those of ``("en", "zh")`` in which there is a title or a paragraph."""
        english = ("en",) if self.title_en or self.paragraphs_en else ()
        chinese = ("zh",) if self.title_zh or self.paragraphs_zh else ()
        return english + chinese

    def to_json(self) -> str:
        """The article as one line of JSON, which `from_json` reads back without loss."""
        fields = {name: getattr(self, name) for name in _NAMES}
        if self.date:
            fields["date"] = self.date.isoformat()
        return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Article:
        """The article that `to_json` wrote as ``text``."""
        fields = json.loads(text)
        for name in _LISTS:
            fields[name] = tuple(fields[name])
        fields["glossary"] = tuple((chinese, english) for chinese, english in fields["glossary"])
        if fields["date"]:
            fields["date"] = datetime.date.fromisoformat(fields["date"])
        return cls(**fields)


_NAMES = tuple(field.name for field in dataclasses.fields(Article))
_LISTS = ("paragraphs_en", "paragraphs_zh", "set_aside_en", "set_aside_zh")
