"""Ask hostile queries: `python -m bench.trust.queries [INDEX] [--short] [--seed N] [--count N]`.

No query may raise an exception. On 20,000 documents, none may take longer than a second. All output
must be valid UTF-8 without characters that control a terminal.

Queries are made of pieces of the query language, words of the index, and any characters of Unicode,
and then spoilt at random. Without INDEX, a small index is searched, and then with fewer queries one
of 20,000 articles.
"""

from __future__ import annotations

import random
import re
import sys
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

from bench.corpus import obtain
from bench.trust.history import History
from indexer import build_index
from search import Archive, open_archive
from search.engine.selection import MatchMode
from search.render import concordance as concordance_render
from search.render import json as json_render
from search.render import terminal
from search.render.marked_text import Style, plain

QUERIES: Final = 1_000_000
SHORT_QUERIES: Final = 2_000
LARGE, LARGE_QUERIES = 20_000, 50_000
# The largest processor time in seconds: for a page, for a concordance, and more for each line.
SLOW: Final = 1.0
SLOW_LINES, SLOW_LINE = 3.0, 1e-6
# One query in 5,000 is very long. One in 20 is also used for a concordance and a lexicon entry.
_LONG: Final = 5_000
_MORE: Final = 20

_MATCHES: Final[tuple[MatchMode, ...]] = ("auto", "all", "any")
_OPERATORS: Final = (
    "AND", "OR", "NOT", "&&", "||", "!", "-", "+", "NEAR", "NEAR/1", "NEAR/1000", "NEAR/0",
    "NEAR/99999999999999999999", "(", ")", "（", "）", '"', "“", "”", "「", "」", "《", "》",
    "~", "~1", "~2", "~9999999999", "~0.5", "^", "^2", "^1e309", "^0", "^-1", "*", "?", "**",
    "?*?*", "***", ":", "[", "]", "[1953 TO 1950]", "TO", "\\", '\\"', ",", "，", "。", "'s",
    "／", "＊", "？", "«", "»",
)  # fmt: skip
_FIELDS: Final = (
    "title:", "标题：", "author:", "column:", "section:", "body:", "glossary:", "date:", "page:",
    "lang:", "id:", "path:", "tittle:", "：", "date:1953", "date:[1953 TO 1954-02]", "date:0000",
    "date:[* TO 99999]", "page:999999999999999999999", "page:[2 TO 1]", "lang:xx", "lang:zh",
    "date:１９５３", "id:*",
)  # fmt: skip
_ODD: Final = (
    "\0", "\x1b[31m", "\x07", "\u202e", "\u2066", "\ud800", "\udfff", "\ud83d\ude00",
    "\u0301" * 9, "ß", "İ", "ﬁ", "㍿", "①", "½", "\u3000", "\u200b", "\ufeff", "𠮷", "々", "〇",
    "é", "ｅｃｏ", "經濟", "ﷺ", "\u0e33", "가", "１２", "\n", "\r\n", "\t", "\u2028",
    "\U0010ffff", "a" * 300, "的" * 300,
)  # fmt: skip
_COMMANDS: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class Tried(NamedTuple):
    """The numbers of queries, and of those that found something, and the slowest, in seconds."""

    queries: int
    found: int
    slowest: tuple[float, str]
    slowest_lines: tuple[float, str]


class Lines(NamedTuple):
    """The number of lines of a concordance, and its processor time in seconds."""

    total: int
    elapsed: float


