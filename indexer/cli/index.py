"""`duizhao index`: arguments to `build_index`, its report to a line."""

from __future__ import annotations

import json
from pathlib import Path

import click

from indexer.build import build_index
from indexer.cli.console import index_option, progress
from indexer.errors import SeedError
from indexer.memory import MEBIBYTE
from indexer.source.seeds import MAX_FILE_SIZE


@click.command("index")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@index_option
@click.option("--rebuild", is_flag=True, help="Start afresh, with PATHS alone.")
@click.option(
    "--jobs",
    type=click.IntRange(1),
    metavar="N",
    help="Processes that read and analyse. [default: the number of cores]",
)
@click.option(
    "--memory",
    type=click.IntRange(200),
    default=512,
    show_default=True,
    metavar="MB",
    help="What all processes together may take.",
)
@click.option(
    "--dictionary",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Words to add to jieba's: a line each, optionally with frequency and part of speech.",
)
@click.option(
    "--max-file-size",
    type=click.IntRange(1),
    default=MAX_FILE_SIZE // MEBIBYTE,
    show_default=True,
    metavar="MB",
    help="Files larger than this are skipped.",
)
@click.option(
    "--lexicon/--no-lexicon",
    default=True,
    help="Learn which words render each other, when the archive has grown to twice its size.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as a JSON object.")
def index_command(
    paths: tuple[Path, ...],
    directory: Path,
    rebuild: bool,
    jobs: int | None,
    memory: int,
    dictionary: Path | None,
    max_file_size: int,
    lexicon: bool,
    as_json: bool,
) -> int:
    """Index the articles in PATHS, files or folders [default: seeds].

    Only what is new or changed since the last run is read; what has vanished from PATHS is removed.
    What cannot be read is reported and skipped. The index changes all at once, or not at all.
    """
    try:
        with progress("files") as told:
            report = build_index(
                *(paths or (Path("seeds"),)),
                index=directory,
                rebuild=rebuild,
                jobs=jobs,
                memory=memory,
                dictionary=dictionary,
                max_file_size=max_file_size * MEBIBYTE,
                lexicon=lexicon,
                on_error=_report,
                on_progress=told,
            )
    except KeyboardInterrupt:
        click.echo("interrupted: the index is as it was before", err=True)
        return 130
    if as_json:
        click.echo(json.dumps(report.to_dict()))
    else:
        click.echo(str(report))
    return 0 if report.articles else 1


def _report(error: SeedError) -> None:
    click.echo(str(error), err=True)
