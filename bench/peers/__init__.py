"""Search engines side by side, of one protocol; imports bench.queries.

Each module here holds one, as `ENGINE`; only there is its package imported.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from importlib import import_module
from pathlib import Path
from typing import ClassVar, Final

from bench.queries import Kind, Question

OURS: Final = "duizhao"
PEERS: Final = ("tantivy", "whoosh", "sqlite")
LIMIT: Final = 10  # hits of a question


class PeerMissing(Exception):
    """The package of a peer is not installed."""


class Engine(ABC):
    """An index, open for questions.

    ``kinds`` are those it can answer. Of ``counted`` kinds the number of documents is what ours
    must be. ``text_apart``: pages need another index, which keeps the text that snippets are cut
    from.
    """

    kinds: ClassVar[frozenset[Kind]]
    counted: ClassVar[frozenset[Kind]] = frozenset()
    text_apart: ClassVar[bool] = False

    @classmethod
    @abstractmethod
    def build(cls, source: Path, target: Path, *, text: bool) -> int:
        """Index the files of a folder; returns the number of documents."""

    @abstractmethod
    def __init__(self, target: Path) -> None: ...

    @abstractmethod
    def search(self, question: Question) -> int:
        """Find the best `LIMIT` documents, and return how many there are in all."""

    @abstractmethod
    def page(self, question: Question) -> int:
        """Find the best `LIMIT` documents with their passages, and return how many those are."""

    def close(self) -> None:  # noqa: B027 - not all have any
        """Close the files of the index."""

    @classmethod
    def cold(cls, target: Path, question: Question | None) -> list[str] | None:
        """The command of a process that answers a question, or prints its help; None: no such."""
        del target, question
        return None


def load(name: str) -> type[Engine]:
    """The engine of a name; raises PeerMissing."""
    try:
        module = import_module(f"{__name__}.{name}")
    except ModuleNotFoundError as error:
        raise PeerMissing(f"peer {name}: the package {error.name} is not installed") from None
    engine: type[Engine] = module.ENGINE
    return engine
