"""Peers: what they are given, and that they find what ours finds."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from itertools import chain
from pathlib import Path

import pytest

from bench.builds import build, obtain_index
from bench.corpus import Corpus, texts
from bench.peers import OURS, Engine, PeerMissing, load
from bench.peers.tokens import FIELDS, PARAGRAPH_END, phrase_terms, prepare, ranking_field
from bench.queries import PAGE_KINDS, Kind, Question, questions
from indexer.analysis import Analyzer


def installed(*names: str) -> Iterator[str]:
    for name in names:
        with suppress(PeerMissing):
            load(name)
            yield name


@pytest.fixture(scope="module")
def asked(corpus: Corpus) -> dict[Kind, list[Question]]:
    return questions(corpus.sample(), 20, Analyzer())


@pytest.fixture(scope="module")
def ours(corpus: Corpus) -> Iterator[Engine]:
    with closing(load(OURS)(obtain_index(OURS, corpus))) as engine:
        yield engine


@pytest.fixture(scope="module", params=installed("sqlite", "tantivy"))
def peer(corpus: Corpus, request: pytest.FixtureRequest) -> Iterator[Engine]:
    name = str(request.param)
    with closing(load(name)(obtain_index(name, corpus, text=True))) as engine:
        yield engine


def test_their_tokens_are_ours(corpus: Corpus) -> None:
    analyzer = Analyzer()
    for article in corpus.sample():
        said = prepare(article, analyzer).texts
        assert said.keys() == {*FIELDS}
        for field, paragraphs in texts(article).items():
            exact = [[*analyzer.exact_terms(text), PARAGRAPH_END] for text in paragraphs]
            assert said[field].split(" ") == [*chain.from_iterable(exact)]
            ranking = [token.term for text in paragraphs for token in analyzer.ranking(text)]
            assert said[ranking_field(field)].split() == ranking


def test_every_article_is_indexed_once(corpus: Corpus, tmp_path: Path) -> None:
    built = build("sqlite", corpus, tmp_path / "index")
    assert built.documents == corpus.files
    with closing(sqlite3.connect(tmp_path / "index" / "articles.sqlite")) as connection:
        ids = [row[0] for row in connection.execute("select id from documents order by id")]
    assert ids == sorted(article.id for article in corpus.sample())


def test_a_last_character_is_covered_by_its_bigram() -> None:
    assert phrase_terms("增产节约") == ["增产", "产节", "节约"]
    assert phrase_terms("the mass line") == ["the", "mass", "line"]
    assert phrase_terms("约") == ["约"]
    assert phrase_terms("of f") == ["of", "f"]


def test_the_numbers_of_documents_agree(
    ours: Engine, peer: Engine, asked: dict[Kind, list[Question]]
) -> None:
    assert {Kind.PHRASE_ZH, Kind.PHRASE_EN, Kind.PREFIX} <= peer.counted <= peer.kinds
    for question in (question for kind in peer.counted for question in asked[kind]):
        assert peer.search(question) == ours.search(question), question


@pytest.mark.parametrize("kind", Kind)
def test_they_find_something_of_each_kind(
    peer: Engine, asked: dict[Kind, list[Question]], kind: Kind
) -> None:
    if kind in peer.kinds:
        assert any(map(peer.search, asked[kind]))


@pytest.mark.parametrize("kind", PAGE_KINDS)
def test_pages_have_passages(
    ours: Engine, peer: Engine, asked: dict[Kind, list[Question]], kind: Kind
) -> None:
    for engine in (ours, peer):
        assert any(map(engine.page, asked[kind]))


def test_english_words_count_the_same(
    ours: Engine, peer: Engine, asked: dict[Kind, list[Question]]
) -> None:
    """By their stems; Chinese ones match however a text was cut, with ours alone."""
    for question in (*asked[Kind.TERM_EN], *asked[Kind.SORTED], *asked[Kind.DATES]):
        if question.words[0].isascii():
            assert peer.search(question) == ours.search(question), question


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # jieba leaves a file open
def test_whoosh_answers_with_its_own_analyzers(
    corpus: Corpus, asked: dict[Kind, list[Question]]
) -> None:
    with closing(load("whoosh")(obtain_index("whoosh", corpus, text=True))) as whoosh:
        for kind in whoosh.kinds - {Kind.PHRASE_ZH}:
            assert any(map(whoosh.search, asked[kind])), kind
        for kind in (Kind.TERM_ZH, Kind.TERM_EN):
            assert any(map(whoosh.page, asked[kind]))


def test_a_missing_library_is_reported_in_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tantivy", None)
    monkeypatch.delitem(sys.modules, "bench.peers.tantivy", raising=False)
    with pytest.raises(PeerMissing, match=r"^peer tantivy: the package tantivy is not installed$"):
        load("tantivy")
