"""Verbs that show what is stored, and look after the database itself."""

from pathlib import Path

import click

from actions.erased import erase_again
from actions.leftovers import note_backup
from core.clock import utc_now
from czujka.verbs.opening import json_option, print_json, print_table, settings_of, store_of
from storage import Store
from storage.backup import back_up, restore


@click.command()
@click.argument("item_id", required=False, type=int)
@click.option("--search", default="", help="Only items that hold these words.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000))
@json_option
@click.pass_obj
def items(named: str | None, item_id: int | None, search: str, limit: int, *, as_json: bool) -> None:
    """Show stored items, the newest first, or one with its findings.

    Example: czujka items --search "mleczarnia" --json
    """
    with store_of(named) as (_, store):
        rows = [store.items.get(item_id)] if item_id is not None else store.items.search(search, limit)
        if as_json:
            print_json(rows)
            return
        header = ("id", "when", "source", "voice", "author", "labels", "text")
        print_table(
            header,
            (
                (
                    row.item_id,
                    row.quote.created_at.strftime("%Y-%m-%d %H:%M"),
                    row.source_id,
                    row.voice,
                    row.quote.author or "?",
                    ",".join(sorted({found.label for found in row.findings})) or "-",
                    row.quote.text[:100],
                )
                for row in rows
            ),
        )


@click.group()
def db() -> None:
    """Look after the database."""


@db.command("upgrade")
@click.pass_obj
def upgrade(named: str | None) -> None:
    """Bring the schema up to date (every start does so too).

    Example: czujka db upgrade
    """
    settings = settings_of(named)
    settings.home.mkdir(parents=True, exist_ok=True)
    Store.open(settings.database_url()).close()
    click.echo("the database is up to date")


@db.command("check")
@click.pass_obj
def check(named: str | None) -> None:
    """Say whether the database answers and is whole. Exit 1 if not.

    Example: czujka db check
    """
    with store_of(named) as (_, store):
        problems = store.problems()
        for problem in problems:
            click.echo(problem)
        click.echo(f"{store.items.count()} items; {'needs attention' if problems else 'the database is well'}")
        raise click.exceptions.Exit(1 if problems else 0)


@db.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def backup(named: str | None, file: Path) -> None:
    """Write the whole database into FILE, also while Czujka runs. Keep `secret.key` of the data folder beside it.

    Example: czujka db backup czujka.backup
    """
    with store_of(named) as (settings, store):
        size = back_up(store, file)
        note_backup(settings, file, utc_now())
        click.echo(f"{file}: {size:,} bytes, {store.items.count()} items; {settings.home / 'secret.key'} signs the links, keep it too")


@db.command("restore")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask before the present database is replaced.")
@click.pass_obj
def restore_from(named: str | None, file: Path, *, yes: bool) -> None:
    """Put a backup in the place of the present database. Stop Czujka first.

    Example: czujka db restore czujka.backup --yes
    """
    settings = settings_of(named)
    settings.home.mkdir(parents=True, exist_ok=True)
    if not yes:
        click.confirm("What the database holds now is replaced. Go on?", abort=True)
    restore(settings.database_url(), file)
    click.echo("restored; sources go on from the place that the backup knows")
    with store_of(named) as (_, store):
        again = erase_again(store, settings, utc_now())
    if again is not None:
        click.echo(f"who was erased after this backup was made is erased again: {sum(again.rows.values())} rows")


VERBS = (items, db)
