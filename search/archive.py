"""The search library: an index opened for questions."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import cache, lru_cache, wraps
from itertools import chain, starmap
from pathlib import Path
from typing import (
    TYPE_CHECKING,
    Concatenate,
    Final,
    Literal,
    NamedTuple,
    ParamSpec,
    Self,
    TypeVar,
    get_args,
)

from indexer.analysis import Analyzer
from indexer.article import Article, LanguageCode
from indexer.store import open_index
from search.engine.executor import Executor
from search.engine.lock import LOCK
from search.engine.lookup import Lookup
from search.engine.matches import DocNumbers, Matches
from search.engine.order import SortOrder, top_k
from search.engine.snapshot import Snapshot
from search.errors import ArticleMissing
from search.hit import Facet, Hit, Hits, Page
from search.language import query
from search.language.parser import parse
from search.passage.snippet import DEFAULT_WIDTH, HitBuilder
from search.plan.intervals import Interval
from search.plan.nodes import Conjunction, Filter, Plan
from search.plan.planner import make_plan

if TYPE_CHECKING:
    from search.corpus.association import MeasureName
    from search.corpus.collocates import Collocates
    from search.corpus.concordance import Concordance, LineOrder
    from search.corpus.lexicon import LexiconEntry
    from search.corpus.occurrences import Occurrences
    from search.engine.facets import FacetName
    from search.info import ArchiveInfo

MatchMode = Literal["auto", "all", "any"]

# So many hits are made together.
_AT_ONCE: Final = 16

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")
_Method = Callable[Concatenate["Archive", _Arguments], _Result]


def _reading(method: _Method[_Arguments, _Result]) -> _Method[_Arguments, _Result]:
    """A method of the archive that raises IndexDamaged for what the index is to blame for."""

    @wraps(method)
    def guarded(
        archive: Archive, /, *args: _Arguments.args, **options: _Arguments.kwargs
    ) -> _Result:
        with archive._snapshot.index.guard:
            return method(archive, *args, **options)

    return guarded


def open_archive(path: str | Path = "index") -> Archive:
    """Open the index in a directory.

    Raises IndexMissing, IndexOutdated or IndexDamaged, each telling the command that mends it.
    """
    return Archive(path)


class Archive:
    """An index, open for searching: one committed state of it, until `refresh`.

    A context manager. What may be relied on:

    *Threads.* All methods may be called from several threads at once. An answer, with all that is
    read of it later, is of the one state in which it was begun, whatever is committed, refreshed
    or closed meanwhile; after a `refresh` no thread is answered from an older state.

    *Forks.* A child made by `os.fork` may go on with the archive, and refresh and close it, without
    any effect on its parent; they share the memory of the files. It may be forked while other
    threads are searching, but for the first searches of a process: these import modules and load
    dictionaries, and Python's locks for that are not made for it.

    *Leaving.* An archive that is dropped without `close` gives its files back when the last page
    and concordance of it is dropped; no garbage collection is needed, and nothing warns.

    Commits never write to a file that may be open, so all of this holds while the index is changed
    by whatever process. Each mapped file takes one file descriptor.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        # That of the newest state, and of the one before, in which a search may still be.
        self._analyzer: Callable[[str | None], Analyzer] = lru_cache(2)(Analyzer)
        self._opened: Snapshot | None = self._open()

    def _open(self) -> Snapshot:
        return Snapshot(open_index(self.path, lambda text: self._analyzer(text).fingerprint))

    @property
    def _snapshot(self) -> Snapshot:
        if (snapshot := self._opened) is None:
            raise ValueError(f"{self.path}: the archive is closed")
        return snapshot

    def __len__(self) -> int:
        """The number of articles."""
        return self._snapshot.live_count

    def refresh(self) -> bool:
        """Go over to the newest committed state; whether there was a newer one.

        If not, it takes some microseconds. Raises as `open_archive` does; then the state stays what
        it was.
        """
        is_new = False
        while not (before := self._snapshot).index.is_newest():
            is_new = True
            newer = self._open()
            with LOCK:
                if self._opened is before:  # else another thread was first, perhaps to close it
                    self._opened = newer
                    break
        return is_new

    def close(self) -> None:
        """Let go of the index; again, it does nothing. All other methods raise ValueError then.

        Searches that have begun come to their end. The files are closed when no page is left whose
        hits may have to be read.
        """
        with LOCK:
            self._opened = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @_reading
    def article(self, id: str) -> Article:  # noqa: A002 - the field's name
        """The article with this id; raises ArticleMissing."""
        snapshot = self._snapshot
        document = snapshot.index.find_document(id)
        if document is None:
            raise ArticleMissing(f"{self.path}: no article has the id {id!r}")
        return _article(snapshot, document)

    @_reading
    def search(
        self,
        text: str,
        *,
        limit: int = 10,
        offset: int = 0,
        since: date | None = None,
        until: date | None = None,
        lang: LanguageCode | None = None,
        sort: SortOrder = "relevance",
        match: MatchMode = "auto",
        snippets: bool = True,
        width: int = DEFAULT_WIDTH,
        counterparts: bool = True,
        facets: Sequence[FacetName] = (),
    ) -> Page:
        """The articles that match a query, and what is to be said about it.

        ``limit`` hits from ``offset`` on, of articles from the days ``since`` to ``until``, both
        included; in the texts of one ``lang`` only. ``match``: "all" words, "any" of them, or
        "auto": all, and if no article has all, any, which `Page.relaxed` tells. ``snippets``:
        with passages of at most ``width`` terminal columns; ``counterparts``: and with what the
        other language says there. ``facets``: what to count all matches by. Raises nothing for
        any text; ValueError for an option that has no such value.
        """
        started = time.perf_counter()
        _check("sort", sort, get_args(SortOrder))
        run, answer, diagnostics = self._ask(text, since, until, lang, match)
        snapshot = run.snapshot
        offset = max(0, offset)
        matches = run.add_proximity(answer) if sort == "relevance" else answer.matches
        chosen = top_k(matches, snapshot, sort, offset, max(0, limit))
        documents, scores = matches.documents[chosen].tolist(), matches.scores[chosen].tolist()

        @cache
        def builder() -> HitBuilder:
            linker = snapshot.linker(run.analyzer) if counterparts else None
            columns = max(0, width) if snippets else 0
            return HitBuilder(answer.plan, run.analyzer, run.idf, columns, linker)

        def make(low: int, high: int) -> list[Hit]:
            numbers = documents[low:high]
            articles = [*map(Article.from_bytes, [*map(snapshot.index.stored, numbers)])]
            pairs = zip(numbers, articles, strict=True)
            alignments = starmap(snapshot.index.alignment, pairs) if counterparts else ()
            first = offset + low + 1
            return builder().hits(first, scores[low:high], articles, [*alignments])

        def make_one(number: int) -> Hit:
            with snapshot.index.guard:
                return make(number, number + 1)[0]

        count = len(documents)
        hits: Sequence[Hit] = Hits(count, make_one)
        if snippets:
            several = (make(low, low + _AT_ONCE) for low in range(0, count, _AT_ONCE))
            hits = tuple(chain.from_iterable(several))
        return Page(
            hits=hits,
            total=int(matches.documents.size),
            diagnostics=diagnostics,
            relaxed=answer.relaxed,
            elapsed=time.perf_counter() - started,
            query=text,
            offset=offset,
            limit=limit,
            facets=_facets(facets, matches, snapshot),
        )

    @_reading
    def concordance(
        self,
        text: str,
        *,
        window: int = 40,
        sort: LineOrder = "date",
        limit: int = 100,
        bilingual: bool = False,
        since: date | None = None,
        until: date | None = None,
        lang: LanguageCode | None = None,
        match: MatchMode = "auto",
    ) -> Concordance:
        """A query's words in their contexts, a line for each place in titles and texts.

        As many articles match as by `search`; ``limit`` is that of the lines, 0 for all, and
        ``window`` the columns of text to the left and to the right of each. In the order of the
        articles' dates, or ``sort`` "-date" or "relevance"; "left" or "right": of the words
        beside the keyword, the nearest first. ``bilingual``: with what the other language says.
        The lines are made as they are iterated over. Of a query without words (a date alone) there
        are none. Raises nothing for any text; ValueError for an option that has no such value.
        """
        from search.corpus.concordance import (
            Concordance,
            CounterpartAdder,
            LineOrder,
            article_order,
        )

        _check("sort", sort, get_args(LineOrder))
        run, answer, diagnostics = self._ask(text, since, until, lang, match)
        snapshot = run.snapshot
        linker = snapshot.linker(run.analyzer) if bilingual else None
        return Concordance(
            run.occurrences(answer),
            run.in_order(answer, article_order(sort)),
            query=text,
            diagnostics=diagnostics,
            relaxed=answer.relaxed,
            window=max(0, window),
            sort=sort,
            limit=max(0, limit),
            translator=CounterpartAdder(snapshot.index, linker) if bilingual else None,
        )

    @_reading
    def collocates(
        self,
        text: str,
        *,
        window: int = 5,
        measure: MeasureName = "logdice",
        min_count: int = 3,
        limit: int = 20,
        since: date | None = None,
        until: date | None = None,
        lang: LanguageCode | None = None,
        match: MatchMode = "auto",
    ) -> Collocates:
        """The words that stand near a query's words, those that belong to them most first.

        Near are ``window`` words before each place that `concordance` has a line for, and as many
        after it, in its paragraph. What is near less often than ``min_count`` times is left out;
        ``limit`` 0: all. The ``measure`` compares with the whole index, whatever the query and
        the days ``since`` to ``until`` restrict the articles to. Raises nothing for any text.
        """
        from search.corpus.collocates import CollocateFinder, Collocates

        run, answer, diagnostics = self._ask(text, since, until, lang, match)
        finder = CollocateFinder(run.occurrences(answer), run.snapshot, run.analyzer)
        documents = run.in_order(answer, "date")
        window, limit, min_count = max(0, window), max(0, limit), max(1, min_count)
        nodes, total, found = finder.find(documents, window, measure, min_count, limit)
        return Collocates(
            query=text,
            measure=measure,
            window=window,
            min_count=min_count,
            limit=limit,
            nodes=nodes,
            total=total,
            collocates=found,
            diagnostics=diagnostics,
            relaxed=answer.relaxed,
        )

    @_reading
    def lexicon(
        self, term: str, *, limit: int = 10, since: date | None = None, until: date | None = None
    ) -> LexiconEntry:
        """How a term is rendered in the other language, by the articles' translations.

        A ``term`` is a word or phrase of Chinese or English, no query. Of articles from the days
        ``since`` to ``until``; at most ``limit`` renderings, 0 for all, the best first. Raises
        LexiconMissing if the index was made without one, or of articles in one language alone.
        """
        from search.corpus.lexicon import TermOccurrences, lexicon_entry, term_language, term_query
        from search.errors import LexiconMissing

        snapshot = self._snapshot
        if snapshot.tables is None:
            raise LexiconMissing(
                f"{self.path}: the index has no lexicon; make it with: duizhao lexicon --build"
            )
        analyzer = self._analyzer(snapshot.index.dictionary)
        language = term_language(term)
        run = _Run(snapshot, analyzer, language, _filters(since, until, None))
        body, glossary = (run.answer(term_query(term, f), "all") for f in ("body", "glossary"))
        places = TermOccurrences(
            run.occurrences(body), run.in_order(body, "date"), run.in_order(glossary, "date")
        )
        entry = lexicon_entry(term, language, places, snapshot, snapshot.tables, analyzer)
        return entry._replace(renderings=entry.renderings[: max(0, limit) or None])

    @_reading
    def info(self) -> ArchiveInfo:
        """What the index holds."""
        from search.info import archive_info

        return archive_info(self._snapshot)

    def _ask(
        self,
        text: str,
        since: date | None,
        until: date | None,
        lang: LanguageCode | None,
        match: MatchMode,
    ) -> tuple[_Run, _Answer, tuple[query.Diagnostic, ...]]:
        """Answer a query, as far as all that is asked of the index has in common."""
        _check("lang", lang, (*get_args(LanguageCode), None))
        _check("match", match, get_args(MatchMode))
        snapshot = self._snapshot
        parsed = parse(text)
        analyzer = self._analyzer(snapshot.index.dictionary)
        run = _Run(snapshot, analyzer, lang, _filters(since, until, lang))
        answer = run.answer(parsed.tree, match)
        return run, answer, (*_diagnostics(parsed, answer.plan), *run.diagnostics())


