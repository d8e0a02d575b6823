"""SQLite's FTS5 on our analyzer's tokens; imports the standard library and bench."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path
from typing import Any, Final

from bench.peers import LIMIT, Engine
from bench.peers.tokens import (
    EXACT_FIELDS,
    FIELDS,
    RANKING_FIELDS,
    Prepared,
    boost,
    phrase_terms,
    prepared,
    ranking_terms,
)
from bench.queries import NEAR_DISTANCE, Kind, Question
from indexer.schema import to_days

_FILE: Final = "articles.sqlite"
_RANKING: Final = f"{{{' '.join(RANKING_FIELDS)}}}"
_EXACT: Final = f"{{{' '.join(EXACT_FIELDS)}}}"

# The tokenizer "ascii" splits at blanks, and takes every character beyond ASCII as a letter:
# our terms, which have neither blanks nor punctuation, stay as they are.
_BOOSTS: Final = ", ".join(str(boost(field)) for field in FIELDS)
_TABLES: Final = f"""
create virtual table articles using fts5({", ".join(FIELDS)}, tokenize = 'ascii' {{content}});
create table documents(id text, date integer, article blob);
insert into articles(articles, rank) values('rank', 'bm25({_BOOSTS})');
"""
_FOUND: Final = "from articles where articles match ?"
_DATED: Final = "from articles a join documents d on d.rowid = a.rowid where articles match ?"

_COLD: Final = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
found = "from articles where articles match ?"
print(connection.execute(f"select count(*) {found}", sys.argv[2:]).fetchall())
print(connection.execute(f"select rowid {found} order by rank limit 10", sys.argv[2:]).fetchall())
"""


class Sqlite(Engine):
    """All fields of both streams as columns; the articles and their dates in a second table.

    Wildcards and misspellings are not for FTS5. Its NEAR counts the tokens between, as ours.
    """

    # ruff: noqa: D102 - the methods of Engine
    kinds = frozenset(Kind) - {Kind.FUZZY, Kind.WILDCARD_ZH, Kind.WILDCARD_EN}
    counted = frozenset((Kind.PHRASE_ZH, Kind.PHRASE_EN, Kind.PREFIX, Kind.CHARACTER))
    text_apart = True

    @classmethod
    def build(cls, source: Path, target: Path, *, text: bool) -> int:
        target.mkdir(parents=True)
        with sqlite3.connect(target / _FILE, isolation_level=None) as connection:
            connection.executescript(_TABLES.format(content="" if text else ", content = ''"))
            connection.execute("begin")
            count = 0
            for article in prepared(source):
                _insert(connection, article)
                count += 1
            connection.execute("create index dates on documents(date)")
            connection.execute("commit")
        connection.close()
        return count

    def __init__(self, target: Path) -> None:
        self._connection = sqlite3.connect(target / _FILE)

    def search(self, question: Question) -> int:
        match = _match(question)
        if question.kind is Kind.SORTED:
            self._rows(f"select a.rowid {_DATED} order by d.date desc limit {LIMIT}", match)
        elif question.dates:
            period = (match, *map(to_days, question.dates))
            found = f"{_DATED} and d.date between ? and ?"
            self._rows(f"select a.rowid {found} order by rank limit {LIMIT}", *period)
            return int(self._rows(f"select count(*) {found}", *period)[0][0])
        else:
            self._rows(f"select rowid {_FOUND} order by rank limit {LIMIT}", match)
        return int(self._rows(f"select count(*) {_FOUND}", match)[0][0])

    def page(self, question: Question) -> int:
        match = _match(question)
        values: list[object] = [match]
        found = _FOUND
        if question.dates:
            found = f"{_DATED} and d.date between ? and ?"
            values += map(to_days, question.dates)
        self._rows(f"select count(*) {found}", *values)
        snippet = "snippet(articles, -1, '[', ']', '…', 32)"
        shown = (
            "article"
            if question.dates
            else ("(select article from documents d where d.rowid = articles.rowid)")
        )
        columns = f"{snippet}, {shown}"
        return len(self._rows(f"select {columns} {found} order by rank limit {LIMIT}", *values))

    def close(self) -> None:
        self._connection.close()

    @classmethod
    def cold(cls, target: Path, question: Question | None) -> list[str] | None:
        if question is None:
            return None
        return [sys.executable, "-c", _COLD, str(target / _FILE), _match(question)]

    def _rows(self, statement: str, *values: object) -> list[Any]:
        return self._connection.execute(statement, values).fetchall()


def _insert(connection: sqlite3.Connection, article: Prepared) -> None:
    row = connection.execute(
        "insert into documents values(?, ?, ?)", (article.id, article.date, article.stored)
    ).lastrowid
    places = ", ".join("?" * (1 + len(FIELDS)))
    connection.execute(
        f"insert into articles(rowid, {', '.join(FIELDS)}) values({places})",
        (row, *(article.texts[field] for field in FIELDS)),
    )


def _match(question: Question) -> str:
    """The question in the language of FTS5."""
    words = question.words
    match question.kind:
        case Kind.OR:
            return f"{_RANKING} : ({' OR '.join(map(_bare, words))})"
        case Kind.PHRASE_ZH | Kind.PHRASE_EN:
            return f"{_EXACT} : {_phrase(words[0])}"
        case Kind.NEAR:
            return f"{_EXACT} : NEAR({' '.join(map(_phrase, words))}, {NEAR_DISTANCE})"
        case Kind.PREFIX | Kind.CHARACTER:
            return f'{_EXACT} : "{words[0]}" *'
        case _:
            return f"{_RANKING} : ({' AND '.join(map(_bare, words))})"


def _bare(word: str) -> str:
    return "(" + " AND ".join(f'"{term}"' for term in ranking_terms(word)) + ")"


def _phrase(phrase: str) -> str:
    return f'"{" ".join(phrase_terms(phrase))}"'


ENGINE = Sqlite
