"""Decides which lines of a body were wrapped by hand, so that the text runs on in the next line."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from indexer.analysis.line_width import line_cells
from indexer.analysis.script import CHINESE

# The narrowest and the widest lines, in cells, of text that is wrapped by hand.
_MIN_CELLS: Final = 6
MAX_WRAPPED_CELLS: Final = 124
# Narrower lines may be verse, items or names: more has to speak for wrapping.
_NARROW: Final = 40
_MIN_PAIRS: Final = 3
_MIN_FULL: Final = 0.75
_MIN_NARROW_FULL: Final = 0.85
_RAGGED: Final = 4  # cells
_MIN_RUNNING: Final = 0.25
# Verse ends a clause at the end of a line, and begins a line with a capital letter.
_MAX_CLAUSE_ENDS: Final = 0.5
_MAX_CAPITALS: Final = 0.6
_VERSE_CHARACTERS: Final = 8

_OPENING: Final = "“‘「『（(《〈【\\["
_CLOSING: Final = "\"'”’」』）)\\]】》〉"
_STOPS: Final = "，。、；：！？…,.;:!?"
_STOP: Final = re.compile(f"[{_STOPS}]")
_CLAUSE_END: Final = re.compile(f"[{_STOPS}][{_CLOSING}]*$")
_SENTENCE_END: Final = re.compile(f"[.。!！?？;；:：…][{_CLOSING}]*$")
# The least that has to move when a line is broken: a word, or a Chinese character with its stops.
_FIRST_WORD: Final = re.compile(
    rf"[{_OPENING}]*(?:[{CHINESE}][{_STOPS}{_CLOSING}—]*|[^\s{CHINESE}]+)"
)
_CHINESE: Final = re.compile(f"[{CHINESE}]")
_TABLE: Final = re.compile(r"\S(?:\t|[ \u3000]{3,})\S")
_ITEM: Final = re.compile(
    r"[·•▲△○●◆◇■□*※▪-]\s*\S|[0-9]{1,3}[.)、．]\s?\S|[（(][0-9一二三四五六七八九十]{1,3}[）)]"
    r"|[一二三四五六七八九十]{1,3}[、．.]|第[一二三四五六七八九十百]{1,4}[条章节款]"
)


_DIVIDED_WORD: Final = re.compile("[A-Za-z]{2}[-‐\xad]$")


class Line(NamedTuple):
    """A line without blanks on either side, and the cells of its indent and of both together."""

    text: str
    indent: int
    cells: int

    @classmethod
    def of(cls, line: str) -> Line:
        """Measure a line."""
        text = line.strip()
        indent = line_cells(line[: len(line) - len(line.lstrip())].replace("\t", "    "))
        return cls(text, indent, indent + line_cells(text))


class Wrapping:
    """How the lines of a body were wrapped: their margin, and how a paragraph begins."""

    def __init__(
        self, blocks: Sequence[Sequence[Line]], margin: int, *, is_hanging: bool = False
    ) -> None:
        lines = [line for block in blocks for line in block]
        self._margin = margin
        self._indent = min(line.indent for line in lines)
        self._is_hanging = is_hanging
        self._pairs = [
            pair for block in blocks for pair in pairwise(block) if not self._starts_afresh(pair[1])
        ]

    @classmethod
    def of(cls, blocks: Sequence[Sequence[Line]]) -> Wrapping | None:
        """Return the wrapping of a body, or None if its authors ended the lines on purpose."""
        if all(len(block) == 1 for block in blocks):
            return None
        if max(line.cells for block in blocks for line in block) > MAX_WRAPPED_CELLS:
            return None
        for margin in _margins([line for block in blocks for line in block]):
            for is_hanging in (False, True):
                wrapping = cls(blocks, margin, is_hanging=is_hanging)
                if wrapping._is_likely():
                    return wrapping
        return None

    def runs_on(self, line: Line, after: Line) -> bool:
        """Say whether the text of ``line`` goes on in the next line of its block, ``after``."""
        if self._starts_afresh(after) or _TABLE.search(line.text) or _TABLE.search(after.text):
            return False
        if _ITEM.match(after.text) and _SENTENCE_END.search(line.text):
            return False
        return self._is_full(line, after)

    def _starts_afresh(self, line: Line) -> bool:
        return (line.indent > self._indent) != self._is_hanging

    def _is_full(self, line: Line, after: Line) -> bool:
        """Say whether ``line`` had no room for the first word of ``after``, or divides a word."""
        if _DIVIDED_WORD.search(line.text) and after.text[0].islower():
            return True
        if line.cells - _hanging_cells(line.text) > self._margin and _has_several_words(line):
            return False
        word = _FIRST_WORD.match(after.text)
        first = word[0] if word else after.text[:1]
        is_chinese = _CHINESE.match(first[-1:]) or _CHINESE.match(line.text[-1])
        blank = 0 if is_chinese or not first.isascii() else 1
        room = self._margin - line.cells - blank
        if is_chinese and self._margin >= _NARROW and not _SENTENCE_END.search(line.text):
            room -= _RAGGED  # first lines that have lost their indent, columns that were scanned
        return line_cells(first) > room

    def _is_likely(self) -> bool:
        """Weigh what speaks for lines that were wrapped at a margin against verse and lists."""
        if self._margin < _MIN_CELLS:
            return False
        full = [pair for pair in self._pairs if self._is_full(*pair)]
        # A line with room to spare ends a paragraph, and then a sentence, too, or is a headline.
        short = sum(
            2 * line.cells > self._margin
            and not _SENTENCE_END.search(line.text)
            and not self._is_full(line, after)
            for line, after in self._pairs
        )
        is_narrow = self._margin < _NARROW
        running = sum(not _SENTENCE_END.search(line.text) for line, _ in full)
        if running < (_MIN_PAIRS if is_narrow else 1) or running < _MIN_RUNNING * len(self._pairs):
            return False
        if running < (_MIN_NARROW_FULL if is_narrow else _MIN_FULL) * (running + short):
            return False
        if 2 * running < len(full) or _is_verse(full):
            return False
        return not is_narrow or _is_running_text([line.text for line, _ in full])


def _margins(lines: Sequence[Line]) -> list[int]:
    """Return the margins that the lines may have: the widest line, or the most frequent width.

    A long word, and the punctuation of Chinese, may hang over the margin. So may a headline.
    """
    several = [*filter(_has_several_words, lines)] or lines
    widths = Counter(line.cells - _hanging_cells(line.text) for line in several)
    widest, (frequent, count) = max(widths), widths.most_common(1)[0]
    return [widest, frequent] if frequent < widest and count >= _MIN_PAIRS else [widest]


def _has_several_words(line: Line) -> bool:
    return " " in line.text or _CHINESE.search(line.text) is not None


def _is_verse(pairs: Sequence[tuple[Line, Line]]) -> bool:
    """Say whether lines end where a clause ends, or begin with a capital letter."""
    ends = sum(bool(_CLAUSE_END.search(line.text)) for line, _ in pairs)
    inside = sum(len(_STOP.findall(line.text[:-1])) for line, _ in pairs)
    capitals = sum(after.text[0].isupper() for _, after in pairs)
    return ends > max(_MAX_CLAUSE_ENDS * len(pairs), 2 * inside) or capitals > _MAX_CAPITALS * len(
        pairs
    )


def _is_running_text(lines: Sequence[str]) -> bool:
    """Say whether narrow lines are a running text, not verse without punctuation or names."""
    text = "".join(lines)
    has_stops = any(_STOP.search(line[:-1]) for line in lines)
    if _CHINESE.search(text):
        return has_stops or len(text) > _VERSE_CHARACTERS * len(lines)
    words = sum(len(line.split()) for line in lines)
    is_long = len(lines) >= 2 * _MIN_PAIRS and words > 1.3 * len(lines)
    return words >= 3 * len(lines) or (is_long and (has_stops or len(lines) >= 12))


def _hanging_cells(text: str) -> int:
    """Return the cells of the full-width punctuation at the end of a text."""
    return line_cells(text) - line_cells(text.rstrip("，。、；：！？”’」』）》〉】"))
