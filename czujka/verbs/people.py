"""Verbs on the staff: take sheets in; who owes a training."""

from pathlib import Path

import click

from actions import readers as acts
from actions import training
from core.clock import utc_now
from czujka.verbs.opening import actor, json_option, print_json, print_table, remark, store_of
from governance.readers import COLUMNS


@click.group()
def people() -> None:
    """The staff, as far as they must read the policy or hold an account.

    Example: czujka people list
    """


@people.command("import")
@click.argument("sheet", type=click.Path(path_type=Path), metavar="FILE")
@click.option("--many-gone", is_flag=True, help="More than half of those who are here are gone indeed.")
@click.pass_obj
def import_(named: str | None, sheet: Path, *, many_gone: bool) -> None:
    """Take the people of a CSV in, all of them or none; one who is there already takes the new values, one whom it no longer names is gone.

    Example: czujka people import people.csv
    """
    with store_of(named) as (settings, store):
        new, changed, gone = acts.take_in(store, settings, sheet, actor(), utc_now(), many_gone=many_gone)
    click.echo(f"{new} new, {changed} changed, {gone} gone")


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


@people.command("trained")
@click.argument("sheet", type=click.Path(path_type=Path), metavar="FILE")
@click.pass_obj
def trained(named: str | None, sheet: Path) -> None:
    """Take completed trainings of a CSV in (person, training, done_on), all of them or none.

    Example: czujka people trained trained.csv
    """
    with store_of(named) as (settings, store):
        new = training.take_in(store, settings, sheet, actor(), utc_now())
    click.echo(f"{new} new")


@people.command("trainings")
@click.option("--late", "only_late", is_flag=True, help="Only those whose time is over.")
@json_option
@click.pass_obj
def trainings(named: str | None, *, only_late: bool, as_json: bool) -> None:
    """Show who owes which training; who has completed one is counted.

    Example: czujka people trainings --late
    """
    now = utc_now()
    with store_of(named) as (settings, store):
        found = training.standing(store, settings, now)
    rows = [one for each in found for one in each.owing if one.is_late(now) or not only_late]
    if as_json:
        return print_json({"person": one.colleague.person, "training": one.training.id, "due_at": one.due_at} for one in rows)
    head = ("person", "name", "manager", "training", "by")
    late = {True: " LATE", False: ""}
    people = ((one, one.colleague) for one in rows)
    print_table(
        head, ((c.person, c.name, c.manager or "-", o.training.id, f"{o.due_at:%Y-%m-%d}{late[o.is_late(now)]}") for o, c in people)
    )
    for each in found:
        remark(f"{each.training.id}: {each.done} of {each.people} have completed it, {each.late} are late")
    return None


VERBS = (people,)
