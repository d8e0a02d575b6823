"""`python -m bench index|query|page|cold|scale --peer tantivy …`: compare duizhao with its peers.

`python -m bench trust` runs the trust harnesses. Tables go to stdout, figures to bench/results/.
"""

from __future__ import annotations

import functools
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

import click

from bench.builds import package_version
from bench.corpus import CACHE, GENERATORS, ROOT, Corpus, obtain
from bench.measure import INTERVAL
from bench.peers import OURS, PEERS, PeerMissing, load
from bench.report import Row, as_markdown, as_text, comparison, growth, save
from bench.runs import ONE_LANGUAGE, cold_rows, index_rows, page_rows, query_rows

_EXISTING = click.Path(exists=True, file_okay=False, path_type=Path)
_FOLDER = click.Path(file_okay=False, path_type=Path)
_SIZES = (1_000, 10_000, 100_000)


@dataclass(frozen=True, slots=True)
class Options:
    """The options of all commands that measure."""

    peers: tuple[str, ...]
    corpus: Path
    seeds: Path | None
    cache: Path
    fresh: bool
    results: Path
    markdown: bool
    rounds: int

    def obtain(self, count: int) -> Corpus:
        """Make the corpus, or find it in the cache."""
        return obtain(count, generators=self.corpus, seeds=self.seeds, cache=self.cache,
                      fresh=self.fresh)  # fmt: skip

    def report(
        self,
        benchmark: str,
        corpora: Sequence[Corpus],
        rows: Sequence[Row],
        table: list[list[str]],
        **settings: Any,
    ) -> None:
        """Print the table, and save the figures."""
        click.echo((as_markdown if self.markdown else as_text)(table))
        versions = {name: package_version(name) for name in (OURS, *self.peers)}
        settings |= {"rounds": self.rounds, "versions": versions}
        described = [corpus.describe() for corpus in corpora]
        path = save(self.results, benchmark, described, rows, settings)
        click.echo(f"figures: {path}", err=True)


def _shared(rounds: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Add the common options to a command, which receives them as `Options`."""
    options = (
        click.option("--peer", "peers", multiple=True, type=click.Choice(PEERS),
                     help="An engine to compare with; may be given several times."),
        click.option("--corpus", type=_FOLDER, default=GENERATORS,
                     help="A folder with make_seeds.py. Without it, files are made from seeds/."),
        click.option("--seeds", type=_EXISTING, help="Use all articles in this folder."),
        click.option("--cache", type=_FOLDER, default=CACHE,
                     help="The folder that keeps corpora and indexes between runs."),
        click.option("--fresh", is_flag=True, help="Make new corpora and indexes."),
        click.option("--results", type=_FOLDER, default=ROOT / "bench" / "results",
                     help="The folder to write figures to."),
        click.option("--markdown", is_flag=True, help="Print the table in Markdown."),
        click.option("--rounds", type=click.IntRange(1), default=rounds, show_default=True,
                     help="How often each engine is measured, in turns."),
    )  # fmt: skip

    def decorate(function: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(function)
        def command(**given: Any) -> None:
            own = {field.name: given.pop(field.name) for field in fields(Options)}
            for name in own["peers"]:
                _check(name)
            function(Options(**own), **given)

        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def _check(peer: str) -> None:
    try:
        load(peer)
    except PeerMissing as error:
        raise click.ClickException(str(error)) from None


TRUST: Final = ("crash", "faults", "damage", "seeds", "queries", "readers", "growth")

_count = click.option(
    "--count", type=click.IntRange(1), default=2_000, show_default=True, help="Number of articles."
)
_questions = click.option(
    "--questions",
    type=click.IntRange(1),
    default=20,
    show_default=True,
    help="Number of questions of each kind.",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Compare duizhao with other engines, on the same articles, in one run."""


@cli.command("trust")
@click.option("--short", is_flag=True, help="Run a part of each harness, one minute in all.")
@click.option(
    "--seed", type=int, default=2026, show_default=True, help="Seed of the random choices."
)
def trust_command(short: bool, seed: int) -> None:
    """Test the promises of docs/TRUST.md: kills, faults, damage, broken files, queries, readers."""
    broken = False
    for name in TRUST:
        click.echo(f"{name}:")
        command = [sys.executable, "-m", f"bench.trust.{name}", "--seed", str(seed)]
        options = ["--short"] if short else []
        broken |= subprocess.run([*command, *options], check=False).returncode != 0
    sys.exit(broken)


@cli.command("index")
@_count
@click.option("--whoosh-count", type=click.IntRange(1), default=500, show_default=True,
              help="Number of articles for Whoosh, which is slow.")  # fmt: skip
@_shared(rounds=3)
def index_command(options: Options, count: int, whoosh_count: int) -> None:
    """Measure indexing: speed, peak memory, and the size of the index."""
    corpus = options.obtain(count)
    corpora = dict.fromkeys((OURS, *options.peers), corpus)
    if "whoosh" in corpora:
        corpora["whoosh"] = corpus.first(whoosh_count)
    rows = index_rows(corpora, options.rounds)
    different = list(dict.fromkeys(corpora.values()))
    options.report("index", different, rows, comparison(rows, options.peers), interval=INTERVAL)


@cli.command("query")
@_count
@_questions
@_shared(rounds=5)
def query_command(options: Options, count: int, questions: int) -> None:
    """Measure a query: the time to the ten best documents and the exact number of all."""
    corpus = options.obtain(count)
    rows = query_rows(corpus, options.peers, questions, options.rounds)
    table = comparison(rows, options.peers)
    options.report("query", [corpus], rows, table, questions=questions)


@cli.command("page")
@_count
@_questions
@_shared(rounds=5)
def page_command(options: Options, count: int, questions: int) -> None:
    """Measure a page: the time to the ten best articles with their snippets."""
    corpus = options.obtain(count)
    rows = page_rows(corpus, options.peers, questions, options.rounds)
    table = comparison(rows, (ONE_LANGUAGE, *options.peers))
    options.report("page", [corpus], rows, table, questions=questions)


@cli.command("cold")
@_count
@_shared(rounds=15)
def cold_command(options: Options, count: int) -> None:
    """Measure a whole process, started from the shell."""
    corpus = options.obtain(count)
    rows = cold_rows(corpus, options.peers, options.rounds)
    options.report("cold", [corpus], rows, comparison(rows, options.peers))


@cli.command("scale")
@click.option("--sizes", default=",".join(map(str, _SIZES)), show_default=True, metavar="N,N,…",
              help="Number of articles of each corpus.")  # fmt: skip
@_questions
@_shared(rounds=3)
def scale_command(options: Options, sizes: str, questions: int) -> None:
    """Measure how time, size and memory grow with the corpus; indexes are built once."""
    if options.seeds:
        raise click.UsageError("--seeds cannot be used here: a folder has one size")
    if not all(size.strip().isdecimal() for size in sizes.split(",")):
        raise click.BadParameter(
            f"{sizes!r} is not a list of numbers, such as 1000,10000", param_hint="--sizes"
        )
    corpora, rows = [], []
    for size in map(int, sizes.split(",")):
        corpora.append(options.obtain(size))
        rows += index_rows(dict.fromkeys((OURS, *options.peers), corpora[-1]), 1)
        rows += query_rows(corpora[-1], options.peers, questions, options.rounds)
    table = growth(rows, (OURS, *options.peers))
    options.report("scale", corpora, rows, table, questions=questions)


if __name__ == "__main__":
    cli(prog_name="python -m bench")
