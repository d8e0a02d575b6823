"""What an index holds, as a whole."""

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
    """What an index holds; ``size`` is in bytes on disk.

    ``lexicon``: how many articles there were in both languages when it was learnt; None without.
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
    """Count what a snapshot holds."""
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
