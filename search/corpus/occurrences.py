"""All places of a query's words, article by article.

And of the indexer its analysis, article and schema. The index tells the positions, so they are
counted without a look at the articles; the characters are told by the articles' texts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from indexer.analysis.encoder import token_spans
from indexer.article import Article, LanguageCode
from indexer.codec.arrays import distinct
from indexer.schema import PARAGRAPH_GAP, POSITION_BITS, POSITION_MASK, ZONES
from indexer.store import Guard
from search.engine.evaluation import Evaluation
from search.engine.matches import DocNumbers
from search.passage.targets import targets
from search.plan.extents import ZONE_BITS, Extents, PositionKeys
from search.plan.intervals import Pattern

# The zones that are texts of the article; to stand in a byline is no use of a word.
TEXT_ZONES: Final = ("title_en", "title_zh", "body_zh", "body_en")

_NO_ANCHOR: Final = -1
# So many articles are looked up at once: few at first, so that the first lines come soon.
_MIN_BATCH: Final = 64
_MAX_BATCH: Final = 16_384

IntpArray = npt.NDArray[np.intp]


class OccurrenceKeys(NamedTuple):
    """Keys by zone, int64 (n,), ascending by ``starts``, then ``ends``; none twice.

    ``anchors``: a position that is surely in the paragraph, or -1 for what may run over several.
    """

    starts: PositionKeys
    ends: PositionKeys
    anchors: PositionKeys


class ZoneOccurrences(NamedTuple):
    """The places of a query's words in one zone of an article.

    ``text`` are the zone's paragraphs with a line break between each two. The others, (n,), say of
    each place where it ``starts`` and ``ends`` in the text, in which of the ``paragraphs``, from 0,
    it starts, where that begins (``lows``), and where the one in which it ends has ended
    (``highs``).
    """

    document: int
    article: Article
    language: LanguageCode
    is_title: bool
    text: str
    paragraphs: IntpArray
    lows: IntpArray
    starts: IntpArray
    ends: IntpArray
    highs: IntpArray


class Occurrences:
    """The places of the words of a plan, in titles and texts.

    A place is that of one word, of one phrase, or of words near each other, from the first to the
    last; of such extents that lie in each other, the innermost.
    """

    def __init__(self, evaluation: Evaluation) -> None:
        self._finder = evaluation.finder
        self._snapshot = evaluation.snapshot
        self._analyzer = evaluation.analyzer
        sought = {
            (target.interval, tuple(field for field in target.fields if field in TEXT_ZONES)): None
            for target in targets(evaluation.plan)
        }
        self._sought = [(place, fields) for place, fields in sought if fields]

    @property
    def guard(self) -> Guard:
        """That of the index, for what reads places while they are asked for."""
        return self._snapshot.index.guard

    def count(self, documents: DocNumbers) -> tuple[int, int]:
        """How many places there are in some documents, and in how many of these."""
        places = articles = 0
        for part in _batches(documents):
            found = self._find(np.sort(part))
            numbers = found.starts >> ZONE_BITS + POSITION_BITS
            places += numbers.size
            articles += distinct(numbers).size
        return places, articles

    def by_zone(self, documents: DocNumbers) -> Iterator[ZoneOccurrences]:
        """What is found in documents, in their order; in each titles, then Chinese, then English.

        Articles are read one by one, as they are asked for.
        """
        for part in _batches(documents):
            found = self._find(np.sort(part))
            texts = found.starts >> POSITION_BITS
            numbers, firsts = np.unique(texts, return_index=True)
            bounds = np.append(firsts, texts.size).tolist()
            low = np.searchsorted(numbers, part << ZONE_BITS).tolist()
            high = np.searchsorted(numbers, part + 1 << ZONE_BITS).tolist()
            zones = (numbers & (1 << ZONE_BITS) - 1).tolist()
            for document, first, last in zip(part.tolist(), low, high, strict=True):
                if first == last:
                    continue
                article = Article.from_bytes(self._snapshot.index.stored(document))
                for i in range(first, last):
                    places = slice(bounds[i], bounds[i + 1])
                    yield self._read(document, article, ZONES[zones[i]], found, places)

    def _read(
        self, document: int, article: Article, zone: str, found: OccurrenceKeys, places: slice
    ) -> ZoneOccurrences:
        paragraphs = _paragraphs(article, zone)
        starts, ends = token_spans(paragraphs, self._analyzer)
        lengths = (len(paragraph) + 1 for paragraph in paragraphs)
        origins = np.fromiter(accumulate(lengths, initial=0), np.intp, len(paragraphs) + 1)
        holders = origins.searchsorted(starts, "right") - 1  # the paragraph of each token
        positions = np.arange(starts.size) + holders * PARAGRAPH_GAP
        first = positions.searchsorted(found.starts[places] & POSITION_MASK)
        last = positions.searchsorted(found.ends[places] & POSITION_MASK) - 1
        if (holders[first] != holders[last]).any():
            anchors = found.anchors[places]
            kept = anchors != _NO_ANCHOR
            holder = holders[positions.searchsorted(anchors[kept] & POSITION_MASK)]
            first[kept] = np.maximum(first[kept], holders.searchsorted(holder))
            last[kept] = np.minimum(last[kept], holders.searchsorted(holder, "right") - 1)
        return ZoneOccurrences(
            document=document,
            article=article,
            language="zh" if zone.endswith("zh") else "en",
            is_title=zone.startswith("title"),
            text="\n".join(paragraphs),
            paragraphs=holders[first],
            lows=origins[holders[first]],
            starts=starts[first],
            ends=ends[last],
            highs=origins[holders[last] + 1] - 1,
        )

    def _find(self, documents: DocNumbers) -> OccurrenceKeys:
        """All places in documents, which ascend."""
        parts = []
        for place, fields in self._sought:
            spans = self._finder.extents(place, fields, documents)
            if isinstance(place, Pattern):
                anchors = spans.starts + place.slots[0].offset
            else:
                spans = _innermost(spans)
                anchors = np.full(spans.starts.size, _NO_ANCHOR)
            parts.append(OccurrenceKeys(*spans, anchors))
        return _merged([part for part in parts if part.starts.size])


def _batches(documents: DocNumbers) -> Iterator[DocNumbers]:
    """Documents in their order, ever more of them at once."""
    first, size = 0, _MIN_BATCH
    while first < documents.size:
        yield documents[first : first + size]
        first, size = first + size, min(size * 2, _MAX_BATCH)


def _innermost(spans: Extents) -> Extents:
    """The spans in which no other lies."""
    order = np.lexsort((-spans.ends, spans.starts))
    starts, ends = spans.starts[order], spans.ends[order]
    least = np.minimum.accumulate(ends[::-1])[::-1]  # of those that start here or later
    inner = np.ones(ends.size, np.bool_)
    inner[:-1] = ends[:-1] < least[1:]
    return Extents(starts[inner], ends[inner])


def _merged(parts: Sequence[OccurrenceKeys]) -> OccurrenceKeys:
    """What was found as one, each place once."""
    if len(parts) == 1:
        return parts[0]
    if not parts:
        nothing = np.empty(0, np.int64)
        return OccurrenceKeys(nothing, nothing, nothing)
    starts, ends, anchors = map(np.concatenate, zip(*parts, strict=True))
    order = np.lexsort((ends, starts))
    starts, ends = starts[order], ends[order]
    once = (np.diff(starts, prepend=-1) != 0) | (np.diff(ends, prepend=-1) != 0)
    return OccurrenceKeys(starts[once], ends[once], anchors[order][once])


def _paragraphs(article: Article, zone: str) -> tuple[str, ...]:
    match zone:
        case "title_en":
            return (article.title_en,)
        case "title_zh":
            return (article.title_zh,)
        case "body_zh":
            return article.paragraphs_zh
        case _:
            return article.paragraphs_en
