"""Beads as texts, and their words that carry meaning."""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import partial
from typing import Final, NamedTuple

from indexer.align import BeadSpans
from indexer.analysis import Analyzer, Token
from indexer.analysis.folding import fold_with_spans
from indexer.article import Article

# Function words as the ranking stream has them, folded and stemmed: they are in every bead, so
# they tell nothing, and they neither begin nor end a rendering.
_ENGLISH: Final = """
    a about all also an and ani are as at be been befor but by can could did do doe doesn don
    each for from get go had has have he her here him his how i if in into is isn it its just
    like ll m may me more most much my no not now of off on one onli onto or other our out over
    own re s she should so some such t than that the their them then there these they this those
    through to too up us use ve veri want was we were what when where whether which while who
    whose whi will with would you your
"""
_CHINESE: Final = """
    的 了 是 在 和 与 及 或 也 都 就 而 而且 但 但是 不 没有 有 我 我们 你
    你们 他 他们 她 她们 它 它们 这 这个 这些 那 那个 那些 这里 那里 其 其中 一
    一个 一种 一些 个 种 些 之 以 以及 于 对 对于 从 到 由 被 把 将 让 使 给
    为 为了 因为 所以 如果 则 着 过 地 得 上 中 下 里 后 前 时 等 等等 并
    并且 还 又 再 更 最 很 非常 会 能 能够 可以 可 要 需要 想 说 来 去 所 向
    跟 比 如 那么 什么 怎么 如何 当 只 已 已经 正在 用 使用 做 进行 自己 吧 吗
    呢 啊
"""
ENGLISH_STOP_WORDS: Final = frozenset(_ENGLISH.split())
CHINESE_STOP_WORDS: Final = frozenset(_CHINESE.split())


class BeadText(NamedTuple):
    """A passage in both languages, and where it is from: a bead's, or a glossary's entry."""

    chinese: str
    english: str
    date: datetime.date | None = None
    article: str = ""

    def sides(self, language: str) -> tuple[str, str]:
        """The text of ``"zh"`` or ``"en"``, and the other."""
        return (self.chinese, self.english) if language == "zh" else (self.english, self.chinese)

    @classmethod
    def from_spans(cls, article: Article, spans: BeadSpans) -> BeadText:
        """The text of one bead of an article; line breaks separate its paragraphs."""
        chinese = [article.paragraphs_zh[number][start:end] for number, start, end in spans.chinese]
        english = [article.paragraphs_en[number][start:end] for number, start, end in spans.english]
        return cls("\n".join(chinese), "\n".join(english), article.date, article.id)


def content_words(analyzer: Analyzer, text: str, stop_words: frozenset[str]) -> list[str]:
    """The different terms of a text's ranking stream, in their order, without stop words."""
    return [
        term for term in dict.fromkeys(analyzer.streams(text).ranking) if term not in stop_words
    ]


def stop_words(language: str) -> frozenset[str]:
    """Those of ``"zh"`` or ``"en"``."""
    return CHINESE_STOP_WORDS if language == "zh" else ENGLISH_STOP_WORDS


class TermOccurrence(NamedTuple):
    """A term in a text: its characters ``span``, its words there, and the other content words.

    Where a word is longer than the term, it is one of the term's; what remains of it, one of the
    others.
    """

    span: tuple[int, int]
    words: list[str]
    others: list[str]


class TermFinder:
    """Finds a term in texts of its language: Chinese by characters, English by stems.

    ``words`` are the content words of the term, or all if it has none; none if it has no words.
    """

    def __init__(self, term: str, language: str, analyzer: Analyzer) -> None:
        self._analyzer = analyzer
        self._language = language
        self._stop_words = stop_words(language)
        terms = analyzer.streams(term).ranking
        self.words = [word for word in terms if word not in self._stop_words] or terms
        self._glue = "" if language == "zh" else "\n"
        self._pattern = self._glued(terms)

    def find(self, text: str) -> TermOccurrence | None:
        """The first occurrence, if there is any."""
        tokens = self._analyzer.ranking(text)
        glue = len(self._glue)
        place = self._glued([token.term for token in tokens]).find(self._pattern)
        if place < 0 or not self.words:
            return None
        end = place + len(self._pattern) - 2 * glue
        touched: list[Token] = []
        others: list[str] = []
        start = 0
        for token in tokens:
            stop = start + len(token.term)
            if stop <= place or start >= end:
                others.append(token.term)
            else:
                touched.append(token)
                others += self._terms(token.term[: max(0, place - start)])
                others += self._terms(token.term[max(0, end - start) :])
            start = stop + glue
        words = list(dict.fromkeys([*self.words, *(token.term for token in touched)]))
        others = [word for word in dict.fromkeys(others) if word not in self._stop_words]
        return TermOccurrence((touched[0].start, touched[-1].end), words, others)

    def _glued(self, terms: Sequence[str]) -> str:
        return f"{self._glue}{self._glue.join(terms)}{self._glue}"

    def _terms(self, text: str) -> list[str]:
        return self._analyzer.streams(text).ranking if text else []


def find_words(
    text: str, words: Collection[str], language: str, analyzer: Analyzer
) -> list[tuple[str, tuple[int, int]]]:
    """Where terms of the ranking stream stand in a text, in order.

    Chinese ones wherever their characters stand. Of English ones the forms that begin as the stem
    does, its last letter excepted: not dying for die, nor skies for sky.
    """
    folded = fold_with_spans(text)
    places = _chinese_places if language == "zh" else partial(_english_places, analyzer)
    found = sorted((span, word) for word, span in places(folded.text, words))
    return [(word, folded.span(*span)) for span, word in found]


def _chinese_places(text: str, words: Collection[str]) -> Iterator[tuple[str, tuple[int, int]]]:
    for word in words:
        for start in _places(word, text):
            yield word, (start, start + len(word))


def _english_places(
    analyzer: Analyzer, text: str, words: Collection[str]
) -> Iterator[tuple[str, tuple[int, int]]]:
    forms: Iterable[re.Match[str] | None] = _WORD.finditer(text)
    if len(words) <= _FEW_WORDS:  # then it is quicker to look for each of them
        starts = (start for word in words for start in _places(word[: max(1, len(word) - 1)], text))
        forms = (
            _WORD.match(text, start)
            for start in set(starts)
            if not text[start - 1 : start].isalnum()
        )
    for form in forms:
        if form and (word := analyzer.stem(form[0])) in words:
            yield word, form.span()


_WORD: Final = re.compile(r"[^\W_]+")
_FEW_WORDS: Final = 20


def _places(piece: str, text: str) -> Iterator[int]:
    """Where a piece stands in a text."""
    start = text.find(piece)
    while start >= 0:
        yield start
        start = text.find(piece, start + len(piece))


# What stands between two words that are no one phrase.
_PARTING = re.compile('[,.;:!?()\\[\\]"“”，。；：！？（）、《》—\n]')


def is_joined(gap: str) -> bool:
    """Whether what stands between two words leaves them one phrase."""
    return not _PARTING.search(gap)
