"""What a passage says in the other language."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from indexer.align import Alignment, ParagraphSpan
from indexer.article import Article, LanguageCode, other_language
from search.hit import Snippet, Spans
from search.passage.fragment import fragment
from search.passage.highlight import ArticleText, Highlights, merged

if TYPE_CHECKING:
    from indexer.lexicon import Linker

# A counterpart may take so many times the columns of its snippet: English takes more than Chinese.
_LONGER: Final = 2

_Span = tuple[int, int]
# The paragraphs of an article in each language.
ParagraphsByLanguage = Mapping[LanguageCode, Sequence[str]]


class CounterpartFinder:
    """Finds the counterparts of snippets that are at most ``width`` columns wide.

    Without a ``linker`` only what the query itself finds is marked in them.
    """

    def __init__(self, width: int, linker: Linker | None = None) -> None:
        self._width = width * _LONGER
        self._linker = linker

    def with_counterpart(
        self, snippet: Snippet, alignment: Alignment, chinese: Highlights, english: Highlights
    ) -> Snippet:
        """The snippet with its counterpart, as far as that is known well enough to be shown."""
        source, target = (chinese, english) if snippet.language == "zh" else (english, chinese)
        beads = _beads(snippet, alignment, source.text)
        if not beads:
            return snippet
        links: dict[int, list[_Span]] = defaultdict(list)
        if self._linker:
            texts = {side.text.language: side.text.paragraphs for side in (source, target)}
            for bead, marks in beads.items():
                place = BeadMarks(snippet.language, snippet.paragraph - 1, bead, marks)
                for number, start, end in linked_ranges(place, texts, alignment, self._linker):
                    links[number].append((start, end))
        passages = (
            self._passage(target, part, links[part.paragraph])
            for part in alignment.spans(target.text.language, min(beads), max(beads))
        )
        return replace(snippet, counterpart=tuple(passages))

    def _passage(self, side: Highlights, part: ParagraphSpan, links: Sequence[_Span]) -> Snippet:
        """Some sentences of a paragraph, or what fits of them, with links and what matches."""
        text = side.text
        number, low, high = part
        paragraph = text.paragraphs[number]
        marks = merged(links)
        if side.body:
            origin = text.offset_of_paragraph(number)
            found = side.marks_between(origin + low, origin + high)
            marks = merged([*links, *((a - origin, b - origin) for a, b, _ in found)])
        first, last = marks[0] if marks else (low, low)
        start, end = fragment(paragraph, first, last, self._width, low, high)
        return Snippet(
            language=text.language,
            paragraph=number + 1,
            start=start,
            text=paragraph[start:end],
            spans=tuple((a - start, b - start) for a, b in marks if start <= a and b <= end),
            cut_before=start > 0,
            cut_after=end < len(paragraph),
        )


def _beads(snippet: Snippet, alignment: Alignment, text: ArticleText) -> dict[int, list[_Span]]:
    """The beads of a snippet that are fit to be shown, each with what matches in it.

    Those are meant that have something which matches, or that the snippet shows whole.
    """
    language, number, origin = text.language, snippet.paragraph - 1, snippet.start
    found: dict[int, list[_Span]] = {}
    ends = alignment.sentence_ends(language, number)
    if whole := _whole_sentences(snippet, text.paragraphs[number], ends):
        found = {bead: [] for bead in alignment.beads_at(language, number, *whole)}
    for start, end in snippet.spans:
        mark = origin + start, origin + end
        for bead in alignment.beads_at(language, number, *mark):
            found.setdefault(bead, []).append(mark)
    return {bead: marks for bead, marks in found.items() if alignment.is_confident(bead)}


def _whole_sentences(snippet: Snippet, paragraph: str, ends: Sequence[int]) -> _Span | None:
    """The sentences of a paragraph that a snippet shows from their beginning to their end."""
    start, end = snippet.start, snippet.start + len(snippet.text)
    first = ends[bisect_left(ends, start)] if start else 0
    after = bisect_right(ends, end)
    if after < len(ends) and not paragraph[end : ends[after]].strip():
        after += 1  # but for the blanks at its end
    last = ends[after - 1] if after else 0
    return (first, last) if first < last else None


class BeadMarks(NamedTuple):
    """What is marked in a paragraph, the first of which is 0, within a bead."""

    language: LanguageCode
    paragraph: int
    bead: int
    marks: Sequence[_Span]


def linked_ranges(
    place: BeadMarks, texts: ParagraphsByLanguage, alignment: Alignment, linker: Linker
) -> Iterator[ParagraphSpan]:
    """Where the words that are marked are rendered in the other language's sentences."""
    language, paragraph, bead, marks = place
    other = other_language(language)
    if not marks:
        return
    for number, start, end in alignment.spans(language, bead, bead):
        if number == paragraph:
            sentences = texts[language][number][start:end]
            within = [(max(a, start) - start, min(b, end) - start) for a, b in marks]
            for there, low, high in alignment.spans(other, bead, bead):
                text = texts[other][there][low:high]
                for a, b in linker.link(sentences, within, text, language):
                    yield ParagraphSpan(there, low + a, low + b)


class Counterpart(NamedTuple):
    """What the other language says at some place, and where in it the words there are rendered.

    Line breaks part the sentences of several paragraphs. Without text where it is not known well
    enough what it is.
    """

    text: str = ""
    spans: Spans = ()


def counterpart_at(
    article: Article,
    alignment: Alignment,
    linker: Linker | None,
    language: LanguageCode,
    paragraph: int,
    mark: _Span,
) -> Counterpart:
    """The sentences at a ``mark``, characters of a paragraph, the first of which is 0."""
    beads = [*filter(alignment.is_confident, alignment.beads_at(language, paragraph, *mark))]
    if not beads:
        return Counterpart()
    texts: ParagraphsByLanguage = {"zh": article.paragraphs_zh, "en": article.paragraphs_en}
    other = other_language(language)
    links = [
        link
        for bead in beads
        if linker
        for link in linked_ranges(
            BeadMarks(language, paragraph, bead, [mark]), texts, alignment, linker
        )
    ]
    pieces: list[str] = []
    spans: list[_Span] = []
    origin = 0
    for number, start, end in alignment.spans(other, beads[0], beads[-1]):
        pieces.append(texts[other][number][start:end].rstrip())
        spans += [(origin + a - start, origin + b - start) for n, a, b in links if n == number]
        origin += len(pieces[-1]) + 1
    return Counterpart("\n".join(pieces), merged(spans))
