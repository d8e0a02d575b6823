"""Paragraphs to arrays of terms, for the index.

The terms are those of `Analyzer.exact`, found in all paragraphs at once: their code points are an
array, and a table says of each what it folds to, and what kind of character that is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from itertools import accumulate
from typing import Final, NamedTuple

import numpy as np

from indexer.analysis.analyzer import Analyzer
from indexer.analysis.bigrams import CODE_BITS, han_codes
from indexer.analysis.folding import fold
from indexer.analysis.long_words import LongWords
from indexer.analysis.script import MAX_WORD_LENGTH, NUMERAL, WORD, is_han
from indexer.array_types import BoolArray, Int32Array, IntpArray, UInt32Array

# The kinds of folded characters. A numeral is a word by itself, and what folds to none or to
# several characters is rewritten first.
_UNKNOWN, _BREAK, _SPACE, _WORD, _HAN, _NUMERAL, _SEVERAL = range(7)
_KIND_SHIFT: Final = 21  # an entry of the table is the kind, then the folded code point
_POINT_MASK: Final = np.uint32((1 << _KIND_SHIFT) - 1)

_LATIN_END: Final = 1 << 8
_BLANK: Final = np.uint32(ord(" "))
_SEPARATOR: Final = "\0"  # between paragraphs; like any other break, it may stand in them too

_is_word = re.compile(WORD).match
_is_numeral = re.compile(f"[{NUMERAL}]").match
_LONG_PART = re.compile(f"{WORD}{{{MAX_WORD_LENGTH}}}")


class EncodedTerms(NamedTuple):
    """The terms of a document's paragraphs, for the index.

    ``starts`` has the position at which each paragraph starts, ``lengths`` how many it takes.
    ``bigrams`` are the Han terms, numbered as in `indexer.analysis.bigrams`; ``words`` are all
    others, and Han terms with a character that has no code. The positions of either ascend.
    ``long_words`` are the Han terms of three or more characters of the ranking stream, in order;
    ``title_words`` those of the paragraphs that are titles.
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
    """Paragraphs to terms, as an analyzer has them; may be used from several threads."""

    def __init__(self, analyzer: Analyzer) -> None:
        self._long_words = LongWords(analyzer.segmenter)

    def encode(
        self, paragraphs: Sequence[str], gaps: Sequence[int], titles: int = 0
    ) -> EncodedTerms:
        """The terms of ``paragraphs``, the i-th followed by ``gaps[i]`` empty positions.

        Token j of the exact stream of paragraph i is at the position ``starts[i] + j``. The first
        ``titles`` paragraphs are titles.
        """
        text = _read(paragraphs)
        places = text.places
        bounds = places.searchsorted(text.bounds)
        lengths = bounds[1:] - bounds[:-1]
        shifts = np.fromiter(accumulate(gaps, initial=0), np.intp, len(gaps) + 1)[:-1]
        positions = (np.arange(len(places)) + shifts.repeat(lengths)).astype(np.int32)
        is_han = text.is_han[places]
        han_places = places[is_han]
        run = _han_terms(text, han_places)
        title_end = int(han_places.searchsorted(text.bounds[titles]))
        title_words, long_words = self._long_words.find(run.codes, run.is_joined, title_end)
        terms = EncodedTerms(
            starts=(bounds[:-1] + shifts).astype(np.int32),
            lengths=lengths.astype(np.int32),
            words=_words(text),
            word_positions=positions[~is_han],
            bigrams=run.bigrams(),
            bigram_positions=positions[is_han],
            long_words=long_words,
            title_words=title_words,
        )
        return terms if run.codes.all() else _without_codes(terms, run)


class TokenSpans(NamedTuple):
    """The characters ``starts`` to ``ends`` (t,) of the tokens of the exact stream."""

    starts: IntpArray
    ends: IntpArray


def token_spans(paragraphs: Sequence[str], analyzer: Analyzer) -> TokenSpans:
    """Where the tokens of ``paragraphs`` stand, a character being between each two of these.

    As in `Analyzer.position_spans`, a token is a word, or one Han character with its marks.
    """
    text = _SEPARATOR.join((*paragraphs, ""))
    kinds = _look_up(np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32))
    kinds >>= np.uint32(_KIND_SHIFT)
    if kinds.max(initial=0) < _SEVERAL:
        is_word = kinds == _WORD
        is_beginning = kinds >= _HAN
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
    places = np.array(spans, np.intp).reshape(-1, 2)
    return TokenSpans(places[:, 0], places[:, 1])


class _CodePoints(NamedTuple):
    """Folded paragraphs, each followed by a break.

    ``places`` is where tokens begin, ``bounds`` where paragraphs begin, and the end.
    """

    points: UInt32Array
    is_space: BoolArray
    is_word: BoolArray
    is_han: BoolArray
    places: IntpArray
    bounds: IntpArray


