"""Text for readers: marked matches, lines wrapped to a terminal, and nothing that controls it.

With colour a match is red; without, « and » enclose it. Every character of an article that could
control a terminal or change the direction of its text is replaced by U+FFFD.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from search.hit import Spans
from search.passage.cells import character_cells, first_cells, text_cells

_RESET: Final = "\x1b[0m"
MATCH: Final = "\x1b[1;31m"
TITLE: Final = "\x1b[1m"
FAINT: Final = "\x1b[2m"
_COLOUR_CODE: Final = "\x1b\\[[0-9;]*m"

# Control characters other than tab and line feed, and characters that change the text direction.
_UNSAFE: Final = "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]"
_LINE_BREAK: Final = r"\s*\n\s*"

# A chunk is not broken: blanks, or a word or a wide character with the punctuation around it.
_OPENING: Final = "«“‘「『（《〈"
_CLOSING: Final = "，。、；：！？…”’」』）》〉»"
_WIDE: Final = "\u2e80-\uffef\U00020000-\U0003ffff"
_CHUNK: Final = (
    rf"\s+|[{_OPENING}]*[{_WIDE}][{_CLOSING}]*"
    rf"|[^\s{_WIDE}]+?(?=[{_OPENING}]*[{_WIDE}]|\s|\Z)[{_CLOSING}]*"
)


class Style(NamedTuple):
    """The width in cells to which lines are wrapped (None: not at all), and whether to colour."""

    width: int | None = None
    colour: bool = False

    def paint(self, code: str, text: str) -> str:
        """Return the text in the colour of ``code``, or as it is if there are no colours."""
        return f"{code}{text}{_RESET}" if self.colour and code and text else text

    def mark(self, text: str, base: str) -> str:
        """Return the text in the colour of a match, followed by the colour code ``base``."""
        return f"{MATCH}{text}{_RESET}{base}"


def plain(text: str) -> str:
    """Return the text as one line that is safe to print."""
    return re.sub(_LINE_BREAK, " ", _safe(text))


def without_colour(text: str) -> str:
    """Remove colour codes."""
    return re.sub(_COLOUR_CODE, "", text)


def marked_lines(
    text: str, spans: Spans, style: Style, first: str, rest: str, base: str = ""
) -> Iterator[str]:
    """Yield the lines of a text whose ``spans`` are marked.

    ``first`` precedes the first line and ``rest`` each further one; both have the same number of
    cells. ``base`` is the colour code of the text outside of the spans.
    """
    text, spans = _without_breaks(text, spans)
    if not style.colour:
        text, spans = _quoted(text, spans), ()
    lead = first
    width = None if style.width is None else style.width - len(first)
    for start, end in _wrapped(text, width):
        yield lead + _painted(text, start, end, spans, style, base)
        lead = rest


def _safe(text: str) -> str:
    """Replace each unsafe character by one other, so that offsets stay valid."""
    return re.sub(_UNSAFE, "\ufffd", text).replace("\t", " ")


def _without_breaks(text: str, spans: Spans) -> tuple[str, Spans]:
    """Join the lines of a text: with a blank, or directly between two wide characters."""
    text = _safe(text)
    parts: list[str] = []
    shifts: list[tuple[int, int]] = []  # the end of a line break; characters removed up to there
    last = removed = 0
    for match in re.finditer(_LINE_BREAK, text):
        before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
        wide = before and after and character_cells(before) == character_cells(after) == 2
        parts += [text[last : match.start()], "" if wide else " "]
        removed += len(match[0]) - (0 if wide else 1)
        last = match.end()
        shifts.append((last, removed))
    if not shifts:
        return text, spans

    def moved(offset: int) -> int:
        return offset - max((removed for end, removed in shifts if end <= offset), default=0)

    return "".join([*parts, text[last:]]), tuple((moved(a), moved(b)) for a, b in spans)


def _quoted(text: str, spans: Spans) -> str:
    """Enclose spans by « and ». This happens before wrapping, because the signs take cells."""
    for start, end in reversed(spans):
        text = f"{text[:start]}«{text[start:end]}»{text[end:]}"
    return text


def _wrapped(text: str, width: int | None) -> Iterator[tuple[int, int]]:
    """Yield the start and end of each line. Only a chunk that is wider than a line is broken."""
    if width is None or text_cells(text) <= width:
        yield 0, len(text)
        return
    start = end = used = 0
    for chunk_start, chunk_end, cells in _chunks(text, max(2, width)):
        is_space = text[chunk_start].isspace()
        if used and used + cells > width and not is_space:
            yield start, end
            start, used = chunk_start, 0
        used += cells
        if not is_space:
            end = chunk_end
    if end > start:
        yield start, end


def _chunks(text: str, width: int) -> Iterator[tuple[int, int, int]]:
    """Yield the start, the end and the cells of each part that stays on one line.

    A part that is wider than ``width`` cells is divided.
    """
    for match in re.finditer(_CHUNK, text):
        start, end = match.span()
        cells = text_cells(match[0])
        while cells > width and not match[0].isspace():
            part = first_cells(text[start:end], width)
            yield start, start + len(part), text_cells(part)
            start += len(part)
            cells = text_cells(text[start:end])
        if start < end:
            yield start, end, cells


def _painted(text: str, start: int, end: int, spans: Spans, style: Style, base: str) -> str:
    """Return ``text[start:end]`` in colour, with those parts of ``spans`` that lie in it marked."""
    parts: list[str] = []
    last = start
    for span_start, span_end in spans:
        low, high = max(span_start, start), min(span_end, end)
        if low < high:
            parts += [text[last:low], style.mark(text[low:high], base)]
            last = high
    parts.append(text[last:end])
    return style.paint(base, "".join(parts))
