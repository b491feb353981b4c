"""Verbs on the staff: take a sheet in; who has read the policy."""

from pathlib import Path

import click

from actions import readers as acts
from core.clock import utc_now
from czujka.verbs.opening import actor, json_option, print_json, print_table, store_of
from governance.readers import COLUMNS


@click.group()
def people() -> None:
    """The staff, as far as they must read the policy or hold an account.

    Example: czujka people list
    """


@people.command("import")
@click.argument("sheet", type=click.Path(path_type=Path), metavar="FILE")
@click.pass_obj
def import_(named: str | None, sheet: Path) -> None:
    """Take the people of a CSV in, all of them or none; one who is there already takes the new values.

    Example: czujka people import people.csv
    """
    with store_of(named) as (settings, store):
        new, changed = acts.take_in(store, settings, sheet, actor(), utc_now())
    click.echo(f"{new} new, {changed} changed")


@people.command("columns")
def columns() -> None:
    """Print the header of the sheet that `import` reads. Needs no database.

    Example: czujka people columns > people.csv
    """
    click.echo(",".join(COLUMNS))


@people.command("list")
@json_option
@click.pass_obj
def list_(named: str | None, *, as_json: bool) -> None:
    """List the staff.

    Example: czujka people list
    """
    with store_of(named) as (_, store):
        rows = store.readers.staff()
    if as_json:
        return print_json(rows)
    head = ("id", "name", "email", "language", "role", "manager", "left")
    table = (
        (one.person, one.name, one.address, one.language, one.role, one.manager or "-", f"{one.left_at:%Y-%m-%d}" if one.left_at else "-")
        for one in rows
    )
    return print_table(head, table)


VERBS = (people,)
