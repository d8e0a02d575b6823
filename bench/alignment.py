"""Measure how well articles are aligned: `python -m bench.alignment COMMAND SEEDS`.

COMMAND is one of these:

damage      Files that have equal numbers of paragraphs in both languages are parallel paragraph by
            paragraph. A seeded script edits the English side, and the beads found are scored
            against the edits.
unrelated   Count the articles with confident beads, for each kind of article that is in the names
            of the files, and for the Chinese of each article beside the English of another.
judged      Count how many of the confident sentence beads that were judged by hand are right.
speed       Measure the time for each article.
fit         Estimate the parameters of the length model.
"""

from __future__ import annotations

import dataclasses
import json
import random
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain, pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from bench.corpus import ROOT
from bench.damage import Damage, Expected, Pair, Score, damage, score
from bench.peers import OURS
from bench.report import Row, as_text, save, significant
from indexer import Article, read_seeds
from indexer.align import CONFIDENT, Alignment, align, align_paragraphs, align_record
from indexer.align.length_model import utf8_length

FloatArray = npt.NDArray[np.float64]

SEED: Final = 2026
FILES: Final = 400
RATES: Final = (0.0, 0.05, 0.1, 0.2)
JUDGED: Final = ROOT / "tests" / "indexer" / "align" / "judged.json"
# In a parallel file, every pair of paragraphs has a ratio of lengths within these limits, unless
# both are shorter than this length.
_MIN_LONG: Final = 30
_MIN_RATIO, _MAX_RATIO = 0.5, 2.2


def is_parallel(article: Article) -> bool:
    """Whether an article has equal numbers of paragraphs in both languages, of similar lengths.

    Equal numbers are not enough: one text may have a paragraph more in one place and a paragraph
    less in another.
    """
    if len(article.paragraphs_zh) != len(article.paragraphs_en) or not article.paragraphs_en:
        return False
    for chinese, english in zip(article.paragraphs_zh, article.paragraphs_en, strict=True):
        lengths = utf8_length(chinese), len(english)
        ratio = lengths[1] / lengths[0]
        if max(lengths) >= _MIN_LONG and not _MIN_RATIO <= ratio <= _MAX_RATIO:
            return False
    return True


def damage_table(articles: Sequence[Article]) -> Iterator[tuple[str, Score]]:
    """Yield the scores for each kind of damage at each rate, and for all kinds together."""
    kinds: dict[str, Callable[[float], Damage]] = {
        "delete": lambda rate: Damage(delete=rate),
        "merge": lambda rate: Damage(merge=rate),
        "split": lambda rate: Damage(split=rate),
        "swap": lambda rate: Damage(swap=rate),
        "mixed": Damage.mixed,
        "each": lambda rate: Damage(*[rate] * 4),
    }
    for name, rates in kinds.items():
        for rate in RATES:
            if not rate and name != "delete":
                continue
            rng = random.Random(SEED)
            total = Score(0, 0, 0, 0)
            for article in articles:
                english, expected = damage(article.paragraphs_en, rates(rate), rng)
                damaged = dataclasses.replace(article, paragraphs_en=english)
                total += score(align_paragraphs(damaged), expected)
            yield f"{name} {rate:.0%}" if rate else "undamaged", total


def partial_table(articles: Sequence[Article]) -> Iterator[tuple[str, Score]]:
    """Yield the scores if only the first or last part of the English paragraphs exists."""
    for share in (3, 2):
        for name, kept in (("first", slice(0, 1)), ("last", slice(share - 1, share))):
            total = Score(0, 0, 0, 0)
            for article in articles:
                count = len(article.paragraphs_en)
                start, end = kept.start * count // share, kept.stop * count // share
                part = dataclasses.replace(article, paragraphs_en=article.paragraphs_en[start:end])
                expected = [
                    Expected(Pair((i, i + 1), (i - start, i - start + 1)))
                    for i in range(start, end)
                ]
                total += score(align_paragraphs(part), expected)
            yield f"{name} 1/{share}", total


def _damage(articles: Sequence[Article]) -> list[Row]:
    equal = [a for a in articles if len(a.paragraphs_en) == len(a.paragraphs_zh)]
    parallel = [article for article in equal if is_parallel(article)]
    sample = random.Random(SEED).sample(parallel, min(FILES, len(parallel)))
    print(
        f"{len(equal):,} files with equal numbers of paragraphs, "
        f"{len(parallel):,} parallel, {len(sample)} drawn"
    )
    rows = []
    for name, found in chain(damage_table(sample), partial_table(sample)):
        print(f"{name:<12} precision {found.precision:.4f}  recall {found.recall:.4f}", flush=True)
        rows += [
            _row(f"{name}: precision", "share", found.precision, len(sample)),
            _row(f"{name}: recall", "share", found.recall, len(sample)),
        ]
    return rows


def _row(name: str, unit: str, figure: float, articles: int) -> Row:
    return Row(name, unit, {OURS: [figure]}, articles)


def _shown(articles: Sequence[Article]) -> tuple[float, float]:
    """The shares of articles with a confident bead, and of Chinese sentences in such beads."""
    shown = within = sentences = 0
    for article in articles:
        beads = align(article)
        there = sum(bead.chinese for bead in beads if bead.is_confident)
        shown += there > 0
        within += there
        sentences += sum(bead.chinese for bead in beads)
    return shown / len(articles), within / max(1, sentences)


