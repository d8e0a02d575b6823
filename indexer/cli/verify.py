"""`duizhao verify`: arguments to `verify_index`, its report to lines."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from pathlib import Path

import click

from indexer.cli.console import index_option, progress
from indexer.verify.index import VerifyReport, verify_index


@click.command("verify")
@index_option
@click.option("--quick", is_flag=True, help="Look at the small files and directories alone.")
@click.option("--deep", is_flag=True, help="Analyse all articles anew, and compare, too.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as a JSON object.")
def verify_command(directory: Path, quick: bool, deep: bool, as_json: bool) -> int:
    """Tell whether the index is sound, and if not, what is damaged and what mends it.

    Every byte is compared with its checksum, every array and article is read, and the articles are
    compared with the list of the files that they were made of. How these files have changed since
    is told too, but is no damage.

    Exit status: 0 sound, 1 damaged, 2 error, as where there is no index.
    """
    if quick and deep:
        raise click.UsageError("--quick and --deep exclude each other")
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
        yield f"damaged; mend it with: {report.remedy}"
    for name in report.orphans:
        yield f"{report.path / name}: not part of the index; the next change removes it"
    if report.seeds:
        yield from (f"{root}: not there, so not compared" for root in report.seeds.unreachable)
        kinds = {"changed": "changed", "missing": "missing", "new": "new or unreadable"}
        counts = {text: len(getattr(report.seeds, kind)) for kind, text in kinds.items()}
        if any(counts.values()):
            told = ", ".join(f"{count:,} {text}" for text, count in counts.items() if count)
            command = f"duizhao index PATHS --index {shlex.quote(str(report.path))}"
            yield f"files since it was made: {told}; bring it up to date with: {command}"
    if not report.damage:
        yield (
            f"sound: {report.articles:,} article{'' if report.articles == 1 else 's'}, "
            f"{report.size / 1e6:,.1f} MB, "
            f"segments: {report.segments}, in {report.elapsed:.1f} s"
        )
