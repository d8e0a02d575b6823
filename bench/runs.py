"""The benchmarks, as rows of figures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from bench.builds import Built, build, obtain_index
from bench.corpus import ROOT, Corpus
from bench.measure import interleaved, median_time, wall_time
from bench.peers import OURS, Engine, load
from bench.peers.duizhao import Duizhao
from bench.queries import PAGE_KINDS, Kind, Question, questions
from bench.report import Row
from indexer.analysis import Analyzer

ONE_LANGUAGE: Final = "one language"  # duizhao without counterparts

_MB: Final = 1e6
_COLD_KINDS: Final = (Kind.TERM_ZH, Kind.PHRASE_ZH, Kind.TERM_EN, Kind.PHRASE_EN)


def index_rows(corpora: Mapping[str, Corpus], rounds: int) -> list[Row]:
    """Measure the speed, the memory and the size of the index, for each engine and its corpus."""
    built: dict[str, list[Built]] = {name: [] for name in corpora}
    with TemporaryDirectory(dir=corpora[OURS].home) as place:

        def once(name: str) -> float:
            built[name].append(build(name, corpora[name], Path(place, name)))
            return built[name][-1].seconds

        interleaved({name: partial(once, name) for name in corpora}, rounds)

    def row(name: str, unit: str, figure: Callable[[str, Built], float | None]) -> Row:
        found = {
            engine: [value for one in several if (value := figure(engine, one)) is not None]
            for engine, several in built.items()
        }
        return Row(name, unit, {k: v for k, v in found.items() if v}, corpora[OURS].files)

    return [
        row("indexing", "documents/s", lambda _, one: one.documents / one.seconds),
        row("indexing", "MB/s", lambda name, one: corpora[name].size / _MB / one.seconds),
        row("peak memory", "MB", lambda _, one: one.peak and one.peak / _MB),
        row("index / source", "bytes", lambda name, one: one.size / corpora[name].size),
    ]


def query_rows(corpus: Corpus, peers: Sequence[str], count: int, rounds: int) -> list[Row]:
    """Measure the time from a question to its ten best documents and their number, warm."""
    asked = questions(corpus.sample(), count, Analyzer())
    with ExitStack() as stack:
        engines = _open(stack, corpus, peers, text=False)
        return list(_query_rows(engines, asked, rounds, corpus.files))


def _query_rows(
    engines: Mapping[str, Engine],
    asked: Mapping[Kind, Sequence[Question]],
    rounds: int,
    articles: int,
) -> Iterator[Row]:
    for kind, several in asked.items():
        able = {name: engine for name, engine in engines.items() if kind in engine.kinds}
        if not several:
            continue
        counts = {name: [*map(engine.search, several)] for name, engine in able.items()}
        tasks = {n: partial(median_time, engine.search, several) for n, engine in able.items()}
        yield Row(
            kind,
            "ms",
            _in_milliseconds(interleaved(tasks, rounds)),
            articles,
            {
                name: f"{_differing(counts[OURS], counts[name])} of {len(several)}"
                for name, engine in able.items()
                if kind in engine.counted
            },
        )


def _differing(ours: Sequence[int], theirs: Sequence[int]) -> int:
    return sum(mine != other for mine, other in zip(ours, theirs, strict=True))


def page_rows(corpus: Corpus, peers: Sequence[str], count: int, rounds: int) -> list[Row]:
    """Measure the time from a question to a page of ten articles with snippets, warm.

    Duizhao is measured twice: with the counterparts of its snippets and without.
    """
    asked = questions(corpus.sample(), count, Analyzer())
    with ExitStack() as stack:
        engines = _open(stack, corpus, peers, text=True)
        rows = []
        for kind in PAGE_KINDS:
            able = {n: engine for n, engine in engines.items() if kind in engine.kinds}
            tasks = {n: partial(median_time, e.page, asked[kind]) for n, e in able.items()}
            if isinstance(ours := engines[OURS], Duizhao):
                tasks[ONE_LANGUAGE] = partial(median_time, ours.page_in_one_language, asked[kind])
            if asked[kind]:
                interleaved(tasks, 1)  # to warm up
                figures = _in_milliseconds(interleaved(tasks, rounds))
                rows.append(Row(kind, "ms", figures, corpus.files))
        return rows


def cold_rows(corpus: Corpus, peers: Sequence[str], rounds: int) -> list[Row]:
    """Measure a whole process that prints its help, or answers one question."""
    asked = questions(corpus.sample(), 1, Analyzer())
    engines = {name: load(name) for name in (OURS, *peers)}
    targets = {name: obtain_index(name, corpus) for name in engines}
    wanted: list[tuple[str, Question | None]] = [("--help", None)]
    wanted += [(f"{kind}: {asked[kind][0].text}", asked[kind][0]) for kind in _COLD_KINDS]
    rows = []
    for name, question in wanted:
        commands = {n: e.cold(targets[n], question) for n, e in engines.items()}
        tasks = {n: partial(wall_time, line, ROOT) for n, line in commands.items() if line}
        figures = _in_milliseconds(interleaved(tasks, rounds))
        rows.append(Row(name, "ms", figures, corpus.files))
    return rows


def _open(
    stack: ExitStack, corpus: Corpus, peers: Sequence[str], *, text: bool
) -> dict[str, Engine]:
    """Open duizhao and its peers on indexes of the corpus; the stack closes them."""
    return {
        name: stack.enter_context(closing(load(name)(obtain_index(name, corpus, text=text))))
        for name in (OURS, *peers)
    }


def _in_milliseconds(seconds: Mapping[str, Sequence[float]]) -> dict[str, list[float]]:
    return {name: [figure * 1000 for figure in figures] for name, figures in seconds.items()}
