"""The lines of a body -> what only repeats title or author, and paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from indexer.analysis.line_width import MIN_WRAPPED_CELLS, is_wrapped_line, line_cells
from indexer.analysis.script import CHINESE

# Headlines, bylines and labels stand among this many lines, none of which is a sentence.
_MAX_HEAD_LINES = 6
_MAX_HEADLINE_LENGTH = 80
_MAX_TITLE_LENGTH = 1000
# The widest lines, in cells, of text that is wrapped by hand, and of verse.
_MAX_WRAP_CELLS, _MAX_VERSE_CELLS = 120, 60

_TO_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_FULL_WIDTH = re.compile("[\u3000\uff01-\uff5e]")
_BLANK_BESIDE_CHINESE = re.compile(rf"(?<=[{CHINESE}]) | (?=[{CHINESE}])")
_NO_WORD = re.compile(r"[\W_]+")
_CHINESE = re.compile(f"[{CHINESE}]")
_FIRST_LETTER = re.compile(r"[^\W_]")
_SENTENCE_ENDS = tuple(".。!！?？;；:：…")
_CLOSING = "\"'”’」』）)]】"
_FIRST_WORD = re.compile(rf"[{CHINESE}].?|[^\s{CHINESE}]+")


def take_repeated(lines: Sequence[str], texts: Iterable[str]) -> tuple[list[str], list[str]]:
    """The first lines that only repeat one of ``texts`` (title, author), and all other lines.

    One line may repeat a text, or several that follow one another; width, case, punctuation and
    blanks may differ as far as the same words and runs of Han characters are left, so that what is
    found in a line taken is found in the text it repeats. Lines taken are stripped of blanks.
    """
    openings = [(_first_letter(text), text) for text in texts if len(text) <= _MAX_TITLE_LENGTH]
    taken: list[str] = []
    rest: list[str] = []
    here = passed = 0
    while here < len(lines) and passed < _MAX_HEAD_LINES:
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
    """``text`` as its words and runs of Han characters: equal keys give equal search terms."""
    folded = " ".join(_to_half_width(text).lower().split())
    if " " in folded and not folded.isascii():
        folded = _BLANK_BESIDE_CHINESE.sub("", folded)
    return _NO_WORD.sub(" ", folded).strip()


def _first_letter(line: str) -> str:
    """What the key of ``line`` begins with."""
    letter = _FIRST_LETTER.search(line)
    return _to_half_width(letter[0]).lower()[0] if letter else ""


def _to_half_width(text: str) -> str:
    return text.translate(_TO_HALF_WIDTH) if _FULL_WIDTH.search(text) else text


def _end_of_repeat(lines: Sequence[str], start: int, key: str) -> int:
    """Where the lines end that from ``start`` on make up ``key``; ``start`` if they do not."""
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
    """The paragraphs of ``lines``, without indents and blank lines; no other character is lost.

    A line is a paragraph, but for lines wrapped by hand, and verses of a stanza set off by blank
    lines: these stay one paragraph, with their line breaks.
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
    """Whether the first line of ``paragraph`` runs on in its second."""
    first, line_break, _ = paragraph.partition("\n")
    return bool(line_break) and is_wrapped_line(first)


def _blocks(lines: Iterable[str]) -> list[list[str]]:
    """The lines between blank lines."""
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
    """Columns before the first character of ``line``."""
    return line_cells(line[: len(line) - len(line.lstrip())])


class _Wrapping:
    """How the lines of a body were wrapped: at which column, and how far they are indented."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._margin = max(map(line_cells, lines))
        self._indent = min(map(_indent, lines))

    @classmethod
    def of(cls, blocks: Sequence[Sequence[str]]) -> _Wrapping | None:
        """The wrapping of a body; None where its lines end by intention.

        Wrapped lines are mostly full, and mostly do not end with a sentence.
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
        """The paragraphs of a block; a line that runs on in the next is joined to it by a break."""
        paragraphs = [[block[0].strip()]]
        for line, after in pairwise(block):
            if self._starts_afresh(after) or not self._is_full(line.rstrip(), after):
                paragraphs.append([])
            paragraphs[-1].append(after.strip())
        return ["\n".join(lines) for lines in paragraphs]

    def _starts_afresh(self, line: str) -> bool:
        return _indent(line) > self._indent

    def _is_full(self, line: str, after: str) -> bool:
        """Whether ``line`` had no room for the first word of ``after``.

        For Chinese, that is two characters: a mark of punctuation may not begin a line.
        """
        word = _FIRST_WORD.match(after.lstrip())
        return line_cells(line) + 1 + line_cells(word[0] if word else "") > self._margin
