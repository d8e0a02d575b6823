"""Pages and articles for readers.

`UPDATE_GOLDEN=1 pytest` writes the golden files anew. They have ␛ for the escape character.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.hit import Hit, Snippet
from search.passage.cells import text_cells
from search.render.marked_text import Style, plain
from search.render.terminal import article_lines, page_lines, summary
from tests.search.articles import ARTICLES, LETTER, MINE, POEM, make_article, make_hit, make_page

GOLDEN = Path(__file__).parent / "golden"
STYLES = {
    "pipe": Style(),
    "plain_wide": Style(width=100),
    "plain_narrow": Style(width=38),
    "colour_wide": Style(width=100, colour=True),
    "colour_narrow": Style(width=38, colour=True),
}
PAGE = make_page('"coal" 新方法 採煤 渠水 books', *ARTICLES)

_COLOUR = re.compile("\x1b\\[[0-9;]*m")


def lines_of(name: str) -> Iterator[str]:
    """Yield the lines of a golden file, whose name says what is printed and in which style."""
    kind, style = name.split("_", 1)
    if kind == "page":
        return page_lines(PAGE, STYLES[style])
    return article_lines(MINE, ("zh", "en"), STYLES[style])


@pytest.mark.parametrize(
    "name", [f"{kind}_{style}" for kind in ("page", "article") for style in STYLES]
)
def test_output_is_as_it_was(name: str) -> None:
    text = "".join(f"{line}\n" for line in lines_of(name)).replace("\x1b", "␛")
    file = GOLDEN / f"{name}.txt"
    if "UPDATE_GOLDEN" in os.environ:
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")


def test_no_golden_file_is_left_over() -> None:
    expected = {f"{kind}_{style}.txt" for kind in ("page", "article") for style in STYLES}
    assert {file.name for file in GOLDEN.iterdir()} == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"total": 0, "hits": 0}, "nothing found (0.004 s)"),
        ({"total": 1, "hits": 1}, "1 article matches (0.004 s)"),
        ({"total": 2, "hits": 2}, "2 articles match (0.004 s)"),
        ({"total": 12345, "hits": 2}, "12,345 articles match, 1 to 2 shown (0.004 s)"),
        ({"total": 12, "hits": 2, "offset": 10}, "12 articles match, 11 to 12 shown (0.004 s)"),
        ({"total": 12, "hits": 0, "offset": 20}, "12 articles match, none shown (0.004 s)"),
        (
            {"total": 3, "hits": 3, "relaxed": True},
            "no article has all of these words; 3 articles match any of them (0.004 s)",
        ),
        (
            {"total": 30, "hits": 2, "relaxed": True},
            "no article has all of these words; "
            "30 articles match any of them, 1 to 2 shown (0.004 s)",
        ),
    ],
)
def test_summary(facts: dict[str, int], expected: str) -> None:
    hits = facts.pop("hits")
    assert summary(make_page("coal", *ARTICLES[:hits], **facts)) == expected


def test_unknown_facts_are_left_out() -> None:
    hit = make_hit("coal", make_article("a/b.txt", paragraphs_en=("Coal.",)))
    page = make_page("coal", hit.article)
    assert list(page_lines(page, Style())) == ["1. (no title)", "   a/b.txt", "   ¶1 «Coal»."]


def test_an_article_in_one_language_only() -> None:
    lines = list(article_lines(MINE, ("en",), Style()))
    assert lines[0] == MINE.title_en
    assert MINE.title_zh not in lines
    assert lines[3::2] == list(MINE.paragraphs_en)


def test_the_lines_of_a_poem_are_joined_in_a_snippet() -> None:
    assert list(article_lines(POEM, ("zh", "en"), Style()))[3:] == POEM.paragraphs_zh[0].split("\n")
    (*_, snippet) = page_lines(make_page("门口 稻谷", POEM), Style())
    assert snippet == "   ¶1 山歌越唱心越宽挖条水渠绕山转渠水流到家«门口»«稻谷»堆得比山高"
    (*_, snippet) = page_lines(make_page("autumn", LETTER), Style())
    assert "since the «autumn» it has" in snippet


def test_a_glossary_is_part_of_an_article() -> None:
    article = make_article("a", title_zh="名", glossary=(("双阳", "Shuangyang"), ("井", "pit\x07")))
    assert list(article_lines(article, ("zh", "en"), Style()))[-2:] == [
        "双阳  Shuangyang",
        "井  pit�",
    ]


HOSTILE = "".join(map(chr, [*range(0x20), *range(0x7F, 0xA0), 0x61C, 0x200E, 0x200F]))
HOSTILE += "".join(map(chr, [*range(0x2028, 0x202F), *range(0x2066, 0x206A)]))


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
def test_no_article_controls_the_terminal(style: Style) -> None:
    evil = f"coal {HOSTILE} coal"
    article = make_article(
        f"a{HOSTILE}.txt",
        **dict.fromkeys(("title_en", "title_zh", "author_en", "author_zh"), evil),
        **dict.fromkeys(("section", "column"), evil),
        paragraphs_en=(evil,),
        paragraphs_zh=(evil,),
        glossary=((evil, evil),),
    )
    printed = "".join(page_lines(make_page("coal", article), style))
    printed += "".join(article_lines(article, ("zh", "en"), style))
    assert "coal" in printed
    assert not set(_COLOUR.sub("", printed)) & set(HOSTILE)


def test_plain_is_one_line() -> None:
    assert plain("a \n b\tc\x1b[31m") == "a b c�[31m"


# Properties, for any text and any terminal.

_LETTERS = '天津工厂，。“”（）Ａ\u3000ab c\u0301,.()"\n\t𠀀—…'


@st.composite
def _hits(draw: st.DrawFn) -> Hit:
    text = draw(st.text(st.sampled_from(_LETTERS), min_size=1, max_size=80))
    edges = sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)))
    pairs = zip(edges[::2], edges[1::2], strict=False)
    spans = tuple((a, b) for a, b in pairs if text[a:b] == text[a:b].strip())
    return Hit(
        rank=draw(st.integers(1, 1000)),
        score=1.0,
        article=make_article("a.txt", title_zh=text),
        snippets=(Snippet("zh", 1, 0, text, spans, draw(st.booleans()), draw(st.booleans())),),
        title_spans_en=(),
        title_spans_zh=spans,
    )


def _without_blanks(text: str) -> str:
    return "".join(text.split())


@given(_hits(), st.integers(14, 100), st.booleans())
def test_wrapping_and_colours_lose_nothing_and_fit(hit: Hit, width: int, colour: bool) -> None:
    lines = list(page_lines(replace(make_page(""), hits=(hit,)), Style(width, colour)))
    bare = [_COLOUR.sub("", line) for line in lines]
    (snippet,) = hit.snippets
    shown = "…" * snippet.cut_before + snippet.text + "…" * snippet.cut_after
    expected = _without_blanks(f"{hit.rank}.{snippet.text}a.txt¶1{shown}")
    assert re.sub("[«»]", "", _without_blanks("".join(bare))) == expected
    assert "".join(bare).count("«") == (0 if colour else 2 * len(snippet.spans))
    for line in bare:
        assert text_cells(line) <= width or not _can_be_broken(line)


def _can_be_broken(line: str) -> bool:
    """Whether a line has a blank between two words, or more than one Chinese character."""
    content = re.sub(r"^ *([0-9]+\.|¶1)? *", "", line)
    return bool(re.search(r"\S\s+\S", content)) or len(re.findall("[天津工厂]", content)) > 1


@given(_hits(), st.sampled_from([None, 20, 100]), st.booleans())
def test_the_marks_are_the_matches(hit: Hit, width: int | None, colour: bool) -> None:
    lines = page_lines(replace(make_page(""), hits=(hit,)), Style(width, colour))
    printed = _without_blanks("".join(lines)).split("a.txt")[1]
    marked = re.findall("\x1b\\[1;31m(.*?)\x1b\\[0m" if colour else "«(.*?)»", printed)
    text = hit.snippets[0].text
    assert "".join(marked) == _without_blanks("".join(text[a:b] for a, b in hit.snippets[0].spans))