def _check(option: str, value: object, known: Sequence[object]) -> None:
    if value not in known:
        raise ValueError(f"{option} is one of {', '.join(map(repr, known))}, not {value!r}")


def _diagnostics(parsed: query.ParsedQuery, planned: Plan) -> tuple[query.Diagnostic, ...]:
    if not isinstance(planned, query.Nothing):
        return parsed.diagnostics
    message = "the query has no words to search for"
    return (*parsed.diagnostics, query.Diagnostic("no-words", message, 0, 0))


def _facets(names: Sequence[FacetName], matches: Matches, snapshot: Snapshot) -> tuple[Facet, ...]:
    if not names:
        return ()
    from search.engine.facets import FACETS, count

    for name in names:
        _check("a facet", name, FACETS)
    return count(names, matches.documents, snapshot)


def _article(snapshot: Snapshot, document: int) -> Article:
    return Article.from_bytes(snapshot.index.stored(document))


def _filters(since: date | None, until: date | None, lang: LanguageCode | None) -> list[Filter]:
    filters: list[Filter] = []
    if since is not None or until is not None:
        filters.append(query.DateRange(since, until))
    if lang is not None:
        filters.append(query.LanguageFilter(lang))
    return filters


class _Answer(NamedTuple):
    plan: Plan
    matches: Matches
    relaxed: bool


