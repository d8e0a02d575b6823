"""Build the intervals of phrases, wildcards and fuzzy words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Final

from indexer.analysis import Token, fold
from indexer.analysis.script import CharacterClasses, character_classes, is_han
from search.plan.intervals import Alternatives, Interval, NearInterval, Pattern, Slot, SlotKind

# The largest number of characters that a * between Chinese characters matches.
STAR_REACH: Final = 10


def is_bigram(term: str) -> bool:
    """Return whether a term of the exact stream is a Han character and the next of its run."""
    return len(term) == 2 and is_han(term)


def phrase_pattern(tokens: Sequence[Token]) -> Pattern | None:
    """Return the pattern of consecutive tokens of the exact stream.

    The last Han character of a run needs no slot, since the bigram before it covers it. A Han
    character alone may be the first of any bigram.
    """
    slots = []
    is_covered = False  # by a bigram that begins one character earlier
    for offset, token in enumerate(tokens):
        if not is_han(token.term):
            slots.append(Slot(SlotKind.TERM, token.term, offset))
            is_covered = False
        elif is_bigram(token.term) and offset + 1 < len(tokens):
            slots.append(Slot(SlotKind.TERM, token.term, offset))
            is_covered = True
        elif not is_covered:
            slots.append(Slot(SlotKind.PREFIX, token.term[0], offset))
        else:
            is_covered = False
    return Pattern(tuple(slots), len(tokens)) if slots else None


def wildcard_interval(text: str) -> Interval | None:
    """Return the interval of a run with ``*`` and ``?``; "*" alone matches any term."""
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
    """Split a run into its elements.

    An element is a Han character, a word with the wildcards that touch it, or a wildcard that
    touches no word.
    """
    return _element_regex(character_classes(folded)).findall(folded)


@cache
def _element_regex(classes: CharacterClasses) -> re.Pattern[str]:
    han, word, _ = classes
    return re.compile(rf"(?:{word}|[*?])*{word}(?:{word}|[*?])*|{han}|[*?]")


def _element_pattern(elements: Sequence[str]) -> Pattern | None:
    """Return the pattern of consecutive elements without ``*``."""
    slots = []
    is_covered = False  # by a bigram that begins one character earlier
    for offset, element in enumerate(elements):
        follower = elements[offset + 1] if offset + 1 < len(elements) else ""
        was_covered, is_covered = is_covered, False
        if is_han(element) and (follower == "?" or is_han(follower)):
            kind = SlotKind.BIGRAM_PREFIX if follower == "?" else SlotKind.TERM
            text = element if follower == "?" else element + follower
            slots.append(Slot(kind, text, offset))
            is_covered = True
        elif is_han(element):
            if not was_covered:
                slots.append(Slot(SlotKind.PREFIX, element, offset))
        elif element == "?":
            if is_han(follower):
                slots.append(Slot(SlotKind.BIGRAM_SUFFIX, follower, offset))
                is_covered = True
        else:
            kind = SlotKind.GLOB if "*" in element or "?" in element else SlotKind.TERM
            slots.append(Slot(kind, element, offset))
    return Pattern(tuple(slots), len(elements)) if slots else None


def fuzzy_interval(text: str, distance: int) -> Interval | None:
    """Return the interval of a word or a Chinese run within a number of edits.

    In a Chinese run, characters may be replaced, missing or added. No character is added before
    the first or after the last one, neither of these is missing, and at least two remain.
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
    """Return all variants that are one edit away; ``?`` is any character."""
    inner = range(1, len(elements) - 1)
    replaced = {(*elements[:i], "?", *elements[i + 1 :]) for i in range(len(elements))}
    removed = {elements[:i] + elements[i + 1 :] for i in inner}
    added = {(*elements[:i], "?", *elements[i:]) for i in range(1, len(elements))}
    return replaced | removed | added


def near_chain(
    parts: Sequence[Interval | None], distance: int, *, ordered: bool
) -> Interval | None:
    """Return an interval in which each part is near the ones before it; None without parts."""
    chain: Interval | None = None
    for part in parts:
        if chain is None or part is None:
            chain = chain or part
        else:
            chain = NearInterval(chain, part, distance, ordered)
    return chain


def any_of(options: Sequence[Interval | None]) -> Interval | None:
    """Return the alternatives of some intervals; None without any."""
    known = tuple(option for option in options if option is not None)
    return Alternatives(known) if len(known) > 1 else known[0] if known else None


def in_order(intervals: Iterable[Interval | None]) -> list[Interval]:
    """Sort intervals that a query may have in any order, so that each query has the same plan."""
    return sorted((interval for interval in intervals if interval is not None), key=repr)
