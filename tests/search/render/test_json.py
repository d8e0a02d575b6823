"""JSON: the fields that the module documents, and no invalid character."""

from __future__ import annotations

import json
import re
import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import build_index
from indexer.article import Article
from search import Archive, open_archive
from search.language.query import Diagnostic
from search.render import json as render
from tests.indexer.test_learn import write_articles
from tests.search.articles import ARTICLES, LETTER, MINE, cut_out, make_article, make_hit, make_page


def test_a_page_and_its_hits() -> None:
    diagnostic = Diagnostic("unclosed-quote", "the quotation mark is not closed", 3, 4)
    page = make_page('采煤 "old', MINE, LETTER, total=12, relaxed=True, diagnostics=(diagnostic,))
    first, *hits = map(json.loads, render.page_lines(page))
    assert first == {
        "schema": 1,
        "type": "page",
        "query": '采煤 "old',
        "total": 12,
        "offset": 0,
        "limit": 10,
        "relaxed": True,
        "elapsed": 0.0042,
        "diagnostics": [
            {
                "kind": "unclosed-quote",
                "message": "the quotation mark is not closed",
                "start": 3,
                "end": 4,
            }
        ],
        "facets": {},
    }
    assert [hit["id"] for hit in hits] == [MINE.id, LETTER.id]


def test_a_hit() -> None:
    _, line = render.page_lines(make_page("采煤 方法", MINE))
    hit = json.loads(line)
    snippets = hit.pop("snippets")
    assert hit == {
        "schema": 1,
        "type": "hit",
        "rank": 1,
        "score": 1.0,
        "id": "1954.03/1954-03-08_old_mine.md",
        "date": "1954-03-08",
        "page": 2,
        "section": "经济",
        "column": "工矿通讯",
        "languages": ["en", "zh"],
        "title_en": MINE.title_en,
        "title_zh": MINE.title_zh,
        "author_en": "Zhou Wen",
        "author_zh": "周文",
        "title_spans_en": [],
        "title_spans_zh": [[6, 8]],
    }
    (expected,) = make_hit("采煤 方法", MINE, aligned=True).snippets
    (counterpart,) = expected.counterpart
    fields = ("language", "paragraph", "start", "text", "cut_before", "cut_after")
    known = [
        {**{name: getattr(one, name) for name in fields}, "spans": [*map(list, one.spans)]}
        for one in (expected, counterpart)
    ]
    assert snippets == [known[0] | {"counterpart": [known[1] | {"counterpart": []}]}]
    assert cut_out(hit["title_zh"], hit["title_spans_zh"]) == ["方法"]


def test_an_article() -> None:
    article = make_article(
        "a.txt",
        title_zh="双阳",
        paragraphs_zh=("一\n二",),
        glossary=(("双阳", "Shuangyang"),),
        set_aside_zh=("双阳",),
    )
    assert json.loads(render.article_line(article)) == {
        "schema": 1,
        "type": "article",
        "id": "a.txt",
        "date": None,
        "page": None,
        "section": "",
        "column": "",
        "languages": ["zh"],
        "title_en": "",
        "title_zh": "双阳",
        "author_en": "",
        "author_zh": "",
        "paragraphs_en": [],
        "paragraphs_zh": ["一\n二"],
        "glossary": [["双阳", "Shuangyang"]],
        "set_aside_en": [],
        "set_aside_zh": ["双阳"],
        "content_hash": "0" * 64,
    }


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    folder = tmp_path_factory.mktemp("json")
    write_articles(folder / "seeds", 50, 60)
    build_index(folder / "seeds", index=folder / "index")
    return open_archive(folder / "index")


def _documented() -> dict[str, set[str]]:
    """Return the names of the fields that the docstring lists for each kind of object."""
    fields: dict[str, set[str]] = {}
    for line in (render.__doc__ or "").splitlines():
        if match := re.fullmatch(r" {4}(?:each )?([a-z]+)", line):
            names = fields[match[1]] = set()
        elif match := re.match(r" {6}(\w+(?:, \w+)*)  ?", line):
            names.update(match[1].split(", "))
    return fields


def test_the_docstring_lists_every_field(archive: Archive) -> None:
    documented = _documented()
    documented["article"] |= {
        name for name in documented["hit"] if not name.endswith(("spans_en", "spans_zh"))
    } - {"rank", "score", "snippets"}
    diagnostic = Diagnostic("unclosed-quote", "the quotation mark is not closed", 3, 4)
    page = make_page("采煤", MINE, diagnostics=(diagnostic,))
    lines = [
        *render.page_lines(page),
        render.article_line(MINE),
        *render.concordance_lines(archive.concordance("工人", limit=1, bilingual=True)),
        *render.collocate_lines(archive.collocates("工人", limit=1, min_count=1)),
        *render.lexicon_lines(archive.lexicon("工人", limit=1)),
    ]
    objects = {fields["type"]: fields for fields in map(json.loads, lines)}
    objects["diagnostic"] = objects["page"]["diagnostics"][0]
    objects["snippet"] = objects["hit"]["snippets"][0]
    objects["example"] = objects["rendering"]["examples"][0]
    assert objects["collocate"]["example"].keys() == documented["line"]
    for kind, fields in objects.items():
        assert fields.keys() - {"schema", "type"} == documented[kind], kind
    assert objects.keys() == documented.keys()


def test_chinese_is_written_as_it_is() -> None:
    assert "老矿山学会新方法" in render.article_line(MINE)


_TROUBLE = '煤"\\\n\r\t\0\x1b\x7f\x85\x9b\u2028\u2029\u202e\ud83d\udca1'


@given(st.text(), st.text(st.sampled_from(_TROUBLE)))
def test_every_line_is_one_line_of_valid_utf_8_and_loses_nothing(query: str, title: str) -> None:
    article = make_article("a", title_zh=title, paragraphs_zh=(title,))
    page, hit = render.page_lines(make_page(query, article))
    for line in (page, hit, render.article_line(article)):
        line.encode("utf-8")
        assert line.splitlines() == [line]
        assert not any(unicodedata.category(c) == "Cc" for c in line)
    assert json.loads(page)["query"] == query
    assert _as_pairs(json.loads(hit)["title_zh"]) == _as_pairs(title)


def _as_pairs(text: str) -> bytes:
    """Encode in UTF-16, which joins the two halves of a surrogate pair."""
    return text.encode("utf-16", "surrogatepass")


@given(st.sampled_from(ARTICLES))
def test_an_article_can_be_made_again(article: Article) -> None:
    fields = json.loads(render.article_line(article))
    for name in ("schema", "type", "languages"):
        del fields[name]
    lists = {name: tuple(value) for name, value in fields.items() if isinstance(value, list)}
    lists["glossary"] = tuple(map(tuple, fields["glossary"]))
    day = fields["date"] and date.fromisoformat(fields["date"])
    assert Article(**(fields | lists | {"date": day})) == article
