"""Turns the lines of a body into paragraphs, without the lines that repeat title or author."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from indexer.analysis.folding import without_unknown
from indexer.analysis.line_width import MIN_WRAPPED_CELLS, is_wrapped_line, line_cells
from indexer.analysis.script import CHINESE, WORD_OR_HAN

# A line that repeats title or author is taken only at the head of a body. The head ends before a
# line that is longer than a headline or ends a sentence, and after so many other lines.
_MAX_OTHER_HEAD_LINES = 6
_MAX_HEADLINE_LENGTH = 80
_MAX_TITLE_LENGTH = 1000
# The widest lines, in cells, of text that is wrapped by hand, and of verse.
_MAX_WRAP_CELLS, _MAX_VERSE_CELLS = 120, 60

_TO_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_FULL_WIDTH = re.compile("[\u3000\uff01-\uff5e]")
_BLANK_BESIDE_CHINESE = re.compile(rf"(?<=[{CHINESE}]) | (?=[{CHINESE}])")
_NO_WORD = re.compile(rf"(?:[^{WORD_OR_HAN}]|_)+")
_CHINESE = re.compile(f"[{CHINESE}]")
_FIRST_LETTER = re.compile(rf"(?!_)[{WORD_OR_HAN}]")
_SENTENCE_ENDS = tuple(".。!！?？;；:：…")
_CLOSING = "\"'”’」』）)]】"
_FIRST_WORD = re.compile(rf"[{CHINESE}].?|[^\s{CHINESE}]+")


def take_repeated(lines: Sequence[str], texts: Iterable[str]) -> tuple[list[str], list[str]]:
    """Separate the first lines that only repeat one of ``texts`` (title, author) from the others.

    Returns the repeating lines, stripped of blanks, and all others. One line or several in a row
    may repeat a text. Width, case, punctuation and blanks may differ, as long as the words and the
    runs of Han characters are the same: a search then finds the same words in the text as it would
    find in the line.
    """
    openings = [(_first_letter(text), text) for text in texts if len(text) <= _MAX_TITLE_LENGTH]
    taken: list[str] = []
    rest: list[str] = []
    here = passed = 0
    while here < len(lines) and passed < _MAX_OTHER_HEAD_LINES:
        line = lines[here].strip()
        letter = _first_letter(line)
        keys = [_key(text) for opening, text in openings if letter and letter == opening]
        end = max((_end_of_repeat(lines, here, key) for key in keys), default=here)
        if end > here:
            taken += filter(None, map(str.strip, lines[here:end]))
            here = end
            continue
        if len(line) > _MAX_HEADLINE_LENGTH or _ends_sentence(line):
            break
        rest.append(lines[here])
        here += 1
        passed += bool(line)
    return taken, [*rest, *lines[here:]]


def _key(text: str) -> str:
    """Reduce a text to its words and runs of Han characters; equal keys mean equal search terms."""
    folded = " ".join(_to_half_width(without_unknown(text)).lower().split())
    if " " in folded and not folded.isascii():
        folded = _BLANK_BESIDE_CHINESE.sub("", folded)
    return _NO_WORD.sub(" ", folded).strip()


def _first_letter(line: str) -> str:
    """Return the first character of the key of ``line``."""
    letter = _FIRST_LETTER.search(without_unknown(line))
    return _to_half_width(letter[0]).lower()[0] if letter else ""


def _to_half_width(text: str) -> str:
    return text.translate(_TO_HALF_WIDTH) if _FULL_WIDTH.search(text) else text


def _end_of_repeat(lines: Sequence[str], start: int, key: str) -> int:
    """Return the end of the lines from ``start`` on that make up ``key``; ``start`` if none do."""
    for here in range(start, len(lines)):
        line = lines[here].strip()
        if not line and here > start:
            continue
        part = _key(line) if len(line) <= 2 * len(key) + _MAX_HEADLINE_LENGTH else ""
        if not part or not key.startswith(part):
            return start
        key, ended = key[len(part) :], key[len(part) - 1 : len(part) + 1]
        if not key:
            return here + 1
        if " " not in ended and not _CHINESE.search(ended):
            return start  # the line ends within a word
        key = key.lstrip()
    return start


def to_paragraphs(lines: Sequence[str]) -> list[str]:
    """Return the paragraphs of ``lines``, without indents and blank lines.

    A line is a paragraph. But lines that were wrapped by hand form one paragraph, and so do the
    verses of a stanza between blank lines; such paragraphs keep their line breaks.
    """
    blocks = _blocks(lines)
    wrapping = _Wrapping.of(blocks)
    paragraphs: list[str] = []
    for block in blocks:
        if wrapping:
            paragraphs += wrapping.undo(block)
        elif len(blocks) > 1 and len(block) > 1 and _is_stanza(block):
            paragraphs.append("\n".join(map(str.strip, block)))
        else:
            paragraphs += map(str.strip, block)
    return paragraphs


def is_wrapped(paragraph: str) -> bool:
    """Say whether the first line of ``paragraph`` goes on in its second."""
    first, line_break, _ = paragraph.partition("\n")
    return bool(line_break) and is_wrapped_line(first)


def _blocks(lines: Iterable[str]) -> list[list[str]]:
    """Group the lines that follow one another without a blank line."""
    blocks: list[list[str]] = []
    block: list[str] = []
    for line in lines:
        if line and not line.isspace():
            block.append(line)
        elif block:
            blocks.append(block)
            block = []
    return [*blocks, block] if block else blocks


def _is_stanza(block: Sequence[str]) -> bool:
    return all(not line[0].isspace() and line_cells(line) <= _MAX_VERSE_CELLS for line in block)


def _ends_sentence(line: str) -> bool:
    return line.rstrip(_CLOSING).endswith(_SENTENCE_ENDS)


def _indent(line: str) -> int:
    """Return the number of cells before the first character of ``line``."""
    return line_cells(line[: len(line) - len(line.lstrip())])


class _Wrapping:
    """How the lines of a body were wrapped by hand: the width and the indent of the lines."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._margin = max(map(line_cells, lines))
        self._indent = min(map(_indent, lines))

    @classmethod
    def of(cls, blocks: Sequence[Sequence[str]]) -> _Wrapping | None:
        """Return the wrapping of a body, or None if its authors ended the lines on purpose.

        Most wrapped lines are full, and most do not end with the end of a sentence.
        """
        if all(len(block) == 1 for block in blocks):
            return None
        if max(len(line) for block in blocks for line in block) > _MAX_WRAP_CELLS:
            return None
        wrapping = cls([line.rstrip() for block in blocks for line in block])
        if not MIN_WRAPPED_CELLS <= wrapping._margin <= _MAX_WRAP_CELLS:
            return None
        breaks = [
            (line.rstrip(), after)
            for block in blocks
            for line, after in pairwise(block)
            if not wrapping._starts_afresh(after)
        ]
        full = [line for line, after in breaks if wrapping._is_full(line, after)]
        ends = [line for line in full if _ends_sentence(line)]
        mostly = 4 * len(full) >= 3 * len(breaks) and 2 * len(ends) <= len(full)
        return wrapping if full and mostly else None

    def undo(self, block: Sequence[str]) -> list[str]:
        """Return the paragraphs of a block: lines that go on in the next one form a paragraph."""
        paragraphs = [[block[0].strip()]]
        for line, after in pairwise(block):
            if self._starts_afresh(after) or not self._is_full(line.rstrip(), after):
                paragraphs.append([])
            paragraphs[-1].append(after.strip())
        return ["\n".join(lines) for lines in paragraphs]

    def _starts_afresh(self, line: str) -> bool:
        return _indent(line) > self._indent

    def _is_full(self, line: str, after: str) -> bool:
        """Say whether ``line`` had no room for the first word of ``after``.

        In Chinese, this counts two characters, because punctuation does not begin a line.
        """
        word = _FIRST_WORD.match(after.lstrip())
        return line_cells(line) + 1 + line_cells(word[0] if word else "") > self._margin
