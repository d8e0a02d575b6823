"""Occurrences of a query's words: those that reading every article finds."""

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
from tests.search.histories import ANALYZER, HISTORIES, Change, archive, evaluated, ids
from tests.search.naive import NaiveArchive, Span, paragraphs, spans
from tests.search.query_trees import LANGUAGES, QUERIES


class TextPlace(NamedTuple):
    """An occurrence in a zone whose paragraphs are joined by line breaks."""

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
    """List the tokens of paragraphs that are joined by line breaks."""
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
    """Return the extents of a target; only the innermost if some contain others."""
    found = spans(target.interval, naive.exact(name, zone), ANALYZER)
    if isinstance(target.interval, Pattern):
        return found
    return {
        (a, b)
        for a, b in found
        if not any(a <= c and d <= b and (a, b) != (c, d) for c, d in found)
    }


def expected_occurrences(
    naive: NaiveArchive, name: str, sought: list[Target]
) -> Iterator[TextPlace]:
    """Yield the occurrences of some targets in an article."""
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
                yield TextPlace(name, zone, first.paragraph, first.start, last.end)


def found_occurrences(found: ZoneOccurrences) -> Iterator[TextPlace]:
    zone = f"{'title' if found.is_title else 'body'}_{found.language}"
    for span in found.spans():
        yield TextPlace(found.article.id, zone, span.paragraph, span.start, span.end)


def check_line(line: ConcordanceLine, place: TextPlace, article: Article, window: int) -> None:
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
def test_the_occurrences_are_those_of_reading_every_article(
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
            zones = list(sought.by_zone(documents))
            found = [place for part in zones for place in found_occurrences(part)]
            wanted = list(targets(planned))
            expected = {
                place
                for document in documents.tolist()
                for place in expected_occurrences(naive, names[document], wanted)
            }
            event(f"found: {bool(found)}")
            assert set(found) == expected, planned
            assert len(found) == len(set(found))
            assert sought.count(documents) == (len(found), len({place.id for place in found}))
            order = [names[document] for document in documents.tolist()]
            assert [order.index(p.id) for p in found] == sorted(order.index(p.id) for p in found)
            for part in zones:
                made = zip(context_lines(part, window), found_occurrences(part), strict=True)
                for line, place in made:
                    check_line(line, place, naive.articles[place.id], window)


def test_only_the_innermost_extents() -> None:
    starts = np.array([0, 0, 1, 1, 2, 7], np.int64)
    ends = np.array([3, 9, 5, 3, 8, 9], np.int64)
    inner = occurrences._innermost(Extents(starts, ends))
    found = list(zip(inner.starts.tolist(), inner.ends.tolist(), strict=True))
    assert found == [(1, 3), (2, 8), (7, 9)]
