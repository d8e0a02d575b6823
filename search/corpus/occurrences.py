"""All occurrences of a query's words, article by article.

Their positions come from the index, so they can be counted without reading articles. Their
characters are found in the texts of the articles.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Final, NamedTuple

import numpy as np

from indexer.analysis.encoder import token_spans
from indexer.array_types import IntpArray
from indexer.article import Article, LanguageCode
from indexer.codec.arrays import distinct
from indexer.schema import PARAGRAPH_GAP, POSITION_BITS, POSITION_MASK, ZONES
from indexer.store import Guard
from search.engine.evaluation import Evaluation
from search.engine.matches import DocNumbers
from search.passage.targets import targets
from search.plan.extents import ZONE_BITS, Extents, PositionKeys
from search.plan.intervals import Pattern

# The zones in which words are used. The zone of the author is not one of them.
TEXT_ZONES: Final = ("title_en", "title_zh", "body_zh", "body_en")

_NO_ANCHOR: Final = -1
# Articles in a batch. The first batch is small, so that the first lines come soon.
_MIN_BATCH: Final = 64
_MAX_BATCH: Final = 16_384


class OccurrenceKeys(NamedTuple):
    """Occurrences as keys by zone, int64 (n,), sorted by ``starts``, then ``ends``; no duplicates.

    ``anchors``: the key of a position that is certainly in the paragraph of the occurrence, or -1
    if the occurrence may extend over several paragraphs.
    """

    starts: PositionKeys
    ends: PositionKeys
    anchors: PositionKeys


class TextSpan(NamedTuple):
    """An occurrence in a zone, as characters of `ZoneOccurrences.text`.

    ``paragraph`` is numbered from 0 and begins at ``paragraph_start``. ``paragraph_end`` is the end
    of the paragraph in which the occurrence ends.
    """

    paragraph: int
    paragraph_start: int
    start: int
    end: int
    paragraph_end: int


class ZoneOccurrences(NamedTuple):
    """The occurrences of a query's words in one zone of an article.

    ``text`` consists of the zone's paragraphs with a line break between each two. The arrays have
    one entry for each occurrence; see `TextSpan`.
    """

    document: int
    article: Article
    language: LanguageCode
    is_title: bool
    text: str
    paragraphs: IntpArray
    paragraph_starts: IntpArray
    starts: IntpArray
    ends: IntpArray
    paragraph_ends: IntpArray

    def spans(self) -> Iterator[TextSpan]:
        """Yield the occurrences in order."""
        arrays = (
            self.paragraphs, self.paragraph_starts, self.starts, self.ends, self.paragraph_ends,
        )  # fmt: skip
        return map(TextSpan._make, zip(*(array.tolist() for array in arrays), strict=True))


class Occurrences:
    """The occurrences of the words of a query in titles and bodies.

    An occurrence is one word, one phrase, or words near each other: from the first of these to the
    last. Of extents that contain one another, only the innermost count.
    """

    def __init__(self, evaluation: Evaluation) -> None:
        self._intervals = evaluation.intervals
        self._snapshot = evaluation.snapshot
        self._analyzer = evaluation.analyzer
        limited = {
            (target.interval, tuple(field for field in target.fields if field in TEXT_ZONES)): None
            for target in targets(evaluation.plan)
        }
        self._targets = [(interval, fields) for interval, fields in limited if fields]

    @property
    def guard(self) -> Guard:
        """The guard of the index, for callers that read occurrences later."""
        return self._snapshot.index.guard

    def count(self, documents: DocNumbers) -> tuple[int, int]:
        """Return the number of occurrences in some documents, and of documents that have any."""
        occurrences = articles = 0
        for batch in _batches(documents):
            keys = self._find(np.sort(batch))
            numbers = keys.starts >> ZONE_BITS + POSITION_BITS
            occurrences += numbers.size
            articles += distinct(numbers).size
        return occurrences, articles

    def by_zone(self, documents: DocNumbers) -> Iterator[ZoneOccurrences]:
        """Yield the occurrences in some documents, in the order of the documents.

        In a document the titles come first, then the Chinese body, then the English one. Each
        article is read when its first zone is requested.
        """
        for batch in _batches(documents):
            keys = self._find(np.sort(batch))
            texts = keys.starts >> POSITION_BITS  # document << ZONE_BITS | zone
            numbers, firsts = np.unique(texts, return_index=True)
            bounds = np.append(firsts, texts.size).tolist()
            low = np.searchsorted(numbers, batch << ZONE_BITS).tolist()
            high = np.searchsorted(numbers, batch + 1 << ZONE_BITS).tolist()
            zones = (numbers & (1 << ZONE_BITS) - 1).tolist()
            for document, first, last in zip(batch.tolist(), low, high, strict=True):
                if first == last:
                    continue
                article = Article.from_bytes(self._snapshot.index.stored(document))
                for i in range(first, last):
                    part = slice(bounds[i], bounds[i + 1])
                    selected = OccurrenceKeys(*(array[part] for array in keys))
                    yield self._locate(document, article, ZONES[zones[i]], selected)

    def _locate(
        self, document: int, article: Article, zone: str, keys: OccurrenceKeys
    ) -> ZoneOccurrences:
        """Convert the keys of one zone to characters of its text."""
        paragraphs = _paragraphs(article, zone)
        starts, ends = token_spans(paragraphs, self._analyzer)
        lengths = (len(paragraph) + 1 for paragraph in paragraphs)
        origins = np.fromiter(accumulate(lengths, initial=0), np.intp, len(paragraphs) + 1)
        paragraph_of = origins.searchsorted(starts, "right") - 1  # for each token
        positions = np.arange(starts.size) + paragraph_of * PARAGRAPH_GAP
        first = positions.searchsorted(keys.starts & POSITION_MASK)  # the first token, and the last
        last = positions.searchsorted(keys.ends & POSITION_MASK) - 1
        if (paragraph_of[first] != paragraph_of[last]).any():
            # A ? of a pattern may reach into another paragraph; the anchor's paragraph counts.
            anchored = keys.anchors != _NO_ANCHOR
            anchors = positions.searchsorted(keys.anchors[anchored] & POSITION_MASK)
            own = paragraph_of[anchors]
            first[anchored] = np.maximum(first[anchored], paragraph_of.searchsorted(own))
            final = paragraph_of.searchsorted(own, "right") - 1
            last[anchored] = np.minimum(last[anchored], final)
        return ZoneOccurrences(
            document=document,
            article=article,
            language="zh" if zone.endswith("zh") else "en",
            is_title=zone.startswith("title"),
            text="\n".join(paragraphs),
            paragraphs=paragraph_of[first],
            paragraph_starts=origins[paragraph_of[first]],
            starts=starts[first],
            ends=ends[last],
            paragraph_ends=origins[paragraph_of[last] + 1] - 1,
        )

    def _find(self, documents: DocNumbers) -> OccurrenceKeys:
        """Return all occurrences in some documents, whose numbers ascend."""
        parts = []
        for interval, fields in self._targets:
            extents = self._intervals.extents(interval, fields, documents)
            if isinstance(interval, Pattern):
                anchors = extents.starts + interval.slots[0].offset
            else:
                extents = _innermost(extents)
                anchors = np.full(extents.starts.size, _NO_ANCHOR)
            parts.append(OccurrenceKeys(*extents, anchors))
        return _merge([part for part in parts if part.starts.size])


def _batches(documents: DocNumbers) -> Iterator[DocNumbers]:
    """Yield the documents in their order, in batches that become larger."""
    first, size = 0, _MIN_BATCH
    while first < documents.size:
        yield documents[first : first + size]
        first, size = first + size, min(size * 2, _MAX_BATCH)


def _innermost(extents: Extents) -> Extents:
    """Return the extents that contain no other."""
    order = np.lexsort((-extents.ends, extents.starts))
    starts, ends = extents.starts[order], extents.ends[order]
    min_ends = np.minimum.accumulate(ends[::-1])[::-1]  # of this extent and all later ones
    inner = np.ones(ends.size, np.bool_)
    inner[:-1] = ends[:-1] < min_ends[1:]
    return Extents(starts[inner], ends[inner])


def _merge(parts: Sequence[OccurrenceKeys]) -> OccurrenceKeys:
    """Merge occurrences and drop duplicates."""
    if len(parts) == 1:
        return parts[0]
    if not parts:
        nothing = np.empty(0, np.int64)
        return OccurrenceKeys(nothing, nothing, nothing)
    starts, ends, anchors = map(np.concatenate, zip(*parts, strict=True))
    order = np.lexsort((ends, starts))
    starts, ends = starts[order], ends[order]
    is_new = (np.diff(starts, prepend=-1) != 0) | (np.diff(ends, prepend=-1) != 0)
    return OccurrenceKeys(starts[is_new], ends[is_new], anchors[order][is_new])


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
