"""Collocates: the words that occur near a query's words more often than by chance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

import numpy as np

from indexer.analysis.script import is_han
from indexer.array_types import BoolArray, Int64Array
from indexer.article import LanguageCode
from indexer.codec.reader import FieldReader
from indexer.schema import RANKING, TEXT, ZONES
from search.corpus.association import MEASURES, MeasureName
from search.corpus.concordance import DEFAULT_WINDOW, ConcordanceLine, context_lines
from search.corpus.cooccurrence import Cooccurrences, count_cooccurrences, words_near
from search.corpus.occurrences import TEXT_ZONES, Occurrences
from search.engine.evaluation import Evaluation
from search.language.query import Diagnostic
from search.plan.intervals import Slot, SlotKind
from search.plan.slot_terms import slot_ordinals


@dataclass(frozen=True, slots=True)
class Collocate:
    """A word that occurs near the node, which is the occurrences of the query's words.

    ``language`` is the language of the node. ``together`` counts how often the word occurs near it.
    ``frequency`` counts how often it occurs in the whole index: a Chinese word of one or two
    characters also inside of longer words, a longer one only as segmented by jieba. ``example`` is
    the first occurrence of the node by date that the word is near.
    """

    word: str
    language: LanguageCode
    together: int
    frequency: int
    score: float
    example: ConcordanceLine


@dataclass(frozen=True, slots=True)
class Collocates:
    """The collocates of a query's words, the most strongly associated first.

    There are ``total`` words that occur within ``window`` words of the node at least ``min_count``
    times. ``collocates`` are at most ``limit`` of them; 0 means all. ``nodes`` counts the
    occurrences of the query's words in each language. ``relaxed``: no article has all words of the
    query, and the articles considered have any of them.
    """

    query: str
    measure: MeasureName
    window: int
    min_count: int
    limit: int
    nodes: dict[LanguageCode, int]
    total: int
    collocates: tuple[Collocate, ...]
    diagnostics: tuple[Diagnostic, ...]
    relaxed: bool

    def __iter__(self) -> Iterator[Collocate]:
        return iter(self.collocates)

    def __len__(self) -> int:
        return len(self.collocates)


class _ScoredWord(NamedTuple):
    score: float
    together: int
    word: str
    language: LanguageCode
    frequency: int


def find_collocates(
    evaluation: Evaluation,
    query: str,
    window: int,
    measure: MeasureName,
    min_count: int,
    limit: int,
) -> Collocates:
    """Return the collocates of an evaluated query; `Archive.collocates` explains the options.

    Collocates with the same score are sorted by how often they occur near the node, then by their
    characters.
    """
    window, min_count, limit = max(0, window), max(1, min_count), max(0, limit)
    nodes, total, collocates = _Finder(evaluation, window, measure, min_count).strongest(limit)
    return Collocates(
        query=query,
        measure=measure,
        window=window,
        min_count=min_count,
        limit=limit,
        nodes=nodes,
        total=total,
        collocates=collocates,
        diagnostics=evaluation.diagnostics,
        relaxed=evaluation.relaxed,
    )


class _Finder:
    """Finds the collocates of one evaluated query."""

    def __init__(
        self, evaluation: Evaluation, window: int, measure: MeasureName, min_count: int
    ) -> None:
        self._occurrences = Occurrences(evaluation)
        self._documents = evaluation.documents("date")
        self._snapshot = evaluation.snapshot
        self._analyzer = evaluation.analyzer
        self._window = window
        self._measure = MEASURES[measure]
        self._min_count = min_count

    def strongest(self, limit: int) -> tuple[dict[LanguageCode, int], int, tuple[Collocate, ...]]:
        """Return the number of nodes by language, of collocates, and the strongest collocates."""
        found = count_cooccurrences(
            self._occurrences, self._documents, self._analyzer, self._window
        )
        scored: list[_ScoredWord] = []
        for language, side in found.items():
            scored += self._scored(language, side)
        scored.sort(key=lambda one: (-one.score, -one.together, one.word))
        collocates = tuple(
            Collocate(
                word=one.word,
                language=one.language,
                together=one.together,
                frequency=one.frequency,
                score=one.score,
                example=self._example(one, found[one.language].firsts[one.word]),
            )
            for one in scored[: limit or None]
        )
        return {language: side.nodes for language, side in found.items()}, len(scored), collocates

    def _scored(self, language: LanguageCode, side: Cooccurrences) -> Iterator[_ScoredWord]:
        tokens = self._tokens(language)
        for word, together in side.counts.items():
            if together >= self._min_count:
                frequency = self._frequency(word)
                score = self._measure(together, side.nodes, frequency, tokens)
                yield _ScoredWord(score, together, word, language, frequency)

    def _example(self, one: _ScoredWord, document: int) -> ConcordanceLine:
        """Return the first concordance line of a document whose keyword the word is near."""
        for zone in self._occurrences.by_zone(np.array([document])):
            near = words_near(zone, self._analyzer, self._window)
            for number, (language, words) in enumerate(near):
                if language == one.language and one.word in words:
                    return next(islice(context_lines(zone, DEFAULT_WINDOW), number, None))
        raise AssertionError(f"{one.word} was counted in this document")

    def _tokens(self, language: LanguageCode) -> int:
        """Return the number of words or Chinese characters in the texts of a language.

        If the index has no such texts, the nodes are foreign words in texts of the other language,
        so the tokens of all texts are counted.
        """
        own = [ZONES.index(zone) for zone in TEXT_ZONES if zone.endswith(language)]
        counts = np.zeros(len(ZONES), np.int64)
        for _, segment, live in self._snapshot.segments():
            counts += segment.zone_lengths[... if live is None else live].sum(
                axis=0, dtype=np.int64
            )
        return int(counts[own].sum() or counts.sum())

    def _frequency(self, word: str) -> int:
        """Return how often a word occurs in the whole index."""
        if is_han(word) and len(word) > 2:
            return sum(
                _frequency(field, np.arange(number, number + 1), live)
                for field, live in self._fields(RANKING)
                if (number := field.find(word)) >= 0
            )
        slot = Slot(SlotKind.PREFIX if is_han(word) and len(word) == 1 else SlotKind.TERM, word)
        return sum(
            _frequency(field, slot_ordinals(slot, field, self._analyzer), live)
            for field, live in self._fields(TEXT)
        )

    def _fields(self, name: str) -> Iterator[tuple[FieldReader, BoolArray | None]]:
        for _, segment, live in self._snapshot.segments():
            field = segment.field(name)
            if field is not None:
                yield field, live


def _frequency(field: FieldReader, terms: Int64Array, live: BoolArray | None) -> int:
    """Return how often some terms occur in documents that are not deleted."""
    found = field.postings.read_terms(terms)
    frequencies = found.frequencies
    return int((frequencies if live is None else frequencies[live[found.documents]]).sum())
