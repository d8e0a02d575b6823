"""Everything that can go wrong for a user of the search library.

    DuizhaoError
    ├── ArticleMissing    no article has this id
    ├── LexiconMissing    the index was made without a lexicon
    └── IndexMissing, IndexOutdated, IndexDamaged    (as in indexer.errors)

A query is never an error: what cannot be read of it is told in `Page.diagnostics`.
"""

from __future__ import annotations

from indexer.errors import DuizhaoError, IndexDamaged, IndexMissing, IndexOutdated

__all__ = [
    "ArticleMissing", "DuizhaoError", "IndexDamaged", "IndexMissing", "IndexOutdated",
    "LexiconMissing",
]  # fmt: skip


class ArticleMissing(DuizhaoError, KeyError):
    """No article has the id that was asked for."""

    def __str__(self) -> str:
        return str(self.args[0])


class LexiconMissing(DuizhaoError):
    """The index has no lexicon."""
