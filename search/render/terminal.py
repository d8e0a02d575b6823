"""Pages and articles for readers: lines for a terminal, a pipe or a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Final

from indexer.article import Article
from indexer.wording import counted
from search.hit import Facet, Hit, Page, Snippet
from search.passage.cells import text_cells
from search.render.marked_text import FAINT, TITLE, Style, marked_lines, plain, without_colour
from search.render.table import GUTTER

# A terminal of this width in cells has room for both languages side by side.
MIN_SIDE_BY_SIDE: Final = 100

# Maximum number of values printed for a facet. Years are all printed.
MAX_VALUES: Final = 20
_FACET_LABEL: Final = 10  # cells


def page_lines(page: Page, style: Style) -> Iterator[str]:
    """Yield the lines of a page: its hits with blank lines between them, then its facets."""
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
    """Say in one line how many articles match, which are shown, and how long the search took."""
    if not page.total:
        return f"nothing found ({page.elapsed:.3f} s)"
    found = counted(page.total, "article matches", "articles match")
    if page.relaxed:
        found = f"no article has all of these words; {found} any of them"
    first = page.offset + 1
    if not page.hits:
        found += ", none shown"
    elif len(page.hits) < page.total:
        found += f", {first:,} to {first + len(page.hits) - 1:,} shown"
    return f"{found} ({page.elapsed:.3f} s)"


def article_lines(article: Article, languages: Sequence[str], style: Style) -> Iterator[str]:
    """Yield the lines of a whole article, in each of ``languages`` that it has."""
    titles = {"zh": article.title_zh, "en": article.title_en}
    bodies = {"zh": article.paragraphs_zh, "en": article.paragraphs_en}
    for language in languages:
        if titles[language]:
            yield from marked_lines(titles[language], (), style, "", "", TITLE)
    yield from _fact_lines(article, style, "")
    for language in languages:
        for paragraph in bodies[language]:
            yield ""
            for line in paragraph.split("\n"):
                yield from marked_lines(line, (), style, "", "")
    if article.glossary:
        yield ""
        for chinese, english in article.glossary:
            yield f"{plain(chinese)}{GUTTER}{plain(english)}"


def _facet_lines(facet: Facet, style: Style) -> Iterator[str]:
    """Yield the name of a facet and its values with their counts."""
    shown = len(facet.counts) if facet.name == "year" else MAX_VALUES
    counts = [f"{plain(value)} {count:,}" for value, count in facet.counts[:shown]]
    if len(facet.counts) > shown:
        counts.append(f"and {len(facet.counts) - shown:,} more")
    label = f"{facet.name + ':':{_FACET_LABEL}}"
    yield from marked_lines(" · ".join(counts), (), style, label, " " * _FACET_LABEL)


def _hit_lines(hit: Hit, style: Style) -> Iterator[str]:
    """Yield the titles, the facts and the passages of a hit."""
    article = hit.article
    rank = f"{hit.rank}. "
    indent = " " * len(rank)
    titles = [
        (title, spans)
        for title, spans in (
            (article.title_zh, hit.title_spans_zh),
            (article.title_en, hit.title_spans_en),
        )
        if title
    ] or [("(no title)", ())]
    for i, (title, spans) in enumerate(titles):
        yield from marked_lines(title, spans, style, indent if i else rank, indent, TITLE)
    yield from _fact_lines(article, style, indent)
    counterparts: list[Snippet] = []
    for snippet in hit.snippets:
        if not any(_contains(counterpart, snippet) for counterpart in counterparts):
            yield from _passage_lines(snippet, style, indent)
        counterparts += snippet.counterpart


def _facts(article: Article) -> list[str]:
    """List the known ones of date, page, section, column and authors, then the ID."""
    authors = [author for author in (article.author_zh, article.author_en) if author]
    return [
        *([article.date_text] if article.date else []),
        *([f"page {article.page}"] if article.page is not None else []),
        *(name for name in (article.section, article.column) if name),
        *([" / ".join(authors)] if authors else []),
        article.id,
    ]


def _fact_lines(article: Article, style: Style, indent: str) -> Iterator[str]:
    """Yield the facts. No fact is broken over two lines, so that an ID can be copied."""
    line = ""
    for fact in map(plain, _facts(article)):
        longer = f"{line} · {fact}" if line else fact
        if line and style.width is not None and text_cells(indent + longer) > style.width:
            yield indent + style.paint(FAINT, line)
            longer = fact
        line = longer
    yield indent + style.paint(FAINT, line)


def _contains(outer: Snippet, inner: Snippet) -> bool:
    """Whether one snippet shows all the text of another."""
    return (
        (outer.language, outer.paragraph) == (inner.language, inner.paragraph)
        and outer.start <= inner.start
        and inner.start + len(inner.text) <= outer.start + len(outer.text)
    )


def _passage_lines(snippet: Snippet, style: Style, indent: str) -> Iterator[str]:
    """Yield a snippet and its counterpart: side by side if there is room, else one below it."""
    if style.width is None or style.width < MIN_SIDE_BY_SIDE or not snippet.counterpart:
        yield from _snippet_lines(snippet, style, f"{indent}¶{snippet.paragraph} ")
        for passage in snippet.counterpart:
            yield from _snippet_lines(passage, style, f"{indent}= ¶{passage.paragraph} ")
        return
    width = (style.width - len(indent) - len(GUTTER)) // 2
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
        blanks = " " * (width - text_cells(without_colour(left)))
        yield f"{indent}{left}{blanks}{GUTTER}{right}".rstrip()


def _snippet_lines(snippet: Snippet, style: Style, label: str) -> Iterator[str]:
    """Yield a snippet after its label, with … where its paragraph goes on."""
    before, after = "…" * snippet.cut_before, "…" * snippet.cut_after
    shift = len(before)
    spans = tuple((start + shift, end + shift) for start, end in snippet.spans)
    yield from marked_lines(before + snippet.text + after, spans, style, label, " " * len(label))
