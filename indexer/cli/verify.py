"""`duizhao verify`: pass the options to `verify_index` and print its report."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import click

from indexer.cli.console import index_option, progress
from indexer.verify.index import VerifyReport, verify_index
from indexer.wording import counted, file_size, for_index


@click.command("verify")
@index_option
@click.option(
    "--quick",
    is_flag=True,
    help="Check only the small files and the directories of the large ones.",
)
@click.option(
    "--deep",
    is_flag=True,
    help="Also analyze all articles again and compare the result with the index.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as a JSON object.")
def verify_command(directory: Path, quick: bool, deep: bool, as_json: bool) -> int:
    """Check whether the index is sound.

    The command compares every byte with its checksum, reads every array and every article, and
    compares the articles with the list of files that they were made of. If something is damaged, it
    says what, and which command repairs it. It also reports which files have changed since they
    were indexed; that is no damage.

    Exit status: 0 sound, 1 damaged, 2 error (for example, no index).
    """
    if quick and deep:
        raise click.UsageError("use either --quick or --deep, not both")
    with progress("MB") as on_progress:
        report = verify_index(directory, quick=quick, deep=deep, on_progress=on_progress)
    if as_json:
        click.echo(json.dumps(report.to_dict(), default=str))
    else:
        for line in _lines(report):
            click.echo(line)
    return 0 if report.is_sound else 1


def _lines(report: VerifyReport) -> Iterator[str]:
    yield from map(str, report.damage)
    if report.damage:
        yield f"damaged; repair it with: {report.remedy}"
    for name in report.orphans:
        yield f"{report.path / name}: not part of the index; the next indexing run removes it"
    if report.seeds:
        yield from (
            f"{root}: not found, so its files were not compared"
            for root in report.seeds.unreachable
        )
        kinds = {"changed": "changed", "missing": "missing", "new": "new or unreadable"}
        counts = {text: len(getattr(report.seeds, kind)) for kind, text in kinds.items()}
        if any(counts.values()):
            changes = ", ".join(f"{count:,} {text}" for text, count in counts.items() if count)
            command = f"duizhao index{for_index(report.path)}"
            yield f"files since the last run: {changes}; update the index with: {command}"
    if not report.damage:
        articles = counted(report.articles, "article")
        segments = counted(report.segments, "segment")
        yield (
            f"sound: {articles} in {segments}, {file_size(report.size)}, "
            f"checked in {report.elapsed:.1f} s"
        )
