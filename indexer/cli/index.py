"""`duizhao index`: pass the options to `build_index` and print its report."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from indexer.build import build_index
from indexer.cli.console import FilledPath, index_option, progress, writing
from indexer.errors import SeedError, SeedWarning
from indexer.memory import MEBIBYTE
from indexer.preview import preview_index
from indexer.remedy import index_roots
from indexer.source.paths import to_native
from indexer.source.seeds import MAX_FILE_SIZE


@click.command("index")
@click.argument("paths", nargs=-1, type=FilledPath(path_type=Path))
@index_option
@click.option("--rebuild", is_flag=True, help="Start from nothing: the new index holds PATHS only.")
@click.option(
    "--allow-removal",
    is_flag=True,
    help="Allow the run to remove all articles of a folder, or more than half of the index.",
)
@click.option(
    "--dry-run",
    is_flag=True,
    help="Print what would be added (+), changed (~), moved (>) and removed (-); change nothing.",
)
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
    type=FilledPath(path_type=Path),
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
    dry_run: bool,
    max_file_size: int,
    as_json: bool,
    **options: Any,
) -> int:
    """Index the articles in PATHS, which are files or folders.

    The default PATHS are the folders that the index was made of, or seeds if there is no index yet.

    Only files that are new or have changed since the last run are read. Articles whose files have
    gone from PATHS are removed. Files that cannot be read are reported and skipped. The index
    changes all at once or not at all. A run that would remove all articles of a folder, or more
    than half of the index, is refused unless --allow-removal is given.
    """
    paths = paths or default_paths(directory)
    max_file_size *= MEBIBYTE
    if dry_run:
        return _preview(paths, directory, rebuild, max_file_size, as_json)
    with writing(directory), progress("files") as on_progress:
        report = build_index(
            *paths,
            index=directory,
            rebuild=rebuild,
            max_file_size=max_file_size,
            on_error=_report,
            on_progress=on_progress,
            **options,
        )
    click.echo(json.dumps(report.to_dict()) if as_json else str(report))
    return 0 if report.articles else 1


def default_paths(directory: Path) -> tuple[Path, ...]:
    """Return the roots of an index, or ``seeds`` if there is no index."""
    roots = index_roots(directory)
    if roots is None:
        return (Path("seeds"),)
    if not roots:
        raise click.UsageError(
            f"name the PATHS to index: {directory} does not say which folders it was made of"
        )
    return tuple(Path(to_native(root)) for root in roots)


def _preview(
    paths: Sequence[Path], directory: Path, rebuild: bool, max_file_size: int, as_json: bool
) -> int:
    with progress("files") as on_progress:
        preview = preview_index(
            *paths,
            index=directory,
            rebuild=rebuild,
            max_file_size=max_file_size,
            on_error=_report,
            on_progress=on_progress,
        )
    if as_json:
        click.echo(json.dumps(preview.to_dict()))
    else:
        for mark, names in (("+", preview.new), ("~", preview.changed), ("-", preview.removed)):
            for name in names:
                click.echo(f"{mark} {name}")
        for old, new in preview.moved:
            click.echo(f"> {old} -> {new}")
        click.echo(str(preview), err=True)
    if preview.refusal:
        click.echo(f"duizhao: {preview.refusal}", err=True)
        return 2
    return 0


def _report(error: SeedError) -> None:
    click.echo(f"warning: {error}" if isinstance(error, SeedWarning) else str(error), err=True)
