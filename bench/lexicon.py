"""Measure how good the lexicon of an archive is: `python -m bench.lexicon SEEDS`.

It learns the tables from the beads of all articles in SEEDS and measures:

- for how many of 200 terms the first rendering is one that was written down before;
- the time and memory that learning takes;
- how well `Linker` marks the renderings of these terms in the beads that contain one;
- how well damaged articles are aligned, without a lexicon and with that of all other articles.
"""

from __future__ import annotations

import csv
import dataclasses
import random
import re
import resource
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

from bench.alignment import is_parallel
from bench.corpus import ROOT
from bench.damage import Damage, Score, damage, score
from bench.peers import OURS
from bench.report import Row, save
from indexer import Article, read_seeds
from indexer.align import Alignment, align, align_paragraphs, align_record
from indexer.analysis import Analyzer, fold
from indexer.codec.container import Container
from indexer.codec.container_writer import ContainerWriter
from indexer.lexicon import (
    AnchorFinder,
    BeadText,
    Linker,
    TranslationTables,
    renderings,
    train,
)

TERMS: Final = ROOT / "tests" / "indexer" / "lexicon" / "terms.tsv"
SEED: Final = 2026
# For each term, this many beads are searched for renderings, and in this many the marks are scored.
_MAX_BEADS: Final = 500
_MAX_MARKED: Final = 20
_DAMAGED_FILES: Final = 150
_ARTICLES: Final = frozenset(("a", "an", "the"))


class Term(NamedTuple):
    """A term of a language, and the renderings that are accepted as right."""

    text: str
    language: str
    accepted: tuple[str, ...]


