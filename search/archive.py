"""The search library: an archive opened for searching."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, Self

from indexer.analysis import Analyzer
from indexer.arguments import check_choice, check_flags, check_integers, check_path, check_text
from indexer.article import Article, LanguageCode
from indexer.store import open_index
from search.engine.evaluation import Evaluation, evaluate
from search.engine.lock import LOCK
from search.engine.selection import MatchMode, Selection
from search.engine.snapshot import Snapshot
from search.errors import ArticleMissing
from search.language.parser import parse
from search.passage.hit_builder import DEFAULT_WIDTH
from search.passage.page import PageRequest, build_page

if TYPE_CHECKING:
    from search.corpus.association import MeasureName
    from search.corpus.collocates import Collocates
    from search.corpus.concordance import Concordance, LineOrder
    from search.corpus.lexicon import LexiconEntry
    from search.engine.order import SortOrder
    from search.hit import FacetName, Page
    from search.info import ArchiveInfo


def open_archive(path: str | Path = "index") -> Archive:
    """Open the archive whose index is in the directory ``path``.

    Raises IndexMissing, IndexOutdated or IndexDamaged, with a message that names the command to
    run; OSError if the directory cannot be read.
    """
    return Archive(path)


class Archive:
    """An archive opened for searching: one committed state of its index, until `refresh`.

    It is a context manager, which closes it.

    *Threads.* Several threads may call all methods at once. A search, and everything that is read
    from its result later, uses the state in which the search began, even if another process
    commits, or another thread calls `refresh` or `close` meanwhile. After `refresh` has returned,
    no search uses an older state.

    *Forks.* A child process made by `os.fork` may use, refresh and close the archive; its parent
    does not notice. Both share the memory of the mapped files. A process may fork while its other
    threads are searching. The exception are its first searches: they import modules and load
    dictionaries, and Python's import locks do not survive a fork.

    *Closing.* An archive that is dropped without `close` closes its files when its last page and
    concordance are dropped. This needs no garbage collection, and there is no warning.

    A commit never writes to a file that may be open, so all of this holds while any process changes
    the index. Each mapped file takes one file descriptor.

    All methods raise TypeError or ValueError for a wrong argument before they read anything,
    ValueError if the archive is closed, and IndexDamaged if the index turns out to be damaged.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = check_path(path)
        # One analyzer for the newest state, one for the state before, which a search may still use.
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
        """Switch to the newest committed state; return whether there was a newer one.

        If there is none, this takes some microseconds. Raises the same errors as `open_archive`;
        the archive then keeps its state.
        """
        is_new = False
        while not (before := self._snapshot).index.is_newest():
            is_new = True
            newer = self._open()
            with LOCK:
                if self._opened is before:  # otherwise another thread has refreshed or closed it
                    self._opened = newer
                    break
        return is_new

    def close(self) -> None:
        """Close the archive; calling it again does nothing.

        All other methods raise ValueError from then on. Searches that have begun finish normally.
        The files are closed when the last page or concordance that may read them is dropped.
        """
        with LOCK:
            self._opened = None

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "an Archive cannot be pickled: pass its path to the other process, and open it there"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def article(self, id: str) -> Article:  # noqa: A002 - the field's name
        """Return the article with this id; raise ArticleMissing if there is none."""
        check_text("id", id)
        snapshot = self._snapshot
        with snapshot.index.guard:
            document = snapshot.index.find_document(id)
            if document is None:
                raise ArticleMissing(f"{self.path}: no article has the ID {id!r}")
            return Article.from_bytes(snapshot.index.stored(document))

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
        """Find the articles that match a query; return ``limit`` hits from ``offset`` on.

        ``since``, ``until``: only articles from the first of these days to the last. ``lang``: only
        texts in this language. ``sort``: the best articles first, or by "date", or by "-date" with
        the newest first. ``match``: articles with "all" words or "any" of them; "auto": with all,
        or with any if no article has all, and then `Page.relaxed` is true. ``snippets``: show
        fragments of the text, at most ``width`` terminal cells long. ``counterparts``: show the
        same passages in the other language. ``facets``: count all matches by these properties.

        Any text is a valid query; `Page.diagnostics` lists the parts that could not be used.
        Negative numbers count as 0.
        """
        started = time.perf_counter()
        selection = Selection(since, until, lang, match).checked()
        request = PageRequest(limit, offset, sort, snippets, width, counterparts, facets).checked()
        check_text("text", text)
        snapshot = self._snapshot
        with snapshot.index.guard:
            return build_page(self._evaluate(text, selection, snapshot), request, text, started)

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
        """List the occurrences of a query's words in titles and texts, each with its context.

        The articles are those that `search` finds with the same query and options. ``window``: the
        context on either side, in terminal cells. ``sort``: lines in the order of their articles
        ("date", "-date" or "relevance"), or of the words to the "left" or "right" of the keyword,
        the nearest word first. ``limit``: the number of lines; 0 for all. ``bilingual``: each line
        with the same passage in the other language.

        Lines are made while one iterates over the concordance. A query without words, such as a
        date, has none.
        """
        from search.corpus.concordance import LINE_ORDERS, Concordance

        selection = Selection(since, until, lang, match).checked()
        check_text("text", text)
        check_integers(window=window, limit=limit)
        check_choice("sort", sort, LINE_ORDERS)
        check_flags(bilingual=bilingual)
        snapshot = self._snapshot
        with snapshot.index.guard:
            evaluation = self._evaluate(text, selection, snapshot)
            return Concordance(evaluation, text, window, sort, limit, bilingual=bilingual)

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
        """List the words that occur near a query's words, the most strongly associated first.

        A word is near if it occurs at most ``window`` words before or after an occurrence that
        `concordance` has a line for, in the same paragraph. ``min_count``: leave out words that are
        near less often. ``limit``: the number of words; 0 for all. ``measure``: the formula of
        association. It compares with the frequencies in the whole index, even where the query or
        the options restrict the articles.
        """
        from search.corpus.association import MEASURES
        from search.corpus.collocates import find_collocates

        selection = Selection(since, until, lang, match).checked()
        check_text("text", text)
        check_integers(window=window, min_count=min_count, limit=limit)
        check_choice("measure", measure, MEASURES)
        snapshot = self._snapshot
        with snapshot.index.guard:
            evaluation = self._evaluate(text, selection, snapshot)
            return find_collocates(evaluation, text, window, measure, min_count, limit)

    def lexicon(
        self, term: str, *, limit: int = 10, since: date | None = None, until: date | None = None
    ) -> LexiconEntry:
        """Look up how a term is expressed in the other language, according to the translations.

        ``term``: a word or phrase in Chinese or English, not a query. ``since``, ``until``: only
        articles from the first of these days to the last. ``limit``: the number of renderings, the
        best first; 0 for all. Raises LexiconMissing if the index has no lexicon, which is so if all
        its articles are in one language.
        """
        from search.corpus.lexicon import look_up

        selection = Selection(since, until, match="all").checked()
        check_text("term", term)
        check_integers(limit=limit)
        snapshot = self._snapshot
        with snapshot.index.guard:
            entry = look_up(term, selection, snapshot, self._analyzer(snapshot.index.dictionary))
            return entry._replace(renderings=entry.renderings[: max(0, limit) or None])

    def info(self) -> ArchiveInfo:
        """Return figures about the whole archive."""
        from search.info import archive_info

        snapshot = self._snapshot
        with snapshot.index.guard:
            return archive_info(snapshot)

    def _evaluate(self, text: str, selection: Selection, snapshot: Snapshot) -> Evaluation:
        analyzer = self._analyzer(snapshot.index.dictionary)
        return evaluate(parse(text), selection, snapshot, analyzer)