def _read(paragraphs: Sequence[str], *, are_plain: bool = False) -> _CodePoints:
    """The characters of ``paragraphs``; those that ``are_plain`` have been through `_plain`."""
    text = _SEPARATOR.join((*paragraphs, ""))
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    entries = _look_up(points)
    kinds = (entries >> _KIND_SHIFT).astype(np.uint8)
    if not are_plain and kinds.max(initial=0) > _HAN:
        return _read(_plain(paragraphs, points[kinds > _HAN]), are_plain=True)
    is_han = kinds == _HAN
    is_word = kinds == _WORD
    if are_plain:
        is_word |= kinds == _NUMERAL
    is_beginning = is_word | is_han
    is_beginning[1:] &= is_han[1:] | ~is_word[:-1]
    places = np.flatnonzero(is_beginning)
    ends = np.append(places[1:], len(text))
    far = places[ends - places > MAX_WORD_LENGTH] + MAX_WORD_LENGTH
    if is_word[far].any():  # a word goes on where the next token should have begun
        return _read([*map(_split_words, paragraphs)], are_plain=True)
    bounds = accumulate((len(paragraph) + 1 for paragraph in paragraphs), initial=0)
    return _CodePoints(
        entries & _POINT_MASK,
        kinds == _SPACE,
        is_word,
        is_han,
        places,
        np.fromiter(bounds, np.intp, len(paragraphs) + 1),
    )


def _plain(paragraphs: Sequence[str], points: UInt32Array) -> list[str]:
    """Fold those characters that become none or several, and set numerals apart."""
    for character in map(chr, np.unique(points).tolist()):
        parts = (f"{_SEPARATOR}{c}{_SEPARATOR}" if _is_numeral(c) else c for c in fold(character))
        plain = "".join(parts)
        paragraphs = [paragraph.replace(character, plain) for paragraph in paragraphs]
    return [*paragraphs]


def _split_words(paragraph: str) -> str:
    return _LONG_PART.sub(rf"\g<0>{_SEPARATOR}", fold(paragraph))


def _look_up(points: UInt32Array) -> UInt32Array:
    """The entries of the table for some code points."""
    table = _table()
    entries = table.take(points)
    if not entries.all():
        for point in np.unique(points[entries == _UNKNOWN]).tolist():
            table[point] = _entry(chr(point))
        entries = table.take(points)
    return entries


@cache
def _table() -> UInt32Array:
    """For each code point its entry, once it has been met; memory is taken where it has been."""
    return np.zeros(0x110000, np.uint32)


def _entry(character: str) -> int:
    folded = fold(character)
    if len(folded) != 1:
        return _SEVERAL << _KIND_SHIFT
    kind = _BREAK
    if is_han(folded):
        kind = _HAN
    elif _is_numeral(folded):
        kind = _NUMERAL
    elif _is_word(folded):
        kind = _WORD
    elif folded.isspace():
        kind = _SPACE
    return kind << _KIND_SHIFT | ord(folded)


def _words(text: _CodePoints) -> list[str]:
    points = np.where(text.is_word, text.points, _BLANK)
    if points.max(initial=0) < _LATIN_END:
        return points.astype(np.uint8).tobytes().decode("latin-1").split()
    return points.tobytes().decode("utf-32-le").split()


class _HanTerms(NamedTuple):
    """Han characters, their codes (0: it has none), and whether each has the next in its run."""

    points: UInt32Array
    codes: UInt32Array
    is_joined: BoolArray

    def bigrams(self) -> UInt32Array:
        """The numbers of the terms, meaningless for those with a character that has no code."""
        bigrams = self.codes << np.uint32(CODE_BITS)
        bigrams[:-1] |= self.codes[1:] * self.is_joined[:-1]
        return bigrams


def _han_terms(text: _CodePoints, places: IntpArray) -> _HanTerms:
    """The Han characters at ``places``, which are all; blanks among them do not end a run."""
    gaps = places[1:] - places[:-1]
    is_joined = np.zeros(len(places), np.bool_)
    is_joined[:-1] = gaps == 1
    before = np.flatnonzero(text.is_space[places[:-1] + 1])
    if len(before):
        blanks = np.flatnonzero(text.is_space)
        counts = blanks.searchsorted(places[before + 1]) - blanks.searchsorted(places[before])
        is_joined[before] = counts == gaps[before] - 1
    points = text.points[places]
    return _HanTerms(points, han_codes().take(points, mode="clip").astype(np.uint32), is_joined)


def _without_codes(terms: EncodedTerms, run: _HanTerms) -> EncodedTerms:
    """``terms`` with the Han terms that have a character without a code among the words."""
    has_none = run.codes == 0
    has_none[:-1] |= has_none[1:] & run.is_joined[:-1]
    characters = [*map(chr, run.points.tolist()), ""]
    found = [
        characters[i] + (characters[i + 1] if run.is_joined[i] else "")
        for i in np.flatnonzero(has_none).tolist()
    ]
    positions = np.append(terms.word_positions, terms.bigram_positions[has_none])
    order = np.argsort(positions)
    words = terms.words + found
    return terms._replace(
        words=[words[i] for i in order.tolist()],
        word_positions=positions[order],
        bigrams=terms.bigrams[~has_none],
        bigram_positions=terms.bigram_positions[~has_none],
    )
