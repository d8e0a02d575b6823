"""A picture of a terminal, as SVG.

Each character has its own place, so that Chinese and English lines are aligned in every font.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from typing import Final

from search.passage.cells import character_cells

_WIDTH, _HEIGHT, _SIZE, _MARGIN = 8, 20, 14, 16  # pixels: a cell, a line, the letters, the border
_FONTS: Final = "ui-monospace,SFMono-Regular,Menlo,Consolas,monospace"
_STYLES: Final = {
    "0": "",
    "1": ' font-weight="bold"',
    "2": ' fill="#6e7781"',
    "1;31": ' font-weight="bold" fill="#cf222e"',
}
_COLOUR = re.compile(r"\x1b\[([\d;]*)m")


def svg(command: str, output: str) -> str:
    """The picture of a terminal with a command and its coloured output."""
    lines = [f"\x1b[2m$ {command}\x1b[0m", *output.splitlines()]
    texts, right = [], 0
    for number, line in enumerate(lines, 1):
        cell = 0
        for style, text in _styled(line):
            places = []
            for character in text:
                places.append(_MARGIN + cell * _WIDTH)
                cell += character_cells(character)
            texts.append(_text(text, style, places, number * _HEIGHT + _MARGIN // 2))
        right = max(right, cell)
    width, height = right * _WIDTH + 2 * _MARGIN, len(lines) * _HEIGHT + _MARGIN * 3 // 2
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"'
        f' width="{width}" height="{height}" font-family="{_FONTS}" font-size="{_SIZE}"'
        f' fill="#24292f">\n<title>{escape(command)}</title>\n'
        f'<rect width="{width}" height="{height}" rx="8" fill="#f6f8fa"/>\n'
        f"{''.join(texts)}</svg>\n"
    )


def _styled(line: str) -> Iterator[tuple[str, str]]:
    """The pieces of a line, each with the attributes of its style."""
    style = "0"
    for index, piece in enumerate(_COLOUR.split(line)):
        if index % 2:
            style = piece or "0"
        elif piece:
            yield _STYLES[style], piece


def _text(text: str, style: str, places: list[int], baseline: int) -> str:
    """An element of one style; blanks at its ends are left out, because SVG ignores them."""
    start, end = len(text) - len(text.lstrip()), len(text.rstrip())
    if start >= end:
        return ""
    x = " ".join(map(str, places[start:end]))
    content = escape(text[start:end], quote=False)
    return f'<text x="{x}" y="{baseline}" xml:space="preserve"{style}>{content}</text>\n'
