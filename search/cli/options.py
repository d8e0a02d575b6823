"""Options that several commands of `search` share, and how they print.

Inside the functions it imports dates and render.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from datetime import date

    from search.language.query import Diagnostic
    from search.render.terminal import Style

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, an object a line.")
colour_option = click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Colour matches; auto: on a terminal.",
)
LANGUAGE = click.Choice(["en", "zh"])


def _day(end: str) -> Callable[[click.Context, click.Parameter, str | None], date | None]:
    """A callback that reads 1953, 1953-10 or 1953-10-31 as its first or last day."""

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
    help="From this year, month or day on: 1953, 1953-10, 1953-10-31.",
)
until_option = click.option(
    "--to", "until", callback=_day("last"), metavar="DATE", help="Up to this year, month or day."
)
lang_option = click.option("--lang", type=LANGUAGE, help="Search the texts of one language only.")
match_option = click.option(
    "--match",
    type=click.Choice(["auto", "all", "any"]),
    default="auto",
    show_default=True,
    help="Of several words; auto: all, and if none has all, any.",
)


def tell(diagnostics: Iterable[Diagnostic]) -> bool:
    """Say what is to be said of a query; whether it has no words."""
    for diagnostic in diagnostics:
        click.echo(f"duizhao: {diagnostic.message}", err=True)
    return any(diagnostic.kind == "no-words" for diagnostic in diagnostics)


def echo(lines: Iterable[str]) -> None:
    """Print lines, in UTF-8 whatever the locale; half a surrogate pair is printed as a mark."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    for line in lines:
        click.echo(line, color=True)


def style_of(color: str, columns: int | None = None) -> Style:
    """How to print, given the options; ``columns`` None: those that the terminal has."""
    from shutil import get_terminal_size

    from search.render.terminal import Style

    terminal = sys.stdout.isatty()
    colour = color == "always" or (color == "auto" and terminal and "NO_COLOR" not in os.environ)
    if columns is None and terminal:
        columns = get_terminal_size().columns
    return Style(columns, colour)
