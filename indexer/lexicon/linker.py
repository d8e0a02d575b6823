"""Find the counterparts of words in the other text, by the tables alone.

A counterpart is reported only if the evidence is strong: the two words are likely to translate
each other, and this word of the other text comes rather from the given words than from the rest of
their text. No Chinese text is cut into words, so a pair of sentences takes only 15 to 30 µs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from functools import lru_cache, partial
from itertools import chain
from math import sqrt
from typing import Final, NamedTuple

from indexer.analysis import Analyzer, fold
from indexer.article import other_language
from indexer.lexicon.stop_words import MAX_STOP_WORDS_WITHIN, STOP_WORDS, has_phrase_break
from indexer.lexicon.tables import Row, Translation, TranslationTables
from indexer.lexicon.word_finder import find_words

# The least geometric mean of the two probabilities of a word and its rendering.
_MIN_CANDIDATE_STRENGTH: Final = 0.2
# The least probability, as a product of both directions, that a word comes from the given words.
_MIN_COUNTERPART_LINK: Final = 0.25
# A pair that is less probable than this in both directions does not count as a rival.
_MIN_RIVAL: Final = 0.02

# Characters between the words of one name: 唐纳德·特朗普.
_NAME_JOINTS: Final = " \n·•・‧-"

# Start and end, in characters.
Span = tuple[int, int]


class _Query(NamedTuple):
    """The words whose counterparts are wanted, and all words that may render them.

    ``candidates`` has each such word of the other language, with the sums of its probabilities
    over ``words``. The sums may exceed 1.
    """

    words: frozenset[str]
    candidates: dict[str, Translation]


class Linker:
    """Finds counterparts in pairs of texts; several threads may share one."""

    def __init__(self, tables: TranslationTables, analyzer: Analyzer) -> None:
        self._analyzer = analyzer
        # The caches hold functions rather than methods. A method would refer to the linker, and
        # this circle of references would keep the linker and its open file alive.
        self._query = lru_cache(1024)(partial(_make_query, tables, analyzer))
        self._rivals = lru_cache(4096)(partial(_likely_rivals, tables))

    def link(
        self, source: str, spans: Sequence[Span], target: str, from_language: str
    ) -> list[Span]:
        """Find the counterparts of the words at ``spans`` of one text in the other, in order.

        ``source`` is a text of ``from_language``, ``"zh"`` or ``"en"``, and ``target`` its
        translation. All spans are in characters; ``spans`` are whole words.
        """
        query = self._query(tuple([source[start:end] for start, end in spans]), from_language)
        to_language = other_language(from_language)
        found = find_words(target, query.candidates, to_language, self._analyzer)
        if not found:
            return []
        rest = _Rest(source, spans, query.words, from_language, self._analyzer)
        is_counterpart = {
            word: self._is_counterpart(word, query.candidates[word], rest, to_language)
            for word in {word for word, _ in found}
        }
        linked = [(span, word) for word, span in found if is_counterpart[word]]
        groups = _group_neighbours(linked, target, to_language)
        return [group.span for group in _limit(groups, len(spans))]

    def _is_counterpart(
        self, word: str, candidate: Translation, rest: _Rest, language: str
    ) -> bool:
        """Whether a word of ``language`` comes rather from the query than from the rest.

        In the row of this word, ``inverse`` is P(word | rival) and ``direct`` is P(rival | word).
        """
        rivals = rest.translations(self._rivals(word, language))
        direct = candidate.direct / (candidate.direct + sum(t.inverse for t in rivals))
        inverse = candidate.inverse / (candidate.inverse + sum(t.direct for t in rivals))
        return direct * inverse >= _MIN_COUNTERPART_LINK


def _make_query(
    tables: TranslationTables, analyzer: Analyzer, parts: Iterable[str], language: str
) -> _Query:
    """Look up the words of some parts of a text."""
    found = chain.from_iterable(analyzer.streams(part).ranking for part in parts)
    words = frozenset(found) - STOP_WORDS[language]
    rows = [_with_itself(word, tables.row(word, language)) for word in words]
    candidates: dict[str, Translation] = {}
    for word in {word for row in rows for word in row} - STOP_WORDS[other_language(language)]:
        own = [row[word] for row in rows if word in row]
        best = max(translation.direct for translation in own)
        inverse = sum(translation.inverse for translation in own)
        if sqrt(best * min(inverse, 1.0)) >= _MIN_CANDIDATE_STRENGTH:
            candidates[word] = Translation(sum(translation.direct for translation in own), inverse)
    return _Query(words, candidates)


def _likely_rivals(tables: TranslationTables, word: str, language: str) -> Row:
    """The words of the other language from which a word of ``language`` may come."""
    row = tables.row(word, language)
    return {w: t for w, t in row.items() if max(t) >= _MIN_RIVAL}


_SAME: Final = Translation(1.0, 1.0)


def _with_itself(word: str, row: Row) -> Row:
    """Add the word itself to its row: a name or number may be the same in both texts."""
    return row if word in row else {**row, word: _SAME}


class _Rest:
    """The words of a text outside of some spans, without the words of the query."""

    def __init__(
        self,
        text: str,
        spans: Iterable[Span],
        query_words: Set[str],
        language: str,
        analyzer: Analyzer,
    ) -> None:
        self._query_words = query_words
        # A Chinese word is searched for in the text, which is faster than cutting the text.
        self._is_chinese = language == "zh"
        if self._is_chinese:
            for start, end in spans:
                text = f"{text[:start]}{' ' * (end - start)}{text[end:]}"
            self._text = fold(text)
        else:
            self._words = frozenset(analyzer.streams(text).ranking)

    def translations(self, row: Row) -> list[Translation]:
        """The entries of a row whose words are in the rest of the text."""
        if self._is_chinese:
            text, words = self._text, self._query_words
            return [t for word, t in row.items() if word in text and word not in words]
        return [row[word] for word in (row.keys() & self._words) - self._query_words]


class _Group(NamedTuple):
    """Words that form one phrase."""

    span: Span
    words: tuple[str, ...]


def _group_neighbours(linked: Iterable[tuple[Span, str]], text: str, language: str) -> list[_Group]:
    """Group words that have nothing but white space, stop words or the dots of names between."""
    groups: list[_Group] = []
    for (start, end), word in linked:
        if groups and _is_within_phrase(text[groups[-1].span[1] : start], language):
            (first, last), words = groups.pop()
            groups.append(_Group((first, max(last, end)), (*words, word)))
        else:
            groups.append(_Group((start, end), (word,)))
    return groups


def _is_within_phrase(gap: str, language: str) -> bool:
    """Whether the text between two words leaves them one phrase."""
    if not gap.strip(_NAME_JOINTS):
        return True
    words = fold(gap).split() if language == "en" else [gap]
    is_short = len(words) <= MAX_STOP_WORDS_WITHIN and not has_phrase_break(gap)
    return is_short and STOP_WORDS[language].issuperset(words)


def _limit(groups: Sequence[_Group], max_uses: int) -> list[_Group]:
    """Keep the groups that are needed to use no word more often than ``max_uses`` times.

    If a word occurs more often, the groups with most different words are kept. Groups stay in
    order.
    """
    left: dict[str, int] = {}
    kept: list[_Group] = []
    for group in sorted(groups, key=lambda group: -len({*group.words})):
        if any(left.setdefault(word, max_uses) > 0 for word in group.words):
            kept.append(group)
            for word in group.words:
                left[word] = left.get(word, max_uses) - 1
    return sorted(kept)
