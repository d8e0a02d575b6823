"""A small archive that changes, and the state that an index of it must have."""

from __future__ import annotations

import hashlib
import os
import random
from pathlib import Path
from typing import Final

from indexer import IndexMissing
from indexer.files import HOLDER, LOCK
from indexer.store import open_index
from search import open_archive

_WORDS: Final = [
    "workers",
    "peasants",
    "production",
    "economy",
    "movement",
    "meeting",
    "factory",
    "harvest",
]
_CHINESE: Final = "工人农民生产节约运动会议工厂丰收天津北京"
_ARTICLE: Final = """\
Title: {title}
Date: 19{year}-01-01

    {english}

<hr />

Original:

### {heading}

19{year}-01-01
第1版()
专栏：

    {chinese}
"""

# The state of an index, or the one that a folder should give it: the hash of each file, by its id.
State = dict[str, str]


class History:
    """A folder of about ``size`` articles; each `step` changes some of them."""

    def __init__(self, folder: Path, size: int, rng: random.Random) -> None:
        self.folder = folder
        self.state: State = {}
        self._size = size
        self._rng = rng
        self._made = 0
        folder.mkdir()

    def step(self) -> None:
        """Add, change and delete some files."""
        rng = self._rng
        share = max(1, self._size // 10)
        for name in rng.sample(sorted(self.state), min(len(self.state), rng.randint(0, share))):
            (self.folder / name).unlink()
            del self.state[name]
        for name in rng.sample(sorted(self.state), min(len(self.state), rng.randint(0, share))):
            self._write(name)
        for _ in range(max(1, self._size - len(self.state) + rng.randint(0, share))):
            self._made += 1
            self._write(f"{self._made:06}.txt")

    def _write(self, name: str) -> None:
        rng = self._rng
        text = _ARTICLE.format(
            title=f"{rng.choice(_WORDS)} {rng.random()}",
            year=rng.randint(46, 99),
            english=" ".join(rng.choices(_WORDS, k=rng.randint(5, 60))),
            heading="".join(rng.choices(_CHINESE, k=6)),
            chinese="。".join("".join(rng.choices(_CHINESE, k=12)) for _ in range(5)),
        ).encode()
        path = self.folder / name
        path.write_bytes(text)
        os.utime(path, ns=(0, rng.randrange(10**18)))  # so that even an immediate change is noticed
        self.state[name] = hashlib.sha256(text).hexdigest()


def observe(index: Path) -> State:
    """Read the state of an index from its articles; it is empty if there is no index.

    Raises AssertionError if the manifest or the results of searches differ from the articles.
    """
    try:
        with open_index(index) as reader:
            reader.verify()
            known = {row.id: row.content_hash for row in reader.manifest()}
    except IndexMissing:
        return {}
    with open_archive(index) as archive:
        hits = archive.search("*", limit=len(archive), snippets=False).hits
        held = {hit.article.id: hit.article.content_hash for hit in hits}
        assert held == known, "articles and manifest differ"
        for word in ("workers", "工人", '"农民"'):
            total = archive.search(word).total
            found = [hit for hit in archive.search(word, limit=total) if hit.snippets]
            assert len(found) == total, f"{word}: {total} counted, {len(found)} shown"
    return held


def orphans(index: Path) -> set[str]:
    """The files of an index directory that do not belong to its newest generation."""
    with open_index(index) as reader:
        return {path.name for path in index.iterdir()} - reader.files() - {LOCK, HOLDER}