def hostile(rng: random.Random, words: Sequence[str]) -> Iterator[str]:
    """Yield queries without end."""
    kinds = (words, words, _OPERATORS, _OPERATORS, _FIELDS, _ODD)
    number = 0
    while True:
        number += 1
        pieces = [rng.choice(rng.choice(kinds)) for _ in range(rng.choice((1, 2, 3, 5, 8, 13, 40)))]
        query = rng.choice((" ", " ", "")).join(pieces)
        for _ in range(rng.choice((0, 0, 1, 3))):
            query = _spoilt(query, rng)
        if number % _LONG == 0:
            query = (query + rng.choice((" ", "", "("))) * (1_000_000 // (len(query) + 1))
        yield query


def _spoilt(query: str, rng: random.Random) -> str:
    """A query with some characters removed, inserted or doubled."""
    low = rng.randint(0, len(query))
    high = rng.randint(low, min(len(query), low + 9))
    middle = rng.choice(("", query[low:high] * 2, chr(rng.randrange(0x110000)), "(" * 50, "*", '"'))
    return query[:low] + middle + query[high:]


def ask(archive: Archive, count: int, seed: int, slow: float = SLOW) -> Tried:
    """Ask ``count`` queries; raise AssertionError if a promise is broken."""
    rng = random.Random(seed)
    words = _words(archive, rng)
    found, slowest, slowest_lines = 0, (0.0, ""), (0.0, "")
    for number, query in enumerate(islice(hostile(rng, words), count)):
        place = f"query {number} of seed {seed}: {query[:200]!a}"
        match = rng.choice(_MATCHES)
        style = Style(rng.choice((None, 40, 120)))
        try:
            total, elapsed = _page(archive, query, match, style)
            lines = _lines(archive, query, style) if number % _MORE == 0 else Lines(0, 0.0)
        except Exception as error:
            raise AssertionError(place) from error
        found += total > 0
        slowest = max(slowest, (elapsed, query))
        slowest_lines = max(slowest_lines, (lines.elapsed, query))
        assert elapsed < slow, f"{elapsed:.1f} s for a page, {place}"
        allowed = SLOW_LINES + SLOW_LINE * lines.total
        assert lines.elapsed < allowed, f"{lines.elapsed:.1f} s for {lines.total:,} lines, {place}"
    return Tried(count, found, slowest, slowest_lines)


def _page(archive: Archive, query: str, match: MatchMode, style: Style) -> tuple[int, float]:
    """Print the page of a query in two formats; return its total and the processor time."""
    started = time.process_time()  # of a machine that may be busy
    page = archive.search(query, limit=2, match=match)
    _check(json_render.page_lines(page), whole=True)
    _check([*terminal.page_lines(page, style), terminal.summary(page)])
    _check([plain(diagnostic.message) for diagnostic in page.diagnostics])
    return page.total, time.process_time() - started


def _lines(archive: Archive, query: str, style: Style) -> Lines:
    """Make the concordance and the lexicon entry of a query; return its lines and the time."""
    started = time.process_time()
    concordance = archive.concordance(query, limit=3, bilingual=True)
    _check(concordance_render.concordance_lines(concordance, 20, style))
    _check(json_render.concordance_lines(concordance), whole=True)
    archive.lexicon(query[:100])
    return Lines(concordance.total, time.process_time() - started)


def _check(lines: Iterator[str] | list[str], *, whole: bool = False) -> None:
    """Check that lines can be printed without effect; ``whole``: and without any replacement."""
    for line in lines:
        line.encode("utf-8", "strict" if whole else "replace")
        assert not _COMMANDS.search(line), f"a control character in {line[:200]!a}"


def _words(archive: Archive, rng: random.Random) -> list[str]:
    """Words of some articles: whole, cut, and with wildcards."""
    words: list[str] = []
    for hit in archive.search("*", limit=50).hits:
        for text in (*hit.article.paragraphs_en[:2], *hit.article.paragraphs_zh[:2]):
            for word in (*text.split()[:20], text[:2], text[3:7]):
                cut = rng.randint(0, len(word))
                words += [word, f"{word[:cut]}*", f"{word[:cut]}?{word[cut:]}", f'"{word}"']
    return words


def main(arguments: list[str]) -> int:
    """Run the test and print the figures; return 1 if a promise is broken."""

    def number(name: str, default: int) -> int:
        return int(arguments[arguments.index(name) + 1]) if name in arguments else default

    seed, count = number("--seed", 2026), number("--count", 0)
    if arguments and not arguments[0].startswith("-"):
        return _try(Path(arguments[0]), count or SHORT_QUERIES, seed)
    short = "--short" in arguments
    with TemporaryDirectory() as folder:
        few = count or (SHORT_QUERIES if short else QUERIES)
        is_broken = _try(small(Path(folder, "small")), few, seed)
        if not short:
            is_broken |= _try(large(Path(folder, "large")), count or LARGE_QUERIES, seed)
    return is_broken


def small(folder: Path) -> Path:
    """Make an index of a few articles in a folder."""
    folder.mkdir(exist_ok=True)
    history = History(folder / "seeds", 100, random.Random(1))
    history.step()
    build_index(history.folder, index=folder / "index")
    return folder / "index"


def large(folder: Path) -> Path:
    """Make an index that is large enough for common words to be slow."""
    build_index(obtain(LARGE).folder, index=folder)
    return folder


def _try(index: Path, count: int, seed: int) -> int:
    with open_archive(index) as archive:
        started = time.monotonic()
        try:
            tried = ask(archive, count, seed)
        except AssertionError as error:
            print(f"broken: {error}: {error.__cause__!r}")
            return 1
        print(f"queries on {len(archive):,} articles: {tried.queries:,}; {tried.found:,} found any")
    for name, (elapsed, query) in zip(("page", "concordance"), tried[2:], strict=True):
        print(f"slowest {name}: {elapsed:.3f} s, {query[:100]!a}")
    print(f"seconds: {time.monotonic() - started:.0f}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
