"""Counterparts: the sentences of the other language that translate a passage.

A counterpart is shown only where the alignment is confident. The renderings of the matches are
marked in it, as far as the lexicon finds them.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from indexer.align import Alignment, ParagraphSpan
from indexer.article import Article, LanguageCode, other_language
from search.hit import Snippet, Spans
from search.passage.article_text import ArticleText
from search.passage.fragment import fragment
from search.passage.highlight import Highlights, merge_spans

if TYPE_CHECKING:
    from indexer.lexicon import Linker

# A counterpart may be twice as wide as its snippet, because English is wider than Chinese.
_MAX_STRETCH: Final = 2

_Span = tuple[int, int]
_Paragraphs = Mapping[LanguageCode, Sequence[str]]


class CounterpartFinder:
    """Finds the counterparts of snippets that are at most ``width`` cells wide.

    Matches of the query are marked in them, and renderings of its words if there is a ``linker``.
    """

    def __init__(self, width: int, linker: Linker | None = None) -> None:
        self._width = width * _MAX_STRETCH
        self._linker = linker

    def with_counterpart(
        self, snippet: Snippet, alignment: Alignment, chinese: Highlights, english: Highlights
    ) -> Snippet:
        """Return the snippet with its counterpart, or as it is if no alignment is confident."""
        source, target = (chinese, english) if snippet.language == "zh" else (english, chinese)
        beads = _beads(snippet, alignment, source.text)
        if not beads:
            return snippet
        links: dict[int, list[_Span]] = defaultdict(list)  # by paragraph
        if self._linker:
            texts = {side.text.language: side.text.paragraphs for side in (source, target)}
            for bead, spans in beads.items():
                marked = MarkedBead(snippet.language, snippet.paragraph - 1, bead, spans)
                for number, start, end in find_links(marked, texts, alignment, self._linker):
                    links[number].append((start, end))
        passages = (
            self._passage(target, part, links[part.paragraph])
            for part in alignment.spans(target.text.language, min(beads), max(beads))
        )
        return replace(snippet, counterpart=tuple(passages))

    def _passage(self, side: Highlights, part: ParagraphSpan, links: Sequence[_Span]) -> Snippet:
        """Return sentences of a paragraph, as far as they fit, with links and matches marked."""
        text = side.text
        number, low, high = part
        paragraph = text.paragraphs[number]
        spans = merge_spans(links)
        if side.body:
            origin = text.offset_of_paragraph(number)
            marks = side.marks_between(origin + low, origin + high)
            spans = merge_spans([*links, *((a - origin, b - origin) for a, b, _ in marks)])
        first, last = spans[0] if spans else (low, low)
        start, end = fragment(paragraph, first, last, self._width, low, high)
        return Snippet(
            language=text.language,
            paragraph=number + 1,
            start=start,
            text=paragraph[start:end],
            spans=tuple((a - start, b - start) for a, b in spans if start <= a and b <= end),
            cut_before=start > 0,
            cut_after=end < len(paragraph),
        )


def _beads(snippet: Snippet, alignment: Alignment, text: ArticleText) -> dict[int, list[_Span]]:
    """Return the confident beads of a snippet, each with the spans of its matches.

    These are the beads with a match, and those of sentences that the snippet shows completely.
    """
    language, number, origin = text.language, snippet.paragraph - 1, snippet.start
    found: dict[int, list[_Span]] = {}
    ends = alignment.sentence_ends(language, number)
    if whole := _whole_sentences(snippet, text.paragraphs[number], ends):
        found = {bead: [] for bead in alignment.beads_at(language, number, *whole)}
    for start, end in snippet.spans:
        span = origin + start, origin + end
        for bead in alignment.beads_at(language, number, *span):
            found.setdefault(bead, []).append(span)
    return {bead: spans for bead, spans in found.items() if alignment.is_confident(bead)}


def _whole_sentences(snippet: Snippet, paragraph: str, ends: Sequence[int]) -> _Span | None:
    """Return the span of the sentences that a snippet shows completely, or None."""
    start, end = snippet.start, snippet.start + len(snippet.text)
    first = ends[bisect_left(ends, start)] if start else 0
    after = bisect_right(ends, end)
    if after < len(ends) and not paragraph[end : ends[after]].strip():
        after += 1  # only blanks at the end of the sentence are not shown
    last = ends[after - 1] if after else 0
    return (first, last) if first < last else None


class MarkedBead(NamedTuple):
    """Spans of words in a paragraph, which is numbered from 0, that lie in one bead."""

    language: LanguageCode
    paragraph: int
    bead: int
    spans: Sequence[_Span]


def find_links(
    source: MarkedBead, texts: _Paragraphs, alignment: Alignment, linker: Linker
) -> Iterator[ParagraphSpan]:
    """Yield where the other language renders the words of a bead.

    ``texts`` are the paragraphs of the article in each language.
    """
    language, paragraph, bead, spans = source
    other = other_language(language)
    if not spans:
        return
    for number, start, end in alignment.spans(language, bead, bead):
        if number == paragraph:
            sentences = texts[language][number][start:end]
            within = [(max(a, start) - start, min(b, end) - start) for a, b in spans]
            for there, low, high in alignment.spans(other, bead, bead):
                text = texts[other][there][low:high]
                for a, b in linker.link(sentences, within, text, language):
                    yield ParagraphSpan(there, low + a, low + b)


class Counterpart(NamedTuple):
    """Whole sentences that translate a passage, and the spans of renderings in them.

    Line breaks separate the sentences of several paragraphs. The text is empty if no alignment is
    confident.
    """

    text: str = ""
    spans: Spans = ()


def counterpart_at(
    article: Article,
    alignment: Alignment,
    linker: Linker | None,
    language: LanguageCode,
    paragraph: int,
    span: _Span,
) -> Counterpart:
    """Return the counterpart of the sentences at a span of a paragraph, which is numbered from 0.

    A linker marks the renderings of the words at the span.
    """
    beads = [*filter(alignment.is_confident, alignment.beads_at(language, paragraph, *span))]
    if not beads:
        return Counterpart()
    texts: _Paragraphs = {"zh": article.paragraphs_zh, "en": article.paragraphs_en}
    links: list[ParagraphSpan] = []
    if linker:
        for bead in beads:
            source = MarkedBead(language, paragraph, bead, [span])
            links += find_links(source, texts, alignment, linker)
    parts: list[str] = []
    spans: list[_Span] = []
    origin = 0
    other = other_language(language)
    for number, start, end in alignment.spans(other, beads[0], beads[-1]):
        parts.append(texts[other][number][start:end].rstrip())
        spans += [(origin + a - start, origin + b - start) for n, a, b in links if n == number]
        origin += len(parts[-1]) + 1
    return Counterpart("\n".join(parts), merge_spans(spans))
