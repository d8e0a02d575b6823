"""Figures about a whole archive."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from indexer.lexicon.tables import ARTICLES
from indexer.schema import EN, NO_DATE, ZH, from_days
from search.engine.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class ArchiveInfo:
    """Figures about an archive and its index.

    ``path``: the directory of the index. ``articles``: their number, which is the sum of
    ``bilingual``, ``english_only``, ``chinese_only`` and articles without text in either language.
    ``first_date``, ``last_date``: the earliest and the latest date of an article, or None;
    ``undated`` articles have no date. ``size``: the bytes of the index on disk. ``segments``,
    ``generation``: the number of segments, and the number of the commit. ``index_version``: the
    version of the index format. ``fingerprint``: a hash of everything that decides how text becomes
    terms. ``dictionary``: whether the index has a user dictionary. ``lexicon``: the number of
    bilingual articles when the lexicon was learnt; None if there is no lexicon.
    """

    path: Path
    articles: int
    bilingual: int
    english_only: int
    chinese_only: int
    first_date: date | None
    last_date: date | None
    undated: int
    size: int
    segments: int
    generation: int
    index_version: int
    fingerprint: str
    dictionary: bool
    lexicon: int | None


def archive_info(snapshot: Snapshot) -> ArchiveInfo:
    """Collect the figures of a snapshot."""
    live = snapshot.live
    languages = snapshot.document_array("languages")[live]
    dates = snapshot.document_array("date")[live]
    dated = dates[dates != NO_DATE]
    counts = np.bincount(languages, minlength=4)
    directory, descriptor = snapshot.index.directory, snapshot.index.descriptor
    lexicon = snapshot.index.lexicon
    return ArchiveInfo(
        path=directory,
        articles=snapshot.live_count,
        bilingual=int(counts[EN + ZH]),
        english_only=int(counts[EN]),
        chinese_only=int(counts[ZH]),
        first_date=from_days(int(dated.min())) if dated.size else None,
        last_date=from_days(int(dated.max())) if dated.size else None,
        undated=int(dates.size - dated.size),
        size=sum(_size(directory / name) for name in snapshot.index.files()),
        segments=len(snapshot.index.segments),
        generation=descriptor.generation,
        index_version=descriptor.index_version,
        fingerprint=descriptor.analyzer_fingerprint,
        dictionary=descriptor.dictionary is not None,
        lexicon=None if lexicon is None else int(lexicon[ARTICLES][0]),
    )


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:  # a later commit has removed it
        return 0
