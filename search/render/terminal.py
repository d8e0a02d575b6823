"""Pages and articles as text for readers.

On a terminal lines are wrapped to its width and matches are coloured; elsewhere a snippet is one
line, and a match stands between « and ». Control characters of an article never get through.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Final, NamedTuple

from indexer.article import Article
from search.hit import Facet, Hit, Page, Snippet, Spans
from search.passage.cells import character_cells, text_cells

# A terminal of so many columns has room for both languages side by side.
SIDE_BY_SIDE: Final = 100
_GUTTER: Final = "  "

# Of a facet so many values are printed; of years all.
MAX_VALUES: Final = 20

_RESET: Final = "\x1b[0m"
MATCH: Final = "\x1b[1;31m"
_TITLE: Final = "\x1b[1m"
FAINT: Final = "\x1b[2m"
_CODE: Final = "\x1b\\[[0-9;]*m"

# Control characters, and those that turn the direction of what follows.
_UNSAFE: Final = "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]"
_LINE_BREAK: Final = r"\s*\n\s*"
# What stays together on a line: a word, or a wide character, with the punctuation around it.
_OPENING: Final = "«“‘「『（《〈"
_CLOSING: Final = "，。、；：！？…”’」』）》〉»"
_WIDE: Final = "\u2e80-\uffef\U00020000-\U0003ffff"
_CHUNK: Final = (
    rf"\s+|[{_OPENING}]*[{_WIDE}][{_CLOSING}]*"
    rf"|[^\s{_WIDE}]+?(?=[{_OPENING}]*[{_WIDE}]|\s|\Z)[{_CLOSING}]*"
)


class Style(NamedTuple):
    """How to print: ``width`` to wrap to, None for one line each; with colour or without."""

    width: int | None = None
    colour: bool = False

    def paint(self, code: str, text: str) -> str:
        """The text in a colour, where there are colours."""
        return f"{code}{text}{_RESET}" if self.colour and code and text else text

    def mark(self, text: str, base: str) -> str:
        """A match, in a text of colour ``base``."""
        return f"{MATCH}{text}{_RESET}{base}"


def page_lines(page: Page, style: Style) -> Iterator[str]:
    """A page: its hits, and its facets, with blank lines between them."""
    for hit in page.hits:
        if hit is not page.hits[0]:
            yield ""
        yield from _hit_lines(hit, style)
    facets = [facet for facet in page.facets if facet.counts]
    if page.hits and facets:
        yield ""
    for facet in facets:
        yield from _facet_lines(facet, style)


def summary(page: Page) -> str:
    """How many articles match, which are shown, and how long it took; one line."""
    if not page.total:
        return f"nothing found ({page.elapsed:.3f} s)"
    articles = "1 article matches" if page.total == 1 else f"{page.total:,} articles match"
    first = page.offset + 1
    if not page.hits:
        shown = "none shown"
    elif len(page.hits) == page.total:
        shown = ""
    else:
        shown = f"{first:,} to {first + len(page.hits) - 1:,} shown"
    head = "no article has all of these words; " if page.relaxed else ""
    tail = " any of them" if page.relaxed else ""
    return f"{head}{articles}{tail}{', ' if shown else ''}{shown} ({page.elapsed:.3f} s)"


def article_lines(article: Article, languages: Sequence[str], style: Style) -> Iterator[str]:
    """A whole article, in each of ``languages`` that it has."""
    titles = {"zh": article.title_zh, "en": article.title_en}
    bodies = {"zh": article.paragraphs_zh, "en": article.paragraphs_en}
    for language in languages:
        if titles[language]:
            yield from marked_lines(titles[language], (), style, "", "", _TITLE)
    yield from _fact_lines(article, style, "")
    for language in languages:
        for paragraph in bodies[language]:
            yield ""
            for line in paragraph.split("\n"):
                yield from marked_lines(line, (), style, "", "")
    if article.glossary:
        yield ""
        for chinese, english in article.glossary:
            yield f"{plain(chinese)}  {plain(english)}"


def plain(text: str) -> str:
    """The text as one line, safe to print."""
    return re.sub(_LINE_BREAK, " ", _safe(text))


def _safe(text: str) -> str:
    """The text, as long as it was, without what would command a terminal."""
    return re.sub(_UNSAFE, "\ufffd", text).replace("\t", " ")


def _facet_lines(facet: Facet, style: Style) -> Iterator[str]:
    """A facet's values with their counts, one after the other."""
    most = len(facet.counts) if facet.name == "year" else MAX_VALUES
    counts = [f"{plain(value)} {number:,}" for value, number in facet.counts[:most]]
    if len(facet.counts) > most:
        counts.append(f"and {len(facet.counts) - most:,} more")
    yield from marked_lines(" · ".join(counts), (), style, f"{facet.name + ':':10}", " " * 10)


def _hit_lines(hit: Hit, style: Style) -> Iterator[str]:
    article = hit.article
    number = f"{hit.rank}. "
    indent = " " * len(number)
    titles = [
        (title, spans)
        for title, spans in (
            (article.title_zh, hit.title_spans_zh),
            (article.title_en, hit.title_spans_en),
        )
        if title
    ] or [("(no title)", ())]
    for place, (title, spans) in enumerate(titles):
        yield from marked_lines(title, spans, style, indent if place else number, indent, _TITLE)
    yield from _fact_lines(article, style, indent)
    shown: list[Snippet] = []
    for snippet in hit.snippets:
        if not any(_holds(passage, snippet) for passage in shown):
            yield from _passage_lines(snippet, style, indent)
        shown += snippet.counterpart


