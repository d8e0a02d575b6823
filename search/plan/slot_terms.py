"""The terms that may fill a slot.

`slot_predicate` decides this for one term, and `slot_ordinals` for a whole term dictionary,
without a loop over its terms. Both give the same answer.
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

_CHARACTER: Final = rb"(?:[^\n\x80-\xff]|[\xc0-\xff][\x80-\xbf]+)"  # in UTF-8; not a line break


def slot_predicate(slot: Slot, analyzer: Analyzer) -> Callable[[str], bool]:
    """Return a function that says whether a term of the exact stream may fill the slot."""
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
            matches = _glob_regex(text).fullmatch
            return lambda term: matches(term.encode()) is not None
        case SlotKind.FUZZY:
            return lambda term: (
                abs(len(term) - len(text)) <= slot.distance
                and term.isascii() is text.isascii()
                and not is_han(term)
                and edit_distance(text, term) <= slot.distance
            )


def slot_ordinals(slot: Slot, field: FieldReader, analyzer: Analyzer) -> Ordinals:
    """Return the ordinals, ascending, of the terms of a field that may fill the slot."""
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
            return _join_ranges(words.prefix_range(text), _bigrams_with_prefix(text, field))
        case SlotKind.BIGRAM_PREFIX:
            # Skip the character alone, wherever it is stored.
            low, high = _bigrams_with_prefix(text, field)
            low += field.find(text) == low
            first, end = words.prefix_range(text)
            first += words.find(text) >= 0
            return _join_ranges((first, end), (low, high))
        case SlotKind.BIGRAM_SUFFIX:
            found = _two_characters_ending(text.encode(), words)
            bigrams = np.flatnonzero(field.bigrams & CODE_MASK == (han_code(text) or -1))
            return np.concatenate((found, bigrams + len(words)))
        case SlotKind.GLOB:
            literal = re.split(r"[*?]", text, maxsplit=1)[0]
            return words.search(_glob_regex(text), *words.prefix_range(literal))
        case SlotKind.FUZZY:
            return _within_distance(text, slot.distance, words)


def _join_ranges(words: tuple[int, int], bigrams: tuple[int, int]) -> Ordinals:
    if words[0] == words[1]:
        return np.arange(*bigrams)
    return np.concatenate((np.arange(*words), np.arange(*bigrams)))


def _bigrams_with_prefix(text: str, field: FieldReader) -> tuple[int, int]:
    """Return the range of ordinals of the bigrams that begin with a text.

    The range is empty if a character of the text has no code; its terms are among the words.
    """
    code = bigram_code(text)
    if code is None:
        return field.term_count, field.term_count
    return field.bigram_range(code, code + (1 if len(text) > 1 else 1 << CODE_BITS))


def _glob_regex(glob: str) -> re.Pattern[bytes]:
    """Compile a glob.

    A literal between two stars matches at the first position where it fits and never moves on.
    So no star is tried twice, and the time stays linear.
    """
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


def _two_characters_ending(last: bytes, words: TermDictionary) -> Ordinals:
    """Return the ordinals of the words that are one character and then ``last``.

    The first byte of a character tells its length in UTF-8.
    """
    letters, starts = words.arrays()
    lengths = np.diff(starts) - 1 - len(last)
    lead = letters[starts[:-1]]
    fits = lengths == 1 + (lead >= 0xC0).astype(np.int64) + (lead >= 0xE0) + (lead >= 0xF0)
    for i, byte in enumerate(last):
        fits[fits] = letters[starts[:-1][fits] + lengths[fits] + i] == byte
    return np.flatnonzero(fits)


def _within_distance(word: str, limit: int, words: TermDictionary) -> Ordinals:
    """Return the ordinals of the words within ``limit`` edits of a word.

    A word with other characters than ASCII is compared with words that also have some, one by
    one. ASCII words are compared with ASCII words, all at once.
    """
    if not word.isascii():
        terms = words.terms(0, len(words))
        similar = [i for i, t in enumerate(terms) if abs(len(t) - len(word)) <= limit]
        others = [i for i in similar if not terms[i].isascii() and not is_han(terms[i])]
        found = [i for i in others if edit_distance(word, terms[i]) <= limit]
        return np.array(found, np.int64)
    letters, starts = words.arrays()
    lengths = np.diff(starts) - 1
    near = np.flatnonzero(np.abs(lengths - len(word)) <= limit)
    offsets = np.arange(len(word) + limit)
    rows = letters[np.minimum(starts[near, None] + offsets, letters.size - 1)]
    is_ascii = ~((rows >= 0x80) & (offsets < lengths[near, None])).any(axis=1)
    near, rows = np.compress(is_ascii, near), rows[is_ascii]
    if not near.size:  # the word may be longer than any term
        return near
    return np.compress(edit_distances(word.encode(), rows, lengths[near]) <= limit, near)
