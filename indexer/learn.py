"""The lexicon of an index, learnt from the beads of its articles.

What is learnt is a file beside the segments, which later commits carry over. How often a term is
rendered how is not in it, but counted in the articles when it is asked for; so a lexicon that is
older than some articles does not tell less of them.
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
from indexer.article import Article
from indexer.callbacks import Progress
from indexer.codec.arrays import Int64Array
from indexer.codec.container import Container, ContainerWriter
from indexer.codec.reader import SegmentReader
from indexer.commit import IndexWriter
from indexer.index_documents import IndexDocuments
from indexer.lexicon import AnchorFinder, BeadText, TranslationTables, train
from indexer.lexicon.tables import ARTICLES
from indexer.schema import EN, ZH
from indexer.store import open_index
from indexer.wording import counted

# More beads teach little, and take more memory than indexing has.
MAX_BEADS: Final = 250_000
# What indexing learns from: it takes a few seconds, and is nearly as good.
MAX_BEADS_WHEN_INDEXING: Final = 25_000
# It learns anew when there are so many times as many articles in both languages.
_GROWTH: Final = 2
# Of articles from all over an index, so many touch some megabytes of its files.
_RELEASE_EVERY: Final = 20


@dataclass(frozen=True, slots=True)
class LexiconReport:
    """What a lexicon was learnt from: so many ``beads`` of so many ``articles``.

    ``realigned`` is how many articles were better aligned with its help.
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
    max_beads: int = MAX_BEADS,
    on_progress: Progress | None = None,
) -> LexiconReport:
    """Learn the lexicon of an index from all of its articles, and align these with its help.

    Of more than about ``max_beads`` beads, articles from all over the index are taken that have so
    many. ``on_progress`` is told how many articles were looked at whether their alignment is sure,
    and how many there are. Raises IndexMissing, IndexLocked, IndexOutdated, IndexDamaged, OSError.
    """
    started = time.perf_counter()
    directory = Path(index)
    open_index(directory).close()  # so that no directory is made where there is no index
    with IndexWriter(directory) as writer:
        reader = writer.base or open_index(directory)  # which says that it is missing
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
    """Makes a lexicon; ``beads`` and ``articles`` tell what of, ``realigned`` what it was used for.

    ``known`` is one that will do until there are twice as many articles in both languages.
    """

    def __init__(
        self,
        analyzer: Analyzer,
        max_beads: int = MAX_BEADS_WHEN_INDEXING,
        known: Container | None = None,
    ) -> None:
        self._analyzer = analyzer
        self._most = max_beads
        self._learnt = int(known[ARTICLES][0]) if known else 0
        self._glossary: set[tuple[str, str]] = set()
        self._lexicon: AnchorFinder | None = None
        self.beads = 0
        self.articles = 0
        self.realigned = 0

    def learn(self, documents: IndexDocuments, path: Path) -> bool:
        """Make a lexicon of documents at a path, if it is time to; whether it was."""
        bilingual = _bilingual(documents)
        if bilingual.size < max(1, _GROWTH * self._learnt):
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
        """Align the articles of a segment anew where that was not sure, with what was learnt.

        If any is better aligned, the segment is written with these beads to a path; whether it was.
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
        """The beads of one article after the other, until there are enough.

        Of entries of glossaries there are no more than of beads.
        """
        for number, document in enumerate(_scattered(bilingual)):
            if number % _RELEASE_EVERY == 0:
                for segment in documents.segments:
                    segment.release_pages()
            article = Article.from_bytes(documents.stored(document))
            self._glossary.update(article.glossary[: max(0, self._most - len(self._glossary))])
            if alignment := documents.alignment(document, article):
                before = self.beads
                for spans in alignment.confident_spans():
                    self.beads += 1
                    yield BeadText.from_spans(article, spans)
                self.articles += self.beads > before
            if self.beads >= self._most:
                return


def _bilingual(documents: IndexDocuments) -> Int64Array:
    """Those in both languages."""
    found = [np.empty(0, np.int64)]
    for base, segment, live in zip(
        documents.bases, documents.segments, documents.live, strict=True
    ):
        both = segment.languages == EN + ZH
        found.append(np.flatnonzero(both if live is None else both & live) + base)
    return np.concatenate(found)


def _scattered(documents: Int64Array) -> list[int]:
    """Documents in an order of which any beginning is from all over them.

    The multiples of the golden ratio, taken modulo 1, fill the interval evenly (Weyl 1916).
    """
    golden = (5**0.5 - 1) / 2
    places = np.arange(documents.size) * golden % 1.0
    scattered: list[int] = documents[np.argsort(np.argsort(places))].tolist()
    return scattered
