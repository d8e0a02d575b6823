"""Pages and articles as JSON, an object a line.

`search --json` prints one object of ``"type": "page"``, then one of ``"type": "hit"`` for each hit:

    page   schema (1), query, total, offset, limit, relaxed (no article had all words, these have
           any), elapsed (seconds), diagnostics [{kind, message, start, end}] (places in the query),
           facets {name: [[value, count]]} (of all matches)
    hit    schema, rank (from 1), score, id, date (YYYY-MM-DD or null), page (or null), section,
           column, languages ["en", "zh"], title_en, title_zh, author_en, author_zh,
           title_spans_en and title_spans_zh [[start, end]] (what matches in the titles),
           snippets [{language, paragraph (from 1), start (in the paragraph), text,
           spans [[start, end]] (in the text), cut_before, cut_after, counterpart (what the other
           language says there: snippets again)}]

`show --json` prints one object of ``"type": "article"``: as a hit without rank, score, spans and
snippets, but with paragraphs_en, paragraphs_zh, glossary [[Chinese, English]], set_aside_en,
set_aside_zh (lines that only repeat title or author) and content_hash (SHA-256 of the file).

`kwic --json` prints one object of ``"type": "concordance"``, then one of ``"type": "line"`` for
each line; `collocates --json` one of ``"type": "collocates"`` and as many of ``"collocate"``:

    concordance  schema, query, total (lines in all), articles (that they are from), matching
                 (articles that match), limit (0: all), relaxed, diagnostics
    line         schema, id, date, language, paragraph (from 1; 0: the title), start (of the
                 keyword, in the paragraph), left, keyword, right, counterpart (what the other
                 language says, if asked for), counterpart_spans [[start, end]] (in that)
    collocates   schema, query, total (words in all), nodes {language: how many places the query's
                 words have}, measure, window, min_count, limit, relaxed, diagnostics
    collocate    schema, word, language (of the node), together, frequency, score, example (a line)

`lexicon --json` prints one object of ``"type": "lexicon"``, then one of ``"rendering"`` for each:

    lexicon      schema, term, language (of the term), places (in texts), articles (that they are
                 in), beads (aligned passages that were looked at), total (renderings)
    rendering    schema, text, count (of beads), share (of them), confidence (0 to 1), first_date,
                 last_date, years {year: count}, examples [{id, date, chinese, english, term
                 [start, end], rendering [start, end]}] (places in the text of their language)

Places count characters (code points) of the original text; ends are exclusive. Fields may be added
without notice; when one changes its meaning or goes, ``schema`` is raised.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from indexer.article import Article
from search.hit import Hit, Page

if TYPE_CHECKING:
    from datetime import date

    from search.corpus.collocates import Collocates
    from search.corpus.concordance import Concordance, ConcordanceLine
    from search.corpus.lexicon import LexiconEntry

SCHEMA: Final = 1

# Written as \uxxxx, beside what JSON demands: halves of surrogate pairs, which are no UTF-8, and
# what would break a line, command a terminal, or turn the direction of its text.
_ESCAPED = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def page_lines(page: Page) -> Iterator[str]:
    """A page and its hits."""
    yield _line(
        "page",
        query=page.query,
        total=page.total,
        offset=page.offset,
        limit=page.limit,
        relaxed=page.relaxed,
        elapsed=round(page.elapsed, 6),
        diagnostics=[asdict(diagnostic) for diagnostic in page.diagnostics],
        facets={facet.name: facet.counts for facet in page.facets},
    )
    for hit in page.hits:
        yield _line("hit", **_hit(hit))


def concordance_lines(concordance: Concordance) -> Iterator[str]:
    """A concordance and its lines."""
    yield _line(
        "concordance",
        query=concordance.query,
        total=concordance.total,
        articles=concordance.articles,
        matching=concordance.matching,
        limit=concordance.limit,
        relaxed=concordance.relaxed,
        diagnostics=[asdict(diagnostic) for diagnostic in concordance.diagnostics],
    )
    for line in concordance:
        yield _line("line", **_in_context(line))


def collocate_lines(collocates: Collocates) -> Iterator[str]:
    """What there is of collocates, and each of them."""
    yield _line(
        "collocates",
        query=collocates.query,
        total=collocates.total,
        nodes=collocates.nodes,
        measure=collocates.measure,
        window=collocates.window,
        min_count=collocates.min_count,
        limit=collocates.limit,
        relaxed=collocates.relaxed,
        diagnostics=[asdict(diagnostic) for diagnostic in collocates.diagnostics],
    )
    for collocate in collocates:
        yield _line(
            "collocate",
            word=collocate.word,
            language=collocate.language,
            together=collocate.together,
            frequency=collocate.frequency,
            score=round(collocate.score, 6),
            example=_in_context(collocate.example),
        )


def lexicon_lines(entry: LexiconEntry) -> Iterator[str]:
    """What there is of a term, and each of its renderings."""
    yield _line(
        "lexicon",
        term=entry.term,
        language=entry.language,
        places=entry.places,
        articles=entry.articles,
        beads=entry.beads,
        total=entry.total,
    )
    for rendering in entry.renderings:
        yield _line(
            "rendering",
            text=rendering.text,
            count=rendering.count,
            share=round(rendering.share, 6),
            confidence=round(rendering.confidence, 6),
            first_date=_day(rendering.first_date),
            last_date=_day(rendering.last_date),
            years=rendering.years,
            examples=[
                {
                    "id": example.bead.article,
                    "date": _day(example.bead.date),
                    "chinese": example.bead.chinese,
                    "english": example.bead.english,
                    "term": example.term,
                    "rendering": example.rendering,
                }
                for example in rendering.examples
            ],
        )


def article_line(article: Article) -> str:
    """An article, whole."""
    return _line(
        "article",
        **_facts(article),
        paragraphs_en=article.paragraphs_en,
        paragraphs_zh=article.paragraphs_zh,
        glossary=article.glossary,
        set_aside_en=article.set_aside_en,
        set_aside_zh=article.set_aside_zh,
        content_hash=article.content_hash,
    )


def _in_context(line: ConcordanceLine) -> dict[str, Any]:
    return {**line._asdict(), "date": _day(line.date)}


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _hit(hit: Hit) -> dict[str, Any]:
    return {
        "rank": hit.rank,
        "score": round(hit.score, 6),
        **_facts(hit.article),
        "title_spans_en": hit.title_spans_en,
        "title_spans_zh": hit.title_spans_zh,
        "snippets": [asdict(snippet) for snippet in hit.snippets],
    }


def _facts(article: Article) -> dict[str, Any]:
    return {
        "id": article.id,
        "date": _day(article.date),
        "page": article.page,
        "section": article.section,
        "column": article.column,
        "languages": article.languages,
        "title_en": article.title_en,
        "title_zh": article.title_zh,
        "author_en": article.author_en,
        "author_zh": article.author_zh,
    }


def _line(kind: str, **fields: Any) -> str:
    text = json.dumps({"schema": SCHEMA, "type": kind, **fields}, ensure_ascii=False)
    return _ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
