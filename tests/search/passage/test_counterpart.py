"""Counterparts: the other language beside snippets and concordance lines."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import Article, build_index, read_seeds
from indexer.align import Alignment, align, align_record
from search import Archive, open_archive
from search.passage.cells import text_cells
from search.passage.counterpart import counterpart_at
from tests.indexer.align.oracles import bead_spans, sides
from tests.indexer.align.test_aligner import articles
from tests.search.articles import LETTER, MINE, make_article, make_hit, marked

SEEDS = Path(__file__).parents[3] / "seeds"
(SEED,) = read_seeds(SEEDS)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    index = tmp_path_factory.mktemp("counterparts") / "index"
    build_index(SEEDS, index=index)
    return open_archive(index)


@pytest.mark.parametrize(
    ("query", "found", "rendered"),
    [
        ("增产节约", ["增产节约", "增产节约"], ["increased production and economy"] * 2),
        ("national plan", ["national plan"], ["计划"]),
    ],
)
def test_words_are_marked_in_both_languages(
    archive: Archive, query: str, found: list[str], rendered: list[str]
) -> None:
    (hit,) = archive.search(f'"{query}"')
    snippet = hit.snippets[0]
    (counterpart,) = snippet.counterpart
    assert marked(snippet) == found
    assert marked(counterpart) == rendered
    assert counterpart.paragraph == snippet.paragraph == 2
    (plain,) = archive.search(f'"{query}"', counterparts=False)
    assert [s.text for s in plain.snippets] == [s.text for s in hit.snippets]
    assert not any(s.counterpart for s in plain.snippets)


@given(articles | st.sampled_from([SEED, MINE]), st.sampled_from("天增a1d节。产 工新coal"))
def test_a_counterpart_is_the_text_of_the_beads_at_its_snippet(
    article: Article, query: str
) -> None:
    shown = [
        spans
        for bead, spans in zip(align(article), bead_spans(article, align(article)), strict=True)
        if bead.is_confident
    ]
    for snippet in make_hit(query, article, aligned=True).snippets:
        paragraphs = {"zh": article.paragraphs_zh, "en": article.paragraphs_en}
        end = snippet.start + len(snippet.text)
        touched = [
            spans
            for spans in shown
            for number, a, b in sides(spans, snippet.language)[0]
            if number == snippet.paragraph - 1 and a < end and snippet.start < b
        ]
        numbers = [passage.paragraph for passage in snippet.counterpart]
        assert numbers == sorted(set(numbers))
        assert bool(numbers) <= bool(touched)
        for passage in snippet.counterpart:
            assert passage.language != snippet.language
            assert passage.text
            assert paragraphs[passage.language][passage.paragraph - 1].startswith(
                passage.text, passage.start
            )
            assert text_cells(passage.text.replace("\n", " ")) <= 480
            assert all(0 <= a < b <= len(passage.text) for a, b in passage.spans)
            assert all(b < c for (_, b), (c, _) in pairwise(passage.spans))
            ranges = [r for spans in touched for r in sides(spans, snippet.language)[1]]
            same = [(a, b) for number, a, b in ranges if number == passage.paragraph - 1]
            assert min(a for a, _ in same) <= passage.start
            assert passage.start + len(passage.text) <= max(b for _, b in same)


def test_an_article_in_one_language_has_no_counterparts() -> None:
    (snippet,) = make_hit("library", LETTER, aligned=True).snippets
    assert snippet.counterpart == ()


def test_an_alignment_that_is_not_confident_is_not_shown() -> None:
    unrelated = make_article(
        "a.txt",
        paragraphs_zh=("一九五三年天津增产节约。",),
        paragraphs_en=("Whales are the largest animals. " * 20,),
    )
    (snippet,) = make_hit("天津", unrelated, aligned=True).snippets
    assert snippet.counterpart == ()


@given(st.data())
def test_the_counterpart_at_any_span(data: st.DataObject) -> None:
    alignment = Alignment(SEED, align_record(SEED))
    spans = data.draw(st.sampled_from([*alignment.confident_spans()]))
    language = data.draw(st.sampled_from(["zh", "en"]))
    ours, theirs = sides(spans, language)
    number, start, end = data.draw(st.sampled_from(ours))
    first = data.draw(st.integers(start, end - 1))
    last = data.draw(st.integers(first + 1, end))
    found = counterpart_at(SEED, alignment, None, language, number, (first, last))  # type: ignore[arg-type]
    paragraphs = SEED.paragraphs_en if language == "zh" else SEED.paragraphs_zh
    assert found.text == "\n".join(paragraphs[n][a:b].rstrip() for n, a, b in theirs)
    assert found.spans == ()


def test_concordance_lines_have_counterparts(archive: Archive) -> None:
    title, *lines = archive.concordance("增产节约", bilingual=True)
    assert title.counterpart == SEED.title_en
    assert len(lines) == 7
    assert all(line.counterpart for line in lines)
    renderings = [
        line.counterpart[start:end] for line in lines for start, end in line.counterpart_spans
    ]
    assert renderings.count("increased production and economy") >= 5
    assert not any(line.counterpart for line in archive.concordance("增产节约"))
