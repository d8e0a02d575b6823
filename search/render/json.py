"""JSON for other programs: one object on each line.

Every object has ``schema``, an integer, and ``type``, a string. New fields may appear at any time.
``schema`` is now 1; it grows when a field changes its meaning or is removed.

These notations are used below:

    text      String in the original characters of the article.
    offset    Integer: number of characters (Unicode code points) before a position.
    span      [start, end], two offsets. The end is exclusive.
    date      String YYYY-MM-DD, YYYY-MM or YYYY, as precise as the date is known, or null.
    language  String: "en" or "zh".
    count     Integer, 0 or more.
    [x]       Array of x.

`search --json` prints a ``page``, then a ``hit`` for each hit:

    page
      query                 string        The query as typed.
      total                 count         Articles that match.
      offset                count         Hits before the first one that is printed.
      limit                 count         Maximum number of hits.
      relaxed               boolean       No article has all words; these have any of them.
      elapsed               number        Duration of the search in seconds.
      diagnostics           [diagnostic]  Remarks about the query.
      facets                {name: [[value, count]]}  Requested facets of all matches.

    diagnostic
      kind                  string        Kind of the remark, such as "unclosed-quote".
      message               string        The remark in English.
      start, end            offset        The part of the query that the remark is about.

    hit
      rank                  integer       Rank of the hit, counted from 1 across pages.
      score                 number        Score of the hit. Higher is better.
      id                    string        Path of the article below the indexed folder.
      date                  date          Date of the article.
      page                  integer       Page of the newspaper, or null.
      section, column       text          Section and column, or "".
      languages             [language]    Languages of the article.
      title_en, title_zh    text          Titles, or "".
      author_en, author_zh  text          Authors, or "".
      title_spans_en        [span]        Matches in title_en.
      title_spans_zh        [span]        Matches in title_zh.
      snippets              [snippet]     Best passages.

    snippet
      language              language      Language of the passage.
      paragraph             integer       Number of the paragraph, counted from 1.
      start                 offset        Start of the snippet in its paragraph.
      text                  text          The passage.
      spans                 [span]        Matches in ``text``.
      cut_before            boolean       The paragraph begins before the snippet.
      cut_after             boolean       The paragraph goes on after the snippet.
      counterpart           [snippet]     Translation of the passage, one for each paragraph.

`show --json` prints an ``article``. It has the fields of a hit from id to author_zh, and:

    article
      paragraphs_en, paragraphs_zh  [text]  Paragraphs of the body.
      set_aside_en, set_aside_zh    [text]  Lines of the body that only repeat title or author.
      glossary              [[text, text]]  Pairs of a Chinese term and its English translation.
      content_hash          string          SHA-256 of the file in hexadecimal digits.

`kwic --json` prints a ``concordance``, then a ``line`` for each line:

    concordance
      query, relaxed, diagnostics         As for a page.
      total                 count         Lines in all.
      articles              count         Articles that have lines.
      matching              count         Articles that match.
      limit                 count         Maximum number of lines; 0 means all.

    line
      id                    string        ID of the article.
      date                  date          Date of the article.
      language              language      Language of the paragraph.
      paragraph             integer       Number of the paragraph, counted from 1; 0 is the title.
      start                 offset        Start of the keyword in its paragraph.
      left, keyword, right  text          The keyword and the text on both sides of it.
      counterpart           text          Translation, or "" if unknown or not requested.
      counterpart_spans     [span]        Renderings of the keyword in ``counterpart``.

`collocates --json` prints ``collocates``, then a ``collocate`` for each word:

    collocates
      query, relaxed, diagnostics         As for a page.
      total                 count         Words that occur near at least min_count times.
      nodes                 {language: count}  Occurrences of the query's words.
      measure               string        Association measure: "logdice", "pmi" or "t".
      window                integer       Words on each side that count as near.
      min_count             integer       Minimum of ``together``.
      limit                 count         Maximum number of words; 0 means all.

    collocate
      word                  string        The word as indexed.
      language              language      Language of the query's words near it.
      together              count         Occurrences near the query's words.
      frequency             count         Occurrences in the whole index.
      score                 number        Value of the association measure.
      example               line          The earliest line that the word is near.

`lexicon --json` prints a ``lexicon``, then a ``rendering`` for each rendering:

    lexicon
      term                  string        The term as typed.
      language              language      Language of the term.
      places                count         Occurrences in the bodies of articles.
      articles              count         Articles with these occurrences.
      beads                 count         Aligned passages that were examined.
      total                 count         Renderings in all.

    rendering
      text                  string        The rendering in its most frequent form.
      count                 count         Examined passages with this rendering.
      share                 number        ``count`` divided by ``beads``.
      confidence            number        Probability that it translates the term, 0 to 1.
      first_date, last_date date          Dates of the first and the last such passage.
      years                 {year: count}  The same passages by year, if they are dated.
      examples              [example]     At most three passages, the surest first.

    each example
      id                    string        ID of the article.
      date                  date          Date of the article.
      chinese, english      text          The passage in both languages.
      term                  span          The term in the text of its language.
      rendering             span          The rendering in the other text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from indexer.article import Article, date_text
from search.hit import Hit, Page
from search.render.json_line import json_line

if TYPE_CHECKING:
    from datetime import date

    from indexer.lexicon import Rendering
    from search.corpus.collocates import Collocates
    from search.corpus.concordance import Concordance, ConcordanceLine
    from search.corpus.lexicon import LexiconEntry
    from search.language.query import Diagnostic


def page_lines(page: Page) -> Iterator[str]:
    """Yield a page, then its hits."""
    yield json_line(
        "page",
        query=page.query,
        total=page.total,
        offset=page.offset,
        limit=page.limit,
        relaxed=page.relaxed,
        elapsed=round(page.elapsed, 6),
        diagnostics=_diagnostics(page.diagnostics),
        facets={facet.name: facet.counts for facet in page.facets},
    )
    for hit in page.hits:
        yield json_line("hit", **_hit(hit))


def concordance_lines(concordance: Concordance) -> Iterator[str]:
    """Yield a concordance, then its lines."""
    yield json_line(
        "concordance",
        query=concordance.query,
        total=concordance.total,
        articles=concordance.articles,
        matching=concordance.matching,
        limit=concordance.limit,
        relaxed=concordance.relaxed,
        diagnostics=_diagnostics(concordance.diagnostics),
    )
    for line in concordance:
        yield json_line("line", **_in_context(line))


def collocate_lines(collocates: Collocates) -> Iterator[str]:
    """Yield the totals of a list of collocates, then each collocate."""
    yield json_line(
        "collocates",
        query=collocates.query,
        total=collocates.total,
        nodes=collocates.nodes,
        measure=collocates.measure,
        window=collocates.window,
        min_count=collocates.min_count,
        limit=collocates.limit,
        relaxed=collocates.relaxed,
        diagnostics=_diagnostics(collocates.diagnostics),
    )
    for collocate in collocates:
        yield json_line(
            "collocate",
            word=collocate.word,
            language=collocate.language,
            together=collocate.together,
            frequency=collocate.frequency,
            score=round(collocate.score, 6),
            example=_in_context(collocate.example),
        )


def lexicon_lines(entry: LexiconEntry) -> Iterator[str]:
    """Yield the totals of a term, then each of its renderings."""
    yield json_line(
        "lexicon",
        term=entry.term,
        language=entry.language,
        places=entry.places,
        articles=entry.articles,
        beads=entry.beads,
        total=entry.total,
    )
    for rendering in entry.renderings:
        yield json_line("rendering", **_rendering(rendering))


def article_line(article: Article) -> str:
    """Return a whole article."""
    return json_line(
        "article",
        **_facts(article),
        paragraphs_en=article.paragraphs_en,
        paragraphs_zh=article.paragraphs_zh,
        glossary=article.glossary,
        set_aside_en=article.set_aside_en,
        set_aside_zh=article.set_aside_zh,
        content_hash=article.content_hash,
    )


def _diagnostics(diagnostics: Iterable[Diagnostic]) -> list[dict[str, Any]]:
    return [asdict(diagnostic) for diagnostic in diagnostics]


def _rendering(rendering: Rendering) -> dict[str, Any]:
    return {
        "text": rendering.text,
        "count": rendering.count,
        "share": round(rendering.share, 6),
        "confidence": round(rendering.confidence, 6),
        "first_date": _day(rendering.first_date),
        "last_date": _day(rendering.last_date),
        "years": rendering.years,
        "examples": [
            {
                "id": example.bead.article,
                "date": example.bead.date_text or None,
                "chinese": example.bead.chinese,
                "english": example.bead.english,
                "term": example.term,
                "rendering": example.rendering,
            }
            for example in rendering.examples
        ],
    }


def _in_context(line: ConcordanceLine) -> dict[str, Any]:
    fields = {**line._asdict(), "date": date_text(line.date, line.date_precision) or None}
    del fields["date_precision"]
    return fields


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
        "date": article.date_text or None,
        "page": article.page,
        "section": article.section,
        "column": article.column,
        "languages": article.languages,
        "title_en": article.title_en,
        "title_zh": article.title_zh,
        "author_en": article.author_en,
        "author_zh": article.author_zh,
    }
