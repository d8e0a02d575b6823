"""A pattern as a regular expression over folded texts.

It finds what `locate` finds by the positions of terms, but in C, and the text is not analysed.
What it finds begins with letters that are known, wherever they are, since `re` is quick to find
these; the context is looked at afterwards.
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

# What parts paragraphs in a text; nothing is found across it.
SEPARATOR: Final = "\x01"

Fits = Callable[[str], bool]


class _CharacterClasses(NamedTuple):
    """A character of a word, what may stand between two tokens, a Han character, any token."""

    word: str
    gap: str
    han: str
    unit: str


# Plain texts do with classes that are compiled in a hundredth of the time that the others take.
_PLAIN: Final = _CharacterClasses(
    word="[a-z0-9]",
    gap=rf"(?:[^\w{SEPARATOR}]|_)*+",
    han=r"[^\W_a-z0-9]",
    unit=r"(?:[a-z0-9]++|[^\W_a-z0-9])",
)
_FULL: Final = _CharacterClasses(
    word=WORD,
    gap=rf"(?:[^\w{HAN}{SEPARATOR}]|_)*+",
    han=f"[{HAN}]",
    unit=f"(?:{WORD}++|[{HAN}{NUMERAL}])",
)


class _Word(NamedTuple):
    """A word that is ``letters``; or, where ``fits`` is given, begins with them and fits."""

    letters: str
    fits: Fits | None = None


# What stands at a position: a word, a Han character ("": any), or any token.
_Element = _Word | str | None


def pattern_regex(pattern: Pattern, analyzer: Analyzer) -> PatternRegex | None:
    """The expression of a pattern, or None if it takes positions to find it.

    It takes positions where the pattern begins or ends with any token, which may be none, and for
    numerals that stand alone (½) and words longer than terms are. Of such a word, an expression
    finds no part.
    """
    elements: list[_Element] = [None] * pattern.length
    linked: set[int] = set()
    for slot in pattern.slots:
        parts = _elements(slot, analyzer)
        if not parts or not 0 <= slot.offset <= pattern.length - len(parts):
            return None
        for offset, element in enumerate(parts, slot.offset):
            if elements[offset] and element and elements[offset] != element:
                return None
            elements[offset] = elements[offset] or element
        linked.update(range(slot.offset, slot.offset + len(parts) - 1))
    if elements[0] is None or elements[-1] is None:
        return None
    return PatternRegex(elements, linked)


def _elements(slot: Slot, analyzer: Analyzer) -> tuple[_Word | str, ...]:
    """What a slot says of the positions from its offset on; nothing where it can't be said."""
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
            first = re.split("[*?]", text, maxsplit=1)[0]
            return _Word(first, cache(slot_predicate(slot, analyzer)))
        case SlotKind.FUZZY if text.isascii():
            return _Word("", _misspelt(slot, analyzer))
        case _:
            return None


def shared_letters(stem: str) -> str:
    """Return the letters with which all words of a stem begin."""
    prefixes = stem_prefixes(stem)
    return prefixes[0] if len(prefixes) == 1 else stem[:1]  # "di" and "dying" share one letter


def _misspelt(slot: Slot, analyzer: Analyzer) -> Fits:
    """Before the edits are counted, what is too short or too long is shut out, or has others."""
    letters, fits = set(slot.text), slot_predicate(slot, analyzer)
    lengths = range(len(slot.text) - slot.distance, len(slot.text) + slot.distance + 1)
    near = cache(lambda term: len(letters ^ set(term)) <= 2 * slot.distance and fits(term))
    return lambda term: len(term) in lengths and near(term)


class PatternRegex:
    """Finds a pattern in folded texts.

    ``letters`` are those with which it begins, wherever it is found; "" if there are none.
    """

    def __init__(self, elements: list[_Element], linked: set[int]) -> None:
        self._elements = elements
        self._linked = linked  # positions whose character and the next are of one run
        first = elements[0]
        self.letters = first.letters if isinstance(first, _Word) else first or ""
        words = [element for element in elements if isinstance(element, _Word)]
        self._fits = [word.fits for word in words if word.fits and word.letters]
        self._is_fixed = all(word.letters for word in words)
        self._compiled: dict[bool, re.Pattern[str]] = {}  # for plain texts and for others

    def find(self, text: FoldedBlock, low: int = 0) -> Iterator[tuple[int, int]]:
        """Where the pattern stands from ``low`` on, in order, in folded characters.

        What is found may overlap; nothing is left out.
        """
        if self.letters not in text.text:  # quicker than `re`
            return iter(())
        found = (self._compiled.get(text.plain) or self._compile(text)).finditer(text.text, low)
        last = len(self._fits) + 1
        match self._fits:
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
        alphabet = _PLAIN if text.plain else _FULL
        if self._is_fixed:
            compiled = self._compiled[text.plain] = re.compile(self._source(alphabet, ()))
            return compiled
        words = set(re.findall(f"{alphabet.word}+", text.text))
        return re.compile(self._source(alphabet, words))

    def _source(self, alphabet: _CharacterClasses, words: Iterable[str]) -> str:
        """What follows the first element is looked ahead to, so that the next may overlap it."""
        head, *others = (
            self._element(offset, alphabet, words) for offset in range(len(self._elements))
        )
        joints = [r"\s*" if i in self._linked else alphabet.gap for i in range(len(others))]
        tail = "".join(joint + other for joint, other in zip(joints, others, strict=True))
        return f"{head}(?={tail}())" if tail else f"{head}()"

    def _element(self, offset: int, alphabet: _CharacterClasses, words: Iterable[str]) -> str:
        element = self._elements[offset]
        if element is None:
            return alphabet.unit
        if isinstance(element, str):
            return element or alphabet.han
        letters, fits = element

        def begun(word: str) -> str:
            """A word; only the first of a pattern might be the rest of another."""
            return word if offset else f"{word}(?<!{alphabet.word}{word})"

        if letters and fits:
            return f"({begun(letters)}{alphabet.word}*+)"
        fitting = [letters] if letters else sorted(filter(fits, words))
        return f"(?:{'|'.join(map(begun, fitting))})(?!{alphabet.word})" if fitting else "(?!)"
