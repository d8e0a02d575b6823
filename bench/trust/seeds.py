"""Index broken files: `python -m bench.trust.seeds [--short] [--seed N] [--count N]`.

A folder of broken files is indexed while some of them change and vanish. Each must be indexed, or
reported in one line. The counts must be right, the memory within its limit, the index sound, and
the output free of control characters. After the files have stopped changing, the next run must see
their last state, and a rebuild must give the same result.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import re
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

from bench.corpus import ROOT, recombine
from bench.measure import memory as memory_of
from bench.trust.broken import Candidates, Expected, populate
from indexer import verify_index
from indexer.source.seeds import printable
from indexer.store import open_index

FILES: Final = 10_000
SHORT_FILES: Final = 300
MEMORY: Final = 512  # MB, of all processes
_TEXTS: Final = 50
_RESTLESS: Final = 100
_INTERVAL: Final = 0.05  # seconds between two measurements of the memory
_SHOWN: Final = (
    ["search", "*", "--limit", "100"],
    ["search", "*", "--limit", "100", "--json"],
    ["search", "工人 OR the", "--limit", "100", "--columns", "120"],
    ["kwic", "产", "--limit", "500", "--bilingual"],
    ["kwic", "the", "--limit", "500", "--csv"],
    ["collocates", "the"],
    ["lexicon", "生产"],
    ["info"],
)
_REPORT: Final = re.compile(r"(?::[0-9]+)?: ")
_MAX_REASON_LENGTH: Final = 200  # characters
_COMMANDS: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class Ran(NamedTuple):
    """The results of a run of the indexer: its report, its error lines, the memory it took."""

    report: dict[str, float]
    lines: list[str]
    peak: int  # bytes
    elapsed: float  # seconds


class Outcome(NamedTuple):
    """The results of the test: the fates of the candidates, the first run, and the faults."""

    counts: dict[str, int]
    reasons: Counter[str]
    peak: int
    elapsed: float
    faults: list[str]


def attempt(place: Path, count: int, seed: int, *, large: bool) -> Outcome:
    """Index ``count`` broken files three times."""
    rng = random.Random(seed)
    index, root = place / "index", place / "seeds"
    candidates, texts = _populated(place, root, count, rng, large=large)
    restless = [root / "restless" / f"{number}.txt" for number in range(_RESTLESS)]
    faults = []
    with _restless(restless, texts, random.Random(seed)):
        first = _run(index, root)
    faults += [f"first run: {fault}" for fault in _wrong(index, first, candidates)]
    for path in restless:
        candidates[str(path)] = Expected.INDEXED
    again = _run(index, root)
    faults += [f"next run: {fault}" for fault in _wrong(index, again, candidates)]
    changed = int(again.report["changed"] + again.report["new"])
    if changed > _RESTLESS:
        faults.append(f"next run: {changed} files read again, of {_RESTLESS} that had changed")
    faults += [f"next run: {path} is out of date" for path in _stale(index, root)]
    before = _held(index)
    anew = _run(index, root, "--rebuild")
    faults += [f"rebuild: {fault}" for fault in _wrong(index, anew, candidates)]
    if _held(index) != before:
        faults.append("rebuild: another result than step by step")
    verified = verify_index(index, deep=True)
    faults += [f"verify: {fault}" for fault in verified.damage]
    faults += [f"printed: {fault}" for fault in _printed(index)]
    counts = {
        "candidates": len(candidates),
        "indexed": int(anew.report["articles"]),
        "reported": int(anew.report["skipped"]),
    }
    reasons = Counter(re.sub(r"'.*'|[0-9,]+", "N", _reason(line)) for line in anew.lines)
    peak = max(run.peak for run in (first, again, anew))
    return Outcome(counts, reasons, peak, first.elapsed, faults)


def _populated(
    place: Path, root: Path, count: int, rng: random.Random, *, large: bool
) -> tuple[Candidates, list[bytes]]:
    """Make the broken files; return them, the files that will change, and the texts used."""
    recombine(_TEXTS, place / "texts")
    paths = [*sorted((ROOT / "seeds").glob("*.txt")), *sorted((place / "texts").rglob("*.txt"))]
    texts = [path.read_bytes() for path in paths]
    candidates = populate(root, texts, count - _RESTLESS, rng, large=large)
    (root / "restless").mkdir()
    for number in range(_RESTLESS):
        path = root / "restless" / f"{number}.txt"
        path.write_bytes(rng.choice(texts))
        candidates[str(path)] = Expected.GONE
    return candidates, texts


@contextmanager
def _restless(paths: list[Path], texts: list[bytes], rng: random.Random) -> Iterator[None]:
    """Change, cut, remove and replace files without pause; leave all of them sound."""
    ended = threading.Event()

    def work() -> None:
        while not ended.is_set():
            _change(rng.choice(paths), rng.choice(texts), rng.randrange(6))
            time.sleep(0.0005)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        for path in paths:
            _remove(path)
            path.write_bytes(rng.choice(texts))


def _change(path: Path, text: bytes, way: int) -> None:
    if path.is_file() and way < 3:
        with open(path, "r+b" if way == 0 else "ab") as file:
            if way == 2:  # with the time of now
                file.truncate(len(text) // 2)
            file.write(text)
        return
    _remove(path)
    if way == 3:
        os.mkfifo(path)
    elif way == 4:
        path.mkdir()
    else:
        path.write_bytes(text)


def _remove(path: Path) -> None:
    with suppress(FileNotFoundError):
        path.rmdir() if path.is_dir() else path.unlink()


def _run(index: Path, root: Path, *options: str) -> Ran:
    """Run the indexer in another process; raise AssertionError if it fails."""
    command = [sys.executable, "-m", "search", "index", str(root), "--index", str(index)]
    command += ["--json", "--memory", str(MEMORY), "--jobs", "2", *options]
    peak, started = 0, time.monotonic()
    with TemporaryDirectory() as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        with open(out, "wb") as out_file, open(err, "wb") as error_file:
            process = subprocess.Popen(command, stdout=out_file, stderr=error_file, cwd=ROOT)
            while process.poll() is None:
                peak = max(peak, memory_of(process.pid))
                time.sleep(_INTERVAL)
        lines = err.read_text(encoding="utf-8").splitlines()
        assert process.returncode == 0, f"status {process.returncode}: {lines[-3:]}"
        report = json.loads(out.read_text(encoding="utf-8"))
    return Ran(report, lines, peak, time.monotonic() - started)


def _wrong(index: Path, ran: Ran, candidates: Candidates) -> Iterator[str]:
    """Yield the faults of a run."""
    reported = Counter(map(_path, ran.lines))
    with open_index(index) as reader:
        indexed = {os.path.join(row.root, row.id) for row in reader.manifest()}
        count = reader.doc_count
    articles = ran.report["articles"]
    if not articles == count == len(indexed):
        yield f"{articles} articles in the report, {count} in the index, {len(indexed)} files"
    if ran.report["skipped"] != len(ran.lines):
        yield f"{ran.report['skipped']} skipped in the report, but {len(ran.lines)} reported"
    if ran.peak > MEMORY << 20:
        yield f"{ran.peak >> 20} MB"
    yield from _misplaced(indexed, reported, candidates)
    for line in ran.lines:
        if _COMMANDS.search(line):
            yield f"control characters in {line!a}"
        if len(_reason(line)) > _MAX_REASON_LENGTH:
            yield f"too long to be read: {line[:200]!a}"


def _misplaced(indexed: set[str], reported: Counter[str], candidates: Candidates) -> Iterator[str]:
    """Yield candidates with another result than expected, and articles of no candidate."""
    known = set()
    for path, expected in candidates.items():
        name = printable(path)
        known.add(name)
        is_indexed, times = path in indexed, reported[name]
        if expected == Expected.GONE and not is_indexed + times:
            continue  # it was not a file at that moment
        if is_indexed + times != 1:
            yield f"{name}: {'indexed' if is_indexed else 'not indexed'}, reported {times} times"
        elif expected == (Expected.REPORTED if is_indexed else Expected.INDEXED):
            yield f"{name}: not {expected.value}"
    for name in (reported.keys() | {printable(path) for path in indexed}) - known:
        yield f"{name}: unexpected"


def _path(line: str) -> str:
    """The path in a report line: ``path:line: reason`` or ``path: reason``."""
    return _REPORT.split(line, maxsplit=1)[0]


def _reason(line: str) -> str:
    return _REPORT.split(line, maxsplit=1)[-1]


def _held(index: Path) -> dict[str, str]:
    with open_index(index) as reader:
        return {row.id: row.content_hash for row in reader.manifest()}


def _stale(index: Path, root: Path) -> Iterator[str]:
    """The articles whose files have other contents."""
    for name, known in _held(index).items():
        path = root / name
        if hashlib.sha256(path.read_bytes()).hexdigest() != known:
            yield str(path)


def _printed(index: Path) -> Iterator[str]:
    """Yield the faults of the output of commands for the articles."""
    for arguments in _SHOWN:
        command = [sys.executable, "-m", "search", *arguments, "--index", str(index)]
        done = subprocess.run(command, capture_output=True, cwd=ROOT, check=False)
        if done.returncode == 2 or b"Traceback" in done.stderr:
            yield f"{arguments}: {done.stderr.decode()[-200:]!a}"
        for line in done.stdout.decode().split("\n"):
            if _COMMANDS.search(line.rstrip("\r")):
                yield f"{arguments}: control characters in {line[:200]!a}"


def main(arguments: list[str]) -> int:
    """Run the test and print the figures; return 1 if a promise is broken."""

    def number(name: str, default: int) -> int:
        return int(arguments[arguments.index(name) + 1]) if name in arguments else default

    short = "--short" in arguments
    count = number("--count", SHORT_FILES if short else FILES)
    with TemporaryDirectory() as place:
        found = attempt(Path(place), count, number("--seed", 2026), large=not short)
    summary = ", ".join(f"{name} {number:,}" for name, number in found.counts.items())
    print(f"broken files: {summary}")
    for reason, times in found.reasons.most_common():
        print(f"    {times:6,} {reason}")
    print(f"most memory of all processes: {found.peak >> 20} MB, with --memory {MEMORY}")
    print(f"seconds of the first run: {found.elapsed:.0f}")
    for fault in found.faults:
        print(f"broken: {fault}")
    return bool(found.faults)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