def _unrelated(articles: Sequence[Article]) -> list[Row]:
    kinds: dict[str, list[Article]] = defaultdict(list)
    for article in articles:
        parts = Path(article.id).stem.split("_")
        kinds[parts[1] if len(parts) == 3 else "articles"].append(article)
    # In order of length, so that texts of similar length are exchanged.
    ordered = sorted(articles, key=lambda article: sum(map(len, article.paragraphs_zh)))
    kinds["exchanged"] = [
        dataclasses.replace(article, paragraphs_en=other.paragraphs_en, glossary=())
        for article, other in pairwise(ordered)
    ]
    table, rows = [["", "articles", "with beads", "sentences in beads"]], []
    for name, members in kinds.items():
        found, within = _shown(members)
        table.append([name, str(len(members)), f"{found:.4f}", f"{within:.4f}"])
        rows.append(_row(f"{name}: articles with beads", "share", found, len(members)))
        rows.append(_row(f"{name}: sentences in beads", "share", within, len(members)))
    print(as_text(table))
    return rows


def judged_share(articles: Mapping[str, Article]) -> tuple[int, int, int]:
    """The numbers of judged beads, of those among them that are found, and of the right ones found.

    A bead counts as found if it is confident. Articles that are missing or have changed since they
    were judged are left out.
    """
    judged = found = right = 0
    for name, content_hash, beads in json.loads(JUDGED.read_text(encoding="utf-8")):
        article = articles.get(name)
        if article is None or article.content_hash != content_hash:
            continue
        alignment = Alignment(article, align_record(article))
        shown = {_place(*spans) for spans in alignment.confident_spans()}
        judged += len(beads)
        for chinese, english, verdict in beads:
            if _place(chinese, english) in shown:
                found += 1
                right += verdict == "right"
    return judged, found, right


def _place(*languages: Sequence[Sequence[int]]) -> tuple[tuple[tuple[int, ...], ...], ...]:
    return tuple(tuple(map(tuple, ranges)) for ranges in languages)


def _judged(articles: Sequence[Article]) -> list[Row]:
    judged, found, right = judged_share({article.id: article for article in articles})
    print(f"{judged} beads judged, {found} of them found, {right} of these right")
    return [_row("sentence beads right", "share", right / max(1, found), found)]


def _speed(articles: Sequence[Article]) -> list[Row]:
    """Milliseconds of processor time for each article: the best of five rounds."""
    best = min(_time(articles) for _ in range(5)) / len(articles) * 1e3
    print(f"{significant(best)} ms an article, of {len(articles):,}")
    return [_row("alignment", "ms an article", best, len(articles))]


def _time(articles: Sequence[Article]) -> float:
    start = time.process_time()
    for article in articles:
        align(article)
    return time.process_time() - start


def _fit(articles: Sequence[Article]) -> list[Row]:
    """Fit the parameters of `indexer.align.length_model` to pairs of paragraphs.

    All files with equal numbers of paragraphs in both languages are used. Pairs that are no
    translations fall to the stray share, which has the constant density 0.05.
    """
    lengths = np.array(
        [
            (utf8_length(chinese), len(english))
            for article in articles
            if len(article.paragraphs_zh) == len(article.paragraphs_en)
            for chinese, english in zip(article.paragraphs_zh, article.paragraphs_en, strict=True)
            if chinese != english
        ],
        np.float64,
    )
    figures = _fit_lengths(np.log(lengths[:, 1] / lengths[:, 0]), lengths[:, 0])
    print("  ".join(f"{name.upper()} {figure:.4f}" for name, figure in figures.items()))
    return [_row(name, "parameter", figure, len(articles)) for name, figure in figures.items()]


def _fit_lengths(ratio: FloatArray, size: FloatArray) -> dict[str, float]:
    """Fit a normal distribution with variance + noise / size by expectation maximisation.

    ``ratio``: float64[pairs], the log ratio of lengths. ``size``: float64[pairs], Chinese bytes.
    """
    mean, base, noise, stray = 0.0, 0.04, 2.0, 0.1
    for _ in range(100):
        variance = base + noise / size
        density = np.exp(-((ratio - mean) ** 2) / (2 * variance)) / np.sqrt(2 * np.pi * variance)
        share = (1 - stray) * density / ((1 - stray) * density + stray * 0.05)
        stray = 1 - float(share.mean())
        weight = share / variance
        mean = float((weight * ratio).sum() / weight.sum())
        # Weighted least squares of the squared error against 1 and 1 / size.
        weight = share / variance**2
        square = (ratio - mean) ** 2
        mixed = (weight / size).sum()
        matrix = np.array([[weight.sum(), mixed], [mixed, (weight / size**2).sum()]])
        right = np.array([(weight * square).sum(), (weight * square / size).sum()])
        base, noise = map(float, np.linalg.solve(matrix, right))
        base, noise = max(base, 0.001), max(noise, 0.01)
    return {"mean": mean, "variance": base, "noise": noise, "stray": stray}


_COMMANDS: Final = {
    "damage": _damage, "unrelated": _unrelated, "judged": _judged, "speed": _speed, "fit": _fit,
}  # fmt: skip


def main(arguments: Sequence[str]) -> None:
    """Measure, print, and keep the figures."""
    if len(arguments) != 2 or arguments[0] not in _COMMANDS:
        sys.exit(__doc__)
    name, folder = arguments[0], Path(arguments[1])
    articles = [*read_seeds(folder)]
    bilingual = [a for a in articles if a.paragraphs_en and a.paragraphs_zh]
    rows = _COMMANDS[name](bilingual)
    corpus: dict[str, Any] = {"name": folder.name, "articles": len(articles)}
    settings = {"module": "bench.alignment", "seed": SEED, "confident": CONFIDENT}
    path = save(ROOT / "bench" / "results", f"alignment-{name}", [corpus], rows, settings)
    print(f"figures: {path.relative_to(ROOT)}", file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1:])
