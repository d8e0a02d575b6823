"""Patterns as regular expressions over folded texts.

A regular expression finds what `locate` finds by the positions of terms. It is faster, because `re`
runs in C and the text need not be analyzed. Expressions begin with known letters wherever possible,
since `re` finds these quickly; the characters before them are checked by a lookbehind.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Final, NamedTuple

from indexer.analysis import Analyzer
from indexer.analysis.english import stem_prefixes
from indexer.analysis.script import HAN, MAX_WORD_LENGTH, NUMERAL, WORD, is_han
from search.passage.folded_block import FoldedBlock
from search.plan.interval_builder import is_bigram
from search.plan.intervals import Pattern, Slot, SlotKind
from search.plan.slot_terms import slot_predicate

# Separates the paragraphs of a text. No match crosses it.
SEPARATOR: Final = "\x01"

_Predicate = Callable[[str], bool]


class _CharacterClasses(NamedTuple):
    """Expressions: a character of a word, the gap between two tokens, a Han character, a token."""

    word: str
    gap: str
    han: str
    any_term: str


# For plain texts, whose classes compile a hundred times as fast, and for all others.
_PLAIN: Final = _CharacterClasses(
    word="[a-z0-9]",
    gap=rf"(?:[^\w{SEPARATOR}]|_)*+",
    han=r"[^\W_a-z0-9]",
    any_term=r"(?:[a-z0-9]++|[^\W_a-z0-9])",
)
_FULL: Final = _CharacterClasses(
    word=WORD,
    gap=rf"(?:[^\w{HAN}{SEPARATOR}]|_)*+",
    han=f"[{HAN}]",
    any_term=f"(?:{WORD}++|[{HAN}{NUMERAL}])",
)


class _Word(NamedTuple):
    """The word ``letters``; or, with a predicate, the words that begin so and satisfy it."""

    letters: str
    predicate: _Predicate | None = None


# One position of a pattern: a word, a Han character ("" for any), or any token (None).
_Element = _Word | str | None


def pattern_regex(pattern: Pattern, analyzer: Analyzer) -> PatternRegex | None:
    """Return the expression of a pattern, or None if only positions can find it.

    Positions are needed for a pattern that begins or ends with any token, since that token may be
    outside of the text. They are also needed for numerals that are a token by themselves (½), and
    for words that are longer than a term can be.
    """
    elements: list[_Element] = [None] * pattern.length
    joined: set[int] = set()
    for slot in pattern.slots:
        parts = _elements(slot, analyzer)
        if not parts or not 0 <= slot.offset <= pattern.length - len(parts):
            return None
        for offset, element in enumerate(parts, slot.offset):
            if elements[offset] and element and elements[offset] != element:
                return None
            elements[offset] = elements[offset] or element
        joined.update(range(slot.offset, slot.offset + len(parts) - 1))
    if elements[0] is None or elements[-1] is None:
        return None
    return PatternRegex(elements, joined)


def _elements(slot: Slot, analyzer: Analyzer) -> tuple[_Word | str, ...]:
    """Return the elements from the slot's offset on; none if they cannot be expressed."""
    text = slot.text
    if is_han(text):
        match slot.kind:
            case SlotKind.TERM if is_bigram(text):
                return text[0], text[1]
            case SlotKind.PREFIX if len(text) == 1:
                return (text,)
            case SlotKind.BIGRAM_PREFIX if len(text) == 1:
                return text, ""
            case SlotKind.BIGRAM_SUFFIX if len(text) == 1:
                return "", text
        return ()
    return (word,) if (word := _word(slot, analyzer)) else ()


def _word(slot: Slot, analyzer: Analyzer) -> _Word | None:
    """Return the element of an alphabetic slot, or None if it cannot be expressed."""
    text = slot.text
    letters = re.sub("[*?]", "", text) if slot.kind is SlotKind.GLOB else text
    inner = f"a{letters}a"
    if not letters or len(inner) > MAX_WORD_LENGTH or analyzer.exact_terms(inner) != [inner]:
        return None
    match slot.kind:
        case SlotKind.TERM:
            return _Word(text)
        case SlotKind.STEM:
            return _Word(shared_letters(text), cache(slot_predicate(slot, analyzer)))
        case SlotKind.GLOB:
            literal = re.split("[*?]", text, maxsplit=1)[0]
            return _Word(literal, cache(slot_predicate(slot, analyzer)))
        case SlotKind.FUZZY if text.isascii():
            return _Word("", _fuzzy_predicate(slot, analyzer))
        case _:
            return None


