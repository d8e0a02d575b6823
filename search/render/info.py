"""The description of an index, as text."""

from __future__ import annotations

from collections.abc import Iterator

from indexer.wording import counted
from search.info import ArchiveInfo


def info_lines(info: ArchiveInfo) -> Iterator[str]:
    """Describe an index, one kind of fact on a line."""
    dates = f"{info.first_date} to {info.last_date}" if info.first_date else "none"
    undated = f" ({info.undated:,} undated)" if info.undated else ""
    yield (
        f"articles     {info.articles:,}: {info.bilingual:,} in both languages, "
        f"{info.english_only:,} in English only, {info.chinese_only:,} in Chinese only"
    )
    yield f"dates        {dates}{undated}"
    yield (
        f"index        {info.path}, {info.size / 1e6:,.1f} MB, segments: {info.segments}, "
        f"generation {info.generation}"
    )
    if info.lexicon is None:
        yield "lexicon      none; make it with: duizhao lexicon --build"
    else:
        yield f"lexicon      learnt from {counted(info.lexicon, 'article')} in both languages"
    dictionary = ", with a user dictionary" if info.dictionary else ""
    yield f"versions     format {info.index_version}, analyzer {info.fingerprint}{dictionary}"
