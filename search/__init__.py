"""Searching: answers a query in Chinese or English with ranked, highlighted articles."""

from __future__ import annotations

from indexer.exports import lazy_exports

TYPE_CHECKING = False  # without an import; type checkers take it for true
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
    "Archive": "archive",
    "ArchiveInfo": "info",
    "ArticleMissing": "errors",
    "Collocate": "corpus.collocates",
    "Collocates": "corpus.collocates",
    "Concordance": "corpus.concordance",
    "ConcordanceLine": "corpus.concordance",
    "Diagnostic": "language.query",
    "DuizhaoError": "errors",
    "Facet": "hit",
    "Hit": "hit",
    "IndexDamaged": "errors",
    "IndexMissing": "errors",
    "IndexOutdated": "errors",
    "LexiconEntry": "corpus.lexicon",
    "LexiconMissing": "errors",
    "Page": "hit",
    "Snippet": "hit",
    "open_archive": "archive",
}

__getattr__ = lazy_exports(__name__, _HOMES)
