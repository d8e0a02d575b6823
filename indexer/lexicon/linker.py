"""The counterparts of words in the other text, by the tables alone.

Only where the evidence is strong: both words are likely to render each other, and what is asked
for is likelier to be rendered there than all else in the text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from functools import lru_cache, partial
from itertools import chain
from math import sqrt
from typing import Final, NamedTuple

from indexer.analysis import Analyzer, fold
from indexer.article import other_language
from indexer.lexicon.bead_words import find_words, is_joined, stop_words
from indexer.lexicon.tables import Row, Translation, TranslationTables

# The mean (geometric) of how likely one word is rendered by the other, there and back.
_MIN_STRENGTH: Final = 0.2
# The part of a word that must come from what is asked for: there, times back.
_MIN_SHARE: Final = 0.25
# What is less likely both ways is no rival of what is asked for.
_MIN_RIVAL: Final = 0.02
# So many stop words may stand between words that are marked as one.
_MAX_GAP: Final = 3

# What stands between the words of a name: 唐纳德·特朗普.
_GLUE: Final = " \n·•・‧-"

Span = tuple[int, int]


class _Candidate(NamedTuple):
    """How likely a word of the other language is to be rendered by what is asked for: the sums."""

    direct: float
    inverse: float


class _Asked(NamedTuple):
    """Words, and what they may be rendered by in the other language."""

    words: frozenset[str]
    candidates: dict[str, _Candidate]


class Linker:
    """Finds counterparts in pairs of texts; may be used from several threads."""

    def __init__(self, tables: TranslationTables, analyzer: Analyzer) -> None:
        self._analyzer = analyzer
        # Functions, not methods: these would keep the linker, which keeps them, and a file open.
        self._asked = lru_cache(1024)(partial(_look_up, tables, analyzer))
        self._rivals = lru_cache(4096)(partial(_likely_rivals, tables))

    def link(
        self, source: str, spans: Sequence[Span], target: str, from_language: str
    ) -> list[Span]:
        """Where the counterparts of the words at ``spans`` of a text are in the other, in order.

        ``spans`` are characters (start, end) of ``source``, a text of ``"zh"`` or ``"en"``, whole
        words; the other language is that of ``target``.
        """
        asked = self._asked(tuple([source[start:end] for start, end in spans]), from_language)
        to_language = other_language(from_language)
        there = find_words(target, asked.candidates, to_language, self._analyzer)
        if not there:
            return []
        rest = _Rest(source, spans, asked.words, from_language, self._analyzer)
        known = {
            word: self._is_counterpart(word, asked.candidates[word], rest, to_language)
            for word in {word for word, _ in there}
        }
        groups = _joined([(span, word) for word, span in there if known[word]], target, to_language)
        return [group.span for group in _fullest(groups, len(spans))]

    def _is_counterpart(self, word: str, candidate: _Candidate, rest: _Rest, language: str) -> bool:
        """Whether a word of ``language`` comes from what is asked for, rather than from the rest.

        In its row, "back" is how likely the other is rendered by it, "ahead" the other way round.
        """
        others = rest.of(self._rivals(word, language))
        direct = candidate.direct / (candidate.direct + sum(t.inverse for t in others))
        inverse = candidate.inverse / (candidate.inverse + sum(t.direct for t in others))
        return direct * inverse >= _MIN_SHARE


def _look_up(
    tables: TranslationTables, analyzer: Analyzer, pieces: Iterable[str], language: str
) -> _Asked:
    """The words of some pieces of a text, and what they may be rendered by."""
    found = chain.from_iterable(analyzer.streams(piece).ranking for piece in pieces)
    words = frozenset(found) - stop_words(language)
    rows = [_with_itself(word, tables.row(word, language)) for word in words]
    candidates: dict[str, _Candidate] = {}
    for word in {word for row in rows for word in row} - stop_words(other_language(language)):
        own = [row[word] for row in rows if word in row]
        best = max(translation.direct for translation in own)
        inverse = sum(translation.inverse for translation in own)
        if sqrt(best * min(inverse, 1.0)) >= _MIN_STRENGTH:
            candidates[word] = _Candidate(sum(translation.direct for translation in own), inverse)
    return _Asked(words, candidates)


def _likely_rivals(tables: TranslationTables, word: str, language: str) -> Row:
    """The words that may be what a word of ``language`` comes from."""
    row = tables.row(word, language)
    return {w: t for w, t in row.items() if max(t) >= _MIN_RIVAL}


_SAME: Final = Translation(1.0, 1.0)


def _with_itself(word: str, row: Row) -> Row:
    """Names and numbers stand for themselves, known or not."""
    return row if word in row else {**row, word: _SAME}


class _Rest:
    """What else a text says beside the words at some spans."""

    def __init__(
        self,
        text: str,
        spans: Iterable[Span],
        asked: Set[str],
        language: str,
        analyzer: Analyzer,
    ) -> None:
        self._asked = asked
        if language == "zh":  # words as they stand there, which is quicker than to cut it
            for start, end in spans:
                text = f"{text[:start]}{' ' * (end - start)}{text[end:]}"
            self._text = fold(text)
        else:
            self._text = ""
            self._words = frozenset(analyzer.streams(text).ranking)
        self._is_chinese = language == "zh"

    def of(self, row: Row) -> list[Translation]:
        """What a row tells of those of its words that are here."""
        if self._is_chinese:
            text, asked = self._text, self._asked
            return [t for word, t in row.items() if word in text and word not in asked]
        return [row[word] for word in (row.keys() & self._words) - self._asked]


class _Group(NamedTuple):
    """Words that stand together."""

    span: Span
    words: tuple[str, ...]


def _joined(found: Iterable[tuple[Span, str]], text: str, language: str) -> list[_Group]:
    """Neighbours with nothing but blanks, the dots of names or stop words between them as one."""
    groups: list[_Group] = []
    for (start, end), word in found:
        if groups and _is_gap(text[groups[-1].span[1] : start], language):
            (first, last), words = groups.pop()
            groups.append(_Group((first, max(last, end)), (*words, word)))
        else:
            groups.append(_Group((start, end), (word,)))
    return groups


def _fullest(groups: Sequence[_Group], most: int) -> list[_Group]:
    """The groups in their order, but that a word is wanted no more than so many times.

    Where it stands more often, it is meant where most of the others stand beside it.
    """
    left: dict[str, int] = {}
    kept: list[_Group] = []
    for group in sorted(groups, key=lambda group: -len({*group.words})):
        if any(left.setdefault(word, most) > 0 for word in group.words):
            kept.append(group)
            for word in group.words:
                left[word] = left.get(word, most) - 1
    return sorted(kept)


def _is_gap(text: str, language: str) -> bool:
    if not text.strip(_GLUE):
        return True
    words = fold(text).split() if language == "en" else [text]
    return len(words) <= _MAX_GAP and is_joined(text) and stop_words(language).issuperset(words)
