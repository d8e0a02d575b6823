"""`duizhao lexicon`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from indexer.cli.console import index_option, progress, writing
from search.cli.options import (
    colour_option,
    echo,
    json_option,
    since_option,
    style_of,
    until_option,
)

if TYPE_CHECKING:
    from datetime import date


_EPILOG: Final = """
Indexing learns the dictionary of translations from a part of the archive. --build learns it from
ten times as many passages, and then aligns those articles again in which some sentences had no
confident counterpart.

\b
Examples:
  duizhao lexicon 增产节约 --examples 1
  duizhao lexicon mass line --years
  duizhao lexicon --build

Exit status: 0 found, 1 nothing found, 2 error.
"""


@click.command("lexicon", epilog=_EPILOG)
@click.argument("term", nargs=-1)
@click.option(
    "--limit",
    type=click.IntRange(0),
    default=10,
    show_default=True,
    metavar="N",
    help="Number of renderings; 0 prints all.",
)
@click.option(
    "--examples",
    type=click.IntRange(0, 3),
    default=0,
    metavar="N",
    help="Print up to N example passages below each. [default: none]",
)
@click.option("--years", is_flag=True, help="Count the renderings by year instead.")
@since_option
@until_option
@click.option(
    "--build",
    is_flag=True,
    help="Learn the dictionary again, and use it to align uncertain articles again.",
)
@json_option
@colour_option
@index_option
def lexicon_command(
    term: tuple[str, ...],
    limit: int,
    examples: int,
    years: bool,
    since: date | None,
    until: date | None,
    build: bool,
    as_json: bool,
    color: str,
    directory: Path,
) -> int:
    """Show how TERM, a word or phrase of either language, is rendered in the other language.

    The renderings come from the aligned passages of the archive. For each rendering, the command
    prints how often it occurs in them, its share, the confidence that its words translate TERM, and
    the first and last date. For a very frequent TERM it reads about 500 passages, drawn evenly over
    the years.
    """
    if build:
        _build(directory, as_json=as_json and not term, quiet=bool(term))
        if not term:
            return 0
    elif not term:
        raise click.UsageError("Missing argument 'TERM', or --build.")
    from search.archive import open_archive

    with open_archive(directory) as archive:
        entry = archive.lexicon(" ".join(term), limit=limit, since=since, until=until)
    if as_json:
        from search.render.json import lexicon_lines as json_lines

        echo(json_lines(entry))
    else:
        from search.render import lexicon as render

        click.echo(render.summary(entry), err=True)
        lines = render.year_lines(entry, style_of(color)) if years else None
        echo(lines or render.entry_lines(entry, style_of(color), examples))
    return 0 if entry.renderings else 1


def _build(directory: Path, *, as_json: bool, quiet: bool) -> None:
    """Learn the dictionary and print the report; ``quiet`` prints it to standard error."""
    from indexer.learn import build_lexicon

    with writing(directory), progress("articles") as on_progress:
        report = build_lexicon(directory, on_progress=on_progress)
    if as_json:
        echo([json.dumps(report.to_dict())])
    else:
        click.echo(str(report), err=quiet)
