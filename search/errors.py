"""The errors of the search library.

    DuizhaoError
    ├── ArticleMissing    no article has this id
    ├── LexiconMissing    the index has no lexicon
    └── IndexMissing, IndexOutdated, IndexDamaged    (from indexer.errors)

A query never raises an error: `Page.diagnostics` lists the parts of it that could not be used.
"""

from __future__ import annotations

from indexer.errors import DuizhaoError, IndexDamaged, IndexMissing, IndexOutdated

__all__ = [
    "ArticleMissing", "DuizhaoError", "IndexDamaged", "IndexMissing", "IndexOutdated",
    "LexiconMissing",
]  # fmt: skip


class ArticleMissing(DuizhaoError, KeyError):
    """No article has this id."""

    def __str__(self) -> str:
        return str(self.args[0])


class LexiconMissing(DuizhaoError):
    """The index has no lexicon."""
