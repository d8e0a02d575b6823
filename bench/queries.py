"""The questions of the benchmarks: many of each kind, made from a corpus.

They depend on the articles only, so the same corpus gives the same questions. The frequencies of
words are counted in a sample of the articles.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from itertools import islice
from typing import Final, NamedTuple, TypeVar

from bench.corpus import texts
from indexer import Article
from indexer.analysis import Analyzer
from indexer.analysis.script import is_han

COMMON: Final = 0.15  # a common word occurs in at least this part of the documents
RARE: Final = 0.001  # and a rare word in at most this part
NEAR_DISTANCE: Final = 5
YEARS: Final = 3  # the length of a range of dates

_HAN_RUN = re.compile("[\u4e00-\u9fff]{8,}")
_WORDS = re.compile("[A-Za-z]+(?: [A-Za-z]+){7,}")

_Items = TypeVar("_Items", str, list[str])


class Kind(StrEnum):
    """A kind of questions."""

    TERM_ZH = "common term zh"
    TERM_EN = "common term en"
    RARE = "rare term"
    OR = "OR of 3 common"
    AND = "AND of 3 common"
    PHRASE_ZH = "phrase zh"
    PHRASE_EN = "phrase en"
    PREFIX = "prefix"
    DATES = "dates, common term"
    SORTED = "common term by date"
    CHARACTER = "single character"
    FUZZY = "fuzzy"
    WILDCARD_ZH = "wildcard zh"
    WILDCARD_EN = "wildcard en"
    NEAR = "NEAR"


# The kinds of questions for which whole pages with snippets are measured.
PAGE_KINDS: Final = (
    Kind.TERM_ZH, Kind.TERM_EN, Kind.RARE, Kind.OR, Kind.AND, Kind.PHRASE_ZH, Kind.PHRASE_EN,
    Kind.DATES,
)  # fmt: skip


class Question(NamedTuple):
    """A question in our query language, and the parts from which peers make their own query.

    ``words`` are the bare words of ``text``; for a phrase, a prefix, a misspelling or a wildcard
    they are one string. ``dates`` are the first and the last day of the range.
    """

    kind: Kind
    text: str
    words: tuple[str, ...]
    dates: tuple[date, date] | None = None


class Vocabulary(NamedTuple):
    """The number of documents in which each word occurs; Chinese words have two characters."""

    documents: int
    english: Counter[str]
    chinese: Counter[str]
    characters: Counter[str]


def vocabulary(articles: Iterable[Article], analyzer: Analyzer) -> Vocabulary:
    """Count the documents of each word."""
    english, chinese, characters = Counter[str](), Counter[str](), Counter[str]()
    documents = 0
    for article in articles:
        paragraphs = [text for lines in texts(article).values() for text in lines]
        streams = [*map(analyzer.streams, paragraphs)]
        exact = {term for stream in streams for term in stream.exact}
        ranking = {term for stream in streams for term in stream.ranking}
        english.update(t for t in exact if t.isascii() and t.isalpha() and len(t) > 3)
        chinese.update(term for term in ranking if len(term) == 2 and is_han(term))
        characters.update({term[0] for term in exact if is_han(term)})
        documents += 1
    return Vocabulary(documents, english, chinese, characters)


def questions(
    articles: Sequence[Article], count: int, analyzer: Analyzer
) -> dict[Kind, list[Question]]:
    """Make ``count`` different questions of each kind, or fewer if the articles are too few."""
    maker = _Maker(articles, vocabulary(articles, analyzer), count)
    made: dict[Kind, list[Question]] = {}
    for kind, make in maker.makers().items():
        different = dict.fromkeys(make())
        made[kind] = list(islice(different, count))
    return made


class _Maker:
    def __init__(self, articles: Sequence[Article], words: Vocabulary, count: int) -> None:
        self._articles = articles
        self._count = count
        self._documents = words.documents
        self._english = _by_frequency(words.english)
        self._chinese = _by_frequency(words.chinese)
        self._characters = _by_frequency(words.characters)
        self._common_zh = _evenly(self._at_least(COMMON, self._chinese), count)
        self._common_en = _evenly(self._at_least(COMMON, self._english), count)

    def makers(self) -> Mapping[Kind, Callable[[], Iterator[Question]]]:
        return {
            Kind.TERM_ZH: lambda: self._bare(Kind.TERM_ZH, self._common_zh),
            Kind.TERM_EN: lambda: self._bare(Kind.TERM_EN, self._common_en),
            Kind.RARE: lambda: self._bare(Kind.RARE, self._rare()),
            Kind.OR: lambda: self._three(Kind.OR, " OR "),
            Kind.AND: lambda: self._three(Kind.AND, " "),
            Kind.PHRASE_ZH: lambda: self._pieces(Kind.PHRASE_ZH, _HAN_RUN, self._phrase_zh),
            Kind.PHRASE_EN: lambda: self._pieces(Kind.PHRASE_EN, _WORDS, self._phrase_en),
            Kind.PREFIX: self._prefixes,
            Kind.DATES: self._dated,
            Kind.SORTED: lambda: self._bare(Kind.SORTED, self._common()),
            Kind.CHARACTER: self._single,
            Kind.FUZZY: self._misspelt,
            Kind.WILDCARD_ZH: lambda: self._pieces(Kind.WILDCARD_ZH, _HAN_RUN, self._gap),
            Kind.WILDCARD_EN: self._globs,
            Kind.NEAR: self._near,
        }

    def _at_least(self, share: float, ranked: list[tuple[str, int]]) -> list[str]:
        """Return the words that occur in this part of the documents, or the commonest if few do."""
        many = sum(frequency >= share * self._documents for _, frequency in ranked)
        return [word for word, _ in ranked[: max(many, self._count)]]

    def _common(self) -> list[str]:
        return _alternating(self._common_zh, self._common_en)

    def _rare(self) -> list[str]:
        most = max(2, RARE * self._documents)
        rare = [
            [word for word, frequency in ranked if frequency <= most]
            for ranked in (self._chinese, self._english)
        ]
        return _alternating(*(_evenly(words, self._count) for words in rare))

    def _mid(self) -> list[str]:
        """Return long English words, neither common nor rare ones if there are enough."""
        long = [(word, frequency) for word, frequency in self._english if len(word) > 6]
        low, high = 0.005 * self._documents, COMMON * self._documents
        mid = [word for word, frequency in long if low <= frequency < high]
        chosen = mid if len(mid) >= self._count else [word for word, _ in long]
        return _evenly(chosen, 3 * self._count)  # some words give the same question

    def _bare(self, kind: Kind, words: Iterable[str]) -> Iterator[Question]:
        for word in words:
            yield Question(kind, word, (word,))

    def _three(self, kind: Kind, joint: str) -> Iterator[Question]:
        draw = random.Random(kind)
        for i in range(self._count):
            common = (self._common_zh, self._common_en)[i % 2]
            words = draw.sample(common, min(3, len(common)))
            yield Question(kind, joint.join(words), tuple(words))

    def _single(self) -> Iterator[Question]:
        for character in _evenly(self._at_least(COMMON, self._characters), self._count):
            yield Question(Kind.CHARACTER, character, (character,))

    def _prefixes(self) -> Iterator[Question]:
        for word in self._mid():
            yield Question(Kind.PREFIX, f"{word[:4]}*", (word[:4],))

    def _misspelt(self) -> Iterator[Question]:
        for word in self._mid():
            wrong = word[:3] + word[4:]
            yield Question(Kind.FUZZY, f"{wrong}~1", (wrong,))

    def _globs(self) -> Iterator[Question]:
        for word in self._mid():
            glob = f"{word[:2]}*{word[-3:]}"
            yield Question(Kind.WILDCARD_EN, glob, (glob,))

    def _dated(self) -> Iterator[Question]:
        years = sorted({article.date.year for article in self._articles if article.date})
        if not years:
            return
        draw = random.Random(Kind.DATES)
        for word in self._common():
            first = draw.choice(years)
            last = first + YEARS - 1
            text = f"{word} date:[{first} TO {last}]"
            yield Question(Kind.DATES, text, (word,), (date(first, 1, 1), date(last, 12, 31)))

    def _pieces(
        self, kind: Kind, run: re.Pattern[str], cut: Callable[[str, random.Random], Question]
    ) -> Iterator[Question]:
        """Cut questions from runs of text in random paragraphs."""
        draw = random.Random(kind)
        for _ in range(50 * self._count):
            article = draw.choice(self._articles)
            paragraphs = article.paragraphs_zh if run is _HAN_RUN else article.paragraphs_en
            if paragraphs and (found := run.findall(draw.choice(paragraphs))):
                yield cut(draw.choice(found), draw)

    def _phrase_zh(self, run: str, draw: random.Random) -> Question:
        phrase = _stretch(run, draw.randint(4, 6), draw)
        return Question(Kind.PHRASE_ZH, f'"{phrase}"', (phrase,))

    def _phrase_en(self, run: str, draw: random.Random) -> Question:
        phrase = " ".join(_stretch(run.split(), draw.randint(3, 4), draw))
        return Question(Kind.PHRASE_EN, f'"{phrase}"', (phrase,))

    def _gap(self, run: str, draw: random.Random) -> Question:
        piece = _stretch(run, 4, draw)
        pattern = f"{piece[0]}?{piece[2:]}"
        return Question(Kind.WILDCARD_ZH, pattern, (pattern,))

    def _near(self) -> Iterator[Question]:
        chinese = self._pieces(Kind.NEAR, _HAN_RUN, self._near_zh)
        english = self._pieces(Kind.NEAR, _WORDS, self._near_en)
        for pair in zip(chinese, english, strict=False):
            yield from pair

    def _near_zh(self, run: str, draw: random.Random) -> Question:
        piece = _stretch(run, 7, draw)
        return _near(piece[:2], piece[-2:])

    def _near_en(self, run: str, draw: random.Random) -> Question:
        piece = _stretch(run.split(), draw.randint(3, 5), draw)
        return _near(piece[0], piece[-1])


def _near(left: str, right: str) -> Question:
    return Question(Kind.NEAR, f'"{left}" NEAR/{NEAR_DISTANCE} "{right}"', (left, right))


def _by_frequency(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def _evenly(items: Sequence[str], count: int) -> list[str]:
    """Pick ``count`` items at equal distances, beginning with the first; all if there are fewer."""
    count = min(count, len(items))
    return [items[i * len(items) // count] for i in range(count)]


def _alternating(left: Sequence[str], right: Sequence[str]) -> list[str]:
    pairs = zip(left, right, strict=False)
    rest = [*left, *right]
    return list(dict.fromkeys([word for pair in pairs for word in pair] + rest))


def _stretch(items: _Items, length: int, draw: random.Random) -> _Items:
    start = draw.randrange(len(items) - length + 1)
    return items[start : start + length]
