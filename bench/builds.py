"""Indexes of a corpus, each built in a process of its own; imports bench, and indexer's versions.

As a program, `python -m bench.builds ENGINE SOURCE TARGET [text]` is that process.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import sys
from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from time import perf_counter
from typing import NamedTuple, cast

import whoosh

from bench.corpus import ROOT, Corpus
from bench.measure import run
from bench.peers import OURS, load
from indexer.analysis import Analyzer
from indexer.codec.container import FORMAT_VERSION
from indexer.schema import INDEX_VERSION


class Built(NamedTuple):
    """An index that was built: its documents, seconds, and in bytes its size and peak memory."""

    documents: int
    seconds: float
    size: int
    peak: int | None


def build(engine: str, corpus: Corpus, target: Path, *, text: bool = False) -> Built:
    """Build an index in a fresh process; its seconds run from the first file to the commit."""
    shutil.rmtree(target, ignore_errors=True)
    command = [sys.executable, "-m", "bench.builds", engine, str(corpus.folder), str(target)]
    finished = run([*command, *(["text"] if text else [])], ROOT)
    report = json.loads(finished.output)
    size = sum(file.stat().st_size for file in target.rglob("*") if file.is_file())
    return Built(report["documents"], report["seconds"], size, finished.peak)


def obtain_index(engine: str, corpus: Corpus, *, text: bool = False) -> Path:
    """An index of the corpus from the cache, built if it is not there.

    ``text``: with what the engine needs to cut snippets from.
    """
    text = text and load(engine).text_apart
    target = corpus.home / f"index-{engine}{'-text' if text else ''}-{_key(engine)}"
    if not target.exists():
        part = target.with_suffix(".part")
        build(engine, corpus, part, text=text)
        part.rename(target)
    return target


def package_version(engine: str) -> str:
    """The version of an engine."""
    if engine == "sqlite":
        return sqlite3.sqlite_version
    if engine == OURS:
        return f"{INDEX_VERSION}.{FORMAT_VERSION}"
    if engine == "whoosh":  # which is the name of its module, not always of its package
        return cast(str, whoosh.versionstring())
    return version(engine)


def _key(engine: str) -> str:
    """Names all that the content of an index depends on."""
    return f"{package_version(engine)}-{_fingerprint()}".replace(".", "_")


@cache
def _fingerprint() -> str:
    return Analyzer().fingerprint


def main(arguments: Sequence[str]) -> None:
    """Build an index and print how long it took, as JSON."""
    engine, source, target, *rest = arguments
    peer = load(engine)
    started = perf_counter()
    documents = peer.build(Path(source), Path(target), text=rest == ["text"])
    print(json.dumps({"documents": documents, "seconds": perf_counter() - started}))


if __name__ == "__main__":
    main(sys.argv[1:])