class _Run:
    """One query against one snapshot."""

    def __init__(
        self,
        snapshot: Snapshot,
        analyzer: Analyzer,
        lang: LanguageCode | None,
        filters: Sequence[Filter],
    ) -> None:
        self.snapshot = snapshot
        self.analyzer = analyzer
        self._lang = lang
        self._filters = filters
        self._executor = Executor(snapshot, Lookup(snapshot, analyzer))

    def answer(self, tree: query.Query, match: MatchMode) -> _Answer:
        """Evaluate a query; relaxed if asked to, or if nothing has all of its words."""
        if match != "any":
            strict = self._plan(tree, require_all=True)
            found = self._evaluate(strict)
            if match == "all" or found.documents.size:
                return _Answer(strict, found, relaxed=False)
        loose = self._plan(query.relax(tree) or tree, require_all=False)
        found = self._evaluate(loose)
        return _Answer(loose, found, relaxed=match == "auto" and found.documents.size > 0)

    def _plan(self, tree: query.Query, *, require_all: bool) -> Plan:
        return make_plan(tree, self.analyzer, self._lang, require_all=require_all)

    def _evaluate(self, planned: Plan) -> Matches:
        filtered = Conjunction((planned, *self._filters)) if self._filters else planned
        return self._executor.evaluate(filtered)

    def diagnostics(self) -> Iterator[query.Diagnostic]:
        """What is to be said of how the query was answered."""
        if self._executor.is_exhausted:
            message = (
                "some words are so common that it was not looked at where all of them stand: "
                "articles are found that may not match"
            )
            yield query.Diagnostic("too-common", message, 0, 0)

    def add_proximity(self, answer: _Answer) -> Matches:
        """The matches of an answer, the best of them raised by the nearness of their words."""
        return self._executor.add_proximity(answer.matches, answer.plan)

    def in_order(self, answer: _Answer, sort: SortOrder) -> DocNumbers:
        """All documents of an answer."""
        matches = self.add_proximity(answer) if sort == "relevance" else answer.matches
        chosen = top_k(matches, self.snapshot, sort, 0, matches.documents.size)
        return matches.documents[chosen]

    def occurrences(self, answer: _Answer) -> Occurrences:
        """The places of an answer's words."""
        from search.corpus.occurrences import Occurrences

        return Occurrences(answer.plan, self._executor, self.snapshot, self.analyzer)

    def idf(self, interval: Interval, fields: Sequence[str]) -> float:
        """The inverse document frequency of a place."""
        return self._executor.idf(interval, fields)