def _facts(article: Article) -> list[str]:
    """Date, page, section, column, authors and path, as far as they are known."""
    authors = [author for author in (article.author_zh, article.author_en) if author]
    return [
        *([article.date.isoformat()] if article.date else []),
        *([f"page {article.page}"] if article.page is not None else []),
        *(name for name in (article.section, article.column) if name),
        *([" / ".join(authors)] if authors else []),
        article.id,
    ]


def _fact_lines(article: Article, style: Style, indent: str) -> Iterator[str]:
    """The facts, none of them broken: a path can be copied."""
    line = ""
    for fact in map(plain, _facts(article)):
        longer = f"{line} · {fact}" if line else fact
        if line and style.width is not None and text_cells(indent + longer) > style.width:
            yield indent + style.paint(FAINT, line)
            longer = fact
        line = longer
    yield indent + style.paint(FAINT, line)


def _holds(passage: Snippet, snippet: Snippet) -> bool:
    """Whether a passage has all that a snippet shows."""
    first, last = passage.start, passage.start + len(passage.text)
    return (
        (passage.language, passage.paragraph) == (snippet.language, snippet.paragraph)
        and first <= snippet.start
        and snippet.start + len(snippet.text) <= last
    )


def _passage_lines(snippet: Snippet, style: Style, indent: str) -> Iterator[str]:
    """A snippet and its counterpart: side by side where there is room, else one after the other."""
    if style.width is None or style.width < SIDE_BY_SIDE or not snippet.counterpart:
        yield from _snippet_lines(snippet, style, f"{indent}¶{snippet.paragraph} ")
        for passage in snippet.counterpart:
            yield from _snippet_lines(passage, style, f"{indent}= ¶{passage.paragraph} ")
        return
    width = (style.width - len(indent) - len(_GUTTER)) // 2
    half = style._replace(width=width)
    sides = [
        [
            line
            for passage in side
            for line in _snippet_lines(passage, half, f"¶{passage.paragraph} ")
        ]
        for side in ((snippet,), snippet.counterpart)
    ]
    chinese, english = sides if snippet.language == "zh" else reversed(sides)
    for left, right in zip_longest(chinese, english, fillvalue=""):
        blanks = " " * (width - text_cells(re.sub(_CODE, "", left)))
        yield f"{indent}{left}{blanks}{_GUTTER}{right}".rstrip()


def _snippet_lines(snippet: Snippet, style: Style, label: str) -> Iterator[str]:
    before, after = "…" * snippet.cut_before, "…" * snippet.cut_after
    shift = len(before)
    spans = tuple((start + shift, end + shift) for start, end in snippet.spans)
    yield from marked_lines(before + snippet.text + after, spans, style, label, " " * len(label))


def marked_lines(
    text: str, spans: Spans, style: Style, first: str, rest: str, base: str = ""
) -> Iterator[str]:
    """The lines of a text with marks, the first and the others led by what they are given."""
    text, spans = _folded(text, spans)
    if not style.colour:
        text, spans = _quoted(text, spans), ()
    lead = first
    for start, end in _lines(text, None if style.width is None else style.width - len(first)):
        yield lead + _painted(text, start, end, spans, style, base)
        lead = rest


def _folded(text: str, spans: Spans) -> tuple[str, Spans]:
    """The text without line breaks: a blank each, but nothing between Chinese characters."""
    text = _safe(text)
    pieces: list[str] = []
    removed: list[tuple[int, int]] = []  # where a break ends, and by how much the text is shorter
    last = shorter = 0
    for match in re.finditer(_LINE_BREAK, text):
        before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
        wide = before and after and character_cells(before) == character_cells(after) == 2
        pieces += [text[last : match.start()], "" if wide else " "]
        shorter += len(match[0]) - (0 if wide else 1)
        last = match.end()
        removed.append((last, shorter))
    if not removed:
        return text, spans

    def moved(place: int) -> int:
        return place - max((less for end, less in removed if end <= place), default=0)

    return "".join([*pieces, text[last:]]), tuple((moved(a), moved(b)) for a, b in spans)


def _quoted(text: str, spans: Spans) -> str:
    """The text with its marks in it, for they take columns."""
    for start, end in reversed(spans):
        text = f"{text[:start]}«{text[start:end]}»{text[end:]}"
    return text


def _lines(text: str, width: int | None) -> Iterator[tuple[int, int]]:
    """Where the lines of a text of some columns begin and end."""
    if width is None or text_cells(text) <= width:
        yield 0, len(text)
        return
    start = end = used = 0
    for match in re.finditer(_CHUNK, text):
        cells = text_cells(match[0])
        if used and used + cells > width and not match[0].isspace():
            yield start, end
            start, used = match.start(), 0
        used += cells
        if not match[0].isspace():
            end = match.end()
    if end > start:
        yield start, end


def _painted(text: str, start: int, end: int, spans: Spans, style: Style, base: str) -> str:
    """A piece of a text with its marks."""
    parts: list[str] = []
    last = start
    for first, final in spans:
        low, high = max(first, start), min(final, end)
        if low < high:
            parts += [text[last:low], style.mark(text[low:high], base)]
            last = high
    parts.append(text[last:end])
    return style.paint(base, "".join(parts))
