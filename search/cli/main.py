"""The command `duizhao`: a table of its commands; each is imported when it is called."""

from __future__ import annotations

import gc
import os
from importlib import import_module

import click

from indexer.cli.console import run

_COMMANDS = {
    "index": ("indexer.cli.index", "Index a folder of articles."),
    "search": ("search.cli.search", "Search the index, in Chinese, in English, or in both."),
    "kwic": ("search.cli.concordance", "Print every occurrence of a query with its context."),
    "collocates": ("search.cli.concordance", "List the collocates of a query."),
    "lexicon": ("search.cli.lexicon", "Show how a term is rendered in the other language."),
    "show": ("search.cli.search", "Print an article."),
    "info": ("search.cli.search", "Describe the index."),
    "verify": ("indexer.cli.verify", "Check whether the index is sound."),
}


class LazyGroup(click.Group):
    """A group that prints its help without importing the modules of its commands."""

    # ruff: noqa: D102, ARG002 - click's methods, with click's arguments

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module = import_module(_COMMANDS[cmd_name][0])
        command: click.Command = getattr(module, f"{cmd_name}_command")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in _COMMANDS and not args[0].startswith("-"):
            self._unknown(ctx, args[0])
        return super().resolve_command(ctx, args)

    @staticmethod
    def _unknown(ctx: click.Context, name: str) -> None:
        from difflib import get_close_matches

        close = get_close_matches(name, _COMMANDS, 1)
        hint = f"did you mean {close[0]}?" if close else f'to search: duizhao search "{name}"'
        ctx.fail(f"no command {name!r}: {hint}")

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in _COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="duizhao", message="%(package)s %(version)s")
def cli() -> None:
    """Search an archive in Chinese and in English, and read both side by side.

    \b
    duizhao index                      index the articles in seeds/
    duizhao search 增产节约            search in Chinese
    duizhao search "mass line"         search in English
    duizhao kwic 增产节约              every occurrence in its context
    duizhao collocates 生产            the words that occur near it
    duizhao lexicon 增产节约           how it is rendered in the other language
    duizhao show ID                    print an article
    """  # noqa: D301 - click wants the character


def main() -> int:
    """Run the command line and return its status, which `indexer.cli.console.run` describes."""
    # Imported modules live as long as the process. Looking for garbage in them would cost time.
    gc.freeze()
    gc.set_threshold(100_000)
    # Otherwise numpy's linear algebra, which we hardly use, starts a thread for each core.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    return run(cli, "duizhao")
