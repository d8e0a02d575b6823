"""The description of an index, as text."""

from __future__ import annotations

from collections.abc import Iterator

from indexer.wording import counted, file_size, for_index
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
    size, segments = file_size(info.size), counted(info.segments, "segment")
    yield f"index        {info.path}: {size}, {segments}, generation {info.generation}"
    if info.lexicon is None:
        yield f"lexicon      none; make it with: duizhao lexicon --build{for_index(info.path)}"
    else:
        yield f"lexicon      learnt from {counted(info.lexicon, 'article')} in both languages"
    dictionary = ", with a user dictionary" if info.dictionary else ""
    yield f"versions     format {info.index_version}, analyzer {info.fingerprint}{dictionary}"
