"""Test the first law on many texts: `python -m bench.first_law SEEDS [--count 20000] [--seed 1]`.

The first law: any substring of any text of an article, put in quotation marks, finds that article,
and exactly the substring is marked. Substrings are drawn from titles and paragraphs: one character
or more in Chinese, whole words in English. Some of them are first converted to traditional
characters or to full width. If any fails, the first failures are printed and the status is 1.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from indexer import Article, build_index, read_seeds
from indexer.analysis import Analyzer, fold
from indexer.analysis.fold_rules import simplified_characters
from indexer.analysis.script import HAN, WORD
from search import Archive, Hit, open_archive

MAX_LENGTH = 40  # of a substring, in English words and other single characters

_HAN = re.compile(f"[{HAN}]")
_WORD = re.compile(f"{WORD}+")
# A word with its marks, which is never cut, or any single character.
_PIECE = re.compile(rf"(?:{WORD}[\u0300-\u036f\u00ad\u200b-\u200d]*)+|.", re.DOTALL)
_FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
_TRADITIONAL = {ord(s): ord(t) for t, s in simplified_characters().items() if fold(t) == s}
_MANNERS = {"traditional": _TRADITIONAL, "full width": _FULL_WIDTH}


class Sample(NamedTuple):
    """A substring of an article's text: the original, and the form in which it is searched."""

    article: str
    original: str
    asked: str
    manner: str


def samples(article: Article, count: int, random_: random.Random) -> Iterator[Sample]:
    """Draw substrings from an article's titles and paragraphs."""
    texts = [article.title_en, article.title_zh, *article.paragraphs_en, *article.paragraphs_zh]
    texts = [text for text in texts if _WORD.search(text) or _HAN.search(text)]
    for _ in range(count if texts else 0):
        original = substring(random_.choice(texts), random_)
        if not fold(original).strip():
            continue
        manner = random_.choice(("original", "original", *_MANNERS))
        table = _MANNERS.get(manner, {})
        yield Sample(article.id, original, original.translate(table), manner)


def substring(text: str, random_: random.Random) -> str:
    """Draw a substring that does not cut a word of an alphabetic script."""
    edges = [0, len(text)]
    for match in _PIECE.finditer(text):
        edges += match.span()
    edges = sorted(set(edges))
    start = random_.randrange(len(edges) - 1)
    most = min(MAX_LENGTH, len(edges) - 1 - start)
    return text[edges[start] : edges[start + random_.randint(1, most)]]


def quoted(text: str) -> str:
    """Write the text as a phrase of the query language."""
    return '"' + re.sub(r'([\\"＂“”])', r"\\\1", text) + '"'


def complaint(archive: Archive, analyzer: Analyzer, sample: Sample) -> str | None:
    """Search for a sample; return a description of the failure, or None."""
    if not analyzer.exact(sample.original):
        return None  # only punctuation
    page = archive.search(f'{quoted(sample.asked)} id:"{sample.article}"', limit=1, match="all")
    if page.total != 1:
        return "not found"
    marks = [_bare(mark, analyzer) for mark in marked(page.hits[0])]
    wanted = _bare(sample.original, analyzer)
    if not marks:
        return "nothing marked"
    return None if all(_consists_of(mark, wanted) for mark in marks) else f"marked: {marks}"


def marked(hit: Hit) -> list[str]:
    """Return all texts that are marked in a hit."""
    article = hit.article
    found = [snippet.text[start:end] for snippet in hit.snippets for start, end in snippet.spans]
    found += [article.title_en[start:end] for start, end in hit.title_spans_en]
    return found + [article.title_zh[start:end] for start, end in hit.title_spans_zh]


def _bare(text: str, analyzer: Analyzer) -> str:
    """Return the folded words of a text, without punctuation, separated by single blanks."""
    return " ".join(
        token.term[:1] if _HAN.match(token.term) else token.term for token in analyzer.exact(text)
    )


def _consists_of(mark: str, wanted: str) -> bool:
    """Whether all words of a mark belong to occurrences; adjacent occurrences have one mark."""
    words, piece = mark.split(), wanted.split()
    covered = [False] * len(words)
    for start in range(len(words) - len(piece) + 1):
        if words[start : start + len(piece)] == piece:
            covered[start : start + len(piece)] = [True] * len(piece)
    return all(covered)


def main(arguments: Sequence[str] | None = None) -> int:
    """Index the articles, search for samples, and print a report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("seeds", type=Path)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    random_ = random.Random(options.seed)
    articles = list(read_seeds(options.seeds))
    each = -(-options.count // len(articles))
    failed, asked = [], Counter[str]()
    started = time.perf_counter()
    with TemporaryDirectory() as place:
        build_index(options.seeds, index=place)
        analyzer = Analyzer()
        with open_archive(place) as archive:
            for article in articles:
                for sample in samples(article, each, random_):
                    asked[sample.manner] += 1
                    if reason := complaint(archive, analyzer, sample):
                        failed.append((reason, sample))
    for reason, sample in failed[:20]:
        print(f"{reason}: {sample}", file=sys.stderr)
    total = sum(asked.values())
    print(
        f"{total - len(failed):,} of {total:,} substrings of {len(articles):,} articles found and "
        f"marked, in {time.perf_counter() - started:.0f} s: {dict(asked)}"
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
