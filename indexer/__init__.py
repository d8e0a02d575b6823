"""Indexing: turns the files of a bilingual archive into an index that `search` opens."""

from __future__ import annotations

from indexer.exports import lazy_exports

TYPE_CHECKING = False  # without an import; type checkers take it for true
if TYPE_CHECKING:
    from indexer.article import Article
    from indexer.build import BuildReport, build_index
    from indexer.errors import (
        DictionaryError,
        DuizhaoError,
        IndexDamaged,
        IndexLocked,
        IndexMissing,
        IndexOutdated,
        RemovalRefused,
        SeedError,
        SeedWarning,
    )
    from indexer.learn import LexiconReport, build_lexicon
    from indexer.preview import IndexPreview, preview_index
    from indexer.source.seeds import read_seeds
    from indexer.verify.index import VerifyReport, verify_index

__all__ = [
    "Article", "BuildReport", "DictionaryError", "DuizhaoError", "IndexDamaged", "IndexLocked",
    "IndexMissing", "IndexOutdated", "IndexPreview", "LexiconReport", "RemovalRefused", "SeedError",
    "SeedWarning", "VerifyReport", "build_index", "build_lexicon", "preview_index", "read_seeds",
    "verify_index",
]  # fmt: skip

_HOMES = {
    "Article": "article",
    "BuildReport": "build",
    "DictionaryError": "errors",
    "DuizhaoError": "errors",
    "IndexDamaged": "errors",
    "IndexLocked": "errors",
    "IndexMissing": "errors",
    "IndexOutdated": "errors",
    "IndexPreview": "preview",
    "LexiconReport": "learn",
    "RemovalRefused": "errors",
    "SeedError": "errors",
    "SeedWarning": "errors",
    "VerifyReport": "verify.index",
    "build_index": "build",
    "build_lexicon": "learn",
    "preview_index": "preview",
    "read_seeds": "source.seeds",
    "verify_index": "verify.index",
}

__getattr__ = lazy_exports(__name__, _HOMES)
