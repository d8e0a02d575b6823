"""Figures as tables and as files."""

from __future__ import annotations

import json
import os
import platform
import shlex
import sys
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

from bench.measure import ratios, spread
from bench.peers import OURS

_PACKAGES: Final = (
    "numpy", "whoosh", "whoosh3", "rjieba", "jieba", "PyStemmer", "zstandard", "tantivy",
)  # fmt: skip
_NONE: Final = "-"


@dataclass(frozen=True, slots=True)
class Row:
    """The figures of each engine in all rounds, in ``unit``.

    ``articles``: the size of the corpus. ``disagreements``: for each peer that must find the same
    documents, the number of questions for which it found another number.
    """

    name: str
    unit: str
    figures: Mapping[str, Sequence[float]]
    articles: int = 0
    disagreements: Mapping[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return the row as plain data, with medians and ratios."""
        ours = self.figures.get(OURS)
        return {
            "name": self.name,
            "unit": self.unit,
            "articles": self.articles,
            "rounds": {name: [*figures] for name, figures in self.figures.items()},
            "median": {name: spread(figures).median for name, figures in self.figures.items()},
            "ratio": {
                name: ratios(ours, figures)._asdict()
                for name, figures in self.figures.items()
                if ours and name != OURS
            },
            "disagreements": dict(self.disagreements),
        }


def comparison(rows: Sequence[Row], peers: Sequence[str]) -> list[list[str]]:
    """Make a table of duizhao and its peers: medians, and the ratios with their quartiles."""
    head = ["", OURS]
    for peer in peers:
        head += [peer, f"{OURS} / {peer}"]
    checked = any(row.disagreements for row in rows)
    table = [[*head, "counts that differ"] if checked else head]
    for row in rows:
        cells = [f"{row.name}, {row.unit}", _median(row, OURS)]
        for peer in peers:
            cells += [_median(row, peer), _ratio(row, peer)]
        if checked:
            cells.append(", ".join(f"{p} {n}" for p, n in row.disagreements.items()) or _NONE)
        table.append(cells)
    return table


def growth(rows: Sequence[Row], engines: Sequence[str]) -> list[list[str]]:
    """Make a table of medians, with one column for each engine and size."""
    sizes = sorted({row.articles for row in rows})
    found = {(row.name, row.unit, row.articles): row for row in rows}
    columns = [(engine, size) for engine in engines for size in sizes]
    table = [["", *(f"{engine} {size:,}" for engine, size in columns)]]
    for name, unit in dict.fromkeys((row.name, row.unit) for row in rows):
        cells = [
            _median(found[name, unit, size], engine) if (name, unit, size) in found else _NONE
            for engine, size in columns
        ]
        table.append([f"{name}, {unit}", *cells])
    return table


def _median(row: Row, engine: str) -> str:
    figures = row.figures.get(engine)
    return significant(spread(figures).median) if figures else _NONE


def _ratio(row: Row, peer: str) -> str:
    if not (row.figures.get(peer) and row.figures.get(OURS)):
        return _NONE
    low, middle, high = ratios(row.figures[OURS], row.figures[peer])
    return f"{significant(middle)} ({significant(low)}–{significant(high)})"


def significant(number: float) -> str:
    """Format a number with three significant figures, without an exponent."""
    if number >= 100:
        return f"{number:,.0f}"
    decimals = 1 if number >= 10 else 2 if number >= 1 else 3
    return f"{number:.{decimals}f}"


def as_text(table: Sequence[Sequence[str]]) -> str:
    """Format a table for a terminal: the first column left-aligned, the others right-aligned."""
    widths = [max(map(_width, column)) for column in zip(*table, strict=True)]
    lines = []
    for first, *others in table:
        cells = [first + " " * (widths[0] - _width(first))]
        cells += [
            " " * (width - _width(cell)) + cell
            for cell, width in zip(others, widths[1:], strict=True)
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def _width(text: str) -> int:
    """Return the width of a text in terminal cells: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def as_markdown(table: Sequence[Sequence[str]]) -> str:
    """Format a table in Markdown."""
    head, *rows = table
    rule = ["---", *(["---:"] * (len(head) - 1))]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, rule, *rows))


def save(folder: Path, benchmark: str, corpora: Sequence[Mapping[str, Any]], rows: Sequence[Row],
         settings: Mapping[str, Any]) -> Path:  # fmt: skip
    """Write a run as JSON; return the path of the file."""
    now = datetime.now(UTC)
    content = {
        "benchmark": benchmark,
        "date": now.isoformat(timespec="seconds"),
        "command": command(sys.argv[1:]),
        "settings": dict(settings),
        "host": host(),
        "corpora": list(corpora),
        "rows": [row.to_dict() for row in rows],
    }
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{now:%Y-%m-%dT%H%M%S}-{benchmark}.json"
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path


def command(arguments: Sequence[str]) -> str:
    """Return the command line, with only the last part of each absolute path, for privacy."""
    shown = [Path(a).name if Path(a).is_absolute() else a for a in arguments]
    return f"python -m bench {shlex.join(shown)}"


def host() -> dict[str, Any]:
    """Describe the machine and the software."""
    return {
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "platform": platform.platform(),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "packages": {name: found for name in _PACKAGES if (found := _installed(name))},
    }


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    models = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(models, "") or platform.processor() or platform.machine()


def _installed(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
