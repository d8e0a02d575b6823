"""Find a term in texts of the same language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from indexer.analysis import Analyzer, Token
from indexer.lexicon.stop_words import STOP_WORDS


class TermOccurrence(NamedTuple):
    """A term in a text.

    ``span`` is its start and end in characters, whole words. ``words`` are the words of the term,
    together with longer words of the text that contain it or part of it. ``others`` are the other
    content words of the text, together with the rests of such longer words.
    """

    span: tuple[int, int]
    words: list[str]
    others: list[str]


class TermFinder:
    """Finds a term of ``"zh"`` or ``"en"``, compared as terms of the ranking stream.

    A Chinese term is found by its characters, however the text around it is cut into words; an
    English term by the stems of its words. ``words`` are the content words of the term, or all of
    its words if it has only stop words.
    """

    def __init__(self, term: str, language: str, analyzer: Analyzer) -> None:
        self._analyzer = analyzer
        self._stop_words = STOP_WORDS[language]
        terms = analyzer.streams(term).ranking
        self.words = [word for word in terms if word not in self._stop_words] or terms
        self._separator = "" if language == "zh" else "\n"
        self._pattern = self._join(terms)

    def find(self, text: str) -> TermOccurrence | None:
        """The first occurrence of the term; None if there is none, or if the term has no words."""
        tokens = self._analyzer.ranking(text)
        width = len(self._separator)
        term_start = self._join([token.term for token in tokens]).find(self._pattern)
        if term_start < 0 or not self.words:
            return None
        term_end = term_start + len(self._pattern) - 2 * width
        touched: list[Token] = []
        others: list[str] = []
        start = 0
        for token in tokens:
            end = start + len(token.term)
            if end <= term_start or start >= term_end:
                others.append(token.term)
            else:
                touched.append(token)
                others += self._words_of(token.term[: max(0, term_start - start)])
                others += self._words_of(token.term[max(0, term_end - start) :])
            start = end + width
        words = list(dict.fromkeys([*self.words, *(token.term for token in touched)]))
        others = [word for word in dict.fromkeys(others) if word not in self._stop_words]
        return TermOccurrence((touched[0].start, touched[-1].end), words, others)

    def _join(self, terms: Sequence[str]) -> str:
        """Terms as one string; the separators at its ends keep English words whole."""
        return f"{self._separator}{self._separator.join(terms)}{self._separator}"

    def _words_of(self, text: str) -> list[str]:
        return self._analyzer.streams(text).ranking if text else []
