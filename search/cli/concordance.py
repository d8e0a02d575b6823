"""`duizhao kwic` and `collocates`: arguments to calls, results to a renderer, exit statuses."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from indexer.cli.console import index_option
from search.cli.options import (
    colour_option,
    echo,
    json_option,
    lang_option,
    match_option,
    since_option,
    style_of,
    tell,
    until_option,
)

if TYPE_CHECKING:
    from datetime import date

    from indexer.article import LanguageCode
    from search.archive import MatchMode
    from search.corpus.association import MeasureName
    from search.corpus.concordance import LineOrder


@click.command("kwic")
@click.argument("query", nargs=-1, required=True)
@click.option(
    "--window",
    type=click.IntRange(0, 10_000),
    metavar="N",
    help="Columns of text on either side (a Chinese character takes two). "
    "[default: 40, or what the terminal has]",
)
@click.option(
    "--sort",
    type=click.Choice(["date", "-date", "relevance", "left", "right"]),
    default="date",
    show_default=True,
    help="By the articles' dates (-date: newest first) or relevance; "
    "by the words to the left or to the right, the nearest first.",
)
@click.option(
    "--limit",
    type=click.IntRange(0),
    default=100,
    show_default=True,
    metavar="N",
    help="How many lines; 0: all.",
)
@click.option("--bilingual", is_flag=True, help="Print below each what the other language says.")
@since_option
@until_option
@lang_option
@match_option
@click.option("--csv", "as_csv", is_flag=True, help="Print a table (CSV).")
@json_option
@colour_option
@index_option
def kwic_command(
    query: tuple[str, ...],
    window: int | None,
    sort: LineOrder,
    limit: int,
    bilingual: bool,
    since: date | None,
    until: date | None,
    lang: LanguageCode | None,
    match: MatchMode,
    as_csv: bool,
    as_json: bool,
    color: str,
    directory: Path,
) -> int:
    """Print each place of the words of QUERY, with what is around it: keyword in context.

    \b
    duizhao kwic 增产节约                     a line for each place, in the order of time
    duizhao kwic '"mass line"' --sort right   by what follows
    duizhao kwic 天津 NEAR/5 工厂             from the first word to the last
    duizhao kwic 群众路线 --bilingual         and the sentence of the translation
    duizhao kwic production date:1953 --limit 0 --csv > production.csv

    QUERY is what `search` understands. Of several words, each has its lines, in the articles that
    have all of them. Chinese is sorted by characters, in the order of their code points. In CSV, a
    text that a spreadsheet would take for a formula has a ' before it; JSON has all as it stands.

    Exit status: 0 found, 1 nothing found, 2 error.
    """  # noqa: D301 - click wants the character
    from search.archive import open_archive

    if as_csv and as_json:
        raise click.UsageError("--csv and --json cannot go together")
    style = style_of(color)
    if window is None:
        from search.render.concordance import window_for

        window = window_for(style.width)
    with open_archive(directory) as archive:
        concordance = archive.concordance(
            " ".join(query), window=window, sort=sort, limit=limit, bilingual=bilingual,
            since=since, until=until, lang=lang, match=match,
        )  # fmt: skip
        if tell(concordance.diagnostics):
            return 2
        if as_json:
            from search.render.json import concordance_lines as json_lines

            echo(json_lines(concordance))
        else:
            from search.render.concordance import concordance_lines, csv_lines, summary

            click.echo(summary(concordance), err=True)
            if as_csv:
                echo(csv_lines(concordance, bilingual=bilingual))
            else:
                echo(concordance_lines(concordance, window, style))
        return 0 if concordance.total else 1


@click.command("collocates")
@click.argument("query", metavar="TERM...", nargs=-1, required=True)
@click.option(
    "--window",
    type=click.IntRange(1, 10_000),
    default=5,
    show_default=True,
    metavar="N",
    help="How many words on either side.",
)
@click.option(
    "--measure",
    type=click.Choice(["logdice", "pmi", "t"]),
    default="logdice",
    show_default=True,
    help="pmi favours rare words, t frequent ones, logdice neither.",
)
@click.option(
    "--min-count",
    type=click.IntRange(1),
    default=3,
    show_default=True,
    metavar="N",
    help="Leave out what is near less often.",
)
@click.option(
    "--limit",
    type=click.IntRange(0),
    default=20,
    show_default=True,
    metavar="N",
    help="How many words; 0: all.",
)
@click.option("--examples", is_flag=True, help="Print the first place of each, below it.")
@since_option
@until_option
@lang_option
@match_option
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
    since: date | None,
    until: date | None,
    lang: LanguageCode | None,
    match: MatchMode,
    as_json: bool,
    color: str,
    directory: Path,
) -> int:
    """Tell which words stand near those of TERM, and how strongly they belong to them.

    \b
    duizhao collocates 生产
    duizhao collocates '"mass line"' --window 3 --measure t
    duizhao collocates 天津 OR Tianjin --from 1953 --to 1955 --examples

    TERM is what `search` understands; what is near is counted at each place that `kwic` prints,
    within its paragraph. "together" is how often a word is near, "in all" how often it stands in
    the whole index: a Chinese word of one or two characters also as a part of longer ones.

    Exit status: 0 found, 1 nothing found, 2 error.
    """  # noqa: D301 - click wants the character
    from search.archive import open_archive

    with open_archive(directory) as archive:
        collocates = archive.collocates(
            " ".join(query), window=window, measure=measure, min_count=min_count, limit=limit,
            since=since, until=until, lang=lang, match=match,
        )  # fmt: skip
    if tell(collocates.diagnostics):
        return 2
    if as_json:
        from search.render.json import collocate_lines as json_lines

        echo(json_lines(collocates))
    else:
        from search.render.collocates import collocate_lines, summary

        click.echo(summary(collocates), err=True)
        echo(collocate_lines(collocates, style_of(color), examples=examples))
    return 0 if collocates.total else 1
