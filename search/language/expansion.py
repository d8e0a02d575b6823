"""Bound each wildcard, fuzzy word and phrase with ~, and count its cost."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from indexer.analysis.script import CHINESE
from search.language.lexeme import Lexeme, Report, at_character
from search.language.limits import (
    LEADING_WILDCARD_EXPANSIONS,
    MAX_FUZZY_LENGTH,
    MAX_PARTS,
    MAX_SPELLINGS,
    SPELLINGS_PER_EXPANSION,
)
from search.language.query import Fuzzy, Phrase, Wildcard, Words


def shorten_wildcard(leaf: Wildcard, report: Report) -> Wildcard:
    """Keep the first `MAX_PARTS` parts of a wildcard; they match wherever all would."""
    parts = leaf.pattern.split("*", MAX_PARTS)
    if len(parts) <= MAX_PARTS:
        return leaf
    message = (
        f"the wildcard {at_character(leaf.span[0])} has more than {MAX_PARTS} parts; "
        f"only the first {MAX_PARTS} were searched"
    )
    report("too-long", message, leaf.span)
    return replace(leaf, pattern="*".join(parts[:MAX_PARTS]))


def loosen_words(words: Words, distance: int, tilde: Lexeme, report: Report) -> Words | Fuzzy:
    """Make a bare run fuzzy, unless it is too long for that."""
    text = words.text
    if len(text) > MAX_FUZZY_LENGTH or _spellings(text, distance) > MAX_SPELLINGS:
        message = f"{text[:20]}… is too long for the ~ {tilde.location}; it was searched as written"
        report("too-long", message, tilde.span)
        return words
    return Fuzzy(text, distance, field=words.field, span=words.span)


def loosen_phrase(phrase: Phrase, slop: int, report: Report) -> Phrase:
    """Let the words of a phrase be apart; only the first `MAX_PARTS` words are kept."""
    words = phrase.text.split(None, MAX_PARTS)
    if len(words) > MAX_PARTS:
        message = (
            f"the phrase {at_character(phrase.span[0])} has more than {MAX_PARTS} words; "
            f"only the first {MAX_PARTS} were searched"
        )
        report("too-long", message, phrase.span)
        phrase = replace(phrase, text=" ".join(words[:MAX_PARTS]))
    return replace(phrase, slop=slop)


def count_expansions(leaf: Wildcard | Fuzzy) -> int:
    """Return how many expansions a leaf counts as."""
    if isinstance(leaf, Fuzzy):
        return -(-_spellings(leaf.text, leaf.distance) // SPELLINGS_PER_EXPANSION)
    return LEADING_WILDCARD_EXPANSIONS if leaf.pattern[0] in "*?" else 1


def _spellings(text: str, distance: int) -> int:
    """Estimate the number of spellings of a Chinese run within a number of edits.

    Each character may be replaced, missing, or followed by another one. Other words have
    one spelling each here, because one look into the term dictionary is enough for them.
    """
    plain = unicodedata.normalize("NFKC", text)
    if not re.search(f"[{CHINESE}]", plain):
        return 1
    return int((3 * len(plain)) ** distance) // max(1, distance)
