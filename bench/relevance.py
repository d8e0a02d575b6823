"""Relevance on test collections: `python -m bench.relevance DIR [NAME …]`.

A collection is a folder with three files: ``docs.jsonl.xz`` (id, title, text, lang; bilingual
documents have text_en and text_zh instead of text), ``queries.jsonl.xz`` (id, text, lang) and
``qrels.tsv.xz`` (query, document, relevance). Each collection is written as files in the form of
the archive, indexed, and searched with the public library.

The measures are those of trec_eval, over the first ten hits. MRR@10 is the mean of 1 / rank of the
first relevant document. nDCG@10 (Järvelin and Kekäläinen 2002) uses the relevance as gain, and
log2(rank + 1) as discount.
"""

from __future__ import annotations

import csv
import json
import lzma
import math
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory
from typing import Any, Literal, NamedTuple

from indexer import build_index
from search import Archive, open_archive

DEPTH = 10


class Collection(NamedTuple):
    """The documents and queries; ``judged`` maps query id to document id to relevance."""

    documents: list[dict[str, str]]
    queries: list[dict[str, str]]
    judged: dict[str, dict[str, int]]


class Measured(NamedTuple):
    """The means over all queries that have a relevant document."""

    queries: int
    mrr: float
    ndcg: float


def load(folder: Path) -> Collection:
    """Read a collection from its folder."""
    judged: dict[str, dict[str, int]] = defaultdict(dict)
    with lzma.open(folder / "qrels.tsv.xz", "rt", encoding="utf-8") as file:
        for query, document, relevance in csv.reader(file, delimiter="\t"):
            judged[query][document] = int(relevance)
    documents, queries = (list(_objects(folder / f"{n}.jsonl.xz")) for n in ("docs", "queries"))
    return Collection(documents, queries, judged)


def _objects(path: Path) -> Iterator[dict[str, Any]]:
    with lzma.open(path, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


def reciprocal_rank(found: Sequence[str], judged: Mapping[str, int]) -> float:
    """Return 1 / rank of the first relevant document, or 0 if there is none."""
    return next((1 / rank for rank, name in enumerate(found, 1) if judged.get(name, 0) > 0), 0.0)


def ndcg(found: Sequence[str], judged: Mapping[str, int]) -> float:
    """Return the discounted cumulative gain, divided by the best possible one."""
    best = sorted((relevance for relevance in judged.values() if relevance > 0), reverse=True)
    ideal = _discounted(best[:DEPTH])
    return _discounted([max(0, judged.get(name, 0)) for name in found]) / ideal if ideal else 0.0


def _discounted(gains: Sequence[int]) -> float:
    return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, 1))


def write_seeds(collection: Collection, folder: Path) -> dict[str, str]:
    """Write the documents as files; return the document id of each article id."""
    names = {}
    for number, document in enumerate(collection.documents):
        name = f"{number:06}.txt"
        (folder / name).write_text(_seed(document), encoding="utf-8")
        names[name] = document["id"]
    return names


def _seed(document: Mapping[str, str]) -> str:
    title, language = document.get("title", ""), document.get("lang", "en")
    english = document.get("text_en", document.get("text", "") if language == "en" else "")
    chinese = document.get("text_zh", document.get("text", "") if language == "zh" else "")
    heading = title if not english else ""
    parts = [f"Title: {title if english else ''}\n\n    {english}\n"] if english else []
    if chinese:
        parts.append(
            f"\n<hr />\n\nOriginal:\n\n### {heading}\n\n第1版()\n专栏：\n\n    {chinese}\n"
        )
    return "".join(parts)


def measure(
    archive: Archive,
    collection: Collection,
    names: Mapping[str, str],
    language: str,
    match: Literal["any", "auto"],
) -> Measured:
    """Search for every query in a language, and measure the results."""
    ranks, gains = [], []
    for query in collection.queries:
        judged = collection.judged.get(query["id"], {})
        if query["lang"] != language or not any(judged.values()):
            continue
        page = archive.search(query["text"], limit=DEPTH, snippets=False, match=match)
        found = [names[hit.article.id] for hit in page.hits]
        ranks.append(reciprocal_rank(found, judged))
        gains.append(ndcg(found, judged))
    return Measured(len(ranks), fmean(ranks or [0]), fmean(gains or [0]))


def main(arguments: Sequence[str]) -> None:
    """Print a table of the collections in a folder."""
    root, *wanted = arguments
    print(f"{'collection':<20} {'queries':>7} {'MRR@10':>7} {'nDCG@10':>8} {'auto nDCG@10':>13}")
    for folder in sorted(Path(root).iterdir()):
        if wanted and folder.name not in wanted:
            continue
        collection = load(folder)
        with TemporaryDirectory() as place:
            seeds = Path(place, "seeds")
            seeds.mkdir()
            names = write_seeds(collection, seeds)
            build_index(seeds, index=Path(place, "index"))
            with open_archive(Path(place, "index")) as archive:
                for language in sorted({query["lang"] for query in collection.queries}):
                    count, mrr, gain = measure(archive, collection, names, language, "any")
                    auto = measure(archive, collection, names, language, "auto").ndcg
                    name = f"{folder.name} {language}"
                    print(f"{name:<20} {count:>7} {mrr:>7.3f} {gain:>8.3f} {auto:>13.3f}")


if __name__ == "__main__":
    main(sys.argv[1:])
