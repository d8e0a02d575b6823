"""Which terms a slot speaks of, in a text or in a term dictionary.

`predicate` tells it of one term, `ordinals` of a whole term dictionary without a loop over its
terms; both say the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt

from indexer.analysis import Analyzer
from indexer.analysis.bigrams import CODE_BITS, CODE_MASK, bigram_code, han_code
from indexer.analysis.english import stem_prefixes
from indexer.analysis.script import is_han
from indexer.codec.reader import FieldReader
from indexer.codec.term_dictionary import TermDictionary
from search.plan.edits import edit_distance, edit_distances
from search.plan.intervals import Slot, SlotKind

Ordinals = npt.NDArray[np.int64]

_CHARACTER: Final = rb"(?:[^\n\x80-\xff]|[\xc0-\xff][\x80-\xbf]+)"


def slot_predicate(slot: Slot, analyzer: Analyzer) -> Callable[[str], bool]:
    """Whether a term of the exact stream is one of the slot's."""
    text = slot.text
    match slot.kind:
        case SlotKind.TERM:
            return text.__eq__
        case SlotKind.STEM:
            return lambda term: analyzer.stem(term) == text
        case SlotKind.PREFIX:
            return lambda term: term.startswith(text)
        case SlotKind.BIGRAM_PREFIX:
            return lambda term: len(term) == 2 and term[0] == text
        case SlotKind.BIGRAM_SUFFIX:
            return lambda term: len(term) == 2 and term[1] == text
        case SlotKind.GLOB:
            fits = _glob(text).fullmatch
            return lambda term: fits(term.encode()) is not None
        case SlotKind.FUZZY:
            return lambda term: (
                abs(len(term) - len(text)) <= slot.distance
                and term.isascii() is text.isascii()
                and not is_han(term)
                and edit_distance(text, term) <= slot.distance
            )


def slot_ordinals(slot: Slot, field: FieldReader, analyzer: Analyzer) -> Ordinals:
    """The ordinals, ascending, of the field's terms that are the slot's."""
    text, words = slot.text, field.words
    match slot.kind:
        case SlotKind.TERM:
            ordinal = field.find(text)
            return np.arange(ordinal, ordinal + 1) if ordinal >= 0 else np.arange(0)
        case SlotKind.STEM:
            return _with_stem(text, words, analyzer)
        case SlotKind.PREFIX:
            if not text:
                return np.arange(field.term_count)
            return _joined(words.prefix_range(text), _pairs_beginning(text, field))
        case SlotKind.BIGRAM_PREFIX:
            low, high = _pairs_beginning(text, field)
            alone = field.find(text) == low
            longer = words.prefix_range(text)
            return _joined((longer[0] + (words.find(text) >= 0), longer[1]), (low + alone, high))
        case SlotKind.BIGRAM_SUFFIX:
            found = _bigrams_ending(text.encode(), words)
            pairs = np.flatnonzero(field.bigrams & CODE_MASK == (han_code(text) or -1))
            return np.concatenate((found, pairs + len(words)))
        case SlotKind.GLOB:
            literal = re.split(r"[*?]", text, maxsplit=1)[0]
            return words.search(_glob(text), *words.prefix_range(literal))
        case SlotKind.FUZZY:
            return _within(text, slot.distance, words)


def _joined(words: tuple[int, int], pairs: tuple[int, int]) -> Ordinals:
    if words[0] == words[1]:
        return np.arange(*pairs)
    return np.concatenate((np.arange(*words), np.arange(*pairs)))


def _pairs_beginning(text: str, field: FieldReader) -> tuple[int, int]:
    """The range of the pairs that begin with a text."""
    pair = bigram_code(text)
    if pair is None:
        return field.term_count, field.term_count
    return field.bigram_range(pair, pair + (1 if len(text) > 1 else 1 << CODE_BITS))


def _glob(glob: str) -> re.Pattern[bytes]:
    """What stands between two stars is taken where it first fits, for good: no star tries twice."""
    first, *others = (
        _CHARACTER.join(map(re.escape, part.split(b"?"))) for part in glob.encode().split(b"*")
    )
    middle = [b"(?>%b*?%b)" % (_CHARACTER, literal) for literal in others[:-1]]
    last = [b"%b*%b" % (_CHARACTER, literal) for literal in others[-1:]]
    return re.compile(b"".join([first, *middle, *last]))


def _with_stem(stem: str, words: TermDictionary, analyzer: Analyzer) -> Ordinals:
    """Return the ordinals of the words with a stem."""
    found = [
        ordinal
        for low, high in map(words.prefix_range, stem_prefixes(stem))
        for ordinal, word in enumerate(words.terms(low, high), low)
        if analyzer.stem(word) == stem
    ]
    return np.array(found, np.int64)


def _bigrams_ending(last: bytes, words: TermDictionary) -> Ordinals:
    """Words of one character, as its first byte tells its length in UTF-8, and then ``last``."""
    letters, starts = words.arrays()
    lengths = np.diff(starts) - 1 - len(last)
    lead = letters[starts[:-1]]
    fits = lengths == 1 + (lead >= 0xC0).astype(np.int64) + (lead >= 0xE0) + (lead >= 0xF0)
    for i, byte in enumerate(last):
        fits[fits] = letters[starts[:-1][fits] + lengths[fits] + i] == byte
    return np.flatnonzero(fits)


def _within(word: str, limit: int, words: TermDictionary) -> Ordinals:
    """The terms near to a word; non-ASCII words are compared with non-ASCII terms, one by one."""
    if not word.isascii():
        terms = words.terms(0, len(words))
        alike = [i for i, t in enumerate(terms) if abs(len(t) - len(word)) <= limit]
        others = [i for i in alike if not terms[i].isascii() and not is_han(terms[i])]
        found = [i for i in others if edit_distance(word, terms[i]) <= limit]
        return np.array(found, np.int64)
    letters, starts = words.arrays()
    lengths = np.diff(starts) - 1
    near = np.flatnonzero(np.abs(lengths - len(word)) <= limit)
    columns = np.arange(len(word) + limit)
    rows = letters[np.minimum(starts[near, None] + columns, letters.size - 1)]
    is_ascii = ~((rows >= 0x80) & (columns < lengths[near, None])).any(axis=1)
    near, rows = np.compress(is_ascii, near), rows[is_ascii]
    if not near.size:  # as for a word that is longer than terms are
        return near
    return np.compress(edit_distances(word.encode(), rows, lengths[near]) <= limit, near)