def shared_letters(stem: str) -> str:
    """Return the letters with which all words of a stem begin."""
    prefixes = stem_prefixes(stem)
    return prefixes[0] if len(prefixes) == 1 else stem[:1]  # "di" and "dying" share one letter


def _fuzzy_predicate(slot: Slot, analyzer: Analyzer) -> _Predicate:
    """Reject words by their length and their letters before counting edits, which is slow."""
    letters, predicate = set(slot.text), slot_predicate(slot, analyzer)
    lengths = range(len(slot.text) - slot.distance, len(slot.text) + slot.distance + 1)
    near = cache(lambda term: len(letters ^ set(term)) <= 2 * slot.distance and predicate(term))
    return lambda term: len(term) in lengths and near(term)


class PatternRegex:
    """Finds a pattern in folded texts.

    Every match begins with ``letters``, which are "" if they differ from match to match.
    """

    def __init__(self, elements: list[_Element], joined: set[int]) -> None:
        self._elements = elements
        self._joined = joined  # positions whose character and the next one are in one run
        first = elements[0]
        self.letters = first.letters if isinstance(first, _Word) else first or ""
        words = [element for element in elements if isinstance(element, _Word)]
        # Each of these words is a group of the expression; its predicate is checked afterwards.
        self._predicates = [word.predicate for word in words if word.predicate and word.letters]
        self._is_fixed = all(word.letters for word in words)  # the same for every text
        self._compiled: dict[bool, re.Pattern[str]] = {}  # by `FoldedBlock.plain`

    def find(self, text: FoldedBlock, low: int = 0) -> Iterator[tuple[int, int]]:
        """Yield the spans of all matches from ``low`` on, in order, as folded characters.

        Matches may overlap.
        """
        if self.letters not in text.text:  # faster than `re`
            return iter(())
        found = (self._compiled.get(text.plain) or self._compile(text)).finditer(text.text, low)
        last = len(self._predicates) + 1  # an empty group at the end of the match
        match self._predicates:
            case [] if len(self._elements) == 1:
                return map(re.Match.span, found)
            case []:
                return ((m.start(), m.end(last)) for m in found)
            case [fits] if len(self._elements) == 1:
                return (m.span(1) for m in found if fits(m[1]))
            case [fits]:
                return ((m.start(), m.end(last)) for m in found if fits(m[1]))
            case several:
                checks = list(enumerate(several, 1))
                fitting = (m for m in found if all(fits(m[group]) for group, fits in checks))
                return ((m.start(), m.end(last)) for m in fitting)

    def _compile(self, text: FoldedBlock) -> re.Pattern[str]:
        classes = _PLAIN if text.plain else _FULL
        if self._is_fixed:
            compiled = self._compiled[text.plain] = re.compile(self._source(classes, ()))
            return compiled
        words = set(re.findall(f"{classes.word}+", text.text))
        return re.compile(self._source(classes, words))

    def _source(self, classes: _CharacterClasses, words: Iterable[str]) -> str:
        """Return the expression. All after its first element is a lookahead, to allow overlaps.

        ``words`` are the words of the text. A fuzzy element lists those that fit.
        """
        head, *others = (
            self._element(offset, classes, words) for offset in range(len(self._elements))
        )
        joints = [r"\s*" if i in self._joined else classes.gap for i in range(len(others))]
        tail = "".join(joint + other for joint, other in zip(joints, others, strict=True))
        return f"{head}(?={tail}())" if tail else f"{head}()"

    def _element(self, offset: int, classes: _CharacterClasses, words: Iterable[str]) -> str:
        """Return the expression of one element."""
        element = self._elements[offset]
        if element is None:
            return classes.any_term
        if isinstance(element, str):
            return element or classes.han
        letters, predicate = element

        def at_start(letters: str) -> str:
            """Require that a word begins here; a gap before a later element ensures that."""
            return letters if offset else f"{letters}(?<!{classes.word}{letters})"

        if letters and predicate:
            return f"({at_start(letters)}{classes.word}*+)"
        fitting = [letters] if letters else sorted(filter(predicate, words))
        return f"(?:{'|'.join(map(at_start, fitting))})(?!{classes.word})" if fitting else "(?!)"