def read_terms(path: Path = TERMS) -> list[Term]:
    """The terms of the test data."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [Term(r["term"], r["language"], (*r["accepted"].split("|"),)) for r in rows]


def is_accepted(rendering: str, term: Term, analyzer: Analyzer) -> bool:
    """Whether a rendering is accepted; inflection, articles, case and punctuation may differ."""
    return _bare(rendering, analyzer) in {_bare(text, analyzer) for text in term.accepted}


def _bare(text: str, analyzer: Analyzer) -> str:
    words = re.findall(r"\w+", fold(text))
    stems = [analyzer.stem(word) for word in words if word not in _ARTICLES]
    return (" " if text.isascii() else "").join(stems)


def bead_texts(article: Article) -> Iterator[BeadText]:
    """The confident beads of an article."""
    alignment = Alignment(article, align_record(article))
    return (BeadText.from_spans(article, spans) for spans in alignment.confident_spans())


class Beads:
    """All beads, searchable for a term."""

    def __init__(self, beads: Sequence[BeadText]) -> None:
        self._beads = beads
        self._folded = {
            "zh": [fold(bead.chinese) for bead in beads],
            "en": [fold(bead.english) for bead in beads],
        }

    def having(self, term: Term) -> list[BeadText]:
        """The beads with a term; an even sample if there are very many."""
        text = fold(term.text)
        found = [i for i, side in enumerate(self._folded[term.language]) if text in side]
        step = max(1, len(found) // _MAX_BEADS)
        return [self._beads[i] for i in found[::step]]


def _learn(
    beads: Sequence[BeadText], glossary: Sequence[tuple[str, str]], path: Path
) -> TranslationTables:
    trained = train(beads, glossary, Analyzer())
    with ContainerWriter(path) as out:
        trained.write(out)
    return TranslationTables(Container(path))


def _score(beads: Beads, tables: TranslationTables, analyzer: Analyzer) -> list[Row]:
    right, asked, seconds, read = defaultdict[str, int](int), defaultdict[str, int](int), 0.0, 0
    for term in read_terms():
        having = beads.having(term)
        start = time.process_time()
        found = renderings(term.text, term.language, having, tables, analyzer)
        seconds += time.process_time() - start
        read += len(having)
        asked[term.language] += 1
        if found and is_accepted(found[0].text, term, analyzer):
            right[term.language] += 1
        else:
            print(term.text, "|", "; ".join(f"{r.text} {r.count}" for r in found[:4]))
    rows = [
        _row(f"first rendering right, {language}", "share", right[language] / count, count)
        for language, count in asked.items()
    ]
    total = sum(asked.values())
    rows.append(_row("first rendering right", "share", sum(right.values()) / total, total))
    return [*rows, _row("renderings", "ms a bead", seconds / read * 1e3, read)]


def _mark(beads: Beads, tables: TranslationTables, analyzer: Analyzer) -> list[Row]:
    """Score the letters that are marked as renderings, and measure the time for a pair of texts."""
    marked = there = both = count = 0
    seconds = 0.0
    linker = Linker(tables, analyzer)
    for term in read_terms():
        # Chinese is not inflected.
        ending = r"\w*" if term.language == "zh" else ""
        accepted = re.compile(f"(?:{'|'.join(re.escape(fold(a)) for a in term.accepted)}){ending}")
        cases = [b for b in beads.having(term) if accepted.search(fold(b.sides(term.language)[1]))]
        for bead in random.Random(SEED).sample(cases, min(len(cases), _MAX_MARKED)):
            source, target = bead.sides(term.language)
            spans = [m.span() for m in re.finditer(re.escape(fold(term.text)), fold(source))]
            start = time.process_time()
            found = linker.link(source, spans, target, term.language)
            seconds += time.process_time() - start
            gold = _letters(target, [m.span() for m in accepted.finditer(fold(target))])
            got = _letters(target, found)
            marked, there, both = marked + len(got), there + len(gold), both + len(gold & got)
            count += 1
    return [
        _row("marked: precision", "share", both / max(1, marked), count),
        _row("marked: recall", "share", both / max(1, there), count),
        _row("marking", "µs a pair", seconds / max(1, count) * 1e6, count),
    ]


def _letters(text: str, spans: Sequence[tuple[int, int]]) -> set[int]:
    return {i for start, end in spans for i in range(start, end) if text[i : i + 1].isalnum()}


def _align(articles: Sequence[Article], folder: Path) -> list[Row]:
    """Score the beads of damaged articles, without a lexicon and with one of all other articles."""
    parallel = [article for article in articles if is_parallel(article)]
    sample = random.Random(SEED).sample(parallel, min(_DAMAGED_FILES, len(parallel)))
    names = {article.id for article in sample}
    others = [b for a in articles if a.id not in names for b in bead_texts(a)]
    lexicon = AnchorFinder(_learn(others, (), folder / "others"), Analyzer())
    kinds = {
        "undamaged": Damage(), "delete 10%": Damage(delete=0.1), "swap 10%": Damage(swap=0.1),
        "mixed 10%": Damage.mixed(0.1), "each 10%": Damage(0.1, 0.1, 0.1, 0.1),
    }  # fmt: skip
    rows = []
    for kind, rates in kinds.items():
        for name, helper in (("alone", None), ("with lexicon", lexicon)):
            rng = random.Random(SEED)
            total = Score(0, 0, 0, 0)
            for article in sample:
                english, expected = damage(article.paragraphs_en, rates, rng)
                damaged = dataclasses.replace(article, paragraphs_en=english)
                total += score(align_paragraphs(damaged, helper), expected)
            for measure in ("precision", "recall"):
                figure = getattr(total, measure)
                rows.append(_row(f"{kind}, {name}: {measure}", "share", figure, len(sample)))
    for name, helper in (("alone", None), ("with lexicon", lexicon)):
        start = time.process_time()
        for article in sample:
            align(article, helper)
        milliseconds = (time.process_time() - start) / len(sample) * 1e3
        rows.append(_row(f"alignment {name}", "ms an article", milliseconds, len(sample)))
    return rows


def _row(name: str, unit: str, figure: float, count: int) -> Row:
    print(f"{name:<40} {figure:.4f} {unit} of {count:,}", flush=True)
    return Row(name, unit, {OURS: [figure]}, count)


def _memory() -> float:
    """The highest memory use of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(arguments: Sequence[str]) -> None:
    """Measure, print, and keep the figures."""
    if len(arguments) != 1:
        sys.exit(__doc__)
    folder = Path(arguments[0])
    articles = [a for a in read_seeds(folder) if a.paragraphs_en and a.paragraphs_zh]
    beads = [bead for article in articles for bead in bead_texts(article)]
    glossary = [entry for article in articles for entry in article.glossary]
    with TemporaryDirectory() as place:
        before, start = _memory(), time.process_time()
        tables = _learn(beads, glossary, Path(place) / "lexicon")
        seconds = time.process_time() - start
        rows = [
            _row("learning", "s", seconds, len(beads)),
            _row("learning", "s for 100,000 beads", seconds / len(beads) * 1e5, len(beads)),
            _row("learning", "MB more than the texts", _memory() - before, len(beads)),
            _row("tables", "MB", (Path(place) / "lexicon").stat().st_size / 1e6, len(beads)),
        ]
        analyzer, having = Analyzer(), Beads(beads)
        rows += _score(having, tables, analyzer) + _mark(having, tables, analyzer)
        rows += _align(articles, Path(place))
    corpus = {"name": folder.name, "articles": len(articles)}
    settings = {"module": "bench.lexicon", "seed": SEED}
    path = save(ROOT / "bench" / "results", "lexicon", [corpus], rows, settings)
    print(f"figures: {path.relative_to(ROOT)}", file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1:])
