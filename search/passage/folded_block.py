"""Folded texts with offsets into the original, made by one look-up in an array.

`fold_with_spans` of `indexer.analysis` gives the same result by a loop over the characters. Here a
table of `indexer.analysis.fold_tables` maps code points to folded code points, so the text of an
article is folded in microseconds.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from indexer.analysis import fold
from indexer.analysis.fold_tables import fold_partly, fold_plain
from indexer.analysis.script import is_plain

Indices = npt.NDArray[np.int64]


class FoldedBlock(NamedTuple):
    """A folded text, and the original offsets of each of its characters.

    Character i of ``text`` comes from the original characters ``starts[i]`` to ``ends[i]``
    (exclusive), which include the combining marks on it. Both arrays, int64 (n,), are None if each
    character i comes from the original character i. ``plain``: ASCII letters, ASCII digits and Han
    characters are the only characters that can be part of a token.
    """

    text: str
    starts: Indices | None = None
    ends: Indices | None = None
    plain: bool = True

    def first(self, offset: int) -> int:
        """Return the first folded character that comes from an original ``offset`` or later."""
        return offset if self.starts is None else int(np.searchsorted(self.starts, offset))

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the original offsets of the folded characters ``start`` to ``end``."""
        if self.starts is None or self.ends is None:
            return start, end
        return int(self.starts[start]), int(self.ends[end - 1])


def fold_block(text: str) -> FoldedBlock:
    """Fold a text, keeping the original offsets of its characters."""
    if text.isascii():
        return FoldedBlock(text.lower())
    folded = fold_plain(text)
    return FoldedBlock(folded) if folded is not None else _fill_gaps(text, *fold_partly(text))


def _fill_gaps(text: str, folded: str, unknown: Indices) -> FoldedBlock:
    """Fold the ``unknown`` characters of ``text`` one by one and insert them into ``folded``."""
    lengths = np.ones(len(text), np.int64)
    parts: list[str] = []
    last = 0
    for i in unknown.tolist():
        parts += folded[last:i], fold(text[i])
        lengths[i] = len(parts[-1])
        last = i + 1
    whole = "".join([*parts, folded[last:]])
    plain = all(map(is_plain, set("".join(parts[1::2]))))
    if (lengths == 1).all():
        return FoldedBlock(whole, plain=plain)
    kept = np.flatnonzero(lengths)
    repeats = lengths[kept]
    # A character that folds to nothing, such as an accent, belongs to the one before it.
    ends = np.append(kept, len(text))[1:]
    return FoldedBlock(whole, np.repeat(kept, repeats), np.repeat(ends, repeats), plain)
