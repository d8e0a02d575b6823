"""Options that several commands share, and functions to print diagnostics and results."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterable
from functools import wraps
from typing import TYPE_CHECKING, Any, TypedDict

import click

if TYPE_CHECKING:
    from datetime import date

    from indexer.article import LanguageCode
    from search.engine.selection import MatchMode
    from search.language.query import Diagnostic
    from search.render.marked_text import Style

json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print JSON, one object on a line."
)
colour_option = click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Colour the matches; auto: only on a terminal.",
)
LANGUAGE = click.Choice(["en", "zh"])


def _day(end: str) -> Callable[[click.Context, click.Parameter, str | None], date | None]:
    """Return a callback that reads 1953, 1953-10 or 1953-10-31 as the first or last day of it."""

    def read(_: click.Context, __: click.Parameter, text: str | None) -> date | None:
        if text is None:
            return None
        from search.language.dates import parse_period

        try:
            day: date = getattr(parse_period(text), end)
        except ValueError as error:
            raise click.BadParameter(str(error)) from None
        return day

    return read


since_option = click.option(
    "--from",
    "since",
    callback=_day("first"),
    metavar="DATE",
    help="Only articles from this date on: 1953, 1953-10 or 1953-10-31.",
)
until_option = click.option(
    "--to",
    "until",
    callback=_day("last"),
    metavar="DATE",
    help="Only articles up to this date.",
)
lang_option = click.option("--lang", type=LANGUAGE, help="Search only the texts in this language.")
match_option = click.option(
    "--match",
    type=click.Choice(["auto", "all", "any"]),
    default="auto",
    show_default=True,
    help="Find articles with all of the words or with any; auto: any only if no article has all.",
)


class SelectionOptions(TypedDict):
    """The options that restrict a query, as keyword arguments of `Archive.search`."""

    since: date | None
    until: date | None
    lang: LanguageCode | None
    match: MatchMode


def selection_options(command: Callable[..., int]) -> Callable[..., int]:
    """Add the options that restrict a query; the command gets them as ``selection``."""

    @since_option
    @until_option
    @lang_option
    @match_option
    @wraps(command)
    def with_selection(
        since: date | None,
        until: date | None,
        lang: LanguageCode | None,
        match: MatchMode,
        **options: Any,
    ) -> int:
        selection: SelectionOptions = {
            "since": since, "until": until, "lang": lang, "match": match,
        }  # fmt: skip
        return command(selection=selection, **options)

    return with_selection


def print_diagnostics(diagnostics: Iterable[Diagnostic]) -> bool:
    """Print diagnostics to standard error; return whether the query has no words at all."""
    for diagnostic in diagnostics:
        click.echo(f"duizhao: {diagnostic.message}", err=True)
    return any(diagnostic.kind == "no-words" for diagnostic in diagnostics)


def echo(lines: Iterable[str]) -> None:
    """Print lines in UTF-8 whatever the locale; a lone surrogate is printed as a question mark."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    for line in lines:
        click.echo(line, color=True)


def style_of(color: str, columns: int | None = None) -> Style:
    """Return the style for the options; without ``columns``, lines fit the terminal."""
    from shutil import get_terminal_size

    from search.render.marked_text import Style

    terminal = sys.stdout.isatty()
    colour = color == "always" or (color == "auto" and terminal and "NO_COLOR" not in os.environ)
    if columns is None and terminal:
        columns = get_terminal_size().columns
    return Style(columns, colour)
