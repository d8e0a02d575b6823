"""Phrases, wildcards and misspellings as places."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Final

from indexer.analysis import Token, fold
from indexer.analysis.script import CharacterClasses, character_classes, is_han
from search.plan.intervals import Alternatives, Interval, NearInterval, Pattern, Slot, SlotKind

# How far a * between Chinese characters reaches.
STAR_REACH: Final = 10


def is_bigram(term: str) -> bool:
    """Whether a term of the exact stream is a character and the next of its run."""
    return len(term) == 2 and is_han(term)


def phrase_pattern(tokens: Sequence[Token]) -> Pattern | None:
    """The place where the text of these neighbouring tokens of the exact stream stands.

    A last Han character is covered by the bigram before it; alone, it is any term that begins
    with it.
    """
    slots = []
    covered = False
    for offset, token in enumerate(tokens):
        if not is_han(token.term):
            slots.append(Slot(SlotKind.TERM, token.term, offset))
            covered = False
        elif is_bigram(token.term) and offset + 1 < len(tokens):
            slots.append(Slot(SlotKind.TERM, token.term, offset))
            covered = True
        elif not covered:
            slots.append(Slot(SlotKind.PREFIX, token.term[0], offset))
        else:
            covered = False
    return Pattern(tuple(slots), len(tokens)) if slots else None


def wildcard_interval(text: str) -> Interval | None:
    """The place of a run with ``*`` and ``?``; "*" alone: any term at all."""
    folded = fold(text)
    if folded == "*":
        return Pattern((Slot(SlotKind.PREFIX, ""),), 1)
    groups: list[list[str]] = [[]]
    for element in _elements(folded):
        if element == "*":
            groups.append([])
        else:
            groups[-1].append(element)
    parts = [_element_pattern(group) for group in groups if group]
    return near_chain(parts, STAR_REACH, ordered=True)


def _elements(folded: str) -> list[str]:
    """The Han characters, the words, perhaps with wildcards, and the wildcards beside neither."""
    return _element(character_classes(folded)).findall(folded)


@cache
def _element(classes: CharacterClasses) -> re.Pattern[str]:
    han, word, _ = classes
    return re.compile(rf"(?:{word}|[*?])*{word}(?:{word}|[*?])*|{han}|[*?]")


def _element_pattern(elements: Sequence[str]) -> Pattern | None:
    """The place of Han characters, words (perhaps with wildcards) and ``?`` in their order."""
    slots = []
    covered = False  # by a bigram that begins one character earlier
    for offset, element in enumerate(elements):
        follower = elements[offset + 1] if offset + 1 < len(elements) else ""
        before, covered = covered, False
        if is_han(element) and (follower == "?" or is_han(follower)):
            kind = SlotKind.BIGRAM_PREFIX if follower == "?" else SlotKind.TERM
            text = element if follower == "?" else element + follower
            slots.append(Slot(kind, text, offset))
            covered = True
        elif is_han(element):
            if not before:
                slots.append(Slot(SlotKind.PREFIX, element, offset))
        elif element == "?":
            if is_han(follower):
                slots.append(Slot(SlotKind.BIGRAM_SUFFIX, follower, offset))
                covered = True
        else:
            kind = SlotKind.GLOB if "*" in element or "?" in element else SlotKind.TERM
            slots.append(Slot(kind, element, offset))
    return Pattern(tuple(slots), len(elements)) if slots else None


def fuzzy_interval(text: str, distance: int) -> Interval | None:
    """A word within so many edits, or a Chinese run with so many characters otherwise.

    Of a Chinese run, characters may be others, missing or additional; its ends stand, but for
    others in their place, and two characters at least remain.
    """
    elements = _elements(fold(text))
    if not any(map(is_han, elements)):
        words = [Pattern((Slot(SlotKind.FUZZY, word, 0, distance),), 1) for word in elements]
        return near_chain(words, 0, ordered=True)
    variants = {tuple(elements)}
    for _ in range(max(0, min(distance, len(elements) - 2))):
        variants |= {edited for variant in variants for edited in _edits(variant)}
    return any_of([_element_pattern(variant) for variant in sorted(variants)])


def _edits(elements: tuple[str, ...]) -> set[tuple[str, ...]]:
    inner = range(1, len(elements) - 1)
    replaced = {(*elements[:i], "?", *elements[i + 1 :]) for i in range(len(elements))}
    removed = {elements[:i] + elements[i + 1 :] for i in inner}
    added = {(*elements[:i], "?", *elements[i:]) for i in range(1, len(elements))}
    return replaced | removed | added


def near_chain(
    parts: Sequence[Interval | None], distance: int, *, ordered: bool
) -> Interval | None:
    """Each part near to those before it; None where there is none."""
    whole: Interval | None = None
    for part in parts:
        if whole is None or part is None:
            whole = whole or part
        else:
            whole = NearInterval(whole, part, distance, ordered)
    return whole


def any_of(options: Sequence[Interval | None]) -> Interval | None:
    """Any of the options; None where there is none."""
    known = tuple(option for option in options if option is not None)
    return Alternatives(known) if len(known) > 1 else known[0] if known else None
