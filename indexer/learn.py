"""Learn the lexicon of an index from the beads of its articles.

The lexicon is a file beside the segments, and later commits keep it. It holds only probabilities
of words. The renderings of a term are counted in the articles when a user looks the term up, so
they include articles that are newer than the lexicon.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np

from indexer.align import align_record
from indexer.analysis import Analyzer
from indexer.arguments import check_at_least, check_callbacks, check_path
from indexer.array_types import Int64Array
from indexer.article import Article
from indexer.callbacks import Progress
from indexer.codec.container import Container
from indexer.codec.container_writer import ContainerWriter
from indexer.codec.reader import SegmentReader
from indexer.commit import IndexWriter
from indexer.index_documents import IndexDocuments
from indexer.lexicon import AnchorFinder, BeadText, TranslationTables, train
from indexer.lexicon.tables import ARTICLES
from indexer.schema import EN, ZH
from indexer.store import open_index
from indexer.wording import counted

# More beads hardly improve the lexicon, and would need more memory than indexing does.
MAX_TRAINING_BEADS: Final = 250_000
# Indexing learns from fewer beads: this takes a few seconds and is nearly as good.
MAX_BEADS_WHEN_INDEXING: Final = 25_000
# Indexing learns again when the number of articles in both languages has grown by this factor.
_RELEARN_GROWTH: Final = 2
# Mapped pages are released after this many articles, which lie all over the files of the index and
# so touch some megabytes of them.
_RELEASE_EVERY: Final = 20


@dataclass(frozen=True, slots=True)
class LexiconReport:
    """How many ``beads`` of how many ``articles`` a lexicon was learnt from.

    ``realigned`` is the number of articles whose alignment the lexicon changed.
    """

    beads: int
    articles: int
    realigned: int
    elapsed: float  # seconds

    def __str__(self) -> str:
        return (
            f"learnt from {self.beads:,} aligned passages of {counted(self.articles, 'article')}, "
            f"{self.realigned:,} better aligned, in {self.elapsed:.1f} s"
        )

    def to_dict(self) -> dict[str, Any]:
        """The report as plain data."""
        return asdict(self)


def build_lexicon(
    index: str | Path = "index",
    max_beads: int = MAX_TRAINING_BEADS,
    on_progress: Progress | None = None,
) -> LexiconReport:
    """Learn the lexicon of an index, and align articles again with its help.

    The lexicon is learnt from all articles. If they have more than ``max_beads`` beads, it is
    learnt from about that number, in articles from all over the index. Articles whose beads are not
    all confident are aligned again. ``on_progress`` is called with the number of articles in both
    languages that were checked for this, and with the number of all of them. Raises IndexMissing,
    IndexLocked, IndexOutdated, IndexDamaged, OSError.
    """
    started = time.perf_counter()
    directory = check_path(index)
    check_at_least(1, max_beads=max_beads)
    check_callbacks(on_progress=on_progress)
    open_index(directory).close()  # raises before the writer would create a directory
    with IndexWriter(directory) as writer:
        reader = writer.base or open_index(directory)  # raises IndexMissing
        learner = Learner(Analyzer(reader.dictionary), max_beads)
        writer.commit(
            [],
            [],
            reader.manifest(),
            fingerprint=reader.descriptor.analyzer_fingerprint,
            dictionary=reader.dictionary,
            learn=learner.learn,
            realign=partial(learner.realign, on_progress=on_progress),
            max_segment_size=0,
        )
    return LexiconReport(
        learner.beads, learner.articles, learner.realigned, time.perf_counter() - started
    )


class Learner:
    """Learns a lexicon and aligns articles with it, as part of a commit.

    ``known`` is the present lexicon of the index. It is kept until there are twice as many articles
    in both languages as when it was learnt. ``beads``, ``articles`` and ``realigned`` count as in
    `LexiconReport`.
    """

    def __init__(
        self,
        analyzer: Analyzer,
        max_beads: int = MAX_BEADS_WHEN_INDEXING,
        known: Container | None = None,
    ) -> None:
        self._analyzer = analyzer
        self._max_beads = max_beads
        self._known_articles = int(known[ARTICLES][0]) if known else 0
        self._glossary: set[tuple[str, str]] = set()
        self._lexicon: AnchorFinder | None = None
        self.beads = 0
        self.articles = 0
        self.realigned = 0

    def learn(self, documents: IndexDocuments, path: Path) -> bool:
        """If it is due, learn a lexicon and write it to a path; return whether it was due."""
        bilingual = _bilingual(documents)
        if bilingual.size < max(1, _RELEARN_GROWTH * self._known_articles):
            return False
        read = self._read(documents, bilingual)
        trained = train(read, self._glossary, self._analyzer)
        with ContainerWriter(path) as out:
            trained.write(out)
            out.add(ARTICLES, np.array([bilingual.size], np.uint32))
        self._lexicon = AnchorFinder(TranslationTables(Container(path)), self._analyzer)
        return True

    def realign(
        self, segment: SegmentReader, path: Path, on_progress: Progress | None = None
    ) -> bool:
        """Align the articles of a segment again that have beads which are not confident.

        If the alignment of any article changes, the segment is written to a path with the new
        beads. Returns whether it was.
        """
        before = self.realigned
        documents = IndexDocuments([segment], [None])
        records = [segment.beads[number] for number in range(segment.doc_count)]
        both = np.flatnonzero(segment.languages == EN + ZH).tolist()
        for done, document in enumerate(both, 1):
            article = Article.from_bytes(documents.stored(document))
            alignment = documents.alignment(document, article)
            if self._lexicon and alignment and not alignment.all_confident:
                record = align_record(article, self._lexicon)
                self.realigned += record != records[document]
                records[document] = record
            if on_progress:
                on_progress(done, len(both))
            if done % _RELEASE_EVERY == 0:
                segment.release_pages()
        if self.realigned == before:
            return False
        segment.write_with_beads(records, path)
        return True

    def _read(self, documents: IndexDocuments, bilingual: Int64Array) -> Iterator[BeadText]:
        """Yield the confident beads of one article after the other, until there are enough.

        Entries of glossaries are collected on the way, at most ``max_beads`` of them.
        """
        for number, document in enumerate(_spread(bilingual)):
            if number % _RELEASE_EVERY == 0:
                for segment in documents.segments:
                    segment.release_pages()
            article = Article.from_bytes(documents.stored(document))
            self._glossary.update(article.glossary[: max(0, self._max_beads - len(self._glossary))])
            if alignment := documents.alignment(document, article):
                before = self.beads
                for spans in alignment.confident_spans():
                    self.beads += 1
                    yield BeadText.from_spans(article, spans)
                self.articles += self.beads > before
            if self.beads >= self._max_beads:
                return


def _bilingual(documents: IndexDocuments) -> Int64Array:
    """The numbers of the documents that are in both languages and live."""
    found = [np.empty(0, np.int64)]
    for base, segment, live in zip(
        documents.bases, documents.segments, documents.live, strict=True
    ):
        both = segment.languages == EN + ZH
        found.append(np.flatnonzero(both if live is None else both & live) + base)
    return np.concatenate(found)


def _spread(documents: Int64Array) -> list[int]:
    """Documents in an order in which the first few, however many, are from all over the index.

    The multiples of the golden ratio modulo 1 fill the interval from 0 to 1 evenly (Weyl 1916).
    """
    golden = (5**0.5 - 1) / 2
    multiples = np.arange(documents.size) * golden % 1.0
    spread: list[int] = documents[np.argsort(np.argsort(multiples))].tolist()
    return spread
