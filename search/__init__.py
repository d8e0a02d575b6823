"""The way of a query: a question in Chinese or English to ranked, highlighted answers."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from search.archive import Archive, open_archive
    from search.corpus.collocates import Collocate, Collocates
    from search.corpus.concordance import Concordance, ConcordanceLine
    from search.corpus.lexicon import LexiconEntry
    from search.errors import (
        ArticleMissing,
        DuizhaoError,
        IndexDamaged,
        IndexMissing,
        IndexOutdated,
        LexiconMissing,
    )
    from search.hit import Facet, Hit, Page, Snippet
    from search.info import ArchiveInfo
    from search.language.query import Diagnostic

__all__ = [
    "Archive", "ArchiveInfo", "ArticleMissing", "Collocate", "Collocates", "Concordance",
    "ConcordanceLine", "Diagnostic", "DuizhaoError", "Facet", "Hit", "IndexDamaged",
    "IndexMissing", "IndexOutdated", "LexiconEntry", "LexiconMissing", "Page", "Snippet",
    "open_archive",
]  # fmt: skip

_HOMES = {
    "Archive": "search.archive",
    "ArchiveInfo": "search.info",
    "open_archive": "search.archive",
    "Collocate": "search.corpus.collocates",
    "Collocates": "search.corpus.collocates",
    "Concordance": "search.corpus.concordance",
    "ConcordanceLine": "search.corpus.concordance",
    "Diagnostic": "search.language.query",
    "Facet": "search.hit",
    "Hit": "search.hit",
    "LexiconEntry": "search.corpus.lexicon",
    "Page": "search.hit",
    "Snippet": "search.hit",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for: `duizhao --help` needs none."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES.get(name, "search.errors")), name)
