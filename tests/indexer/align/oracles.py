"""Plain implementations to compare with: reading beads, and finding their text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from indexer import Article
from indexer.align import Bead, BeadSpans, ParagraphSpan
from indexer.align.bead_codec import DECODED, check_encoded
from indexer.align.sentences import sentence_ends


def decode_beads(data: bytes) -> tuple[Bead, ...]:
    """The beads that `encode_beads` encoded; raises ValueError at other bytes."""
    check_encoded(data)
    return tuple(chain.from_iterable(map(DECODED.__getitem__, data)))


def decode_record(article: Article, record: bytes) -> tuple[Bead, ...]:
    """The beads of a record."""
    position = 0
    for _ in (*article.paragraphs_zh, *article.paragraphs_en):
        while record[position] == 255:
            position += 1
        position += 1
    return decode_beads(record[position:])


def sides(
    spans: BeadSpans, language: str
) -> tuple[tuple[ParagraphSpan, ...], tuple[ParagraphSpan, ...]]:
    """The spans in a language, and those in the other one."""
    return (spans.chinese, spans.english) if language == "zh" else (spans.english, spans.chinese)


def bead_spans(article: Article, beads: Sequence[Bead]) -> tuple[BeadSpans, ...]:
    """The text of each of an article's beads; raises ValueError at beads of another article."""
    chinese, english = _sentences(article.paragraphs_zh), _sentences(article.paragraphs_en)
    spans = tuple(
        BeadSpans(tuple(_take(chinese, bead.chinese)), tuple(_take(english, bead.english)))
        for bead in beads
    )
    if next(chinese, None) or next(english, None):
        raise ValueError(f"{article.id}: beads do not reach the end")
    return spans


def _sentences(paragraphs: Sequence[str]) -> Iterator[ParagraphSpan]:
    for number, paragraph in enumerate(paragraphs):
        start = 0
        for end in sentence_ends(paragraph):
            yield ParagraphSpan(number, start, end)
            start = end


def _take(sentences: Iterator[ParagraphSpan], count: int) -> list[ParagraphSpan]:
    """The next sentences, those of one paragraph as one span."""
    spans: list[ParagraphSpan] = []
    for _ in range(count):
        sentence = next(sentences, None)
        if sentence is None:
            raise ValueError("beads reach beyond the end")
        if spans and spans[-1].paragraph == sentence.paragraph:
            spans[-1] = spans[-1]._replace(end=sentence.end)
        else:
            spans.append(sentence)
    return spans
