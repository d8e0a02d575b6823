"""Random histories of an archive, made both as an index and as plain articles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest
from hypothesis import strategies as st

from indexer.analysis import Analyzer
from indexer.analysis.encoder import Encoder
from indexer.article import Article
from indexer.codec.builder import SegmentBuilder
from indexer.codec.manifest import ManifestRow
from indexer.commit import IndexWriter
from indexer.document import to_document
from indexer.schema import ID_FIELD
from indexer.store import IndexReader, open_index
from search.engine.evaluation import Evaluation
from search.engine.executor import Executor
from search.engine.snapshot import Snapshot
from search.plan.nodes import Plan
from tests.search.naive import NaiveArchive
from tests.search.query_trees import DATES, IDS, PAGES, texts

ANALYZER = Analyzer()
ENCODER = Encoder(ANALYZER)


@st.composite
def articles(draw: st.DrawFn, name: str) -> Article:
    languages = draw(st.sampled_from([{"en", "zh"}, {"en"}, {"zh"}]))
    line = texts(2)
    body = st.lists(texts(8), max_size=3).map(tuple)
    return Article(
        id=name,
        title_en=draw(texts(3)) if "en" in languages else "",
        title_zh=draw(texts(3)) if "zh" in languages else "",
        author_en=draw(line),
        author_zh=draw(line),
        date=draw(DATES),
        page=draw(PAGES),
        section=draw(line),
        column=draw(line),
        paragraphs_en=draw(body) if "en" in languages else (),
        paragraphs_zh=draw(body) if "zh" in languages else (),
        glossary=draw(st.lists(st.tuples(line, line), max_size=1).map(tuple)),
        set_aside_en=(),
        set_aside_zh=(),
        content_hash="",
    )


class Change(NamedTuple):
    """A commit: segments with new or changed articles, and the ids of removed articles."""

    segments: list[list[Article]]
    removed: set[str]


@st.composite
def changes(draw: st.DrawFn) -> Change:
    names = draw(st.lists(st.sampled_from(IDS), unique=True, max_size=6))
    added = [draw(articles(name)) for name in names]
    split = draw(st.integers(0, len(added)))
    removed = draw(st.sets(st.sampled_from(IDS), max_size=1))
    return Change([part for part in (added[:split], added[split:]) if part], removed)


HISTORIES = st.lists(changes(), min_size=1, max_size=3)


def commit(directory: Path, change: Change, live: dict[str, Article]) -> None:
    """Apply a change to an index, and to the articles that it should have."""
    with IndexWriter(directory) as writer:
        paths = []
        added = {article.id: article for segment in change.segments for article in segment}
        gone = added.keys() | change.removed
        numbers = [writer.base.find_document(name) for name in gone] if writer.base else []
        for segment in change.segments:
            builder = SegmentBuilder(ANALYZER.stem)
            for article in segment:
                builder.add(to_document(article, ENCODER))
            paths.append(writer.new_segment_path())
            builder.write(paths[-1])
        for name in change.removed:
            live.pop(name, None)
        live.update(added)
        writer.commit(
            paths,
            [number for number in numbers if number is not None],
            [ManifestRow(name, "/seeds", 1, 1, "00" * 32) for name in live],
            fingerprint=ANALYZER.fingerprint,
        )


@contextmanager
def archive(history: Sequence[Change]) -> Iterator[tuple[Snapshot, NaiveArchive]]:
    """Open a snapshot of an index and a naive archive with the same articles."""
    live: dict[str, Article] = {}
    with TemporaryDirectory() as place, pytest.MonkeyPatch.context() as patch:
        patch.setattr("indexer.merge_policy.MAX_SIZE_RATIO", 0)  # segments are never merged
        for change in history:
            commit(Path(place), change, live)
        with open_index(Path(place)) as index:
            yield Snapshot(index), NaiveArchive(live.values(), ANALYZER)


def evaluated(planned: Plan, snapshot: Snapshot) -> Evaluation:
    """Evaluate a plan, without any selection."""
    executor = Executor(snapshot, ANALYZER)
    matches = executor.evaluate(planned)
    return Evaluation(
        snapshot, ANALYZER, executor.intervals, planned, matches, relaxed=False, diagnostics=()
    )


def ids(index: IndexReader) -> dict[int, str]:
    """Return the ids of the live documents by number."""
    names = {}
    for base, segment, live in zip(index.bases, index.segments, index.live, strict=True):
        field = segment.field(ID_FIELD)
        assert field is not None
        for ordinal in range(field.term_count):
            number = int(field.postings.read_term(ordinal).documents[0])
            if live is None or live[number]:
                names[base + number] = field.term_bytes(ordinal, ordinal + 1)[0].decode()
    return names
