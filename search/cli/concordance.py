"""`duizhao kwic` and `duizhao collocates`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from indexer.cli.console import index_option
from search.cli.options import (
    SelectionOptions,
    colour_option,
    echo,
    json_option,
    print_diagnostics,
    selection_options,
    style_of,
)

if TYPE_CHECKING:
    from search.corpus.association import MeasureName
    from search.corpus.concordance import LineOrder
    from search.render.marked_text import Style


_KWIC_EXAMPLES: Final = """
In CSV, a text that a spreadsheet would read as a formula gets a ' in front; JSON leaves it as it
is.

\b
Examples:
  duizhao kwic 增产节约                     one line for each occurrence, by date
  duizhao kwic '"mass line"' --sort right   sorted by the words that follow
  duizhao kwic 天津 NEAR/5 工厂             from the first word to the last
  duizhao kwic 群众路线 --bilingual         with the sentence of the translation
  duizhao kwic production date:1953 --limit 0 --csv > production.csv

Exit status: 0 found, 1 nothing found, 2 error.
"""

_COLLOCATE_EXAMPLES: Final = """\b
Examples:
  duizhao collocates 生产
  duizhao collocates '"mass line"' --window 3 --measure t
  duizhao collocates 天津 OR Tianjin --from 1953 --to 1955 --examples

Exit status: 0 found, 1 nothing found, 2 error.
"""


@click.command("kwic", epilog=_KWIC_EXAMPLES)
@click.argument("query", nargs=-1, required=True)
@click.option(
    "--window",
    type=click.IntRange(0, 10_000),
    metavar="N",
    help="Width of the context on each side, in cells of the terminal (a Chinese character takes "
    "two). [default: 40, or what fits the terminal]",
)
@click.option(
    "--sort",
    type=click.Choice(["date", "-date", "relevance", "left", "right"]),
    default="date",
    show_default=True,
    help="By the date of the article (-date: newest first), by relevance, or by the words to the "
    "left or right of the keyword, the nearest first.",
)
@click.option(
    "--limit",
    type=click.IntRange(0),
    default=100,
    show_default=True,
    metavar="N",
    help="Number of lines; 0 prints all.",
)
@click.option("--bilingual", is_flag=True, help="Print the translation below each line.")
@selection_options
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV.")
@json_option
@colour_option
@index_option
def kwic_command(
    query: tuple[str, ...],
    window: int | None,
    sort: LineOrder,
    limit: int,
    bilingual: bool,
    selection: SelectionOptions,
    as_csv: bool,
    as_json: bool,
    color: str,
    directory: Path,
) -> int:
    """Print every occurrence of QUERY with its context: a concordance (keyword in context).

    QUERY is any query that `search` understands. If it has several words, the lines show each of
    them, in the articles that have all of them. Chinese is sorted by code point.
    """
    from search.archive import open_archive

    if as_csv and as_json:
        raise click.UsageError("use either --csv or --json, not both")
    style = style_of(color)
    window = _default_window(style, as_csv or as_json) if window is None else window
    with open_archive(directory) as archive:
        concordance = archive.concordance(
            " ".join(query), window=window, sort=sort, limit=limit, bilingual=bilingual, **selection
        )  # fmt: skip
        if print_diagnostics(concordance.diagnostics):
            return 2
        if as_json:
            from search.render.json import concordance_lines as json_lines

            echo(json_lines(concordance))
        else:
            from search.render import concordance as render

            click.echo(render.summary(concordance), err=True)
            table = render.csv_lines(concordance, bilingual=bilingual) if as_csv else None
            echo(table or render.concordance_lines(concordance, window, style))
        return 0 if concordance.total else 1


@click.command("collocates", epilog=_COLLOCATE_EXAMPLES)
@click.argument("query", metavar="TERM...", nargs=-1, required=True)
@click.option(
    "--window",
    type=click.IntRange(1, 10_000),
    default=5,
    show_default=True,
    metavar="N",
    help="Number of words on each side.",
)
@click.option(
    "--measure",
    type=click.Choice(["logdice", "pmi", "t"]),
    default="logdice",
    show_default=True,
    help="The association measure: pmi favours rare words, t frequent words, logdice neither.",
)
@click.option(
    "--min-count",
    type=click.IntRange(1),
    default=3,
    show_default=True,
    metavar="N",
    help="Leave out words that occur nearby less often than this.",
)
@click.option(
    "--limit",
    type=click.IntRange(0),
    default=20,
    show_default=True,
    metavar="N",
    help="Number of words; 0 prints all.",
)
@click.option("--examples", is_flag=True, help="Print the first occurrence of each below it.")
@selection_options
@json_option
@colour_option
@index_option
def collocates_command(
    query: tuple[str, ...],
    window: int,
    measure: MeasureName,
    min_count: int,
    limit: int,
    examples: bool,
    selection: SelectionOptions,
    as_json: bool,
    color: str,
    directory: Path,
) -> int:
    """List the collocates of TERM: words that occur near it more often than by chance.

    TERM is any query that `search` understands. The words near it are counted for each line that
    `kwic` would print, within the paragraph. "together" is how often a word occurs near TERM, and
    "in all" how often it occurs in the whole index. A Chinese word of one or two characters is also
    counted where it is part of a longer word.
    """
    from search.archive import open_archive

    with open_archive(directory) as archive:
        collocates = archive.collocates(
            " ".join(query), window=window, measure=measure, min_count=min_count, limit=limit,
            **selection,
        )  # fmt: skip
    if print_diagnostics(collocates.diagnostics):
        return 2
    if as_json:
        from search.render.json import collocate_lines as json_lines

        echo(json_lines(collocates))
    else:
        from search.render.collocates import collocate_lines, summary

        click.echo(summary(collocates), err=True)
        echo(collocate_lines(collocates, style_of(color), examples=examples))
    return 0 if collocates.total else 1


def _default_window(style: Style, as_data: bool) -> int:
    """Return the width of the context in cells; data does not depend on the terminal."""
    from search.render.concordance import window_for

    return window_for(None if as_data else style.width)
