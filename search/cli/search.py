"""`duizhao search`, `duizhao show` and `duizhao info`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from indexer.cli.console import index_option
from search.cli.options import (
    LANGUAGE,
    SelectionOptions,
    colour_option,
    echo,
    json_option,
    print_diagnostics,
    selection_options,
    style_of,
)

if TYPE_CHECKING:
    from indexer.article import LanguageCode
    from search.engine.order import SortOrder
    from search.hit import FacetName


_SEARCH_EXAMPLES: Final = """\b
Queries:
  增产节约 Tianjin            articles that have all of the words
  "mass line"                 an exact phrase (in a shell: '"mass line"')
  a OR b, a AND NOT b, (a b)^2
  增?节约 生产* product*      wildcards
  producton~1                 similar spellings
  天津 NEAR/5 工厂            words near each other
  title: author: column: section: page: date:1953-10 date:[1953 TO 1954] lang: id:

Put -- before a query that begins with -.

Exit status: 0 found, 1 nothing found, 2 error.
"""


@click.command("search", epilog=_SEARCH_EXAMPLES)
@click.argument("query", nargs=-1, required=True)
@click.option(
    "--limit",
    type=click.IntRange(0),
    default=10,
    show_default=True,
    metavar="N",
    help="Number of articles on a page.",
)
@click.option(
    "--page",
    "number",
    type=click.IntRange(1),
    default=1,
    metavar="N",
    help="The page of results to print. [default: 1]",
)
@click.option(
    "--sort",
    type=click.Choice(["relevance", "date", "-date"]),
    default="relevance",
    show_default=True,
    help="The order of the articles; -date: newest first.",
)
@selection_options
@click.option("--snippets/--no-snippets", default=True, help="Print the passages that match.")
@click.option(
    "--counterparts/--no-counterparts",
    default=True,
    help="Print the translation of each passage, beside or below it.",
)
@click.option(
    "--width",
    type=click.IntRange(40),
    metavar="N",
    help="Length of a passage, in cells of the terminal (a Chinese character takes two).",
)
@click.option(
    "--columns",
    type=click.IntRange(20, 10_000),
    metavar="N",
    help="Wrap lines at this width; from 100 on, print both languages side by side. "
    "[default: the width of the terminal; no wrapping in a pipe]",
)
@click.option(
    "--facet",
    "facets",
    type=click.Choice(["year", "month", "page", "column", "section", "author", "language"]),
    multiple=True,
    help="Count all matches by this and print the counts below the articles; can be repeated.",
)
@json_option
@colour_option
@index_option
def search_command(
    query: tuple[str, ...],
    limit: int,
    number: int,
    sort: SortOrder,
    selection: SelectionOptions,
    snippets: bool,
    counterparts: bool,
    width: int | None,
    columns: int | None,
    facets: tuple[FacetName, ...],
    as_json: bool,
    color: str,
    directory: Path,
) -> int:
    """Search the index for QUERY, in Chinese, in English, or in both."""
    from search.archive import open_archive

    options: dict[str, Any] = {} if width is None else {"width": width}
    with open_archive(directory) as archive:
        page = archive.search(
            " ".join(query), limit=limit, offset=(number - 1) * limit, sort=sort, facets=facets,
            snippets=snippets, counterparts=counterparts, **selection, **options,
        )  # fmt: skip
    if print_diagnostics(page.diagnostics):
        return 2
    if as_json:
        from search.render.json import page_lines as json_lines

        echo(json_lines(page))
    else:
        from search.render.terminal import page_lines, summary

        click.echo(summary(page), err=True)
        echo(page_lines(page, style_of(color, columns)))
    return 0 if page.total else 1


@click.command("show")
@click.argument("id_", metavar="ID")
@click.option("--lang", type=LANGUAGE, help="Print only this language.")
@json_option
@colour_option
@index_option
def show_command(
    id_: str, lang: LanguageCode | None, as_json: bool, color: str, directory: Path
) -> int:
    """Print the article with this ID.

    The ID of an article is its path below the folder that was indexed. `search` prints it.
    """
    from search.archive import open_archive

    with open_archive(directory) as archive:
        article = archive.article(id_)
    if as_json:
        from search.render.json import article_line

        echo([article_line(article)])
    else:
        from search.render.terminal import article_lines

        echo(article_lines(article, (lang,) if lang else ("zh", "en"), style_of(color)))
    return 0


@click.command("info")
@json_option
@index_option
def info_command(as_json: bool, directory: Path) -> int:
    """Describe the index: its articles, languages, dates, size and versions."""
    from search.archive import open_archive

    with open_archive(directory) as archive:
        info = archive.info()
    if as_json:
        echo([json.dumps(asdict(info), default=str)])
        return 0
    from search.render.info import info_lines

    echo(info_lines(info))
    return 0
