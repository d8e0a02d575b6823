"""The texts of an article in one language, as one string that can be searched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, starmap
from sys import maxsize
from typing import Final, NamedTuple

from indexer.analysis.fold_tables import may_contain_han
from indexer.analysis.script import is_han
from indexer.article import LanguageCode
from search.passage.folded_block import FoldedBlock, fold_block
from search.passage.pattern_regex import SEPARATOR, PatternRegex

_FIRST_BLOCK: Final = 4096  # characters


class _Block(NamedTuple):
    """The characters ``start`` to ``end`` of a text, which are whole paragraphs, and their fold."""

    start: int
    end: int
    folded: FoldedBlock


class ArticleText:
    """The title and the paragraphs of an article in one language.

    ``whole`` is the title and the paragraphs with a `SEPARATOR` between each two. All offsets are
    characters of ``whole``; ``body`` is the offset of the first paragraph. Blocks of whole
    paragraphs are folded when a search reaches them.
    """

    def __init__(self, language: LanguageCode, title: str, paragraphs: Sequence[str]) -> None:
        self.language: LanguageCode = language
        self.title = title
        self.paragraphs = paragraphs
        self.body = len(title) + 1
        self.whole = SEPARATOR.join((title, *paragraphs))
        if self.whole.count(SEPARATOR) > len(paragraphs):  # the text itself contains separators
            parts = (part.replace(SEPARATOR, "\x02") for part in (title, *paragraphs))
            self.whole = SEPARATOR.join(parts)
        self._is_ascii = self.whole.isascii()
        self._may_contain_han: bool | None = None if language == "en" else not self._is_ascii
        self._next_size = maxsize if self._is_ascii else _FIRST_BLOCK
        self._blocks: list[_Block] = []

    def find(self, regex: PatternRegex, low: int = 0) -> Iterator[tuple[int, int]]:
        """Yield the spans of all matches from ``low`` on, in order."""
        if not regex.letters.isascii() and not self._may_contain(regex.letters):
            return iter(())
        if self._blocks or self._fold_next():
            _, end, folded = self._blocks[0]
            if end == len(self.whole) and folded.starts is None:  # no offset has to be converted
                return regex.find(folded, low)
        return chain.from_iterable(self._find_in_blocks(regex, low))

    def _may_contain(self, letters: str) -> bool:
        """Return False only if letters beyond ASCII are certainly not in the folded text."""
        if self._may_contain_han is None:
            self._may_contain_han = may_contain_han(self.whole)
        return self._may_contain_han or not (self._is_ascii or is_han(letters))

    def _find_in_blocks(self, regex: PatternRegex, low: int) -> Iterator[Iterable[tuple[int, int]]]:
        """Yield the matches of each block, which is folded only when this iterator reaches it.

        No match crosses a separator, so none crosses from one block to the next.
        """
        number = 0
        while number < len(self._blocks) or self._fold_next():
            start, end, folded = self._blocks[number]
            number += 1
            if end <= low:
                continue
            found = regex.find(folded, folded.first(low - start) if low > start else 0)
            if folded.starts is not None:
                found = starmap(folded.span, found)
            yield ((a + start, b + start) for a, b in found) if start else found

    def _fold_next(self) -> bool:
        """Fold the next block, twice as long as the one before. Return False at the end."""
        start = self._blocks[-1].end if self._blocks else 0
        if start == len(self.whole):
            return False
        end = self.whole.find(SEPARATOR, start + self._next_size) + 1 or len(self.whole)
        self._blocks.append(_Block(start, end, fold_block(self.whole[start:end])))
        self._next_size *= 2
        return True

    def paragraph_number(self, offset: int) -> int:
        """Return the number of the paragraph that contains ``offset``, counted from 1."""
        return self.whole.count(SEPARATOR, 0, offset)

    def paragraph_start(self, offset: int) -> int:
        """Return the start of the paragraph that contains ``offset``."""
        return self.whole.rfind(SEPARATOR, 0, offset) + 1

    def paragraph_end(self, offset: int) -> int:
        """Return the end of the paragraph that contains ``offset``."""
        end = self.whole.find(SEPARATOR, offset)
        return len(self.whole) if end < 0 else end

    def offset_of_paragraph(self, number: int) -> int:
        """Return the start of a paragraph, whose ``number`` is counted from 0."""
        return self.body + sum(map(len, self.paragraphs[:number])) + number
