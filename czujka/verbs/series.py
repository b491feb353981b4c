"""`czujka series`: the detector that watches the brands, run over a file."""

import csv
import io
import sys
from pathlib import Path

import click

from czujka.csv_series import HEADER, Reader


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def series(file: Path) -> None:
    """Judge a series of counts: timestamp,value in, timestamp,value,score,alert out.

    A score of one half is the line; alert is 1 only on the row that opens an episode. Gaps, duplicates and clocks that go back are named on
    stderr. A row that cannot be read keeps its place without a score, and the exit code is 1. Needs no database.

    Example: czujka series mentions.csv
    """
    unread: list[str] = []

    def complain(words: str) -> None:
        unread.append(words)
        click.echo(words, err=True)

    out = csv.writer(sys.stdout, lineterminator="\n")
    with file.open("rb") as raw:
        lines = io.TextIOWrapper(raw, encoding="utf-8", errors="replace", newline="\n")
        rows = Reader(remark=lambda words: click.echo(words, err=True), complain=complain).rows(lines)
        out.writerow(HEADER)
        out.writerows(rows)
    raise click.exceptions.Exit(1 if unread else 0)


VERBS = (series,)
