"""`duizhao index`: pass the options to `build_index` and print its report."""

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
@click.option("--rebuild", is_flag=True, help="Start from nothing: the new index holds PATHS only.")
@click.option(
    "--jobs",
    type=click.IntRange(1),
    metavar="N",
    help="Number of indexing processes. [default: the number of cores]",
)
@click.option(
    "--memory",
    type=click.IntRange(200),
    default=512,
    show_default=True,
    metavar="MB",
    help="Memory that all processes may take together.",
)
@click.option(
    "--dictionary",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Words to add to jieba's, one on a line, optionally with frequency and part of speech.",
)
@click.option(
    "--max-file-size",
    type=click.IntRange(1),
    default=MAX_FILE_SIZE // MEBIBYTE,
    show_default=True,
    metavar="MB",
    help="Skip files that are larger than this.",
)
@click.option(
    "--lexicon/--no-lexicon",
    default=True,
    help="Learn the dictionary of translations again when the archive has doubled.",
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
    """Index the articles in PATHS, which are files or folders [default: seeds].

    Only files that are new or have changed since the last run are read. Articles whose files have
    gone from PATHS are removed. Files that cannot be read are reported and skipped. The index
    changes all at once or not at all.
    """
    try:
        with progress("files") as on_progress:
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
                on_progress=on_progress,
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
