"""Every query in the tables of docs/QUERIES.md does what the page says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from indexer import build_index
from indexer.analysis import Analyzer
from search import Archive, open_archive
from search.language import limits
from search.language.fields import FIELD_OF_NAME
from search.language.parser import parse
from search.language.query import DiagnosticKind
from search.language.sentence import is_sentence
from search.plan.planner import make_plan
from tests.search.articles import make_article
from tests.search.naive import NaiveArchive

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs/QUERIES.md").read_text(encoding="utf-8")
ANALYZER = Analyzer()

_TABLE = re.compile(r"^(\|.*\|)\n\|[-|]+\|\n((?:\|.*\|\n)+)", re.MULTILINE)
_CODE = re.compile(r"`([^`]+)`")
# These kinds take a long query, or a large archive.
_WITHOUT_EXAMPLE = {
    "too-long", "too-many-clauses", "too-deep", "too-many-expansions", "too-common",
}  # fmt: skip


def tables(header: str) -> Iterator[list[list[str]]]:
    """The rows of each table with a header, as cells."""
    for head, body in _TABLE.findall(PAGE):
        if _cells(head) == header.split(" | "):
            yield [_cells(line) for line in body.splitlines()]


def rows(header: str) -> list[list[str]]:
    return [row for table in tables(header) for row in table]


def _cells(line: str) -> list[str]:
    cells = re.split(r"(?<!\\)\|", line.strip("|"))
    return [cell.strip().replace("\\|", "|") for cell in cells]


def query(cell: str) -> str:
    """The query of a cell, which has just one."""
    (text,) = _CODE.findall(cell)
    return str(text)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    folder = tmp_path_factory.mktemp("examples")
    build_index(ROOT / "examples/archive", index=folder)
    with open_archive(folder) as opened:
        yield opened


GLANCE = [query(cell) for row in rows("to find | English | Chinese") for cell in row[1:]]
READ_AS = rows("query | is read as")
FINDS = rows("query | finds | does not find")
REPORTED = rows("query | kind | message")


def test_the_tables_are_found() -> None:
    sizes = [len(part) for part in (GLANCE, READ_AS, FINDS, REPORTED)]
    assert all(size >= least for size, least in zip(sizes, (40, 40, 30, 15), strict=True)), sizes


@pytest.mark.parametrize("text", GLANCE)
def test_the_forms_find_articles_of_the_example_archive(archive: Archive, text: str) -> None:
    page = archive.search(text, limit=0, match="all" if "^" not in text else "auto")
    assert page.diagnostics == ()
    assert page.total


@pytest.mark.parametrize(
    ("text", "canonical"), [(query(left), query(right)) for left, right in READ_AS]
)
def test_forms_that_are_read_alike(text: str, canonical: str) -> None:
    assert text != canonical
    assert parse(text).tree == parse(canonical).tree
    kinds = [diagnostic.kind for diagnostic in parse(text).diagnostics]
    expected = ["question-mark"] if is_sentence(text) and re.search("[?？]", text) else []
    assert kinds == (["backwards-range"] if text == "date:[1954 TO 1953]" else expected)
    assert parse(canonical).diagnostics == ()


@pytest.mark.parametrize(("cell", "finds", "others"), FINDS, ids=[row[0] for row in FINDS])
def test_what_a_query_finds_in_a_text(cell: str, finds: str, others: str) -> None:
    parsed = parse(query(cell))
    assert parsed.diagnostics == ()
    for texts, expected in ((finds, True), (others, False)):
        for text in texts.split(" · "):
            paragraphs = tuple(text.split(" ¶ "))
            naive = NaiveArchive([make_article("a", paragraphs_zh=paragraphs)], ANALYZER)
            assert bool(naive.evaluate(make_plan(parsed.tree, ANALYZER))) is expected, text


@pytest.mark.parametrize(("cell", "kind", "message"), REPORTED, ids=[row[0] for row in REPORTED])
def test_what_is_reported(archive: Archive, cell: str, kind: str, message: str) -> None:
    (diagnostic,) = archive.search(query(cell), limit=0).diagnostics
    assert (diagnostic.kind, diagnostic.message) == (query(kind), message)


def test_every_kind_of_diagnostic_is_described() -> None:
    with_example = {query(kind) for _, kind, _ in REPORTED}
    assert with_example | _WITHOUT_EXAMPLE == set(get_args(DiagnosticKind))
    assert all(f"`{kind}`" in PAGE for kind in _WITHOUT_EXAMPLE)


def test_every_field_name_is_listed() -> None:
    listed = {
        name: query(field)
        for field, others, _ in rows("field | other names | searches")
        for name in (query(field), *others.replace("`", "").split())
    }
    assert listed == FIELD_OF_NAME


def test_the_limits_are_those_of_the_parser() -> None:
    values = [int(re.sub(r"\D", "", value)) for _, value in rows("limit | value")]
    assert values == [
        limits.MAX_LENGTH,
        limits.MAX_CLAUSES,
        limits.MAX_DEPTH,
        limits.MAX_EXPANSIONS,
        limits.LEADING_WILDCARD_EXPANSIONS,
        limits.SPELLINGS_PER_EXPANSION,
        limits.MAX_PARTS,
        limits.MAX_PARTS,
        limits.MAX_FUZZY_LENGTH,
        10,
        limits.MAX_EDITS,
        limits.MAX_DISTANCE,
        limits.MAX_BOOST,
        limits.MAX_DIAGNOSTICS,
    ]
    assert parse("工" * 10 + "~2").diagnostics == ()
    assert parse("工" * 11 + "~2").diagnostics != ()
