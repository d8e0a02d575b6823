"""Analyzes whole articles at once: paragraphs to arrays of terms, for the index.

The terms are those of `Analyzer.exact`. The code points of all paragraphs form one array, and a
table gives the folded character and the kind of each code point.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate
from typing import Final, NamedTuple

import numpy as np

from indexer.analysis.analyzer import Analyzer
from indexer.analysis.bigrams import CODE_BITS, han_codes
from indexer.analysis.fold_tables import (
    HAN_KIND,
    KIND_SHIFT,
    NUMERAL_KIND,
    POINT_MASK,
    SEVERAL_KIND,
    SPACE_KIND,
    WORD_KIND,
    is_numeral,
    look_up,
    to_code_points,
)
from indexer.analysis.folding import fold
from indexer.analysis.long_words import LongWords
from indexer.analysis.script import MAX_WORD_LENGTH, WORD
from indexer.array_types import BoolArray, Int32Array, IntpArray, UInt32Array

_LATIN_END: Final = 1 << 8
_BLANK: Final = np.uint32(ord(" "))
_SEPARATOR: Final = "\0"  # between paragraphs; a paragraph may contain it too, as any other break

_LONG_PART = re.compile(f"{WORD}{{{MAX_WORD_LENGTH}}}")


class EncodedTerms(NamedTuple):
    """The terms of a document's paragraphs, for the index.

    ``starts`` has the first position of each paragraph, ``lengths`` its number of positions.
    ``bigrams`` are the Han terms, numbered as in `indexer.analysis.bigrams`. ``words`` are all
    other terms, and also the Han terms with a character that has no code. ``word_positions`` and
    ``bigram_positions`` ascend. ``long_words`` are the Han terms of three or more characters in
    the ranking stream, in order; ``title_words`` are those in paragraphs that are titles.
    """

    starts: Int32Array
    lengths: Int32Array
    words: list[str]
    word_positions: Int32Array
    bigrams: UInt32Array
    bigram_positions: Int32Array
    long_words: list[str]
    title_words: list[str]


class Encoder:
    """Turns paragraphs into the terms of an analyzer; may be used from several threads."""

    def __init__(self, analyzer: Analyzer) -> None:
        self._long_words = LongWords(analyzer.segmenter)

    def encode(
        self, paragraphs: Sequence[str], gaps: Sequence[int], titles: int = 0
    ) -> EncodedTerms:
        """Return the terms of ``paragraphs``, the i-th followed by ``gaps[i]`` empty positions.

        Token j in the exact stream of paragraph i has the position ``starts[i] + j``. The first
        ``titles`` paragraphs are titles.
        """
        text = _read(paragraphs)
        tokens = text.tokens
        bounds = tokens.searchsorted(text.bounds)
        lengths = bounds[1:] - bounds[:-1]
        shifts = np.fromiter(accumulate(gaps, initial=0), np.intp, len(gaps) + 1)[:-1]
        positions = (np.arange(len(tokens)) + shifts.repeat(lengths)).astype(np.int32)
        is_han = text.is_han[tokens]
        han_offsets = tokens[is_han]
        han = _han_characters(text, han_offsets)
        title_end = int(han_offsets.searchsorted(text.bounds[titles]))
        title_words, long_words = self._long_words.find(han.codes, han.is_joined, title_end)
        terms = EncodedTerms(
            starts=(bounds[:-1] + shifts).astype(np.int32),
            lengths=lengths.astype(np.int32),
            words=_words(text),
            word_positions=positions[~is_han],
            bigrams=han.bigrams(),
            bigram_positions=positions[is_han],
            long_words=long_words,
            title_words=title_words,
        )
        return terms if han.codes.all() else _with_uncoded_terms(terms, han)


class TokenSpans(NamedTuple):
    """The spans of t tokens of the exact stream: from ``starts`` (t,) to ``ends`` (t,)."""

    starts: IntpArray
    ends: IntpArray


def token_spans(paragraphs: Sequence[str], analyzer: Analyzer) -> TokenSpans:
    """Return the spans of all tokens of ``paragraphs``, joined with one character between them.

    As in `Analyzer.position_spans`, a token is a word, or one Han character with its marks.
    """
    kinds = look_up(to_code_points(_SEPARATOR.join((*paragraphs, ""))))
    kinds >>= np.uint32(KIND_SHIFT)
    if kinds.max(initial=0) < SEVERAL_KIND:
        is_word = kinds == WORD_KIND
        is_beginning = kinds >= HAN_KIND
        starts = np.flatnonzero(is_beginning | is_word & ~np.append(False, is_word[:-1]))
        ends = starts + 1
        words = is_word[starts]
        ends[words] = np.flatnonzero(is_word[:-1] & ~is_word[1:]) + 1
        if (ends - starts).max(initial=0) <= MAX_WORD_LENGTH:
            return TokenSpans(starts, ends)
    origins = accumulate((len(paragraph) + 1 for paragraph in paragraphs), initial=0)
    spans = [
        (origin + start, origin + end)
        for origin, paragraph in zip(origins, paragraphs, strict=False)
        for start, end in analyzer.position_spans(paragraph)
    ]
    both = np.array(spans, np.intp).reshape(-1, 2)
    return TokenSpans(both[:, 0], both[:, 1])


class _FoldedParagraphs(NamedTuple):
    """Folded paragraphs in one array of code points, each followed by a break.

    ``tokens`` has the offset at which each token begins. ``bounds`` has the offset at which each
    paragraph begins, and the end of the text.
    """

    points: UInt32Array
    is_space: BoolArray
    is_word: BoolArray
    is_han: BoolArray
    tokens: IntpArray
    bounds: IntpArray


def _read(paragraphs: Sequence[str], *, are_simple: bool = False) -> _FoldedParagraphs:
    """Fold ``paragraphs``; ``are_simple`` is true for results of `_simplify`."""
    text = _SEPARATOR.join((*paragraphs, ""))
    points = to_code_points(text)
    entries = look_up(points)
    kinds = (entries >> KIND_SHIFT).astype(np.uint8)
    if not are_simple and kinds.max(initial=0) > HAN_KIND:
        return _read(_simplify(paragraphs, points[kinds > HAN_KIND]), are_simple=True)
    is_han = kinds == HAN_KIND
    is_word = kinds == WORD_KIND
    if are_simple:
        is_word |= kinds == NUMERAL_KIND
    is_beginning = is_word | is_han
    is_beginning[1:] &= is_han[1:] | ~is_word[:-1]
    tokens = np.flatnonzero(is_beginning)
    ends = np.append(tokens[1:], len(text))
    far = tokens[ends - tokens > MAX_WORD_LENGTH] + MAX_WORD_LENGTH
    if is_word[far].any():  # a word is longer than a token may be
        return _read([*map(_split_words, paragraphs)], are_simple=True)
    bounds = accumulate((len(paragraph) + 1 for paragraph in paragraphs), initial=0)
    return _FoldedParagraphs(
        entries & POINT_MASK,
        kinds == SPACE_KIND,
        is_word,
        is_han,
        tokens,
        np.fromiter(bounds, np.intp, len(paragraphs) + 1),
    )


def _simplify(paragraphs: Sequence[str], points: UInt32Array) -> list[str]:
    """Fold the characters at ``points``, and put breaks around numerals.

    Then each character folds to exactly one, and a numeral can be treated as a word.
    """
    for character in map(chr, np.unique(points).tolist()):
        parts = (f"{_SEPARATOR}{c}{_SEPARATOR}" if is_numeral(c) else c for c in fold(character))
        simple = "".join(parts)
        paragraphs = [paragraph.replace(character, simple) for paragraph in paragraphs]
    return [*paragraphs]


def _split_words(paragraph: str) -> str:
    return _LONG_PART.sub(rf"\g<0>{_SEPARATOR}", fold(paragraph))


def _words(text: _FoldedParagraphs) -> list[str]:
    points = np.where(text.is_word, text.points, _BLANK)
    if points.max(initial=0) < _LATIN_END:  # Latin-1 takes a quarter of the bytes
        return points.astype(np.uint8).tobytes().decode("latin-1").split()
    return points.tobytes().decode("utf-32-le").split()


class _HanCharacters(NamedTuple):
    """All Han characters of a text, in order.

    ``codes`` are those of `indexer.analysis.bigrams` (0: the character has no code).
    ``is_joined`` says of each character whether the next one belongs to the same run.
    """

    points: UInt32Array
    codes: UInt32Array
    is_joined: BoolArray

    def bigrams(self) -> UInt32Array:
        """Return the number of each Han term; 0 codes make a number meaningless."""
        bigrams = self.codes << np.uint32(CODE_BITS)
        bigrams[:-1] |= self.codes[1:] * self.is_joined[:-1]
        return bigrams


def _han_characters(text: _FoldedParagraphs, offsets: IntpArray) -> _HanCharacters:
    """Return the Han characters, which are at ``offsets``; blanks between them end no run."""
    gaps = offsets[1:] - offsets[:-1]
    is_joined = np.zeros(len(offsets), np.bool_)
    is_joined[:-1] = gaps == 1
    before = np.flatnonzero(text.is_space[offsets[:-1] + 1])
    if len(before):
        blanks = np.flatnonzero(text.is_space)
        counts = blanks.searchsorted(offsets[before + 1]) - blanks.searchsorted(offsets[before])
        is_joined[before] = counts == gaps[before] - 1
    points = text.points[offsets]
    return _HanCharacters(
        points, han_codes().take(points, mode="clip").astype(np.uint32), is_joined
    )


def _with_uncoded_terms(terms: EncodedTerms, han: _HanCharacters) -> EncodedTerms:
    """Move the Han terms that have a character without a code to the words."""
    is_uncoded = han.codes == 0
    is_uncoded[:-1] |= is_uncoded[1:] & han.is_joined[:-1]
    characters = [*map(chr, han.points.tolist()), ""]
    found = [
        characters[i] + (characters[i + 1] if han.is_joined[i] else "")
        for i in np.flatnonzero(is_uncoded).tolist()
    ]
    positions = np.append(terms.word_positions, terms.bigram_positions[is_uncoded])
    order = np.argsort(positions)
    words = terms.words + found
    return terms._replace(
        words=[words[i] for i in order.tolist()],
        word_positions=positions[order],
        bigrams=terms.bigrams[~is_uncoded],
        bigram_positions=terms.bigram_positions[~is_uncoded],
    )
