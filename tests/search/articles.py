"""Articles in the style of the archive, and hits made from them without an index."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from typing import Any

from indexer.align import Alignment, align_record
from indexer.analysis import Analyzer
from indexer.article import Article
from search.hit import Hit, Page, Snippet, Spans
from search.language.parser import parse
from search.passage.hit_builder import DEFAULT_WIDTH, HitBuilder
from search.plan.intervals import Interval
from search.plan.planner import make_plan

ANALYZER = Analyzer()

_UNKNOWN: dict[str, Any] = {
    **dict.fromkeys(("title_en", "title_zh", "author_en", "author_zh", "section", "column"), ""),
    **dict.fromkeys(("paragraphs_en", "paragraphs_zh", "glossary"), ()),
    **dict.fromkeys(("set_aside_en", "set_aside_zh"), ()),
    "date": None,
    "page": None,
    "content_hash": "0" * 64,
}


def make_article(name: str, **fields: Any) -> Article:
    """Make an article. All other fields are unknown."""
    return Article(id=name, **_UNKNOWN | fields)


MINE = make_article(
    "1954.03/1954-03-08_old_mine.md",
    title_en="An Old Mine Learns New Methods: How the Miners of Shuangyang Doubled Their Output",
    title_zh="老矿山学会新方法　双阳煤矿产量翻一番",
    author_en="Zhou Wen",
    author_zh="周文",
    date=datetime.date(1954, 3, 8),
    page=2,
    section="经济",
    column="工矿通讯",
    paragraphs_en=(
        "The Shuangyang coal mine is sixty years old. In January, Mr. Sun, the chief engineer, "
        "proposed a new method of cutting coal; by March the output had doubled.",
        "The miners had many doubts at first. “We have cut coal like this all our lives,” said the "
        "old miner Gao Dashan. He tried the new method for 3.5 hours and cut eleven tons of coal. "
        "Since then, nobody has wanted to work in the old way, and the coal-cutting teams of the "
        "neighbouring mines have come to learn from him.",
        "Safety was not forgotten. The timbering of every gallery is checked twice a day.",
    ),
    paragraphs_zh=(
        "双阳煤矿已经有六十年的历史。一月里，总工程师孙同志提出了新的采煤方法；到三月，产量就翻了一番。",
        "起初矿工们有许多疑问。老矿工高大山说：“我们一辈子都是这样采煤的。”他用新方法试了三个半小时，"
        "采了十一吨煤。从此没有人愿意再照老样子干活，邻近各矿的采煤队也来向他学习，"
        "學習他們的先進經驗，推廣新的採煤方法。",
        "安全也没有忘记。每条巷道的支架，一天要检查两次。",
    ),
)
POEM = make_article(
    "1958.05/poem.txt",
    title_zh="山歌",
    date=datetime.date(1958, 5, 1),
    paragraphs_zh=("山歌越唱心越宽\n挖条水渠绕山转\n渠水流到家门口\n稻谷堆得比山高",),
)
LETTER = make_article(
    "letter.txt",
    title_en="A Letter from the Village",
    paragraphs_en=(
        "Our village school has two rooms and forty pupils, and since the\n"
        "autumn it has a library as well. The books were carried over the\n"
        "mountain by the pupils’ own fathers. Please send us more books!",
    ),
)
ARTICLES = (MINE, POEM, LETTER)


def uniform(place: Interval, fields: Sequence[str]) -> float:
    """Give the same weight to every word."""
    return 1.0


def make_hit(
    query: str,
    article: Article,
    *,
    language: str | None = None,
    width: int = DEFAULT_WIDTH,
    rarity: Callable[[Interval, Sequence[str]], float] = uniform,
    rank: int = 1,
    aligned: bool = False,
) -> Hit:
    """Make the hit of an article for a query; with counterparts if ``aligned``."""
    planned = make_plan(parse(query).tree, ANALYZER, language, require_all=False)
    alignments = [Alignment(article, align_record(article))] if aligned else ()
    builder = HitBuilder(planned, ANALYZER, rarity, width)
    return builder.hits(rank, [1.0], [article], alignments)[0]


def make_page(query: str, *articles: Article, **facts: Any) -> Page:
    """Make a page of some articles. ``facts`` are other fields of `Page`."""
    hits = tuple(
        make_hit(query, article, rank=i, aligned=True) for i, article in enumerate(articles, 1)
    )
    known: dict[str, Any] = {
        "total": len(hits),
        "diagnostics": (),
        "relaxed": False,
        "elapsed": 0.0042,
        "query": query,
        "offset": 0,
        "limit": 10,
    }
    return Page(hits=hits, **known | facts)


def cut_out(text: str, spans: Spans) -> list[str]:
    """Return the parts of a text at some spans."""
    return [text[start:end] for start, end in spans]


def marked(snippet: Snippet) -> list[str]:
    """Return the marked parts of a snippet."""
    return cut_out(snippet.text, snippet.spans)
