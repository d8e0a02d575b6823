"""Tables for readers: aligned cells, whatever the width of their characters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from search.passage.cells import align_left, align_right, text_cells

# Blanks between two entries of a row, or between the two languages of a hit.
GUTTER: Final = "  "
# Blanks before the lines below a row, such as its example.
INDENT: Final = "    "


def table_lines(rows: Sequence[Sequence[str]], width: int | None = None) -> list[str]:
    """Return one line for each row, with the same number of entries in every row.

    The first entry is aligned to the left, the others to the right. If the lines are longer than
    ``width`` cells, the last entries of all rows are left out, but never the first two.
    """
    widths = [max(map(text_cells, entries)) for entries in zip(*rows, strict=True)]
    while width is not None and len(widths) > 2 and _row_cells(widths) > width:
        del widths[-1]
    return [_line(row[: len(widths)], widths) for row in rows]


def _row_cells(widths: Sequence[int]) -> int:
    return sum(widths) + len(GUTTER) * (len(widths) - 1)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    first = align_left(row[0], widths[0])
    others = map(align_right, row[1:], widths[1:])
    return GUTTER.join((first, *others)).rstrip()
