"""Turns the text of a file into an `Article`.

This is a file of the archive. Every part may be missing, as long as there is a title or some text:

    Title: English headline             header: keys in any order, blank lines between them
    Author: Name
    Date: 1953-10-31
    Page: 1                             or Edition: 1

        English paragraphs              the first lines may repeat headline and author

    **Named Entities**
    中文名称  English name               glossary: a tab or two blanks between the terms

    <hr />
    Original:
    ### 中文标题                          heading, followed by the record
    作者
    1953-10-31
    第1版(栏目)                           page and section
    专栏：专栏                             column

        中文段落

A line is taken out of the body only if the fields of the article hold everything that it says. All
other lines stay in the body, so nothing in the file is lost.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from indexer.analysis.folding import without_unknown
from indexer.analysis.line_width import line_cells
from indexer.analysis.script import CHINESE, is_word_or_han
from indexer.article import Article
from indexer.errors import SeedError
from indexer.source.dates import PartialDate, split_name
from indexer.source.header import DIGIT, Facts, read_header, read_heading
from indexer.source.paragraphs import take_repeated, to_paragraphs

_NAMED_ENTITIES = re.compile(r"(?:\*\*|#+) ?Named Entities ?:?(?:\*\*)?:?")
# Between the terms of a glossary: tried in this order.
_BETWEEN_TERMS = (
    re.compile(r"\t"),
    re.compile("[ \u3000\xa0]{2,}"),
    re.compile(rf"(?<=[{CHINESE}])\s+(?=[A-Za-z])"),
)
_CHINESE = re.compile(f"[{CHINESE}]+")
_LATIN = re.compile("[A-Za-z]+")

# Where the original begins, tried in this order: below both of its marks, below one of them if a
# heading follows, or at a Chinese heading that is followed by a record.
_DIVIDERS = (
    re.compile(r"<(?:hr|HR)\s*/?>\s*^[^\S\n]*(?:Original|ORIGINAL):[^\S\n]*$", re.M),
    re.compile(r"^[^\S\n]*(?:<hr\s*/?>|Original:)[^\S\n]*\n\s*(?=#)", re.M | re.I),
    re.compile(
        rf"^(?=#[^\n{CHINESE}]*[{CHINESE}].*\n\s*(?:\S.{{0,60}}\n\s*)?(?:{DIGIT}{{4}}-{DIGIT}|第{DIGIT}*版|专栏[:：]))",
        re.M,
    ),
)
_MAX_TITLE_CELLS = 200


def parse_article(
    text: str,
    article_id: str,
    content_hash: str,
    path: str | Path,
    warn: Callable[[int, str], None] | None = None,
) -> Article:
    """Return the article in ``text``, the whole text of the file at ``path``.

    The date is found in the header, in the record of the original, or at the beginning of the
    file's name, and so is a missing title. ``warn`` is called with the line and a reason if a value
    cannot be read. Raises `SeedError` if there is neither a title nor a paragraph.
    """
    facts = Facts(warn or _ignore)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    first, second, line = _divide(text)
    halves = [_read_half(first, 1, facts), _read_half(second, line, facts)]
    period, name_title = split_name(Path(path).stem)
    period = facts.period or period
    is_untitled = not any(half.title for half in halves)
    if is_untitled and not name_title:
        _take_first_line(halves)
    english, chinese = _by_language(*halves)
    if name_title:
        _take_name(name_title, english, chinese, is_untitled=is_untitled)
    if not any((english.title, english.paragraphs, chinese.title, chinese.paragraphs)):
        raise SeedError(path, 0, "no title and no text")
    return _article(article_id, content_hash, english, chinese, facts, period)


def _article(
    article_id: str,
    content_hash: str,
    english: _Half,
    chinese: _Half,
    facts: Facts,
    period: PartialDate | None,
) -> Article:
    return Article(
        id=article_id,
        title_en=english.title,
        title_zh=chinese.title,
        author_en=english.author,
        author_zh=chinese.author,
        date=period.first if period else None,
        date_precision=period.precision if period else "day",
        page=facts.page,
        section=facts.section,
        column=facts.column,
        paragraphs_en=tuple(english.paragraphs),
        paragraphs_zh=tuple(chinese.paragraphs),
        glossary=(*english.glossary, *chinese.glossary),
        set_aside_en=tuple(english.set_aside),
        set_aside_zh=tuple(chinese.set_aside),
        content_hash=content_hash,
    )


@dataclass(slots=True)
class _Half:
    """The parts of an article before or after the divider."""

    title: str = ""
    author: str = ""
    paragraphs: list[str] = field(default_factory=list)
    glossary: list[tuple[str, str]] = field(default_factory=list)
    set_aside: list[str] = field(default_factory=list)
    begins_with_joined_lines: bool = False

    def is_empty(self) -> bool:
        return not any((self.title, self.author, self.paragraphs, self.glossary, self.set_aside))


def _divide(text: str) -> tuple[str, str, int]:
    """Return the text before and after the divider, and the line on which the latter begins."""
    for divider in _DIVIDERS:
        if match := divider.search(text):
            line = text.count("\n", 0, match.end()) + 1
            return text[: match.start()], text[match.end() :], line
    return text, "", 1


def _read_half(text: str, line: int, facts: Facts) -> _Half:
    half = _Half()
    lines = text.split("\n")
    half.title, half.author, body = read_header(lines, line, facts)
    if not (half.title or half.author):
        line += len(lines) - len(body)
        half.title, half.author, body = read_heading(body, line, facts)
    if "Named Entities" in text:
        body = _read_named_entities(body, half)
    half.set_aside, body = take_repeated(body, (half.title, half.author))
    paragraphs = to_paragraphs(body)
    half.paragraphs = [paragraph.text for paragraph in paragraphs]
    half.begins_with_joined_lines = bool(paragraphs) and paragraphs[0].is_joined
    return half


def _read_named_entities(lines: list[str], half: _Half) -> list[str]:
    """Read the glossary; return the other lines, including those below it without a pair."""
    starts = (at for at, line in enumerate(lines) if _NAMED_ENTITIES.fullmatch(line.strip()))
    start = next(starts, None)
    if start is None:
        return lines
    body = lines[:start]
    for line in lines[start + 1 :]:
        if pair := _pair_of_terms(line.strip()):
            half.glossary.append(pair)
        else:
            body.append(line)
    return body


def _pair_of_terms(line: str) -> tuple[str, str] | None:
    """Return the Chinese and the English term on a line of the glossary."""
    for between in _BETWEEN_TERMS:
        left, right = (*map(str.strip, between.split(line, maxsplit=1)), "")[:2]
        if right and _CHINESE.search(left):
            return left, right
        if left and _CHINESE.search(right):
            return right, left
    return None


def _take_first_line(halves: list[_Half]) -> None:
    """Make the first line of the text the title.

    If the line is long or goes on in the next one, the title is its beginning, and the line stays
    in the text.
    """
    half = next((half for half in halves if half.paragraphs), None)
    if not half:
        return
    line, _, rest = half.paragraphs[0].partition("\n")
    if half.begins_with_joined_lines or line_cells(line) > _MAX_TITLE_CELLS:
        opening = line[: _MAX_TITLE_CELLS // 2]
        half.title = (re.sub(r"[A-Za-z]+$", "", opening).rstrip() or opening) + "…"
    else:
        half.title = line
        half.paragraphs[:1] = [rest] if rest else []


def _take_name(title: str, english: _Half, chinese: _Half, *, is_untitled: bool) -> None:
    """Give the title in a file's name to the half of its language, if that has text and no title.

    The name of a file cannot have all punctuation. If the first paragraph is the same title, its
    form is taken.
    """
    half = chinese if _language([title]) == "zh" else english
    if half.title or not half.paragraphs:
        other = english if half is chinese else chinese
        if not is_untitled or half.title or not other.paragraphs:
            return
    if half.paragraphs and _letters(half.paragraphs[0]) == _letters(title):
        title = half.paragraphs.pop(0)
    half.title = title


def _letters(text: str) -> str:
    return "".join(filter(is_word_or_han, without_unknown(text))).lower()


def _ignore(line: int, reason: str) -> None:
    """Ignore a warning."""


def _by_language(first: _Half, second: _Half) -> tuple[_Half, _Half]:
    """Return the English and the Chinese half.

    The first half is the English one, unless their scripts say otherwise. A single half is divided.
    """
    if first.is_empty() or second.is_empty():
        return _split_by_script(second if first.is_empty() else first)
    swapped = _language(first.paragraphs) == "zh" and _language(second.paragraphs) == "en"
    return (second, first) if swapped else (first, second)


def _split_by_script(half: _Half) -> tuple[_Half, _Half]:
    """Give the text of a single half to its language, and title and author each to its own."""
    language = _language(half.paragraphs) or _language([half.title]) or "en"
    sides = {"en": _Half(), "zh": _Half()}
    sides[language] = replace(half, title="", author="")
    sides[_language([half.title]) or language].title = half.title
    sides[_language([half.author]) or language].author = half.author
    return sides["en"], sides["zh"]


def _language(texts: list[str]) -> str:
    """Return the language that takes more cells in ``texts``, or "" if there are no letters."""
    sample = "".join(islice(texts, 20))[:1000]
    han = 0 if sample.isascii() else sum(map(len, _CHINESE.findall(sample)))
    letters = sum(map(len, _LATIN.findall(sample))) if han else int(bool(_LATIN.search(sample)))
    return "zh" if 2 * han > letters else "en" if letters else ""
