"""The way of a document: files of a bilingual archive to an index that `search` opens."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

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
    )
    from indexer.learn import LexiconReport, build_lexicon
    from indexer.preview import IndexPreview, preview_index
    from indexer.source.seeds import read_seeds
    from indexer.verify.index import VerifyReport, verify_index

__all__ = [
    "Article", "BuildReport", "DictionaryError", "DuizhaoError", "IndexDamaged", "IndexLocked",
    "IndexMissing", "IndexOutdated", "IndexPreview", "LexiconReport", "RemovalRefused", "SeedError",
    "VerifyReport", "build_index", "build_lexicon", "preview_index", "read_seeds", "verify_index",
]  # fmt: skip

_HOMES = {
    "Article": "indexer.article",
    "BuildReport": "indexer.build",
    "IndexPreview": "indexer.preview",
    "LexiconReport": "indexer.learn",
    "build_index": "indexer.build",
    "build_lexicon": "indexer.learn",
    "preview_index": "indexer.preview",
    "read_seeds": "indexer.source.seeds",
    "VerifyReport": "indexer.verify.index",
    "verify_index": "indexer.verify.index",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for: a search needs nothing of the build."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES.get(name, "indexer.errors")), name)
