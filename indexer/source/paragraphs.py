"""Turns the lines of a body into paragraphs, without the lines that repeat title or author."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from indexer.analysis.folding import without_unknown
from indexer.analysis.line_width import line_cells
from indexer.analysis.script import CHINESE, WORD_OR_HAN
from indexer.source.line_joins import join, known_words
from indexer.source.wrapping import MAX_WRAPPED_CELLS, Line, Wrapping

# A line that repeats title or author is taken only at the head of a body. The head ends before a
# line that is longer than a headline or ends a sentence, and after this many lines that repeat
# nothing.
_MAX_OTHER_HEAD_LINES = 6
_MAX_HEADLINE_LENGTH = 80
_MAX_TITLE_LENGTH = 1000
_MAX_VERSE_CELLS = 60

_TO_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_FULL_WIDTH = re.compile("[\u3000\uff01-\uff5e]")
_BLANK_BESIDE_CHINESE = re.compile(rf"(?<=[{CHINESE}]) | (?=[{CHINESE}])")
_NO_WORD = re.compile(rf"(?:[^{WORD_OR_HAN}]|_)+")
_CHINESE = re.compile(f"[{CHINESE}]")
_FIRST_LETTER = re.compile(rf"(?!_)[{WORD_OR_HAN}]")
_SENTENCE_ENDS = tuple(".。!！?？;；:：…")
_CLOSING = "\"'”’」』）)]】"


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


class Paragraph(NamedTuple):
    """A paragraph, and whether lines were joined in it.

    The text has line breaks only between verses and between other lines that are units.
    """

    text: str
    is_joined: bool


def to_paragraphs(lines: Sequence[str]) -> list[Paragraph]:
    """Return the paragraphs of ``lines``, without indents and blank lines.

    A line is a paragraph. But lines that were wrapped by hand are joined to one paragraph, and the
    verses of a stanza between blank lines form a paragraph with line breaks.
    """
    blocks = _blocks(lines)
    measured: list[list[Line]] = []
    if all(len(line) <= MAX_WRAPPED_CELLS for line in lines):
        measured = [[*map(Line.of, block)] for block in blocks]
    if measured and (wrapping := Wrapping.of(measured)):
        known = known_words("\n".join(lines))
        return [part for block in measured for part in _joined(block, wrapping, known)]
    paragraphs: list[Paragraph] = []
    for block in blocks:
        if len(blocks) > 1 and len(block) > 1 and _is_stanza(block):
            paragraphs.append(Paragraph("\n".join(map(str.strip, block)), False))
        else:
            paragraphs += [Paragraph(line.strip(), False) for line in block]
    return paragraphs


def _joined(
    block: Sequence[Line], wrapping: Wrapping, known: frozenset[str]
) -> Iterator[Paragraph]:
    """Yield the paragraphs of a block whose lines were wrapped."""
    text, is_joined = block[0].text, False
    for line, after in pairwise(block):
        if wrapping.runs_on(line, after):
            text, is_joined = join(text, after.text, known), True
        else:
            yield Paragraph(text, is_joined)
            text, is_joined = after.text, False
    yield Paragraph(text, is_joined)


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
