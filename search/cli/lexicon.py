"""`duizhao lexicon`: arguments to calls, results to a renderer, exit statuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from indexer.cli.console import index_option, progress
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


@click.command("lexicon")
@click.argument("term", nargs=-1)
@click.option(
    "--limit",
    type=click.IntRange(0),
    default=10,
    show_default=True,
    metavar="N",
    help="How many renderings; 0: all.",
)
@click.option(
    "--examples",
    type=click.IntRange(0, 3),
    default=0,
    metavar="N",
    help="Print so many passages below each. [default: none]",
)
@click.option("--years", is_flag=True, help="Count them by year instead.")
@since_option
@until_option
@click.option("--build", is_flag=True, help="Learn anew, and align with what was learnt.")
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
    """Tell how TERM, a word or phrase of either language, is rendered in the other.

    \b
    duizhao lexicon 增产节约 --examples 1
    duizhao lexicon mass line --years
    duizhao lexicon --build

    It is told by the passages of the articles' two languages that say the same: how often each
    rendering is found in them, in what share, how probable it is that its words come from TERM,
    and when first and last. Where TERM is very frequent, some 500 passages are looked at, drawn
    evenly over the years. Which words render each other is learnt when the archive is indexed,
    from a part of it. --build learns it from ten times as many passages, and with that aligns
    those articles anew of which some sentences had no sure counterpart.

    Exit status: 0 found, 1 nothing found, 2 error.
    """  # noqa: D301 - click wants the character
    if build:
        from indexer.learn import build_lexicon

        with progress("articles") as told:
            report = build_lexicon(directory, on_progress=told)
        if as_json and not term:
            echo([json.dumps(report.to_dict())])
            return 0
        click.echo(str(report), err=bool(term))
    if not term:
        if not build:
            raise click.UsageError("Missing argument 'TERM', or --build.")
        return 0
    from search.archive import open_archive

    with open_archive(directory) as archive:
        entry = archive.lexicon(" ".join(term), limit=limit, since=since, until=until)
    if as_json:
        from search.render.json import lexicon_lines as json_lines

        echo(json_lines(entry))
    else:
        from search.render.lexicon import entry_lines, summary, year_lines

        click.echo(summary(entry), err=True)
        style = style_of(color)
        echo(year_lines(entry, style) if years else entry_lines(entry, style, examples))
    return 0 if entry.renderings else 1
