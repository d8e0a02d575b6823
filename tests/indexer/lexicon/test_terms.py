"""The terms with which the lexicon is measured, and how a rendering is judged."""

from __future__ import annotations

import pytest

from bench.lexicon import Term, is_accepted, read_terms
from indexer.analysis import Analyzer, fold

ANALYZER = Analyzer()


def test_there_are_a_hundred_different_terms_of_each_language() -> None:
    terms = read_terms()
    assert [sum(term.language == language for term in terms) for language in ("zh", "en")] == [
        100,
        100,
    ]
    assert len({fold(term.text) for term in terms}) == 200
    assert all(all(term.accepted) for term in terms)


@pytest.mark.parametrize(
    ("rendering", "language", "accepted", "right"),
    [
        ("The Source Codes", "zh", "source code", True),
        ("source", "zh", "source code", False),
        ("object oriented", "zh", "object-oriented", True),
        ("鲍里斯•约翰逊", "en", "鲍里斯·约翰逊", True),
        ("约翰逊", "en", "鲍里斯·约翰逊", False),
    ],
)
def test_inflection_and_punctuation_of_a_rendering_may_differ(
    rendering: str, language: str, accepted: str, right: bool
) -> None:
    assert is_accepted(rendering, Term("", language, (accepted,)), ANALYZER) is right
