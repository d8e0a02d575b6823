"""The questions of the benchmarks: many, different, the same each time, and answered."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from bench.builds import obtain_index
from bench.corpus import Corpus
from bench.queries import Kind, Question, questions
from indexer.analysis import Analyzer
from search import Archive, open_archive

COUNT = 20


@pytest.fixture(scope="module")
def asked(corpus: Corpus) -> dict[Kind, list[Question]]:
    return questions(corpus.sample(), COUNT, Analyzer())


@pytest.fixture(scope="module")
def archive(corpus: Corpus) -> Iterator[Archive]:
    with open_archive(obtain_index("duizhao", corpus)) as archive:
        yield archive


def test_the_same_articles_give_the_same_questions(
    asked: dict[Kind, list[Question]], corpus: Corpus
) -> None:
    assert questions(corpus.sample(), COUNT, Analyzer()) == asked


@pytest.mark.parametrize("kind", Kind)
def test_there_are_many_different_ones(asked: dict[Kind, list[Question]], kind: Kind) -> None:
    texts = [question.text for question in asked[kind]]
    assert len(texts) == len(set(texts)) == COUNT


@pytest.mark.parametrize("kind", Kind)
def test_they_are_read_as_they_are_meant(
    asked: dict[Kind, list[Question]], archive: Archive, kind: Kind
) -> None:
    for question in asked[kind]:
        assert archive.search(question.text).diagnostics == ()


@pytest.mark.parametrize("kind", sorted(set(Kind) - {Kind.AND, Kind.DATES}))
def test_they_find_something(
    asked: dict[Kind, list[Question]], archive: Archive, kind: Kind
) -> None:
    for question in asked[kind]:
        assert archive.search(question.text, match="all").total, question


@pytest.mark.parametrize("kind", [Kind.TERM_ZH, Kind.TERM_EN, Kind.CHARACTER])
def test_common_words_are_common(
    asked: dict[Kind, list[Question]], archive: Archive, kind: Kind
) -> None:
    common = min(archive.search(question.text).total for question in asked[kind])
    rare = min(archive.search(question.text).total for question in asked[Kind.RARE])
    assert common > rare
    assert common >= 0.15 * len(archive)


def test_the_words_are_those_of_the_text(asked: dict[Kind, list[Question]]) -> None:
    for question in (question for several in asked.values() for question in several):
        bare = re.sub(r'date:.*| OR |NEAR/\d+|["\s]|~1$', "", question.text)
        if question.kind is Kind.PREFIX:
            bare = bare.removesuffix("*")
        assert "".join(question.words).replace(" ", "") == bare
        assert (question.dates is not None) == (question.kind is Kind.DATES)
