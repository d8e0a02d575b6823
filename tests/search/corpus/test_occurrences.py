"""The places of a query's words are those that a reading of all articles finds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from indexer.article import Article
from indexer.schema import PARAGRAPH_GAP
from search.corpus import occurrences
from search.corpus.concordance import ConcordanceLine, context_lines
from search.corpus.occurrences import TEXT_ZONES, Occurrences, ZoneOccurrences
from search.language.query import Query
from search.passage.cells import text_cells
from search.passage.targets import Target, targets
from search.plan.extents import Extents
from search.plan.intervals import Pattern
from search.plan.planner import make_plan
from tests.search.engine.test_executor import (
    ANALYZER,
    HISTORIES,
    LANGUAGES,
    QUERIES,
    Change,
    archive,
    evaluated,
    ids,
)
from tests.search.naive import NaiveArchive, Span, paragraphs, spans


class Place(NamedTuple):
    """A place in a text whose paragraphs have a line break between each two."""

    id: str
    zone: str
    paragraph: int
    start: int
    end: int


class Token(NamedTuple):
    position: int
    paragraph: int
    start: int
    end: int


def tokens(texts: tuple[str, ...]) -> list[Token]:
    """The tokens of some paragraphs, one character apart, the Han ones a character each."""
    result = []
    position = origin = 0
    for number, text in enumerate(texts):
        for start, end in ANALYZER.position_spans(text):
            result.append(Token(position, number, origin + start, origin + end))
            position += 1
        position += PARAGRAPH_GAP
        origin += len(text) + 1
    return result


def extents(target: Target, naive: NaiveArchive, name: str, zone: str) -> set[Span]:
    """Where a target stands: of extents in each other the innermost."""
    found = spans(target.interval, naive.exact(name, zone), ANALYZER)
    if isinstance(target.interval, Pattern):
        return found
    return {
        (a, b)
        for a, b in found
        if not any(a <= c and d <= b and (a, b) != (c, d) for c, d in found)
    }


def expected_places(naive: NaiveArchive, name: str, sought: list[Target]) -> Iterator[Place]:
    """The places of some targets in an article."""
    for zone in TEXT_ZONES:
        held = tokens(tuple(paragraphs(naive.articles[name], zone)))
        for target in sought:
            if zone not in target.fields:
                continue
            for start, end in extents(target, naive, name, zone):
                inside = [token for token in held if start <= token.position < end]
                if isinstance(target.interval, Pattern):
                    anchor = start + target.interval.slots[0].offset
                    (number,) = (t.paragraph for t in held if t.position == anchor)
                    inside = [token for token in inside if token.paragraph == number]
                first, last = inside[0], inside[-1]
                yield Place(name, zone, first.paragraph, first.start, last.end)


def found_places(passages: ZoneOccurrences) -> Iterator[Place]:
    zone = f"{'title' if passages.is_title else 'body'}_{passages.language}"
    for number, start, end in zip(
        passages.paragraphs.tolist(), passages.starts.tolist(), passages.ends.tolist(), strict=True
    ):
        yield Place(passages.article.id, zone, number, start, end)


def check_line(line: ConcordanceLine, place: Place, article: Article, window: int) -> None:
    texts = paragraphs(article, place.zone)
    text = texts[place.paragraph]
    assert line.id == article.id
    assert line.date == article.date
    assert place.zone.endswith(line.language)
    assert line.paragraph == (0 if place.zone.startswith("title") else place.paragraph + 1)
    whole = "\n".join(texts)
    origin = place.start - line.start
    assert origin == len("\n".join(texts[: place.paragraph])) + (place.paragraph > 0)
    assert line.keyword == whole[place.start : place.end]
    assert text[: line.start].endswith(line.left)
    rest = whole[place.end :]
    assert rest.startswith(line.right)
    assert text_cells(line.left) <= window
    assert text_cells(line.right) <= window
    if "\n" not in line.keyword:
        assert text[line.start + len(line.keyword) :].startswith(line.right)


@settings(max_examples=20, deadline=None)
@given(
    HISTORIES,
    st.lists(st.tuples(QUERIES, LANGUAGES, st.booleans()), min_size=5, max_size=12),
    st.integers(0, 12),
)
def test_finds_what_reading_every_article_finds(
    history: list[Change], queries: list[tuple[Query, str | None, bool]], window: int
) -> None:
    with archive(history) as (snapshot, naive), pytest.MonkeyPatch.context() as patch:
        patch.setattr(occurrences, "_MIN_BATCH", 1)
        names = ids(snapshot.index)
        for tree, language, require_all in queries:
            planned = make_plan(tree, ANALYZER, language, require_all=require_all)
            evaluation = evaluated(planned, snapshot)
            documents = evaluation.matches.documents[::-1]
            sought = Occurrences(evaluation)
            passages = list(sought.by_zone(documents))
            found = [place for part in passages for place in found_places(part)]
            wanted = list(targets(planned))
            expected = {
                place
                for document in documents.tolist()
                for place in expected_places(naive, names[document], wanted)
            }
            event(f"found: {bool(found)}")
            assert set(found) == expected, planned
            assert len(found) == len(set(found))
            assert sought.count(documents) == (len(found), len({place.id for place in found}))
            order = [names[document] for document in documents.tolist()]
            assert [order.index(p.id) for p in found] == sorted(order.index(p.id) for p in found)
            for part in passages:
                made = zip(context_lines(part, window), found_places(part), strict=True)
                for line, place in made:
                    check_line(line, place, naive.articles[place.id], window)


def test_of_extents_in_each_other_the_innermost() -> None:
    starts = np.array([0, 0, 1, 1, 2, 7], np.int64)
    ends = np.array([3, 9, 5, 3, 8, 9], np.int64)
    inner = occurrences._innermost(Extents(starts, ends))
    found = list(zip(inner.starts.tolist(), inner.ends.tolist(), strict=True))
    assert found == [(1, 3), (2, 8), (7, 9)]
